"""How deadlines on record were counted, for whoever may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.commands import Principal
from engine.core.late_payment import PAYMENT_TERMS, LatePayment
from engine.core.on_record import OnRecord, reckoned
from engine.core.refusals import Refusal
from engine.core.standing_still import GROUNDS
from engine.projections.deadlines import deadline_answer
from engine.projections.instants import recorded
from engine.projections.late_payments import clock_of_payment, late_payments
from engine.projections.lines import deadline_lines
from engine.recorded import steps_of_payment
from engine.referral_reader import ReferralReader
from engine.snapshots import restored
from models import referral_reading
from models.database import Database
from models.reading import deadlines, entries, findings
from models.reading.scope import scope
from rules.late_fine_answer import late_fine_answer
from rules.reckoning_answer import left_answer, reckoning_answer

REFERRAL_PART = "reckoning"
"""What is noted when the reckoning of a referral's deadline is read (law 9)."""


@dataclass(frozen=True, slots=True)
class ReckoningReader:
    """Whatever is hidden or absent answers `not_found`; clocks of a referral are there for its list alone."""

    database: Database
    referrals: ReferralReader

    def reckoning(self, who: Principal, id: str) -> dict[str, Any]:
        """One deadline with how it was counted, what is left, and what happened to it by whom; raises `not_found`."""
        now, sources = self.referrals.clock.now(), self.referrals.sources
        seen = scope(sources.office_id, who)
        with self.database.read(self.referrals.referrals.behalf(who)) as connection:
            rows = deadlines.seen_deadlines(connection, seen, [id])
            referral = None if rows else self._referral_of(connection, who, id)
            if referral is not None:
                rows = [
                    one for one in referral_reading.shown_deadlines(connection, [referral]) if one.id == id
                ]
                line = deadline_answer(sources, rows[0], rows[0].finding_id, now)
            else:
                line = deadline_lines(connection, sources, seen, rows, now)[0]
            record = referral or rows[0].finding_id or rows[0].inspection_id
            by = entries.taken_by(connection, record, [one["sequence"] for one in line["history"]])
            on_top = self._on_top(connection, rows[0], now) if rows[0].term in PAYMENT_TERMS else {}
        if referral is not None:
            self.referrals.note(who, referral, REFERRAL_PART)
        history = [{**one, "by": by.get(one["sequence"])} for one in line["history"]]
        return self._answer(line | {"history": history}, rows[0], now) | on_top

    def of(self, who: Principal, ids: Sequence[str]) -> dict[str, OnRecord]:
        """Those of these deadlines that the person sees, as they were counted."""
        with self.database.read(self.referrals.referrals.behalf(who)) as connection:
            seen = scope(self.referrals.sources.office_id, who)
            return self._reckoned(deadlines.seen_deadlines(connection, seen, ids))

    def of_referral(self, who: Principal, referral: str) -> dict[str, OnRecord]:
        """The deadlines of a referral as they were counted; raises `not_found`. Whoever shows them notes it."""
        self.referrals.see(who, referral)
        with self.database.read(self.referrals.referrals.behalf(who)) as connection:
            return self._reckoned(referral_reading.shown_deadlines(connection, [referral]))

    def late_payments(self, who: Principal, finding: str) -> dict[str, LatePayment]:
        """Penalty of the finding → its additional fine; none of a finding that the person does not see."""
        with self.database.read(self.referrals.referrals.behalf(who)) as connection:
            seen = findings.seen_finding(connection, scope(self.referrals.sources.office_id, who), finding)
            if seen is None:
                return {}
            return self._late_payments(connection, finding, self.referrals.clock.now())[0]

    def _late_payments(
        self, connection: Connection, finding: str, now: datetime
    ) -> tuple[dict[str, LatePayment], Sequence[Row[Any]]]:
        """The additional fines of a finding, and its deadlines."""
        clocks = deadlines.deadlines_of_finding(connection, finding)
        proceedings = findings.proceedings_of(connection, finding)
        steps = steps_of_payment(connection, finding)
        return late_payments(self.referrals.sources, proceedings, clocks, steps, now), clocks

    def _on_top(self, connection: Connection, row: Row[Any], now: datetime) -> dict[str, Any]:
        """`late_fine` of a period to pay: null while its last day has not passed, and where another took its place."""
        found, clocks = self._late_payments(connection, row.finding_id, now)
        payment = found.get(row.proceeding_id)
        if payment is None or payment.status == "not_due":
            return {"late_fine": None}
        begins_after = clock_of_payment(row.proceeding_id, clocks)
        told = begins_after is not None and begins_after.id == row.id
        return {"late_fine": late_fine_answer(payment.late_fine, payment) if told else None}

    def _reckoned(self, rows: Sequence[Row[Any]]) -> dict[str, OnRecord]:
        law, now = self.referrals.law, self.referrals.clock.now()
        counted = {row.id: reckoned(law, restored(row), now) for row in rows}
        return {id: one for id, one in counted.items() if one is not None}

    def _referral_of(self, connection: Connection, who: Principal, id: str) -> str:
        """The referral whose deadline it is, for a person on its list; raises `not_found`."""
        referral = self.referrals.referrals.known_by_deadline(connection, who, id)
        if referral is None:
            raise Refusal("not_found")
        return referral

    def _answer(self, line: dict[str, Any], row: Row[Any], now: datetime) -> dict[str, Any]:
        deadline = restored(row)
        counted = reckoned(self.referrals.law, deadline, now)
        still = [
            {"since": since.isoformat(), "reason": GROUNDS[by]} for by, since in deadline.suspended.items()
        ]
        answer = {"as_of": recorded(now), "deadline": line, "standing_still": still}
        if counted is None:
            return {**answer, "as_recorded": False, "reckoning": None, "left": None}
        return {
            **answer,
            "as_recorded": counted.as_recorded,
            "reckoning": reckoning_answer(counted.reckoning),
            "left": counted.left and left_answer(counted.reckoning, counted.left, now),
        }
