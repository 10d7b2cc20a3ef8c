"""Reads what receipts of linked systems say and which rows of the charts they take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.messages import ROUTES
from engine.core.receipt_form import TYPES, Member
from engine.core.receipts import Condition, Line, ReceiptKind, Source
from rules.data_file import DataFault, Fields, read_as
from rules.faults import nearest

FILE = Path(__file__).parent / "exchange.yaml"
OVERTAKEN = ("noted",)
NOTE_ONLY, TASK, IF = "timeline", "task ", " if "
CONVERSIONS = ("day", "organ", "lines")
MEASURED = ("text", "free")
"""Types that say how long the text may be."""
SAID_OF_ALL = frozenset({"in_reply_to", "by", "remarks"})


@cache
def load_receipts(path: Path = FILE) -> dict[str, ReceiptKind]:
    """Every kind of receipt by its name; raises DataFault where the file names what does not exist."""
    return read_as(path, _read)


def _read(data: Any) -> dict[str, ReceiptKind]:
    fields = Fields(data)
    kinds = [_kind(Fields(one, f"/receipts/{place}")) for place, one in enumerate(fields.items("receipts"))]
    fields.done()
    by_name = {kind.kind: kind for kind in kinds}
    for place, kind in enumerate(kinds):
        if kind.after is not None and kind.after not in by_name:
            field, near = f"/receipts/{place}/after", nearest(kind.after, by_name)
            raise DataFault("no_kind", field=field, near=near, value=kind.after)
    return by_name


def _kind(fields: Fields) -> ReceiptKind:
    members = read_members(fields)
    names = {member.name: member for member in members}
    rows = fields.items("rows")
    note = fields.text_or_none("note")
    task_for, _, task_if = (
        note.removeprefix(TASK).partition(IF) if note and note != NOTE_ONLY else ("", "", "")
    )
    if task_if:
        _known(fields, task_if, names)
    kind = ReceiptKind(
        kind=fields.text("kind"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        members=members,
        lines=tuple(_line(Fields(row, f"{fields.at}/rows/{place}"), names) for place, row in enumerate(rows)),
        after=fields.text_or_none("after"),
        noted=note is not None,
        task_for=task_for or None,
        task_if=task_if or None,
    )
    if not (kind.lines or kind.noted) or (note and note != NOTE_ONLY and not note.startswith(TASK)):
        raise DataFault("needs_rows_or_note", field=fields.at)
    fields.done()
    return kind


def read_members(fields: Fields) -> tuple[Member, ...]:
    """The members that an entry declares; raises DataFault for a type that does not exist."""
    return tuple(_member(fields.where("members"), *pair) for pair in _mapping(fields, "members").items())


def _mapping(fields: Fields, name: str) -> Mapping[str, Any]:
    if not fields.has(name):
        return {}
    value = fields.take(name)
    if not isinstance(value, dict):
        raise fields.fault(name, "not_mapping")
    return value


def _member(at: str, name: str, declared: Any) -> Member:
    plain, required = name.removesuffix("?"), not name.endswith("?")
    if isinstance(declared, list):
        return Member(plain, "code", required, codes=tuple(str(code) for code in declared))
    type_, _, length = (
        str(declared).partition(" ") if str(declared).startswith(MEASURED) else (str(declared), "", "")
    )
    if type_ not in TYPES or (length and not length.isdigit()) or bool(length) != type_.startswith(MEASURED):
        raise DataFault("no_type", field=f"{at}/{name}", near=nearest(type_, TYPES), value=declared)
    return Member(plain, type_, required, length=int(length or 0))


def _line(fields: Fields, members: Mapping[str, Member]) -> Line:
    facts = {
        fact: _source(fields, fact, str(said), members) for fact, said in _mapping(fields, "facts").items()
    }
    remember = {fact: str(name) for fact, name in _mapping(fields, "remember").items()}
    occurred_at = fields.text_or_none("occurred_at")
    for name in (*remember.values(), *([occurred_at] if occurred_at else ())):
        _known(fields, name, members)
    line = Line(
        chart=fields.text("chart"),
        trigger=fields.text("trigger"),
        messages=tuple(_message(fields, str(said)) for said in fields.items("answers")),
        when=tuple(_condition(fields, str(said), members) for said in fields.items("when")),
        facts=facts,
        occurred_at=occurred_at,
        remember=remember,
        overtaken=fields.has("overtaken") and bool(fields.code("overtaken", OVERTAKEN)),
    )
    fields.done()
    return line


def _message(fields: Fields, name: str) -> str:
    if name not in ROUTES:
        raise fields.fault("answers", "no_message", near=nearest(name, ROUTES), value=name)
    return name


def _source(fields: Fields, fact: str, said: str, members: Mapping[str, Member]) -> Source:
    how, _, what = said.partition(" ")
    if not what:
        how, what = "member", said
    elif how == "=":
        return Source("constant", what)
    elif how == "record":
        return Source(how, what)
    elif how not in CONVERSIONS:
        raise fields.fault(f"facts/{fact}", "no_source", value=said)
    _known(fields, what, members)
    return Source(how, what)


def _condition(fields: Fields, said: str, members: Mapping[str, Member]) -> Condition:
    words = said.split(" ")
    of, name, test = words[0], words[1] if len(words) > 1 else "", words[2] if len(words) > 2 else ""
    complete = len(words) == (3 if test == "given" else 4)
    if of not in ("data", "record") or test not in ("given", "is", "not") or not complete:
        raise fields.fault("when", "no_receipt_condition", value=said)
    if of == "data":
        _known(fields, name, members)
    return Condition(of, name, test, words[3] if test != "given" else None)


def _known(fields: Fields, name: str, members: Mapping[str, Member]) -> None:
    if name not in members and name not in SAID_OF_ALL:
        raise fields.fault(name, "no_member", near=nearest(name, members), value=name)
