"""What an office's file says of how long closed records are kept."""

from __future__ import annotations

from engine.core.retention import CATEGORIES, YEARS_MAX, Period, Schedule
from rules.data_file import Fields


def schedule_of(fields: Fields) -> Schedule:
    """By category, as the office's file has it; where it says nothing, nothing is ever erased. Raises DataFault."""
    if not fields.has("retention"):
        return {}
    said = Fields(fields.take("retention"), fields.where("retention"))
    schedule = {}
    for code in CATEGORIES:
        one = Fields(said.take(code), said.where(code))
        years = one.take("years")
        if years is not None and (type(years) is not int or not 1 <= years <= YEARS_MAX):
            raise one.fault("years", "retention_years", most=YEARS_MAX)
        basis = one.text_or_none("basis")
        if years is not None and basis is None:
            raise one.fault("basis", "missing", name="basis")
        schedule[code] = Period(code, one.text("zh"), one.text("en"), years, basis, one.text("mark"))
        one.done()
    said.done()
    return schedule
