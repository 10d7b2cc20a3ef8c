"""Shapes of answers, written in a few words each, as JSON Schemas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from api.contract_schemas import PARTS, contract_parts
from rules.data_file import read_data

FILE = Path(__file__).with_name("shapes.yaml")
PLAIN = ("string", "integer", "boolean", "object")


@cache
def parts() -> Mapping[str, Any]:
    """Every part that an answer may be made of, by name: the contract's and those of shapes.yaml."""
    own = {name: schema_of(said) for name, said in read_data(FILE).items()}
    if both := own.keys() & contract_parts().keys():
        raise ValueError(f"shapes.yaml repeats parts of the contract: {sorted(both)}")
    return {**contract_parts(), **own}


def schema_of(said: Any) -> dict[str, Any]:
    """The JSON Schema of what shapes.yaml says of one member."""
    if isinstance(said, list):
        return {"type": "array", "items": schema_of(said[0])}
    if isinstance(said, Mapping):
        required = [name for name in said if not name.endswith("?")]
        members = {name.removesuffix("?"): schema_of(one) for name, one in said.items()}
        return {"type": "object", "properties": members, "required": required}
    if said.endswith("?"):
        return {"anyOf": [schema_of(said[:-1]), {"type": "null"}]}
    if "|" in said:
        return {"enum": said.split("|")}
    return {"type": said} if said in PLAIN else {"$ref": PARTS + said}


def page_of(name: str) -> dict[str, Any]:
    """The schema of a page of these."""
    return schema_of({"items": [name], "next": "string?", "as_of": "instant"})
