"""The additional fines of the penalties of a finding, from what is stored of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.entries import Entry
from engine.core.late_payment import PAYMENT_TERMS, LatePayment, Taken, late_payment
from engine.core.snapshot import Record, remembered
from engine.projections.sources import Sources

RATE = "DL31"
"""The term whose value is per cent a day."""


def late_payments(
    sources: Sources,
    proceedings: Sequence[Any],
    deadlines: Sequence[Any],
    steps: Sequence[Entry],
    as_of: datetime,
) -> dict[str, LatePayment]:
    """Proceeding → its additional fine; `deadlines` in the order opened, `steps` those that tell of payment as they stand.

    Old ledgers that were carried over say no last day to pay: nothing is counted from the day they came in.
    """
    today, found = civil_date(as_of), {}
    for row in proceedings:
        record = remembered(row.id, row.kind, row.state, row.record)
        payment = late_payment(
            record,
            _last_day_to_pay(row, deadlines),
            list(_taken(record, steps)),
            sources.terms[RATE].value or 0,
            today,
            half_open=sources.half_open,
        )
        if payment is not None:
            found[row.id] = payment
    return found


def clock_of_payment(proceeding: str, deadlines: Sequence[Any]) -> Any:
    """The row of the period after whose end the additional fine begins; None without one."""
    mine = [one for one in deadlines if one.proceeding_id == proceeding and one.term in PAYMENT_TERMS]
    return mine[-1] if mine and mine[-1].counted else None


def _last_day_to_pay(row: Any, deadlines: Sequence[Any]) -> date | None:
    clock = clock_of_payment(row.id, deadlines)
    return None if clock is None else date.fromisoformat(clock.spec["due_effective"])


def _taken(record: Record, steps: Sequence[Entry]) -> Iterator[Taken]:
    for step in steps:
        if step.proceeding == record.id:
            sums = (step.facts.get(name) for name in ("paid_fen", "late_fine_fen"))
            yield Taken(step.sequence, step.trigger, civil_date(step.occurred_at), *sums)
