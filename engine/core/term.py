"""A period of the catalogue as data, and how long it is in a given case."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.core.counting import COUNTED_UNITS, LONGEST, DeadlineError

SET_BY_ORDER = "set_by_order"
PERCENT_PER_DAY = "percent_per_day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long a period is, from what, by which law, and what its end means.

    `value` counts in `unit`; None where an order sets it. What `adds` is added to the whole length of the
    term that it `follows` (else `of`): that is `base_length`, in `base_unit`.
    """

    id: str
    route: str
    zh: str
    en: str
    value: int | None
    unit: str
    roll: bool
    nature: Literal["statutory", "internal"]
    start_event: str
    extension: str
    approver: str
    on_expiry: str
    basis: str
    mark: str
    stage: str | None = None
    of: str | None = None
    follows: str | None = None
    adds: bool = False
    restricts_rights: bool = False
    yellow_before: int | None = None
    yellow_share: Fraction | None = None
    """Of an hour term: after which share of the period it shows yellow."""
    base_length: int = 0
    base_unit: str | None = None

    @property
    def by_order(self) -> bool:
        """True when an order sets the length."""
        return self.unit == SET_BY_ORDER

    def percent_per_day(self, length: int | None, unit: str | None) -> int | None:
        """Per cent that come on top each day, where the term is such a rate; None where it is a period of days."""
        if self.unit != PERCENT_PER_DAY or unit is not None:
            return None
        return self.value if length is None else length

    def whole_length(self, length: int | None, unit: str | None, extended: int) -> tuple[int | None, str]:
        """How long the period is and in which unit; None for a unit that is a fixed day (month_end, date).

        `length` and `unit` replace the term's own; `extended` is added. A rate in per cent a day is as many calendar
        days long as it takes to reach the whole; `length` is then another rate. Raises DeadlineError.
        """
        percent = self.percent_per_day(length, unit)
        if percent is not None:
            return _days_of_rate(percent, extended), "calendar_day"
        counted_in = unit or (self.base_unit if self.by_order else self.unit)
        if counted_in is None:
            words = "期限由文书确定：请写明长度和单位", "an order sets this period: state length and unit"
            raise DeadlineError("length_missing", *words)
        self._check_unit(counted_in, stated=unit is not None)
        if counted_in not in COUNTED_UNITS:
            if length is not None or extended:
                raise DeadlineError("length_invalid", "固定日期没有长度", "a fixed day has no length")
            return None, counted_in
        if length is None and self.unit == PERCENT_PER_DAY:
            words = "换用单位的，请写明长度", "with another unit, state a length"
            raise DeadlineError("length_missing", *words)
        own = self.value if length is None else length
        if own is None:
            words = "期限由文书确定：请写明长度", "an order sets this period: state its length"
            raise DeadlineError("length_missing", *words)
        if self.adds and (length is None or self.by_order):
            own += self.base_length
        return _sound(own, extended, counted_in), counted_in

    def _check_unit(self, counted_in: str, *, stated: bool) -> None:
        if stated and counted_in not in COUNTED_UNITS:
            words = f"单位 {counted_in} 不能算出日期", f"no date can be counted in {counted_in}"
            raise DeadlineError("unit_unsupported", *words)
        if self.adds and counted_in != self.base_unit:
            words = "延长的单位与原期限不同", "an extension is counted in the unit of what it extends"
            raise DeadlineError("unit_unsupported", *words)


def days_to_the_whole(percent: int) -> int:
    """How many days so many per cent a day take to reach the whole, the last of them in part."""
    return -(-100 // percent)


def _days_of_rate(percent: int, extended: int) -> int:
    if not 1 <= percent <= 100:
        words = "每日的百分比应当在1至100之间", "per cent a day lie between 1 and 100"
        raise DeadlineError("length_invalid", *words)
    if extended:
        raise DeadlineError("length_invalid", "按日加处的没有期限可以延长", "a rate a day cannot be extended")
    return days_to_the_whole(percent)


def _sound(own: int, extended: int, unit: str) -> int:
    if min(own, extended) < 0 or own + extended > LONGEST:
        words = f"长度应当在0至{LONGEST}之间", f"a length lies between 0 and {LONGEST}"
        raise DeadlineError("length_invalid", *words)
    if extended and unit in ("immediate", "working_day_before"):
        raise DeadlineError("length_invalid", "这一期限不能延长", "this period cannot be extended")
    return own + extended
