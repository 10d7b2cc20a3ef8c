"""Data files of the law: read strictly, and every fault names file, line, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from rules.faults import DataFault, nearest
from rules.strict_yaml import Lines, parsed

__all__ = ("DataFault", "Fields", "located_in", "read_as", "read_data")

LONGEST_TEXT = 2000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE = re.compile(r"([0-9]{4})\D?([0-9]{1,2})\D?([0-9]{1,2})\D?", re.ASCII)
"""A date as people write it."""
_MEANT = {"yes": "true", "no": "false", "是": "true", "否": "false", "True": "true", "False": "false"}

T = TypeVar("T")


def read_data(path: Path) -> Any:
    """What the file says; raises DataFault where it is not strict YAML."""
    return parsed(path, None)


def read_as(path: Path, reader: Callable[[Any], T]) -> T:
    """What `reader` makes of the file; its faults get the file's name and the line of their field."""
    data = read_data(path)
    try:
        return reader(data)
    except DataFault as fault:
        raise located_in(path, fault) from None


def located_in(path: Path, fault: DataFault) -> DataFault:
    """The fault with the line of its field in the file, or of what the field would stand in."""
    lines: Lines = {}
    parsed(path, lines)
    field = fault.field
    while field not in lines and "/" in field:
        field = field.rpartition("/")[0]
    return fault.located(str(path), lines.get(field, 1))


def read_day(value: object) -> date | None:
    """The civil date that is written YYYY-MM-DD; None when it is none."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def day_meant(value: object) -> str | None:
    """The date that was probably meant, as the house writes it; None when it is no date at all."""
    found = _DATE.fullmatch(str(value))
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else None
    except ValueError:
        return None


class Fields:
    """A mapping of a data file, taken out field by field; what is left over at `done` is a fault.

    known: every field there is. A misspelt one is then named as such, and not as the one that is missing.
    """

    def __init__(self, data: Any, at: str = "", known: Collection[str] = ()) -> None:
        if not isinstance(data, dict):
            raise DataFault("not_mapping", field=at)
        for name in data if known else ():
            if name not in known:
                raise DataFault("unknown_field", field=f"{at}/{name}", near=nearest(name, known))
        self._left: dict[str, Any] = dict(data)
        self._asked: dict[str, None] = {}
        self.at = at

    def where(self, name: str) -> str:
        """The pointer of a field."""
        return f"{self.at}/{name}"

    def fault(self, name: str, code: str, /, *, near: str | None = None, **values: object) -> DataFault:
        """A fault of one field, to be raised."""
        return DataFault(code, values, field=self.where(name), near=near)

    def has(self, name: str) -> bool:
        """True when the field is written and not yet taken."""
        self._asked[name] = None
        return name in self._left

    def take(self, name: str) -> Any:
        """The value as written; a fault when the field is missing."""
        if not self.has(name):
            raise self.fault(name, "missing", name=name)
        return self._left.pop(name)

    def text(self, name: str, most: int = LONGEST_TEXT) -> str:
        """A text with at least one character that is no blank, and at most so many."""
        value = self.take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(name, "not_text")
        if len(value) > most:
            raise self.fault(name, "text_too_long", length=len(value), most=most)
        return value

    def text_or_none(self, name: str) -> str | None:
        """A text, or None when the field is absent or null."""
        if not self.has(name) or self._left[name] is None:
            self._left.pop(name, None)
            return None
        return self.text(name)

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self.take(name)
        if type(value) is not int:
            raise self.fault(name, "not_integer")
        return value

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """True or false; `default` when given and the field is absent."""
        if not self.has(name) and default is not None:
            return default
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.fault(name, "not_boolean", near=_MEANT.get(str(value)))
        return value

    def code(self, name: str, allowed: Collection[str]) -> str:
        """One of the allowed codes."""
        return self._listed(name, self.take(name), allowed)

    def codes(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of different codes, each allowed; empty when the field is absent."""
        values = self.items(name)
        for position, value in enumerate(values):
            place = f"{name}/{position}"
            if not isinstance(value, str) or not value:
                raise self.fault(place, "not_code")
            if allowed is not None:
                self._listed(place, value, allowed)
            if value in values[:position]:
                raise self.fault(place, "twice", value=value)
        return tuple(values)

    def items(self, name: str) -> list[Any]:
        """A list of anything; empty when the field is absent."""
        value = self._left.pop(name) if self.has(name) else []
        if not isinstance(value, list):
            raise self.fault(name, "not_list")
        return value

    def day(self, name: str) -> date:
        """A civil date."""
        value = self.take(name)
        day = read_day(value)
        if day is None:
            raise self.fault(name, "no_date", near=day_meant(value), value=value)
        return day

    def day_or_none(self, name: str) -> date | None:
        """A civil date, or None when the field is null."""
        if self.has(name) and self._left[name] is None:
            return self._left.pop(name)  # type: ignore[no-any-return]  # it is None
        return self.day(name)

    def done(self) -> None:
        """A fault when a field is left that nobody knows."""
        for name in self._left:
            raise self.fault(name, "unknown_field", near=nearest(name, self._asked))

    def _listed(self, place: str, value: Any, allowed: Collection[str]) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise self.fault(
                place, "not_listed", near=nearest(value, allowed), value=value, allowed=tuple(allowed)
            )
        return value
