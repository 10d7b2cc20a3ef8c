"""By which rules a period was counted: their names in reckoning.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.reckoning import Reckoning

_PENALTY_DAYS = re.compile(r"行政处罚法[^;]*\b85\b")
_COERCION_DAYS = re.compile(r"行政强制法[^;]*\b69\b")
_ORDER_730 = "国令730"


def rules_of(reckoning: Reckoning) -> Iterator[str]:
    """The rules that were used, in the order in which they are told."""
    yield from _of_unit(reckoning)
    if reckoning.own is not None:
        yield "extension"
    if reckoning.otherwise is not None:
        yield "exclusions"
    yield from _of_end(reckoning)


def _of_unit(reckoning: Reckoning) -> Iterator[str]:
    term, unit = reckoning.term, reckoning.dates.unit
    as_catalogued = (reckoning.dates.length, unit) == (term.value, term.unit)
    if reckoning.backward:
        yield "clear_days"
    elif reckoning.counts:
        yield "start"
    if unit in ("working_day", "working_day_before") and reckoning.counts:
        if as_catalogued and _PENALTY_DAYS.search(term.basis):
            yield "penalty_days"
        if as_catalogued and _COERCION_DAYS.search(term.basis):
            yield "coercion_days"
        yield "working_days"
    elif unit == "calendar_day" and reckoning.counts:
        yield (
            "three_days"
            if as_catalogued and term.value == 3 and _ORDER_730 in term.basis
            else "calendar_days"
        )
    elif unit == "month":
        yield "months"
    elif unit == "hour":
        yield "hours"


def _of_end(reckoning: Reckoning) -> Iterator[str]:
    if reckoning.falls_on is None:
        return
    if reckoning.dates.due_effective != reckoning.dates.due_raw:
        free = {reckoning.falls_on[0], *(one.why for one in reckoning.stretches if one.kind == "rolled")}
        yield "rolls"
        if free & {"weekend", "worked_instead"}:
            yield "weekend"
    elif reckoning.term.restricts_rights:
        yield "restricts"
