"""The JSON Schemas of inbound matters, made from the members that the house reads; common parts are the contract's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.core.envelope import SCHEMAS
from engine.core.incoming import IncomingBook, IncomingKind
from engine.core.incoming_form import members_of
from engine.core.receipt_form import INCOMING, INFORMANT, Member, envelope_members

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMMON = "common.json#/$defs/"


def incoming_schemas(book: IncomingBook) -> dict[str, dict[str, Any]]:
    """Name of a schema → the schema, one for each kind."""
    return {f"{INCOMING}_{kind.kind}": _schema(kind) for kind in book.kinds.values()}


def _schema(kind: IncomingKind) -> dict[str, Any]:
    envelope = _object(envelope_members(kind.kind, INCOMING))
    data = _object(members_of(kind))
    if kind.informant == "required":
        data["properties"]["informant"] = _object(INFORMANT) | {"required": ["name"]}
    envelope["properties"]["data"] = data
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMAS}/{INCOMING}_{kind.kind}.json",
        "title": kind.zh,
        "description": f"CloudEvents 1.0 structured mode, linked system → office: {kind.en}.",
        **envelope,
    }


def _object(members: tuple[Member, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {member.name: _member(member) for member in members},
        "required": [member.name for member in members if member.required],
        "additionalProperties": False,
    }


def _member(member: Member) -> dict[str, Any]:
    return _WRITTEN[member.type](member)


def _text(member: Member) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": member.length}


def _code(member: Member) -> dict[str, Any]:
    return {"const": member.codes[0]} if len(member.codes) == 1 else {"enum": list(member.codes)}


def _pattern(member: Member) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{member.pattern.pattern}$"} if member.pattern else _named("id")


def _named(name: str) -> dict[str, Any]:
    return {"$ref": f"{COMMON}{name}"}


_WRITTEN: Mapping[str, Callable[[Member], dict[str, Any]]] = {
    "text": _text,
    "code": _code,
    "pattern": _pattern,
    "id": lambda _: _named("id"),
    "date": lambda _: _named("date"),
    "instant": lambda _: _named("instant"),
    "department": lambda _: _named("department"),
    "person": lambda _: _named("person"),
    "attachment": lambda _: _named("attachment"),
    "boolean": lambda _: {"type": "boolean"},
    "informant": lambda _: _object(INFORMANT),
    "object": lambda _: {"type": "object"},
}
