"""Days of a period that follow one another and are told alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from engine.core.calendar import Named, is_day
from engine.core.counting import Exclusion
from engine.core.deadlines import Point

Kind = Literal["day_zero", "counted", "not_working", "excluded", "stated", "last_day", "rolled"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that follow one another and are told alike; instants where hours are counted.

    `units` is what they count, `total` the sum up to here, `lost` what they would have counted were they not excluded
    (None for a part of such days). `why` says which sort of day: weekend, holiday (then `named`), worked_instead and the like.
    """

    first: Point
    last: Point
    kind: Kind
    units: int
    total: int
    why: str
    named: Named | None = None
    exclusions: tuple[Exclusion, ...] = ()
    provisional: bool = False
    lost: int | None = 0
    added: bool = False
    """True for days that an extension has added."""


def part(stretch: Stretch, first: date, last: date, before: int) -> Stretch:
    """Some days of a stretch of days, where so much was counted before them."""
    whole, days = _days(stretch.first, stretch.last), _days(first, last)
    units = stretch.units // whole * days
    lost = stretch.lost if stretch.lost in (0, None) or days == whole else None
    return replace(stretch, first=first, last=last, units=units, total=before + units, lost=lost)


def each_day(stretch: Stretch, backward: bool = False) -> Iterator[Stretch]:
    """The days of a stretch one by one as they are counted; hours and a stated day stay together."""
    first, last = stretch.first, stretch.last
    if stretch.kind == "stated" or not (is_day(first) and is_day(last)):
        yield stretch
        return
    before = stretch.total - stretch.units
    days = [first + number * timedelta(days=1) for number in range(_days(first, last))]
    for day in reversed(days) if backward else days:
        told = part(stretch, day, day, before)
        yield told
        before = told.total


def _days(first: Point, last: Point) -> int:
    """How many days there are from one to the other, both among them."""
    return last.toordinal() - first.toordinal() + 1
