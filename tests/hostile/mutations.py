"""One body after the other, each with one thing wrong, member by member."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

LONG = "长" * 100_000
HOSTILE: tuple[Any, ...] = (
    None,
    True,
    0,
    1,
    -1,
    2**53 - 1,
    -(2**53 - 1),
    "",
    " ",
    "\u3000\u00a0",
    "x",
    "\x00",
    "a\x00b",
    "\x1b[2J\x07",
    "a\r\nSet-Cookie: x=y",
    "\u202egpj.exe",
    "\u200b\ufeff",
    "e\u0301\u0323" * 20,
    "𠮷🧑‍⚖️",
    "' OR 1=1 --",
    '"; DROP TABLE finding; --',
    "%_\\%",
    "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}#{7*7}",
    "../../../../etc/passwd",
    "2024-02-30",
    "2024-13-01",
    "0001-01-01",
    "9999-12-31",
    "２０２４-０４-２６",
    "2024-04-26",
    "2024-04-26T10:00:00",
    "2024-04-26T24:00:00+08:00",
    "2024-04-26T10:00:60+08:00",
    "0001-01-01T00:00:00+23:59",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "9999-12-31T23:59:59Z",
    "2024-04-26T10:00:00.1234567+08:00",
    "2024-04-26t10:00:00z",
    "@0",
    "@99",
    "@-1",
    "01921dbe-2475-7c6c-8fa0-64652fff9bed",
    "sha256:" + "0" * 64,
    "[]",
    LONG,
    [],
    [None],
    [[]],
    [{}],
    [0, "x", None],
    ["x"] * 300,
    {},
    {"": None},
    {"zh": "x"},
    {"$gt": ""},
)


def pointers(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every member and item, the outer ones first; the whole body is none of them."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in inner:
        yield (*at, name)
        yield from pointers(member, (*at, name))


def found(body: Any, place: tuple[Any, ...]) -> Any:
    """What stands there."""
    for name in place:
        body = body[name]
    return body


def with_value(body: Any, place: tuple[Any, ...], value: Any) -> Any:
    """The body with that value there."""
    if not place:
        return value
    changed = copy.deepcopy(body)
    found(changed, place[:-1])[place[-1]] = value
    return changed


def without(body: Any, place: tuple[Any, ...]) -> Any:
    """The body without that member."""
    changed = copy.deepcopy(body)
    del found(changed, place[:-1])[place[-1]]
    return changed


def with_unknown(body: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The body with a member that nobody knows, in each of its objects in turn."""
    for place in ((), *pointers(body)):
        if isinstance(found(body, place), dict):
            changed = copy.deepcopy(body)
            found(changed, place)["unknown_member"] = "x"
            yield place, changed


def of_another_type(old: Any, new: Any) -> bool:
    """True when no reader could take the one for the other."""
    return new is not None and old is not None and _kind(old) != _kind(new)


def _kind(value: Any) -> str:
    return "boolean" if isinstance(value, bool) else type(value).__name__
