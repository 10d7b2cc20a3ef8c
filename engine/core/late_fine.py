"""The additional fine for late payment: three in a hundred a day, never more than the fine (行政处罚法 Art 72(1), 73)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

PERCENT_PER_DAY = 3


def late_fine(fine_fen: int, due_on: date, until: date, excluded: Sequence[tuple[date, date]] = ()) -> int:
    """Fen that have come on top by the end of `until`; the day after `due_on` is the first that counts.

    `excluded` are closed intervals in which nothing accrues: reconsideration and litigation.
    """
    day, days = due_on + timedelta(days=1), 0
    while day <= until and days * PERCENT_PER_DAY < 100:
        days += not any(first <= day <= last for first, last in excluded)
        day += timedelta(days=1)
    return min(fine_fen * PERCENT_PER_DAY * days // 100, fine_fen)
