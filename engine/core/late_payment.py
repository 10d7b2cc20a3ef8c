"""The additional fine of a penalty on record: from when, until when, and what was paid, reduced or contested meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.core.counting import Exclusion
from engine.core.late_fine import LateFine, accrued
from engine.core.penalty_guards import CHANGED, PENALISED, REVOKED
from engine.core.snapshot import Record
from engine.core.standing_still import GROUNDS
from engine.core.starting import REMEDIED

PAYMENT_TERMS = ("DL30", "DL30.instalment")
"""The periods after whose end the additional fine begins."""
UNPAID = frozenset({"payment_overdue", "demanded", "court_applied", "court_accepted", "court_enforcing"})
AWAITED = frozenset({"performing", "instalment"})
"""States in which payment is waited for; the bell has not rung yet where the last day has passed."""
CONTESTED = "record_remedy_application"
PAID, PAID_IN_PART, REDUCED = "record_payment", "record_partial_payment", "reduce_late_fine"
TELLING = (CONTESTED, *REMEDIED, PAID, PAID_IN_PART, REDUCED)
"""The steps that say of what the additional fine depends."""


class Taken(NamedTuple):
    """A step that was taken: in which order, which, on which day, and the sums that it states."""

    sequence: int
    trigger: str
    on: date
    paid_fen: int | None = None
    late_fine_fen: int | None = None


@dataclass(frozen=True, slots=True)
class LatePayment:
    """The additional fine until it was paid in full, else until today, with what the records say beside it."""

    late_fine: LateFine
    paid: Taken | None
    """The payment in full; None while something is owed."""
    contested_since: date | None
    """Since when a reconsideration or suit has waited for its result."""
    in_part: tuple[Taken, ...]
    reduced: Taken | None
    """The agreement that reduced it."""

    @property
    def status(self) -> str:
        """paid_in_time, paid_late, contested, capped, accruing, or not_due while the last day has not passed."""
        fine = self.late_fine
        if self.paid is not None:
            return "paid_late" if fine.until > fine.due_on else "paid_in_time"
        if fine.until <= fine.due_on:
            return "not_due"
        if fine.reached:
            return "capped"
        return "accruing" if self.contested_since is None else "contested"


def late_payment(
    record: Record, due_on: date | None, taken: Sequence[Taken], percent: int, today: date, *, half_open: bool
) -> LatePayment | None:
    """The additional fine of a penalty whose last day to pay is `due_on`; `taken` are its steps of TELLING in order.

    None where there is no fine, where nobody knows the day on which it was paid or the court took it, and where the
    decision no longer stands.
    """
    fine = int(record.facts.get("fine_fen") or 0)
    decided = record.last(*PENALISED, *CHANGED)
    if record.chart != "penalty" or not fine or due_on is None or record.last(*REVOKED) > decided:
        return None
    payments = [one for one in taken if one.trigger == PAID and one.sequence > decided]
    if not payments and record.state not in UNPAID | AWAITED:
        return None
    paid = payments[-1] if payments else None
    until = today if paid is None else min(paid.on, today)
    over, waiting = _contested(taken, until)
    reduced = [one for one in taken if one.trigger == REDUCED and one.sequence > decided]
    return LatePayment(
        accrued(fine, percent, due_on, until, over, half_open=half_open, pending=waiting),
        paid,
        waiting.first if waiting else None,
        tuple(one for one in taken if one.trigger == PAID_IN_PART and one.sequence > decided),
        reduced[-1] if reduced else None,
    )


def _contested(taken: Sequence[Taken], until: date) -> tuple[list[Exclusion], Exclusion | None]:
    """The times in which a reconsideration or suit was pending, and the one that still is, until that day.

    A result ends whatever was asked for before it.
    """
    over: list[Exclusion] = []
    since: date | None = None
    for one in taken:
        if one.trigger == CONTESTED:
            since = since or one.on
        elif one.trigger in REMEDIED and since is not None:
            over.append(Exclusion(since, max(since, one.on), GROUNDS[CONTESTED]))
            since = None
    if since is None or since > until:
        return over, None
    return over, Exclusion(since, until, GROUNDS[CONTESTED])
