"""Types of step facts: for each one JSON schema and one reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.calendar import FIRST_YEAR, LAST_YEAR
from engine.core.refusals import Faults

TEXT_LENGTH_MAX = 2000
INTEGER_MAX = 2**53 - 1
MANY_MAX = 50
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LOGIN = re.compile(r"[^\s\x00-\x1f\x7f]{1,64}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

OUTSIDE = (
    "range",
    f"年份应在{FIRST_YEAR}年至{LAST_YEAR}年之间",
    f"the year lies between {FIRST_YEAR} and {LAST_YEAR}",
)
"""What is said of times for which the house knows no working days; near the ends no zone could be told either."""


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact as the dictionary declares it."""

    name: str
    type: str
    zh: str
    en: str
    vocabulary: tuple[tuple[str, str, str], ...] = ()
    many: bool = False
    longest: int = TEXT_LENGTH_MAX


@dataclass(frozen=True, slots=True)
class Names:
    """What facts may name: departments (any spelling → code), accounts (login → person), attachments (digests)."""

    department: Callable[[str], str | None]
    person: Callable[[str], Mapping[str, Any] | None]
    attachments: frozenset[str]


def escaped(name: str) -> str:
    """The name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def schema_of(fact: FactType) -> dict[str, Any]:
    """The JSON schema of one fact."""
    schema = dict(_SCHEMAS[fact.type])
    if fact.vocabulary:
        schema = {"type": "string", "enum": [code for code, _, _ in fact.vocabulary]}
    if fact.type == "text":
        schema["maxLength"] = fact.longest
    if fact.many:
        schema = {"type": "array", "items": schema, "minItems": 1, "uniqueItems": True}
    return {**schema, "title": fact.zh}


_PERSON_SCHEMA = {
    "anyOf": [
        {"type": "string", "pattern": r"^[^\s]{1,64}$"},
        {
            "type": "object",
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 100},
                "certificate_no": {"type": "string", "minLength": 1, "maxLength": 40},
                "login": {"type": "string", "minLength": 1, "maxLength": 64},
                "department": {"type": "string"},
            },
            "required": ["name", "certificate_no"],
            "additionalProperties": False,
        },
    ]
}
DOCUMENT_SCHEMA = {
    "type": "object",
    "properties": {
        "digest": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
        "title": {"type": "string", "minLength": 1, "maxLength": 200},
        "doc_no": {"type": "string", "minLength": 1, "maxLength": 60},
    },
    "required": ["digest"],
    "additionalProperties": False,
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "minLength": 1, "maxLength": TEXT_LENGTH_MAX},
    "code": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX},
    "money_fen": {"type": "integer", "minimum": 0, "maximum": INTEGER_MAX},
    "officer": _PERSON_SCHEMA,
    "officers": {"type": "array", "items": _PERSON_SCHEMA, "minItems": 1, "uniqueItems": True},
    "department": {"type": "string"},
    "party": {"type": "object"},
}


def read_fact(fact: FactType, value: Any, pointer: str, faults: Faults, names: Names) -> Any:
    """The fact as the core keeps it; every fault goes to `faults`."""
    if fact.many:
        return _read_many(fact, value, pointer, faults)
    if fact.type == "code":
        return _read_code(fact, value, pointer, faults)
    if fact.type == "text":
        return read_text(value, pointer, faults, longest=fact.longest)
    return _READERS[fact.type](value, pointer, faults, names)


def _read_many(fact: FactType, value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, list):
        faults.add(pointer, "type")
    elif not value:
        faults.add(pointer, "too_few")
    elif len(value) > MANY_MAX or len(value) != len({str(code) for code in value}):
        faults.add(pointer, "too_many", "不得重复选择", "no code twice")
    else:
        return [_read_code(fact, code, f"{pointer}/{index}", faults) for index, code in enumerate(value)]
    return None


def _read_code(fact: FactType, value: Any, pointer: str, faults: Faults) -> Any:
    if not isinstance(value, str):
        faults.add(pointer, "type")
    elif all(value != code for code, _, _ in fact.vocabulary):
        faults.add(pointer, "vocabulary")
    return value


def read_text(
    value: Any, pointer: str, faults: Faults, _: Names | None = None, *, longest: int = TEXT_LENGTH_MAX
) -> Any:
    """The text without blanks around it; empty, overlong and control characters are faults."""
    if not isinstance(value, str):
        faults.add(pointer, "type")
        return None
    if not value.strip():
        faults.add(pointer, "missing")
    elif len(value) > longest:
        faults.add(pointer, "range", f"不超过{longest}字", f"at most {longest} characters")
    elif CONTROL.search(value):
        faults.add(pointer, "format", "含有不可见控制字符", "contains control characters")
    return value.strip()


def _read_boolean(value: Any, pointer: str, faults: Faults, _: Names) -> Any:
    if not isinstance(value, bool):
        faults.add(pointer, "type")
    return value


def read_date(value: Any, pointer: str, faults: Faults, _: Names | None = None) -> Any:
    """The civil date as ISO text; anything else is a fault."""
    if not isinstance(value, str):
        faults.add(pointer, "type")
        return None
    try:
        if not DATE.fullmatch(value):
            raise ValueError(value)
        known = FIRST_YEAR <= date.fromisoformat(value).year <= LAST_YEAR
    except ValueError:
        faults.add(pointer, "format", "没有这一天；日期应为 YYYY-MM-DD", "no such day; a date is YYYY-MM-DD")
        return None
    if not known:
        faults.add(pointer, *OUTSIDE)
    return value if known else None


def read_instant(value: Any, pointer: str, faults: Faults, _: Names | None = None) -> Any:
    """The instant as ISO text with offset; anything else is a fault."""
    if not isinstance(value, str):
        faults.add(pointer, "type")
        return None
    try:
        if not INSTANT.fullmatch(value):
            raise ValueError(value)
        instant = datetime.fromisoformat(value)
    except ValueError:
        faults.add(pointer, "format", "时间应为带时区的 RFC 3339 格式", "an instant is RFC 3339 with offset")
        return None
    if FIRST_YEAR <= instant.year <= LAST_YEAR:
        return instant.isoformat()
    faults.add(pointer, *OUTSIDE)
    return None


def _read_integer(value: Any, pointer: str, faults: Faults, _: Names) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        faults.add(pointer, "type")
        return None
    if not 0 <= value <= INTEGER_MAX:
        faults.add(pointer, "range")
    return value


def read_person(value: Any, pointer: str, faults: Faults, names: Names) -> Any:
    """The person as {name, certificate_no, login?, department?}; a login is looked up and frozen."""
    if isinstance(value, str):
        person = names.person(value) if LOGIN.fullmatch(value) else None
        if person is None:
            faults.add(pointer, "vocabulary", "没有这个账号", "no such account")
        return dict(person) if person else None
    if not isinstance(value, dict):
        faults.add(pointer, "type")
        return None
    for key in value:
        if key not in ("name", "certificate_no", "login", "department"):
            faults.add(f"{pointer}/{escaped(key)}", "unknown_field")
    for key in ("name", "certificate_no"):
        if key not in value:
            faults.add(f"{pointer}/{key}", "missing")
    for key in ("name", "certificate_no", "login"):
        if key in value:
            read_text(value[key], f"{pointer}/{key}", faults)
    if "department" in value:
        _read_department(value["department"], f"{pointer}/department", faults, names)
    return value


def read_persons(value: Any, pointer: str, faults: Faults, names: Names) -> Any:
    """The persons in order; none or too many are faults (how many the law asks is a guard's matter)."""
    if not isinstance(value, list):
        faults.add(pointer, "type")
        return None
    if not value:
        faults.add(pointer, "too_few")
    elif len(value) > MANY_MAX:
        faults.add(pointer, "too_many")
    return [
        read_person(one, f"{pointer}/{index}", faults, names) for index, one in enumerate(value[:MANY_MAX])
    ]


def _read_department(value: Any, pointer: str, faults: Faults, names: Names) -> Any:
    if not isinstance(value, str):
        faults.add(pointer, "type")
        return None
    code = names.department(value)
    if code is None:
        faults.add(pointer, "vocabulary", "没有这个部门", "unknown department")
    return code


def _read_party(value: Any, pointer: str, faults: Faults, _: Names) -> Any:
    if not isinstance(value, dict):
        faults.add(pointer, "type")
    return value


def read_document(value: Any, pointer: str, faults: Faults, names: Names) -> Any:
    """The named attachment {digest, title?, doc_no?}; one that the finding does not have is a fault."""
    if not isinstance(value, dict):
        faults.add(pointer, "type")
        return None
    for key in value:
        if key not in ("digest", "title", "doc_no"):
            faults.add(f"{pointer}/{escaped(key)}", "unknown_field")
    for key in ("title", "doc_no"):
        if key in value:
            read_text(value[key], f"{pointer}/{key}", faults)
    digest = value.get("digest")
    if digest is None:
        faults.add(f"{pointer}/digest", "missing")
    elif not isinstance(digest, str) or not DIGEST.fullmatch(digest):
        faults.add(f"{pointer}/digest", "format")
    elif digest not in names.attachments:
        faults.unknown_documents.append(f"{pointer}/digest")
    return value


_READERS: dict[str, Callable[[Any, str, Faults, Names], Any]] = {
    "boolean": _read_boolean,
    "date": read_date,
    "instant": read_instant,
    "integer": _read_integer,
    "money_fen": _read_integer,
    "officer": read_person,
    "officers": read_persons,
    "department": _read_department,
    "party": _read_party,
}
