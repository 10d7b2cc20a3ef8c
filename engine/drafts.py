"""Drafts: what somebody typed and has not sent, kept on the server so that neither a session nor a machine loses it.

A draft is its writer's alone and is shown to nobody else; it is gone once the form was sent, or after DAYS. What only
the list of a criminal referral may know is never kept (law 9): its forms have no drafts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine.core.chart import CRIMINAL, Charts, Row
from engine.core.commands import Principal
from engine.core.confiding import CONFIDED, opens_referral
from engine.core.desk_forms import TYPED_LENGTH_MAX, length_of
from engine.outcomes import new_id
from engine.projections.instants import recorded
from engine.projections.sources import ReadClock
from engine.writer import Writer
from models import drafting
from models.database import Database

if TYPE_CHECKING:
    from engine.house import House

DAYS = 14
"""How long an unsent draft is kept: two weeks of absence."""
TRIGGERS_LENGTH_MAX = 400
DRAFTS_MAX = 200
"""Of one person; the oldest go."""
Form = tuple[str, str, str]
"""Which form: the record, its triggers in order, its proceeding or ""."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as its writer finds it: the inputs by name, the record's version then, and when it was saved."""

    typed: Mapping[str, Sequence[str]]
    version: int
    saved_at: str


def confidential(row: Row) -> bool:
    """True for a step that states what only the list of a criminal referral may know."""
    return row.chart == CRIMINAL or row.trigger in CONFIDED or opens_referral(row)


@dataclass(frozen=True, slots=True)
class Drafts:
    """The drafts of an office; times are those of the house."""

    database: Database
    writer: Writer
    clock: ReadClock
    office_id: str
    charts: Charts

    @classmethod
    def of(cls, house: House) -> Drafts:
        """Those of that house."""
        return cls(house.database, house.writer, house.clock, house.office.office_id, house.charts)

    def of_records(self, who: Principal, *records: str) -> dict[Form, Kept]:
        """The person's own drafts on these records, by form."""
        since = self.clock.now() - timedelta(days=DAYS)
        with self.database.read() as connection:
            rows = drafting.drafts_of(connection, who.login.casefold(), records, since)
        return {
            (row.record_id, row.triggers, row.proceeding): Kept(
                row.typed, row.version, recorded(row.saved_at)
            )
            for row in rows
        }

    def keep(self, who: Principal, form: Form, typed: Mapping[str, Sequence[str]], version: int) -> bool:
        """The draft is the form's only one, and those too old or too many are gone; False where none may be kept.

        The caller has made sure that the person sees the record and may act on it.
        """
        record, triggers, proceeding = form
        if len(triggers) > TRIGGERS_LENGTH_MAX or not self.may_be_kept(triggers):
            return False
        if length_of(typed) > TYPED_LENGTH_MAX:
            return False
        now = self.clock.now()
        row = {
            "id": new_id(),
            "office_id": self.office_id,
            "login_key": who.login.casefold(),
            "record_id": record,
            "triggers": triggers,
            "proceeding": proceeding,
            "version": version,
            "typed": {name: list(values) for name, values in typed.items()},
            "saved_at": now,
        }

        def write(connection: Connection) -> None:
            self._prune(connection, now)
            drafting.replace_draft(connection, row)
            drafting.keep_newest(connection, who.login.casefold(), DRAFTS_MAX)

        self.writer.submit(write)
        return True

    def forget(self, who: Principal, form: Form) -> None:
        """The person has no draft of that form."""
        self.writer.submit(lambda connection: drafting.delete_draft(connection, who.login.casefold(), *form))

    def may_be_kept(self, triggers: str) -> bool:
        """True where every trigger is known and none is confidential in any chart that has it."""
        named = triggers.split()
        rows = [
            [row for chart in self.charts.by_name.values() for row in chart.rows if row.trigger == trigger]
            for trigger in named
        ]
        return bool(named) and all(found and not any(map(confidential, found)) for found in rows)

    def _prune(self, connection: Connection, now: datetime) -> None:
        drafting.delete_drafts_before(connection, self.office_id, now - timedelta(days=DAYS))
