"""The rulebook of the house, the whole rulebook of the contract, and arbiters over both."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.rulebook import Rulebook, load_rulebook
from rules.schema import Rule, read_rule

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"


def contract(name: str) -> Any:
    """A file of the contract."""
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


def contract_rule(data: dict[str, Any], rulebook: Rulebook) -> Rule:
    """A rule of the contract as the house reads it from a file of its own."""
    written = {name: value for name, value in data.items() if name != "lighter_than" and value is not None}
    # the contract names these two in its resolution, step 2; a rule file says it of itself
    written["yields_to_criminal"] = data["id"] in ("R29a", "R29b")
    return read_rule(written, rulebook.facts, rulebook.office.departments)


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the house rules by."""
    return load_rulebook()


@pytest.fixture(scope="session")
def whole_rulebook(rulebook: Rulebook) -> Rulebook:
    """All 48 rule versions of the contract, so that the machinery is tried on more than is in force."""
    rules = tuple(contract_rule(data, rulebook) for data in contract("facts.json")["rules"])
    return Rulebook("contract", "sha256:" + "0" * 64, rules, rulebook.facts, rulebook.office)


def _arbiter(rulebook: Rulebook) -> Iterator[Arbiter]:
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, timeout_seconds=20)
    yield arbiter
    arbiter.close()


@pytest.fixture(scope="session")
def arbiter(rulebook: Rulebook) -> Iterator[Arbiter]:
    """An arbiter over the house's rules."""
    yield from _arbiter(rulebook)


@pytest.fixture(scope="session")
def whole_arbiter(whole_rulebook: Rulebook) -> Iterator[Arbiter]:
    """An arbiter over all rules of the contract."""
    yield from _arbiter(whole_rulebook)


@pytest.fixture(scope="session")
def schemas() -> Any:
    """The contract's schemas, so that they find one another."""
    from referencing import Registry, Resource

    registry: Any = Registry()
    for path in (CONTRACT / "schemas").glob("*.json"):
        resource = Resource.from_contents(json.loads(path.read_text(encoding="utf-8")))
        registry = registry.with_resource(path.name, resource)
        registry = registry.with_resource(f"https://bihuan.example/schemas/1/{path.name}", resource)
    return registry
