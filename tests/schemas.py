"""The contract's schemas and examples, for tests that hold the house to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, Registry

FOLDER = Path(__file__).parent.parent / "docs" / "contract"


@cache
def _text(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def contract(name: str) -> Any:
    """A file of the contract; whoever asks may change what he gets."""
    return json.loads(_text(name))


def example(name: str) -> Any:
    """The example of a schema."""
    return contract(f"examples/{name}.json")["example"]


@cache
def _schemas() -> Registry:
    """Every schema of the contract under its $id."""
    read = (contract(f"schemas/{path.name}") for path in sorted((FOLDER / "schemas").glob("*.json")))
    return Registry([(schema["$id"], schema) for schema in read])


@cache
def validator(name: str) -> Draft202012Validator:
    """The schema of that name, with formats asserted."""
    return Draft202012Validator(contract(f"schemas/{name}.json"), registry=_schemas(), validate_formats=True)


def faults(name: str, answer: Any) -> list[str]:
    """Where the answer breaks the schema of that name; it is read as JSON first, as a caller would."""
    spoken = json.loads(json.dumps(answer, ensure_ascii=False))
    return [
        f"/{'/'.join(str(step) for step in fault.instance_path)}: {fault.message}"
        for fault in validator(name).iter_errors(spoken)
    ]
