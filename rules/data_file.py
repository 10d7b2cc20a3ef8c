"""Data files of the law: read strictly, and every fault names file, line, field and remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import yaml

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_Lines = dict[str, int]


class DataFault(Exception):
    """A data file says something that the house cannot take: where it says so, and what to do."""

    def __init__(self, problem: str, remedy: str, *, field: str = "", file: str = "", line: int = 0) -> None:
        self.problem, self.remedy, self.field, self.file, self.line = problem, remedy, field, file, line
        super().__init__(f"{file}:{line}: {field or '/'}: {problem}. {remedy}")

    def located(self, file: str, line: int) -> DataFault:
        """The same fault with the place it was found at."""
        return DataFault(self.problem, self.remedy, field=self.field, file=file, line=line)


def read_data(path: Path) -> Any:
    """What the file says; raises DataFault where it is not strict YAML."""
    return _parsed(path, None)


T = TypeVar("T")


def read_as(path: Path, reader: Callable[[Any], T]) -> T:
    """What `reader` makes of the file; its faults get the file's name and the line of their field."""
    data = read_data(path)
    try:
        return reader(data)
    except DataFault as fault:
        lines: _Lines = {}
        _parsed(path, lines)
        field = fault.field
        while field not in lines and "/" in field:
            field = field.rpartition("/")[0]
        raise fault.located(str(path), lines.get(field, 1)) from None


def _parsed(path: Path, lines: _Lines | None) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
        events = yaml.parse(text, Loader=yaml.CBaseLoader)
        next(events), next(events)
        return _node(next(events), events, lines, "")
    except (StopIteration, UnicodeDecodeError) as error:
        raise DataFault("is no YAML text", "Write it in UTF-8.", file=str(path), line=1) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataFault(f"{error.problem}", "Correct the YAML.", file=str(path), line=line) from error
    except DataFault as fault:
        raise fault.located(str(path), fault.line) from None


def _node(event: Any, events: Iterator[Any], lines: _Lines | None, at: str) -> Any:
    """One value: what the event opens, taken from the events up to its end."""
    if lines is not None:
        lines[at] = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        _refuse(event, at, "anchors and aliases are not allowed", "Write the value out where it is meant.")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, at)
    if event.tag is not None:
        _refuse(event, at, "tags are not allowed", "Leave the tag out.")
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, lines, f"{at}/{len(items)}"))
        return items
    mapping: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = event.value if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            _refuse(event, at, "a name must be plain text", "Write `name: value`.")
        if key in mapping:
            _refuse(event, f"{at}/{key}", "this name appears twice", "Keep one of the two.")
        mapping[key] = _node(next(events), events, lines, f"{at}/{key}")
    return mapping


def _scalar(event: Any, at: str) -> Any:
    """Integers, true, false and null when written plainly; all else is text (dates and yes/no too)."""
    if event.tag is not None:
        _refuse(event, at, "tags are not allowed", 'Put the text in quotes: operators are written "!=".')
    value: str = event.value
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if _INTEGER.fullmatch(value) else value


def _refuse(event: Any, at: str, problem: str, remedy: str) -> NoReturn:
    raise DataFault(problem, remedy, field=at, line=event.start_mark.line + 1)


class Fields:
    """A mapping of a data file, taken out field by field; what is left over at `done` is a fault."""

    def __init__(self, data: Any, at: str = "") -> None:
        if not isinstance(data, dict):
            raise DataFault("must be a mapping of names to values", "Write `name: value` lines.", field=at)
        self._left: dict[str, Any] = dict(data)
        self.at = at

    def where(self, name: str) -> str:
        """The pointer of a field."""
        return f"{self.at}/{name}"

    def fault(self, name: str, problem: str, remedy: str) -> DataFault:
        """A fault of one field, to be raised."""
        return DataFault(problem, remedy, field=self.where(name))

    def has(self, name: str) -> bool:
        """True when the field is written and not yet taken."""
        return name in self._left

    def take(self, name: str) -> Any:
        """The value as written; a fault when the field is missing."""
        if name not in self._left:
            raise self.fault(name, "is missing", f"Add the field `{name}`.")
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """A text with at least one character that is no blank."""
        value = self.take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(name, "must be text", "Write some words; put figures in quotes.")
        return value

    def text_or_none(self, name: str) -> str | None:
        """A text, or None when the field is absent or null."""
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return None
        return self.text(name)

    def integer(self, name: str) -> int:
        """A whole number."""
        value = self.take(name)
        if type(value) is not int:
            raise self.fault(name, "must be a whole number", "Write digits without quotes or a point.")
        return value

    def boolean(self, name: str, default: bool | None = None) -> bool:
        """True or false; `default` when given and the field is absent."""
        if default is not None and name not in self._left:
            return default
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.fault(name, "must be true or false", "Write true or false without quotes.")
        return value

    def code(self, name: str, allowed: Collection[str]) -> str:
        """One of the allowed codes."""
        value = self.take(name)
        if not isinstance(value, str) or value not in allowed:
            raise self.fault(name, f"{value!r} is not in the list", f"Use one of: {', '.join(allowed)}.")
        return value

    def codes(self, name: str, allowed: Collection[str] | None = None) -> tuple[str, ...]:
        """A list of different codes, each allowed; empty when the field is absent."""
        values = self.items(name)
        for position, value in enumerate(values):
            place = f"{name}/{position}"
            if not isinstance(value, str) or not value:
                raise self.fault(place, "must be a code", "Write a code; put figures in quotes.")
            if allowed is not None and value not in allowed:
                raise self.fault(place, f"{value!r} is not in the list", f"Use one of: {', '.join(allowed)}.")
            if value in values[:position]:
                raise self.fault(place, f"{value!r} appears twice", "Keep one of the two.")
        return tuple(values)

    def items(self, name: str) -> list[Any]:
        """A list of anything; empty when the field is absent."""
        value = self._left.pop(name, [])
        if not isinstance(value, list):
            raise self.fault(name, "must be a list", "Write `[a, b]`, or one `- ` line for each entry.")
        return value

    def day(self, name: str) -> date:
        """A civil date."""
        value = self.text(name)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.fault(name, f"{value!r} is no date", "Write YYYY-MM-DD.") from None

    def day_or_none(self, name: str) -> date | None:
        """A civil date, or None when the field is null."""
        if name in self._left and self._left[name] is None:
            return self._left.pop(name)  # type: ignore[no-any-return]  # it is None
        return self.day(name)

    def done(self) -> None:
        """A fault when a field is left that nobody knows."""
        for name in self._left:
            raise self.fault(name, "is not a field of such a file", "Check its spelling, or leave it out.")
