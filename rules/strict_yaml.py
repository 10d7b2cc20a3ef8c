"""The text of a data file as values: a strict part of YAML, read in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml

from rules.faults import DataFault, catalogue

MOST_DEEP = 40
"""Levels of any data file; conditions have a limit of their own."""

Lines = dict[str, int]
"""Where each field stands, by its pointer."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_OPERATOR = re.compile(r"[\[,]\s*([<>=!]=?)\s*[,\]]")
_CHINESE_COLON = re.compile(r"\s*(- )?[A-Za-z_]+：")
_OPENED_BEFORE = frozenset({"yaml_bracket", "yaml_quote"})
"""Faults that begin where the bracket or quotation was opened, not where the reader gave up."""


def parsed(path: Path, lines: Lines | None) -> Any:
    """What the file says, with the line of every field when `lines` is given; raises DataFault."""
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataFault("not_utf8", file=str(path), line=line) from None
    try:
        return _document(text, lines)
    except yaml.MarkedYAMLError as error:
        code, line, said = _syntax(error, text)
        raise DataFault(code, said, file=str(path), line=line) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise DataFault("control_character", file=str(path), line=line) from None
    except DataFault as fault:
        raise fault.located(str(path), fault.line) from None


def _document(text: str, lines: Lines | None) -> Any:
    if text.startswith("\ufeff"):
        raise DataFault("byte_order_mark", line=1)
    events = yaml.parse(text, Loader=yaml.CBaseLoader)
    next(events)
    if isinstance(next(events), yaml.StreamEndEvent):
        raise DataFault("empty_file", line=1)
    data = _node(next(events), events, lines, "", 0)
    next(events)
    event: Any = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise DataFault("second_document", line=event.start_mark.line + 1)
    return data


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[str, int, dict[str, str]]:
    """Code, line and values of what the library could not read; the usual slips are named as such."""
    mark = error.problem_mark or error.context_mark
    line, rows = (mark.line if mark else 0), text.splitlines()
    for number in (line, line - 1):
        row = rows[number] if 0 <= number < len(rows) else ""
        if _CHINESE_COLON.match(row):
            return "fullwidth_colon", number + 1, {}
    row = rows[line] if line < len(rows) else ""
    if "\t" in row[: len(row) - len(row.lstrip())]:
        return "yaml_tab", line + 1, {}
    if operator := _OPERATOR.search(row):
        return "operator_unquoted", line + 1, {"operator": operator[1]}
    code = catalogue().syntax.get(str(error.problem), "yaml_other")
    if code == "yaml_colon" and mark and ":" not in row[: mark.column]:
        code = "yaml_indent"
    if code == "yaml_indent" and line and rows[line - 1].count('"') % 2:
        code, line = "yaml_quote", line - 1
    elif code in _OPENED_BEFORE and error.context_mark:
        line = error.context_mark.line
    return code, line + 1, {"said": str(error.problem)} if code == "yaml_other" else {}


def _node(event: Any, events: Iterator[Any], lines: Lines | None, at: str, depth: int) -> Any:
    """One value: what the event opens, taken from the events up to its end."""
    if lines is not None:
        lines.setdefault(at, event.start_mark.line + 1)
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        _refuse(event, at, "anchor")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, at)
    if event.tag is not None:
        _refuse(event, at, "tag")
    if depth > MOST_DEEP:
        _refuse(event, at, "too_deep", most=MOST_DEEP)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_node(event, events, lines, f"{at}/{len(items)}", depth + 1))
        return items
    mapping: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = event.value if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            _refuse(event, at, "name_not_text")
        if key in mapping:
            _refuse(event, f"{at}/{key}", "name_twice")
        if lines is not None:
            lines[f"{at}/{key}"] = event.start_mark.line + 1
        mapping[key] = _node(next(events), events, lines, f"{at}/{key}", depth + 1)
    return mapping


def _scalar(event: Any, at: str) -> Any:
    """Integers, true, false and null when written plainly; all else is text (dates and yes/no too)."""
    if event.tag == "!=":
        _refuse(event, at, "operator_unquoted", operator=event.tag)
    if event.tag is not None:
        _refuse(event, at, "tag")
    value: str = event.value
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if _INTEGER.fullmatch(value) else value


def _refuse(event: Any, at: str, code: str, **values: object) -> NoReturn:
    raise DataFault(code, values, field=at, line=event.start_mark.line + 1)
