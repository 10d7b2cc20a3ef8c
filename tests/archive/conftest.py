"""A town whose closed cases have been kept as long as the office says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from engine.core.identifiers import organisation_check_character, uscc_check_character
from tests.api.conftest import bihuan, password_hash
from tests.archive.closing import AFTER, closed_case, set_period
from tests.builders import PARTY, Town, item
from tests.incoming.senders import PUBLISHED, closed
from tests.once import Copies

__all__ = ["bihuan", "password_hash"]


@dataclass(slots=True)
class Old:
    """The town years later, and its cases: each is for one test."""

    town: Town
    cases: list[str] = field(default_factory=list)
    twins: tuple[str, str] = ("", "")
    """Two findings of one inspection, the only ones of their party."""
    open: str = ""
    written_in: set[str] = field(default_factory=set)
    """What a test wrote past the house: no entry says so, and the audit tells."""

    def case(self) -> str:
        """A closed case that no other test has."""
        return self.cases.pop()


@pytest.fixture(scope="module")
def old(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    """For tests that take a case of their own each."""
    folder = tmp_path_factory.mktemp("old")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    body = "92140981MA0GTM6X" + organisation_check_character("MA0GTM6X")
    number = {"scheme": "uscc", "value": body + uscc_check_character(body)}
    other = {**PARTY, "name": "原平市云水旅馆", "identifiers": [number]}
    try:
        kept = Old(town, [closed_case(town) for _ in range(7)], open=town.finding())
        inspected = town.inspect(item(town), item(town, item="另一事项"), publication=PUBLISHED, party=other)
        first, second = town.findings_of(inspected)
        for one in (first, second):
            closed(town, one)
        kept.twins = (first, second)
        town.at(AFTER)
        with pytest.MonkeyPatch.context() as patch:
            set_period(town, patch)
            yield kept
    finally:
        town.close()
