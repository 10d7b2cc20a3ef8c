"""What is shown of holds and erasures, of the schedule, and of what is past its period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from engine.archive.erasures import closed_case, closing_triggers
from engine.archive.holds import IN_FORCE, PROPOSED, Hold, holds_of
from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.recusal import is_recused
from engine.core.refusals import Refusal
from engine.core.retention import category_of, kept_until, why_kept
from engine.core.two_persons import ERASURE, KEEPERS, TWO_PERSONS
from engine.core.visibility import sees_department
from engine.desk import Desk
from engine.projections.instants import recorded
from engine.recusals import case_seen
from engine.second_person import check_own_role
from models import archiving, records
from models.reading.scope import behalf


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads with the rights of the finding; another department is told of a hold on the party, and not why."""

    desk: Desk

    def schedule(self) -> list[dict[str, Any]]:
        """How long each category is kept, as the office has set it; nothing where nothing is set."""
        return [one.answer() for one in self.desk.office.retention.values()]

    def holds(self, who: Principal, finding: str) -> dict[str, Any]:
        """{"items", "may"}, oldest first; raises `not_found`."""
        with self.desk.database.read() as connection:
            file = case_seen(self.desk, connection, who, "finding", finding)
            held = holds_of(connection, finding, file.party_id)
        return {
            "items": [self._hold(who, file, one) for one in held],
            "may": self._enters(who, file, KEEPERS),
        }

    def erasures(self, who: Principal, finding: str) -> dict[str, Any]:
        """{"items", "may", "kept": what keeps the finding}, oldest first, without any criminal referral."""
        with self.desk.database.read() as connection:
            file = case_seen(self.desk, connection, who, "finding", finding)
            rows = archiving.erasures_of(connection, finding)
            case = closed_case(connection, self.desk.law.charts, file)
        today = civil_date(self.desk.clock.now())
        reasons = why_kept(case, self.desk.office.retention, today)
        waits = any(row.outcome is None for row in rows)
        may = not (reasons or waits) and self._enters(who, file, TWO_PERSONS[ERASURE].proposes)
        return {
            "items": [self._erasure(who, file, row) for row in rows],
            "may": may,
            "kept": [reason.answer() for reason in reasons],
        }

    def hold(self, who: Principal, finding: str, id: str) -> dict[str, Any]:
        """One of them; raises `not_found`."""
        return _named(self.holds(who, finding)["items"], id)

    def erasure(self, who: Principal, finding: str, id: str) -> dict[str, Any]:
        """One of them; raises `not_found`."""
        return _named(self.erasures(who, finding)["items"], id)

    def past(self, who: Principal) -> list[dict[str, Any]]:
        """Closed findings of the person's department whose period is over: `finding, ledger_no, category, closed_on, until`.

        Only a list: nothing is proposed. Raises `not_yours`.
        """
        check_own_role(who, KEEPERS)
        office, today = self.desk.office, civil_date(self.desk.clock.now())
        with self.desk.database.read(behalf(office.office_id, who)) as connection:
            closed = archiving.closings(connection, closing_triggers(self.desk.law.charts))
            rows = archiving.closed_in(connection, office.office_id, who.department or "")
            kinds = {
                row.id: {one.kind for one in records.proceeding_rows(connection, row.id)} for row in rows
            }
        found = []
        for row in rows:
            category = category_of(kinds[row.id])
            period, at = office.retention.get(category), closed.get(row.id)
            if period is None or period.years is None or at is None or row.record.get("erased"):
                continue
            until = kept_until(civil_date(at), period.years)
            if until < today:
                told = {"finding": row.id, "ledger_no": row.ledger_no, "category": category}
                found.append({**told, "closed_on": civil_date(at).isoformat(), "until": until.isoformat()})
        return found

    def _enters(self, who: Principal, file: CaseFile, roles: frozenset[str]) -> bool:
        own = sees_department(who) == file.snapshot.department and not is_recused(who, file.snapshot.recused)
        return own and not who.roles.isdisjoint(roles)

    def _hold(self, who: Principal, file: CaseFile, hold: Hold) -> dict[str, Any]:
        row, own = hold.row, sees_department(who) in (None, hold.row.department)
        last = hold.last if own else None
        return {
            "id": row.id,
            "department": row.department,
            "on": "party" if row.party_id is not None else "finding",
            "finding": row.finding_id if own else None,
            "reason": row.reason if own else None,
            "put_by": row.put_by if own else None,
            "put_at": recorded(row.put_at),
            "state": hold.state,
            "stands": hold.stands,
            "last": _said(last),
            "may": self._may_release(who, file, hold),
        }

    def _may_release(self, who: Principal, file: CaseFile, hold: Hold) -> Sequence[str]:
        if hold.row.department != file.snapshot.department or not self._enters(who, file, KEEPERS):
            return []
        if hold.state == IN_FORCE:
            return ["release"]
        if hold.state != PROPOSED or hold.last is None:
            return []
        return ["keep"] if hold.last.by.casefold() in who.persons else ["release", "keep"]

    def _erasure(self, who: Principal, file: CaseFile, row: Row[Any]) -> dict[str, Any]:
        decision = None
        if row.outcome is not None:
            at = recorded(row.decided_at)
            decision = {"outcome": row.outcome, "reason": row.decision_reason, "by": row.decided_by, "at": at}
        return {
            "id": row.id,
            "basis": row.basis,
            "reason": row.reason,
            "papers": row.papers,
            "proposed_by": row.proposed_by,
            "proposed_at": recorded(row.proposed_at),
            "state": row.outcome or "proposed",
            "decision": decision,
            "destroyed": row.destroyed,
            "may": self._may_decide(who, file, row),
        }

    def _may_decide(self, who: Principal, file: CaseFile, row: Row[Any]) -> Sequence[str]:
        """Without asking whether it could be carried out: that is told to whoever tries."""
        if row.outcome is not None:
            return []
        if who.register.same(row.proposed_by, who.login):
            return ["withdrawn"]
        decides = self._enters(who, file, TWO_PERSONS[ERASURE].confirms)
        return ["carried_out", "refused"] if decides and row.proposed_by.casefold() not in who.persons else []


def _said(row: Row[Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"act": row.act, "reason": row.reason, "by": row.by, "at": recorded(row.at)}


def _named(items: Sequence[dict[str, Any]], id: str) -> dict[str, Any]:
    for one in items:
        if one["id"] == id:
            return one
    raise Refusal("not_found")
