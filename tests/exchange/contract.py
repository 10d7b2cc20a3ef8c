"""The contract's schemas and examples, for tests that hold the house to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FOLDER = Path(__file__).parents[2] / "docs" / "contract"


def contract(name: str) -> Any:
    """A file of the contract."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def example(name: str) -> Any:
    """The example of a schema."""
    return contract(f"examples/{name}.json")["example"]


@cache
def validator(name: str) -> Draft202012Validator:
    """The schema of that name, with formats asserted."""
    registry: Registry[Any] = Registry()
    for path in (FOLDER / "schemas").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        registry = registry.with_resource(schema["$id"], Resource.from_contents(schema))
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(contract(f"schemas/{name}.json"), registry=registry, format_checker=checker)


def faults(name: str, value: Any) -> list[str]:
    """What is wrong with the value, by the schema."""
    return [f"{fault.json_path}: {fault.message}" for fault in validator(name).iter_errors(value)]
