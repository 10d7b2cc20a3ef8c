"""The rulebook of the house, an arbiter over it, and the contract it is held against."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules.arbiter import Arbiter
from rules.rulebook import ROOT, Rulebook, load_rulebook

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"


def contract(name: str) -> Any:
    """A file of the contract."""
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


def copy_of_the_law(folder: Path) -> Path:
    """The folder, with a copy of the law in it that a test may spoil."""
    for name in ("facts.yaml", "vocabulary.yaml", "rulebook.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("offices", "sets"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    """The rulebook that the house rules by."""
    return load_rulebook()


@pytest.fixture(scope="session")
def arbiter(rulebook: Rulebook) -> Iterator[Arbiter]:
    """An arbiter over the house's rules."""
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, timeout_seconds=20)
    yield arbiter
    arbiter.close()


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
