"""Drafts of the rulebook that may be published, and the acts that publish them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from engine.editions import Proposed
from rules.edition import WORKED
from rules.proof import review as reviewing
from rules.rulebook import Rulebook
from tests.builders import Town
from tests.rules.conftest import copy_of_the_law

SHIPPED, NEXT = "yuanping-2024.1", "yuanping-2024.2"
LETTERS = "sets/national/routing/R26.yaml"
DAYS = {"14": "19", "15": "20", "16": "21"}
"""Days between two letters in the rule and its examples, and in the draft that asks for twenty."""


def draft(folder: Path, *changes: tuple[str, str, str], version: str = NEXT) -> Path:
    """A copy of the law under its next version with these replacements in its files."""
    folder.mkdir(parents=True)
    root = copy_of_the_law(folder)
    for file, old, new in (("rulebook.yaml", SHIPPED, version), *changes):
        path = root / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not say {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return root


def twenty_days(folder: Path, version: str = NEXT) -> Path:
    """The draft that asks for twenty days between the letters, with examples and worked rulings that say so."""
    root = draft(folder, version=version)
    shutil.copytree(WORKED, root / "rulings")
    for path in (root / LETTERS, root / "rulings" / "R26.yaml"):
        text = path.read_text(encoding="utf-8")
        for old, new in sorted(DAYS.items(), reverse=True):
            text = text.replace(f"letters_interval_days: {old}", f"letters_interval_days: {new}")
        text = text.replace('[letters_interval_days, ">=", 15]', '[letters_interval_days, ">=", 20]')
        path.write_text(text, encoding="utf-8")
    return root


def propose(town: Town, root: Path, since: str, who: str = "L01") -> Proposed:
    """What became of the draft that this person proposed."""
    return town.house.editions.propose(root, date.fromisoformat(since), town.who(who))


def proposed(town: Town, root: Path, since: str) -> str:
    """The id of the edition that waits for an approval."""
    found = propose(town, root, since)
    assert found.edition is not None, found.review.faults
    return found.edition


def published(town: Town, root: Path, since: str) -> str:
    """The id of the edition that the draft became: proposed by L01, approved by P01."""
    edition = proposed(town, root, since)
    town.house.editions.approve(edition, town.who("P01"))
    return edition


_reviewed: dict[tuple[str, str], Any] = {}


@contextmanager
def reviewed_once() -> Iterator[None]:
    """The same files beside the same rulebook are reviewed once for all tests: a proof takes seconds."""
    review: Callable[..., Any] = reviewing.review

    @wraps(review)
    def remembered(root: Path, live: Rulebook, told: Any, since: date) -> Any:
        key = (root.name, live.digest)  # the folder of an edition is named by its digest
        if key not in _reviewed:
            _reviewed[key] = review(root, live, told, since)
        return _reviewed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reviewing, "review", remembered)
        yield
