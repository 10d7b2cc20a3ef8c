"""The rulebook of the house, an arbiter over it, and the contract it is held against."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.checking import Checked, check
from rules.arbiter import Arbiter
from rules.rulebook import ROOT, Rulebook, load_rulebook


def copy_of_the_law(folder: Path) -> Path:
    """The folder, with a copy of the law in it that a test may spoil."""
    for name in ("facts.yaml", "vocabulary.yaml", "rulebook.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("offices", "sets"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def checked() -> Checked:
    """What `bihuan check` finds; it proves everything, so it is asked once."""
    return check()


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
