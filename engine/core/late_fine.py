"""The additional fine for late payment: so many per cent a day, never more than the fine (行政处罚法 Art 72(1), 73)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from engine.core.counting import Exclusion
from engine.core.reckoning import calendar_days
from engine.core.stretch import Stretch, part
from engine.core.term import days_to_the_whole


@dataclass(frozen=True, slots=True)
class LateFine:
    """What has come on top of a fine by the end of a day, and the days that it comes from.

    `stretches` begin with the last day to pay, which is not counted, and end on `until` or on the day on which the
    additional fine equals the fine, whichever comes first; they are empty where `until` lies before the last day to pay.
    """

    fine_fen: int
    percent: int
    due_on: date
    until: date
    stretches: tuple[Stretch, ...]
    cap_on: date
    """The day at whose end it equals the fine, where nothing is excluded but what is known."""
    half_open: bool
    otherwise_fen: int | None
    """The sum if exclusions are counted the other way; None without exclusions."""

    @property
    def days(self) -> int:
        """How many days have counted."""
        return self.stretches[-1].total if self.stretches else 0

    @property
    def sum_fen(self) -> int:
        """What has come on top, parts of a fen dropped."""
        return self.fen(self.days)

    @property
    def reached(self) -> bool:
        """True when it equals the fine and grows no more."""
        return self.until >= self.cap_on

    def fen(self, days: int) -> int:
        """What so many days bring, the fine itself being the limit."""
        return min(self.fine_fen * self.percent * days // 100, self.fine_fen)


def accrued(
    fine_fen: int,
    percent: int,
    due_on: date,
    until: date,
    exclusions: Sequence[Exclusion] = (),
    *,
    half_open: bool = False,
    pending: Exclusion | None = None,
) -> LateFine:
    """The additional fine by the end of `until`; the day after `due_on` is the first that counts, `until` does.

    Nothing accrues on `exclusions`: reconsideration and litigation. `pending` is one that still waits for its result: its
    last day is excluded whichever way the ends are counted. Raises DeadlineError for an exclusion that ends before it
    begins, OverflowError where the calendar ends.
    """

    def counted(open_end: bool) -> tuple[Stretch, ...]:
        waiting = [] if pending is None else [_never_ends(pending, open_end)]
        return calendar_days(due_on, days_to_the_whole(percent), [*exclusions, *waiting], half_open=open_end)

    whole = counted(half_open)
    cap_on = date.fromordinal(whole[-1].last.toordinal())
    fine = LateFine(fine_fen, percent, due_on, until, _by(whole, until), cap_on, half_open, None)
    if not exclusions:
        return fine
    return replace(fine, otherwise_fen=replace(fine, stretches=_by(counted(not half_open), until)).sum_fen)


def _never_ends(pending: Exclusion, half_open: bool) -> Exclusion:
    """The exclusion with a last day that is taken out, though a half-open count takes out none."""
    return replace(pending, last=pending.last + timedelta(days=half_open))


def _by(stretches: Sequence[Stretch], until: date) -> tuple[Stretch, ...]:
    """What of these days lies not after that one."""
    kept: list[Stretch] = []
    for one in stretches:
        first, last = (date.fromordinal(point.toordinal()) for point in (one.first, one.last))
        if first <= until:
            kept.append(part(one, first, min(last, until), kept[-1].total if kept else 0))
    return tuple(kept)
