"""Who may take a row on a record, as a walk knows it."""

from __future__ import annotations

import random
from dataclasses import dataclass

from engine.casefile import CaseFile
from engine.core.chart import Row
from engine.core.commands import Principal
from engine.core.guards import OF_PERSONS, shut_by
from engine.core.lawbook import Lawbook
from engine.core.refusals import Reason
from engine.core.scene import Scene
from engine.core.snapshot import Record
from engine.core.visibility import sees
from tests.simulation.world import World

NOBODY = Reason("nobody", "", "")
OF_ONE = OF_PERSONS | {
    "presider_not_case_officer",
    "reviewer_not_case_officer",
    "principal_head_only",
    "referral_settled",
}
"""Guards that may shut a row for one person and not for another."""


@dataclass(frozen=True, slots=True)
class Persons:
    """Everybody of the town, in random order."""

    law: Lawbook
    world: World
    chance: random.Random

    def who(self, row: Row, file: CaseFile, record: Record) -> tuple[str, list[Reason]]:
        """Somebody for whom the row is open, else the last who was asked with the reasons that shut it."""
        last: tuple[str, list[Reason]] = ("", [NOBODY])
        now = self.world.now()
        for login in self._may(row, file):
            scene = Scene(self.law, file.snapshot, record, row, self.world.town.people[login], now)
            last = (login, shut_by(scene, row.guards))
            if not {one.code for one in last[1]} & OF_ONE:
                break  # what shuts it for this person shuts it for everybody
        return last

    def _may(self, row: Row, file: CaseFile) -> list[str]:
        """Who holds a role of the row and may see the record."""
        people = self.world.town.people.items()
        held = [login for login, who in people if row.by & who.roles and self._sees(login, who, file)]
        return self.chance.sample(held, len(held))

    def _sees(self, login: str, who: Principal, file: CaseFile) -> bool:
        """True when the person may see the record; a referral only from its list."""
        if who.kind == "system":
            return True
        if file.snapshot.subject == "referral":
            return self.world.reads(login, file.snapshot.id)
        return sees(who, file.snapshot.department)
