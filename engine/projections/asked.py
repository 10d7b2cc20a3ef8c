"""The query parameters of a list, read once; everything wrong with them is told at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from engine.core.calendar import FIRST_YEAR, LAST_YEAR
from engine.core.fact_types import CONTROL, DATE, INSTANT
from engine.core.refusals import FieldError, Refusal
from engine.projections.instants import CIVIL

PAGE_LENGTH = 50
PAGE_LENGTH_MAX = 200
VALUE_LENGTH_MAX = 200
REPEATED_MAX = 20
DIGITS = re.compile(r"[0-9]{1,9}")

Query = Mapping[str, Sequence[str]]


class Asked:
    """The parameters of one request; a blank value counts as absent. `done` refuses what was wrong."""

    def __init__(self, query: Query, known: Collection[str]) -> None:
        self.errors: dict[FieldError, None] = {}
        self.given: dict[str, list[str]] = {}
        for name, values in query.items():
            if name not in known:
                self.wrong(name, "unknown_field")
            else:
                self._take(name, [value for value in values if value.strip()])

    def _take(self, name: str, values: list[str]) -> None:
        longest = 4000 if name == "cursor" else VALUE_LENGTH_MAX
        if len(values) > REPEATED_MAX:
            self.wrong(name, "too_many")
        elif any(CONTROL.search(value) for value in values):
            self.wrong(name, "format")
        elif any(len(value) > longest for value in values):
            self.wrong(name, "range")
        elif values:
            self.given[name] = values

    def many(self, name: str, codes: Collection[str]) -> tuple[str, ...]:
        """The codes given, each once, in the order of the vocabulary."""
        values = self.given.get(name, [])
        if any(value not in codes for value in values):
            self.wrong(name, "vocabulary")
        return tuple(code for code in codes if code in values)

    def text(self, name: str) -> str | None:
        """The single value given, or None."""
        values = self.given.get(name, [])
        if len(values) > 1:
            self.wrong(name, "too_many")
        return values[0] if values else None

    def code(self, name: str, codes: Collection[str]) -> str | None:
        """The single code given, or None."""
        value = self.text(name)
        if value is not None and value not in codes:
            self.wrong(name, "vocabulary")
        return value

    def day(self, name: str) -> date | None:
        """The civil date given, or None."""
        value = self.text(name)
        if value is None:
            return None
        try:
            if DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.wrong(name, "format")
        return None

    def instant(self, name: str) -> datetime | None:
        """The instant given with its offset, or None."""
        value = self.text(name)
        if value is None:
            return None
        try:
            instant = datetime.fromisoformat(value) if INSTANT.fullmatch(value) else None
        except ValueError:
            instant = None
        if instant is None:
            self.wrong(name, "format")
        return instant

    def since(self, name: str) -> datetime | None:
        """The first instant of the day given, in Asia/Shanghai; None also before all that is recorded."""
        day = self.day(name)
        return None if day is None or day.year < FIRST_YEAR else datetime.combine(day, time(), CIVIL)

    def until(self, name: str) -> datetime | None:
        """The first instant after the day given, in Asia/Shanghai; None also after all that is recorded."""
        day = self.day(name)
        if day is None or day.year > LAST_YEAR:
            return None
        return datetime.combine(day + timedelta(days=1), time(), CIVIL)

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """The whole number given, within its bounds."""
        value = self.text(name)
        if value is None:
            return default
        if not DIGITS.fullmatch(value) or not low <= int(value) <= high:
            self.wrong(name, "range")
            return default
        return int(value)

    def limit(self) -> int:
        """How many items a page has."""
        return self.number("limit", PAGE_LENGTH, 1, PAGE_LENGTH_MAX)

    def done(self) -> None:
        """Raises `parameter_invalid` with everything that was wrong; returns when nothing was."""
        if self.errors:
            raise Refusal("parameter_invalid", errors=tuple(self.errors))

    def wrong(self, name: str, code: str) -> None:
        """One more fault is remembered, once."""
        self.errors[FieldError(f"/?{name[:VALUE_LENGTH_MAX]}", code)] = None
