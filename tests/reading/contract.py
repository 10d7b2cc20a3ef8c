"""The schemas of the contract, as tests hold answers to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

SCHEMAS = Path(__file__).parent.parent.parent / "docs" / "contract" / "schemas"


@cache
def registry() -> Registry[Any]:
    """Every schema of the contract under its $id."""
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMAS.glob("*.json"))]
    return Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in contents])


@cache
def validator(name: str) -> Draft202012Validator:
    """The schema of that name, with formats asserted."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, registry=registry(), format_checker=checker)


def faults(name: str, answer: Any) -> list[str]:
    """Where the answer breaks the schema of that name; it is read as JSON first, as a caller would."""
    spoken = json.loads(json.dumps(answer, ensure_ascii=False))
    return [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(spoken)]
