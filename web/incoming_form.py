"""The inputs of inbound matters: made from the same members that the house reads, so that no form forgets one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.core.incoming import IncomingAct, IncomingBook, IncomingKind
from engine.core.incoming_form import ASSIGN, SIGN, SYSTEM, act_members, members_of
from engine.core.receipt_form import INFORMANT, Member
from web.asking import Asking
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.naming import Names
from web.people import people_of

LONG = 200
"""Texts that may be longer are typed into an area."""
NOT_TYPED = frozenset({"person", "attachment", "object"})
"""Members that only a system or another form gives."""
PLAIN = {"date": "date", "instant": "instant", "boolean": "boolean", "id": "text"}


def data_fields(asking: Asking, kind: IncomingKind) -> tuple[Field, ...]:
    """The inputs of what a matter of that kind says, who informs last."""
    own = [one for one in members_of(kind) if one.type != "informant" and one.name != "in_reply_to"]
    fields = list(_fields(asking, own))
    if kind.informant != "none":
        named = kind.informant == "required"
        for one in _fields(asking, INFORMANT):
            required = named and one.name == "name"
            fields.append(Field(f"informant.{one.name}", one.label, "text", required, longest=one.longest))
    return tuple(fields)


def entry_fields(asking: Asking, book: IncomingBook, kind: IncomingKind) -> tuple[Field, ...]:
    """How, when and from whom it came."""
    words, names = asking.words, Names(asking.house, asking.words)
    departments = asking.house.office.departments.values()
    may = [
        Choice(one.code, names.department(one.code))
        for one in departments
        if kind.sent_by(one.code, one.kind, asking.who.department)
    ]
    channels = tuple(Choice(one.code, words.of(one)) for one in book.channels.values() if one.code != SYSTEM)
    return (
        Field("channel", words("incoming_field.channel"), "code", True, channels),
        Field("received_at", words("incoming_field.received_at"), "instant", True),
        Field("sender_department", words("incoming_field.sender_department"), "code", choices=tuple(may)),
        Field("sender_name", words("incoming_field.sender_name"), "text", longest=LONG),
        Field("late_reason", words("incoming_field.late_reason"), "text", longest=LONG),
    )


def act_fields(
    asking: Asking, book: IncomingBook, row: Mapping[str, Any], act: IncomingAct
) -> tuple[Field, ...]:
    """The inputs of an act on that matter, with its time where it may be entered later."""
    kind = book.kinds[row["kind"]]
    fields = list(_fields(asking, act_members(book, kind, act, row["channel"] == SYSTEM), book))
    if act.act in (SIGN, ASSIGN):
        offered = people_of(asking.house).offered(row["department"])
        fields[0] = Field("handler", fields[0].label, "code", act.act == ASSIGN, offered)
    if not act.at_once:
        fields.append(Field("occurred_at", asking.words("incoming_field.occurred_at"), "instant"))
    return tuple(fields)


def read_all(fields: Sequence[Field], typed: Typed) -> dict[str, Any]:
    """What was typed, as the interface wants it; members of an informant stand within one."""
    body: dict[str, Any] = {}
    for one in fields:
        value = read_field(one, typed)
        if value is ABSENT:
            continue
        outer, _, inner = one.name.rpartition(".")
        if outer:
            body.setdefault(outer, {})[inner] = value
        else:
            body[one.name] = value
    return body


def _fields(asking: Asking, members: Iterable[Member], book: IncomingBook | None = None) -> Iterable[Field]:
    for one in members:
        if one.type not in NOT_TYPED:
            yield _field(asking, one, book)


def _field(asking: Asking, member: Member, book: IncomingBook | None) -> Field:
    words, names = asking.words, Names(asking.house, asking.words)
    label = words(f"incoming_field.{member.name}")
    if member.type == "department":
        choices = tuple(
            Choice(code, names.department(code))
            for code in asking.house.office.departments
            if code != asking.who.department
        )
        return Field(member.name, label, "code", member.required, choices)
    if member.type == "code":
        choices = tuple(Choice(code, code_label(asking, book, member.name, code)) for code in member.codes)
        return Field(member.name, label, "code", member.required, choices)
    kind = PLAIN.get(member.type, "long_text" if member.length > LONG else "text")
    return Field(member.name, label, kind, member.required, longest=member.length or None)


def code_label(asking: Asking, book: IncomingBook | None, name: str, code: str) -> str:
    """A code of a matter in words."""
    known = {} if book is None else {"reason": book.reasons, "told_how": book.ways}.get(name, {})
    if code in known:
        return asking.words.of(known[code])
    key = f"incoming_code.{name}.{code}"
    return asking.words(key) if asking.words.has(key) else code
