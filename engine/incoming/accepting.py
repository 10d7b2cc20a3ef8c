"""Accepting a matter records its finding by the way of every intake, or takes one of the department that is on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.incoming import IncomingBook
from engine.core.recusal import in_the_case
from engine.core.refusals import Refusal
from engine.core.visibility import sees
from engine.desk import Desk
from engine.incoming.said import refused
from engine.reception import PreparedInspection
from engine.snapshots import load_finding
from models import records
from models.recusing import recused_in
from models.second_wall import as_house

ACCEPTED = "incoming_accepted"
"""The entry on the timeline of the finding: it stands in its audit chain."""


@dataclass(frozen=True, slots=True)
class Accepting:
    """Works within the transaction of the acceptance."""

    desk: Desk
    book: IncomingBook

    def accept(
        self,
        connection: Connection,
        who: Principal,
        row: Any,
        facts: Mapping[str, Any],
        prepared: PreparedInspection | None,
        now: datetime,
    ) -> dict[str, Any]:
        """The finding stands and names its source, unless the matter is a secret; its id, and the handler of the matter."""
        named = facts.get("finding")
        if (named is None) == ("inspection" not in facts):
            raise refused("/facts/inspection", "inconsistent", "one_way")
        if named is not None:
            inspection, finding = self._known(connection, who, row, named)
        else:
            inspection, finding = self._recorded(connection, who, row, prepared, now)
        if (
            not row.confidential
        ):  # for everybody else the finding is the same with and without what nobody may know of
            self._note(connection, row, finding, who, now)
        handler = row.handler or who.login.casefold()
        return {"inspection_id": inspection, "finding_id": finding, "handler": handler}

    def _known(self, connection: Connection, who: Principal, row: Any, id: str) -> tuple[str, str]:
        found = records.finding_row(connection, id, lock=True)
        fits = found is not None and found.department == row.department and not found.closed
        if found is None or not fits or not sees(who, found.department):
            raise refused("/facts/finding", "vocabulary", "no_such_finding")
        with as_house(connection):  # of whom one stepped back on a referral is told to the person alone
            in_the_case(who, recused_in(connection, id))
        return found.inspection_id, found.id

    def _recorded(
        self,
        connection: Connection,
        who: Principal,
        row: Any,
        prepared: PreparedInspection | None,
        now: datetime,
    ) -> tuple[str, str]:
        assert prepared is not None, "an inspection is prepared before it is accepted"
        if prepared.body["department"] != row.department:
            raise refused("/facts/inspection/department", "inconsistent", "other_department")
        if len(prepared.body.get("findings") or ()) != 1:
            raise refused("/facts/inspection/findings", "inconsistent", "one_finding")
        try:
            outcome = self.desk.reception.inspection(connection, self.desk, who, prepared, now)
        except Refusal as refusal:
            raise within(refusal) from refusal
        if outcome.status != "created":
            raise refused("/facts/inspection/reference", "inconsistent", "recorded_before")
        return outcome.id, records.findings_of(connection, outcome.id)[0].id

    def _note(self, connection: Connection, row: Any, finding: str, who: Principal, now: datetime) -> None:
        file = load_finding(connection, self.desk.office, finding, lock=True)
        assert file is not None, "it was just recorded or found"
        facts = {
            "incoming": row.number,
            "source_type": self.book.kinds[row.kind].case_source,
            "received_on": civil_date(row.received_at).isoformat(),
        }
        self.desk.scribe.note(connection, file, ACCEPTED, {"facts": facts}, who, now)


def within(refusal: Refusal) -> Refusal:
    """The refusal of an inspection with pointers into the body of the acceptance."""
    errors = [replace(one, pointer=f"/facts/inspection{one.pointer}") for one in refusal.errors]
    return Refusal(
        refusal.code, errors=errors, reasons=refusal.reasons, detail=refusal.detail, **refusal.carries
    )
