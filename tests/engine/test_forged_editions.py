"""What was written into an edition behind the house decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from engine.auditing import verify_editions
from engine.core.refusals import Refusal
from engine.house import open_house
from models.editions import EDITION
from tests.builders import Town, refused
from tests.rules.edition_drafts import (
    LETTERS,
    NEXT,
    SHIPPED,
    draft,
    proposed,
    published,
    reviewed_once,
    twenty_days,
)

TODAY, DAY = "2024-05-01", "2024-05-10"


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with reviewed_once():
        yield


def changed(town: Town, id: str, **values: Any) -> None:
    """What somebody who holds the database has written into the edition."""
    with town.house.database.engine.begin() as connection:
        connection.execute(update(EDITION).where(EDITION.c.id == id).values(values))


RULES = {LETTERS: "id: R26\n"}


@pytest.mark.parametrize(
    "forged",
    [
        {"files": RULES},
        {"in_force_from": date(2024, 5, 2)},
        {"approval_signature": "AAAA"},
        {"approved_by": "P01", "rulebook_digest": "sha256:00"},
        {"withdrawal": "{}", "withdrawal_signature": "AAAA"},
    ],
    ids=lambda forged: "-".join(forged),
)
def test_what_was_changed_behind_the_house_decides_nothing(
    sqlite_town: Town, tmp_path: Path, forged: dict[str, Any]
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    edition = published(town, twenty_days(tmp_path / "draft"), DAY)
    changed(town, edition, **forged)
    town.at(f"{DAY}T09:00")

    assert town.house.in_force.keep_up(date(2024, 5, 10)) is False
    assert town.house.rulebook.version == SHIPPED
    with pytest.raises(Refusal) as closed:
        open_house(town.house.settings)
    assert closed.value.code == "not_ready" and NEXT in str(closed.value.detail)


@pytest.mark.parametrize("forged", [{"files": RULES}, {"proposal_signature": "AAAA"}, {"version": "x"}])
def test_what_was_never_proven_is_not_approved(
    sqlite_town: Town, tmp_path: Path, forged: dict[str, Any]
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    edition = proposed(town, twenty_days(tmp_path / "draft"), DAY)
    changed(town, edition, **forged)

    assert refused(lambda: town.house.editions.approve(edition, town.who("P01"))).code == "not_ready"


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        ({"files": RULES}, "does not say what was signed"),
        ({"proposal_signature": "AAAA"}, "does not bear the signature"),
        ({"approved_by": "H01"}, "does not say what was signed"),
        ({"approval": None, "approval_signature": None}, "does not say what was signed"),
    ],
    ids=["files", "proposal", "approver", "an approval taken out"],
)
def test_an_audit_finds_it_in_editions_of_the_past_too(
    sqlite_town: Town, tmp_path: Path, forged: dict[str, Any], words: str
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    first = published(town, twenty_days(tmp_path / "first"), TODAY)
    town.at(f"{DAY}T09:00")
    second = published(town, draft(tmp_path / "second", version="yuanping-2024.4"), DAY)
    assert list(verify_editions(town.house.in_force.shelf)) == []

    changed(town, first, **forged)

    faults = list(verify_editions(town.house.in_force.shelf))
    assert faults and {fault.record for fault in faults} <= {first, second}
    assert any(words in fault.en for fault in faults)
    town.house.in_force.close()


def test_without_the_key_of_the_house_no_edition_is_believed(sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    published(town, twenty_days(tmp_path / "draft"), TODAY)
    key = town.house.settings.key_file
    assert key.stat().st_mode & 0o077 == 0
    town.house.in_force.close()
    key.unlink()
    with pytest.raises(Refusal) as closed:
        open_house(town.house.settings)
    assert str(key) in str(closed.value.detail)


def test_a_folder_of_rules_that_was_changed_by_hand_is_written_anew(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    published(town, twenty_days(tmp_path / "draft"), TODAY)
    folder, digest = town.house.rulebook.root, town.house.rulebook.digest
    (folder / LETTERS).write_text("id: R26\n")
    (folder / "sets" / "national" / "routing" / "R99.yaml").write_text("id: R99\n")

    house = open_house(town.house.settings)

    assert (house.rulebook.digest, house.rulebook.root) == (digest, folder)
    assert not (folder / "sets" / "national" / "routing" / "R99.yaml").exists()
    house.close()
    town.house.in_force.close()
