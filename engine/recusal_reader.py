"""Recusals of a case as its readers see them, and what the reader may do about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from engine.casefile import CaseFile
from engine.core.commands import Principal
from engine.core.recusal import APPLIED, check_decides, is_recused
from engine.core.refusals import Refusal
from engine.projections.instants import recorded
from engine.recusals import Recusals, case_seen, told_of
from models import account_reading, recusing


@dataclass(frozen=True, slots=True)
class RecusalReader:
    """Reads with the rights of the record: of a finding whoever sees it, of a criminal referral whoever is on its list."""

    recusals: Recusals

    def of_record(self, who: Principal, subject: str, id: str) -> dict[str, Any]:
        """{"items", "needs_reassign"}, oldest first; raises `not_found`."""
        desk = self.recusals.desk
        with desk.database.read(desk.referrals.behalf(who)) as connection:
            file = case_seen(desk, connection, who, subject, id)
            rows = recusing.recusals_of(connection, id)
            named = account_reading.users_named(connection, [row.person for row in rows]) if rows else ()
            names = {row.login_key: row for row in named}
            items = [self._item(connection, who, file, row, names.get(row.person)) for row in rows]
            bound = [row.person for row in rows if told_of(row).binds]
            needs = bool(bound) and self.recusals.handled_by(connection, file, bound)
        return {"items": items, "needs_reassign": needs}

    def recusal(self, who: Principal, subject: str, id: str, recusal: str) -> dict[str, Any]:
        """One of them; raises `not_found`."""
        for one in self.of_record(who, subject, id)["items"]:
            if one["id"] == recusal:
                return dict(one)
        raise Refusal("not_found")

    def _item(
        self, connection: Connection, who: Principal, file: CaseFile, row: Row[Any], account: Any
    ) -> dict[str, Any]:
        told = told_of(row)
        decision = None
        if told.outcome is not None:
            decision = {
                "outcome": row.outcome,
                "reason": row.decision_reason,
                "by": row.decided_by,
                "at": recorded(row.decided_at),
            }
        return {
            "id": row.id,
            "person": {
                "login": account.login if account else row.person,
                "name": account.name if account else row.person,
            },
            "kind": row.kind,
            "ground": row.ground,
            "reason": row.reason,
            "applicant": row.applicant,
            "entered_by": row.entered_by,
            "entered_at": recorded(row.entered_at),
            "state": told.state,
            "binds": told.binds,
            "decision": decision,
            "may": self._may(connection, who, file, row),
        }

    def _may(self, connection: Connection, who: Principal, file: CaseFile, row: Row[Any]) -> Sequence[str]:
        told = told_of(row)
        if told.outcome is not None or is_recused(who, file.snapshot.recused):
            return []
        may = []
        try:
            roles = self.recusals.deciders_of(connection, file.snapshot.department, told)
            check_decides(who, told, roles)
            may.append("decide")
        except Refusal:
            pass
        if told.kind == APPLIED and (may or who.register.same(told.entered_by, who.login)):
            may.append("withdraw")
        return may
