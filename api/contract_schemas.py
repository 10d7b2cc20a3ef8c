"""The contract's JSON Schemas as parts of a document that gathers its parts in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parent.parent / "docs" / "contract"
PARTS = "#/components/schemas/"
COMMON = "common.json"


def read_schema(name: str, contract: Path = CONTRACT) -> Any:
    """The contract's schema of that name as a part: its references point to other parts, and it names no dialect."""
    return turned(undialected(_read(contract / "schemas" / f"{name}.json")))


def common_parts(contract: Path = CONTRACT) -> dict[str, Any]:
    """What the schemas have in common, by name."""
    parts: dict[str, Any] = turned(_read(contract / "schemas" / COMMON)["$defs"])
    return parts


@cache
def contract_parts() -> Mapping[str, Any]:
    """Every part that a schema of the contract may refer to, by name."""
    files = (path.stem for path in sorted((CONTRACT / "schemas").glob("*.json")) if path.name != COMMON)
    return {**common_parts(), **{name: read_schema(name) for name in files}}


def undialected(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without what only a file of its own says of itself."""
    return {member: value for member, value in schema.items() if member not in ("$schema", "$id")}


def turned(value: Any) -> Any:
    """The schema with its references turned to where the parts stand in the document."""
    if isinstance(value, list):
        return [turned(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    return {
        name: PARTS + one.rpartition("/")[2].removesuffix(".json")
        if name == "$ref" and isinstance(one, str)
        else turned(one)
        for name, one in value.items()
    }


def references(value: Any) -> Iterator[str]:
    """The names of the parts that a piece of a document refers to."""
    if isinstance(value, list):
        for one in value:
            yield from references(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name == "$ref" and isinstance(one, str) and one.startswith(PARTS):
                yield one.removeprefix(PARTS)
            else:
                yield from references(one)


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
