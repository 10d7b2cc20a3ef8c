"""What was written into an edition behind the house decides nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

import rules.edition
from engine.auditing import verify_editions
from engine.building import open_house
from engine.core.refusals import Refusal
from models.editions import EDITION, every_edition
from rules.data_file import DataFault
from rules.edition import edition_digest, lay_out
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
    """What somebody who holds the database has written into the edition, its guard taken off."""
    with town.house.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS rulebook_edition_stays"))
        connection.execute(update(EDITION).where(EDITION.c.id == id).values(values))


RULES = {LETTERS: "id: R26\n"}


@pytest.mark.parametrize(
    "forged",
    [
        {"files": RULES},
        {"in_force_from": date(2024, 5, 2)},
        {"approval_signature": "AAAA"},
        {"approved_by": "H01"},
        {"notice": []},
        {"live_version": "x"},
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


@pytest.mark.parametrize(
    "forged",
    [
        {"files": RULES},
        {"proposal_signature": "AAAA"},
        {"version": "x"},
        {"notice": []},
        {"live_version": "x"},
    ],
)
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
        ({"proposal_signature": "AAAA"}, "does not bear the signature"),
        ({"approved_by": "H01"}, "does not say what was signed"),
        ({"approval": None, "approval_signature": None}, "does not say what was signed"),
    ],
    ids=["proposal", "approver", "an approval taken out"],
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
    with town.house.database.read() as connection:
        approvals = [json.loads(one.approval)["previous"] for one in every_edition(connection, "yuanping")]
    assert approvals[0] is None and approvals[1].startswith("sha256:")

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


def test_the_database_itself_lets_nobody_change_what_was_proposed(town: Town, tmp_path: Path) -> None:
    town.at(f"{TODAY}T09:00")
    edition = proposed(town, twenty_days(tmp_path / "draft"), DAY)
    for values in ({"files": RULES}, {"in_force_from": date(2024, 5, 2)}, {"notice": []}):
        with pytest.raises(DBAPIError, match="append-only"), town.house.database.engine.begin() as connection:
            connection.execute(update(EDITION).where(EDITION.c.id == edition).values(values))


def test_a_withdrawal_that_is_taken_out_of_the_database_brings_nothing_back(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    edition = published(town, twenty_days(tmp_path / "draft"), DAY)
    town.house.editions.withdraw(edition, "写错了", town.who("L01"))
    gone = dict.fromkeys(("withdrawn_by", "withdrawn_at", "withdrawal", "withdrawal_signature"))
    changed(town, edition, **gone)
    town.at(f"{DAY}T09:00")

    assert town.house.in_force.keep_up(date(2024, 5, 10)) is False
    assert town.house.rulebook.version == SHIPPED
    with pytest.raises(Refusal) as closed:
        open_house(town.house.settings)
    assert "已经撤回" in str(closed.value.detail)
    assert [fault.record for fault in verify_editions(town.house.in_force.shelf)] == [edition]


def test_files_whose_names_lead_elsewhere_are_no_files_of_an_edition(tmp_path: Path) -> None:
    for name in ("sets/../../evil.yaml", "/etc/evil.yaml", "sets/a.yaml 3\nx", "sets/x.py", "other/a.yaml"):
        with pytest.raises(DataFault) as fault:
            lay_out({"rulebook.yaml": "version: x\n", name: "a: 1\n"}, tmp_path / "shelf")
        assert fault.value.code == "not_a_rule_file"
    assert not (tmp_path / "evil.yaml").exists()
    first = {"sets/A.yaml": "x/y", "sets/B.yaml": "zz"}
    assert edition_digest(first) != edition_digest({"sets/A.yaml 3\nx/ysets/B.yaml": "zz"})
    assert edition_digest(first) == edition_digest(dict(reversed(first.items())))


def test_a_key_that_is_damaged_or_gone_signs_nothing_and_says_where_it_was(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    proposed(town, twenty_days(tmp_path / "draft"), DAY)
    key = town.house.settings.key_file
    key.write_text("whsk_nonsense\n")
    damaged = refused(proposed, town, twenty_days(tmp_path / "second", version="yuanping-2024.3"), DAY)
    key.unlink()
    gone = refused(proposed, town, twenty_days(tmp_path / "third", version="yuanping-2024.3"), DAY)
    assert damaged.code == gone.code == "not_ready" and str(key) in str(gone.detail)
    assert not key.exists()


def test_a_former_edition_that_cannot_be_read_stops_nobody(sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    first = published(town, twenty_days(tmp_path / "first"), TODAY)
    town.at(f"{DAY}T09:00")
    published(town, draft(tmp_path / "second", version="yuanping-2024.4"), DAY)
    changed(town, first, files=RULES)
    assert town.house.in_force.of_version(NEXT) is None
    assert town.house.in_force.of_version(SHIPPED) is not None
    town.house.in_force.close()


def test_with_another_program_an_edition_is_proven_anew_before_it_judges(
    sqlite_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program of tomorrow knows a fact by another title, or a figure that makes the rules contradict themselves."""
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    published(town, twenty_days(tmp_path / "draft"), TODAY)
    town.house.in_force.close()
    tried: list[Path] = []
    found: list[str] = []

    class Proof:
        """What the prover says of the rulebook of tomorrow; the prover itself is tried elsewhere."""

        faults: ClassVar[list[str]] = found

        def as_data(self) -> dict[str, Any]:
            return {"faults": []}

    def prove(root: Path) -> Proof:
        tried.append(root)
        return Proof()

    monkeypatch.setattr("rules.proof.prove.prove", prove)
    own = rules.edition._programs_own()
    facts = own["facts.yaml"].replace("两次邮寄间隔".encode(), "两次投递间隔".encode())
    monkeypatch.setattr(rules.edition, "_programs_own", lambda: {**own, "facts.yaml": facts})

    found.append("a gap")
    with pytest.raises(Refusal) as closed:
        open_house(town.house.settings)
    assert closed.value.code == "not_ready" and "a gap" in str(closed.value.detail)

    found.clear()
    for _ in range(2):
        house = open_house(town.house.settings)
        assert house.rulebook.version == NEXT
        house.close()
    assert len(tried) == 2
