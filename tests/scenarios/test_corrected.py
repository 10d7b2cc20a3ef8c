"""Wrong dates and wrong entries, put right on the way, leave a scenario with the dates that it always had."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.core.commands import CorrectionCommand
from engine.core.refusals import Refusal
from engine.core.times import may_enter_late
from tests.builders import Town
from tests.scenarios.player import KINDS, Player, scenario

HEADS = {"finding": ("H01", "U01"), "referral": ("H01", "P01")}


class Clumsy(Player):
    """Plays a scenario through the desk, entering steps wrongly first; a head puts each right afterwards."""

    def __init__(self, town: Town, kind: dict[str, str]) -> None:
        super().__init__(town, kind)
        self.corrected = self.withdrawn = 0

    def put_right(self, step: dict[str, Any], to: Any) -> None:
        """A head other than the one who entered the last step corrects its date, or withdraws it (None)."""
        finding = self.refs["F"]
        subject, id = "finding", finding
        if step["chart"] == "criminal_referral":
            subject, id = "referral", self.refs[step["proceeding_ref"]]
        row = self.town.row(finding) if subject == "finding" else self.town.referrals(finding)[-1]
        head = next(one for one in HEADS[subject] if one != step["as"])
        asked = CorrectionCommand(subject, id, row.sequence, to, "录入有误。", row.version)
        self.town.handle(head, asked)

    def timeline(self) -> list[dict[str, Any]]:
        """What was done, with the dates as they stand now; the entries themselves stay as they were entered."""
        told = [{**one, "facts": dict(one["facts"])} for one in super().timeline()]
        by_sequence = {one["sequence"]: one for one in told}
        for one in told:
            for moved in one["facts"].get("moved_entries", ()):
                by_sequence[moved["entry"]]["facts"][moved["fact"]] = moved["to"]
        return told

    def rows(self, step: dict[str, Any]) -> list[Any]:
        """The rows of the step's trigger."""
        return [
            one for one in self.town.house.law.charts[step["chart"]].rows if one.trigger == step["trigger"]
        ]


class EntersTheDayBefore(Clumsy):
    """Enters each date a day too early where the house takes that, and has it corrected at once."""

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The step is taken with the day before, and corrected; or as it is where that is refused."""
        row = next((one for one in self.rows(step) if one.legal_date and may_enter_late(one)), None)
        if step["by"] == "linked_system" or step["chart"] == "inspection" or row is None or "opens" in step:
            return super().step(step, facts)
        right = facts.get(str(row.legal_date))
        if right is None or "refused" in step["expect"]:
            return super().step(step, facts)
        point = datetime.fromisoformat(right)
        wrong = point - timedelta(days=1)
        told = wrong.isoformat() if "T" in right else wrong.date().isoformat()
        try:
            self._hand_in(step, {**facts, str(row.legal_date): told})
        except Refusal:
            return super().step(step, facts)
        self.put_right(step, point if "T" in right else point.date())
        self.corrected += 1
        return None


class EntersTwice(Clumsy):
    """Enters each outside fact, has it withdrawn where that can be, and enters it again."""

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The step is taken, withdrawn and taken again; or once, where it cannot be withdrawn."""
        refused = super().step(step, facts)
        later = [one for one in self.rows(step) if not one.at_once]
        if refused or step["by"] == "linked_system" or step["chart"] == "inspection" or not later:
            return refused
        try:
            self.put_right(step, None)
        except Refusal as refusal:
            assert {one.code for one in refusal.reasons} <= {"entry_went_out", "entry_is_the_act"}
            return None
        self.withdrawn += 1
        return super().step(step, facts)


@pytest.mark.parametrize("id", KINDS)
@pytest.mark.parametrize("clumsy", [EntersTheDayBefore, EntersTwice])
def test_what_was_put_right_ends_as_if_it_had_been_right(
    sqlite_town: Town, id: str, clumsy: Callable[..., Clumsy]
) -> None:
    story = scenario(id)
    player = clumsy(sqlite_town, KINDS[id])

    player.play(story)

    player.check_ending(story)
    print(id, player.corrected, player.withdrawn)
