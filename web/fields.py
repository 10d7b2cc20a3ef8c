"""Inputs of a form: what each asks, of which kind, and what is typed into it so far."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

CIVIL = ZoneInfo("Asia/Shanghai")
ABSENT = object()
"""What `read_field` gives for an input that was left blank."""
PEOPLE_BESIDE = 3
"""How many persons without an account a form can name."""
YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
INTEGER = re.compile(r"-?[0-9]{1,15}")  # within what JSON may carry


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that may be chosen, under an optional group."""

    code: str
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One input; `kind` is text, long_text, password, code, codes, boolean, date, instant, integer, money_fen, officer,
    officers, department or document. `open_ended` choices stay in the order given; `asked` is never prefilled.
    """

    name: str
    label: str
    kind: str
    required: bool = False
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    asked: bool = False
    longest: int | None = None
    lowest: int | None = None

    @property
    def input_name(self) -> str:
        """The name of the HTML input; money is typed in yuan."""
        return self.name + "_yuan" if self.kind == "money_fen" else self.name

    def under(self, prefix: str) -> Field:
        """The same input as a member of a nested object."""
        return replace(self, name=f"{prefix}.{self.name}")


class Typed(dict[str, list[str]]):
    """What stands in the inputs of a form, by input name, as text."""

    def first(self, name: str) -> str:
        """The single text of the input, empty when nothing is there."""
        values = self.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Every value of the input."""
        return self.get(name, [])

    def ticked(self, name: str, code: str = "true") -> bool:
        """True when that choice is made."""
        return code in self.get(name, ())


def typed_from(pairs: Iterable[tuple[str, Any]]) -> Typed:
    """The texts of a posted form; files are left out."""
    typed = Typed()
    for name, value in pairs:
        if isinstance(value, str):
            typed.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return typed


def write_field(field: Field, value: Any) -> dict[str, list[str]]:
    """The texts that show a fact in its input; empty for a fact that is not known."""
    if value is None or value == "" or value == []:
        return {}
    if field.kind == "boolean":
        return {field.name: ["true"]} if value is True else {}
    if field.kind == "instant":
        local = datetime.fromisoformat(str(value)).astimezone(CIVIL)
        return {field.name: [local.strftime("%Y-%m-%dT%H:%M")]}
    if field.kind == "money_fen":
        return {field.input_name: [f"{Decimal(int(value)) / 100:f}"]}
    if field.kind in ("officer", "officers"):
        people = value if isinstance(value, list) else [value]
        return {field.name: [person_token(person, field.choices) for person in people]}
    if field.kind == "document":
        return {f"{field.name}.digest": [str(value["digest"])]} if isinstance(value, Mapping) else {}
    if field.kind == "codes":
        return {field.name: [str(code) for code in value]}
    return {field.name: [str(value)]}


def read_field(field: Field, typed: Typed) -> Any:
    """The fact as the public contract wants it, ABSENT for a blank input; what cannot be read goes on as typed."""
    if field.kind == "boolean":
        return _read_boolean(field, typed)
    if field.kind == "codes":
        return typed.all(field.name) or ABSENT
    if field.kind == "officers":
        return _read_people(field, typed)
    if field.kind == "document":
        digest = typed.first(f"{field.name}.digest")
        return {"digest": digest} if digest else ABSENT
    text = typed.first(field.input_name).strip()
    if not text:
        return ABSENT
    return _READERS.get(field.kind, str)(text)


def _read_boolean(field: Field, typed: Typed) -> Any:
    if typed.ticked(field.name):
        return True
    return False if field.required and not field.asked else ABSENT


def _read_instant(text: str) -> str:
    try:
        local = datetime.fromisoformat(text)
        aware = local if local.tzinfo else local.replace(tzinfo=CIVIL)
        return aware.astimezone(CIVIL).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return text


def _read_integer(text: str) -> Any:
    return int(text) if INTEGER.fullmatch(text) else text


def _read_yuan(text: str) -> Any:
    try:
        return int(Decimal(text) * 100) if YUAN.fullmatch(text) else text
    except InvalidOperation:
        return text


def _read_person(text: str) -> Any:
    """A login, or the person that a token spells out."""
    if not text.startswith("{"):
        return text
    try:
        person = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return person if isinstance(person, dict) else text


def _read_people(field: Field, typed: Typed) -> Any:
    people = [_read_person(token) for token in typed.all(field.name) if token.strip()]
    for place in range(PEOPLE_BESIDE):
        given = {
            key: typed.first(f"{field.name}.{place}.{key}").strip() for key in ("name", "certificate_no")
        }
        if any(given.values()):
            people.append({key: text for key, text in given.items() if text})
    return people or ABSENT


_READERS = {
    "instant": _read_instant,
    "integer": _read_integer,
    "money_fen": _read_yuan,
    "officer": _read_person,
}


def person_token(person: Any, choices: Sequence[Choice]) -> str:
    """The value that stands for a person in a form: the login where the form offers it, else the person spelt out."""
    if isinstance(person, str):
        return _offered(person, choices) or person
    login = person.get("login")
    if login and (offered := _offered(login, choices)):
        return offered
    named = {key: person[key] for key in ("name", "certificate_no", "department", "login") if person.get(key)}
    return json.dumps(named, ensure_ascii=False, sort_keys=True)


def _offered(login: str, choices: Sequence[Choice]) -> str | None:
    folded = login.casefold()
    return next((choice.code for choice in choices if choice.code.casefold() == folded), None)


def person_label(token: str) -> str:
    """The name under which a spelt-out person is shown."""
    person = _read_person(token)
    if isinstance(person, dict):
        return "　".join(str(person[key]) for key in ("name", "certificate_no") if person.get(key))
    return str(person)
