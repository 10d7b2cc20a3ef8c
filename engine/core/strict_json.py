"""JSON as the contract takes it: no name twice, no NaN, integers as digits within ±2^53."""

from __future__ import annotations

import json
from typing import Any

INTEGER_MAX = 2**53


class Malformed(ValueError):
    """The bytes are not the JSON that the contract takes."""


def parsed(raw: bytes) -> Any:
    """The value that the bytes say; raises Malformed for anything a second reader might read differently."""
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_each_once,
            parse_int=_integer,
            parse_float=_refused,
            parse_constant=_refused,
        )
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError) as fault:
        raise Malformed(str(fault)) from fault
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a member name appears twice")
    return read


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) < 20 else INTEGER_MAX + 1
    if abs(value) > INTEGER_MAX:
        raise ValueError("a number beyond ±2^53")
    return value


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is no integer")
