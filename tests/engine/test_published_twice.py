"""Two nodes, or two drafts of one version: what was tried beside one law never begins beside another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.building import open_house
from engine.core.commands import Step
from tests.builders import Town, refused
from tests.referral_walk import THRESHOLD
from tests.rules.edition_drafts import draft, proposed, published, reviewed_once, twenty_days

TODAY = "2024-05-01"


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with reviewed_once():
        yield


def test_of_two_nodes_that_approve_for_the_same_day_one_is_refused(town: Town, tmp_path: Path) -> None:
    town.at(f"{TODAY}T09:00")
    first = proposed(town, twenty_days(tmp_path / "first"), TODAY)
    second = proposed(town, draft(tmp_path / "second", version="yuanping-2024.3"), TODAY)
    other = open_house(town.house.settings)
    assert other.rulebook.digest == town.house.rulebook.digest

    town.house.editions.approve(first, town.who("P01"))
    late = refused(other.editions.approve, second, town.who("P01"))

    assert late.code == "step_shut" and "现行规则或者程序已变" in str(late.detail)
    assert other.rulebook.version == town.house.rulebook.version == "yuanping-2024.2"
    other.close()
    town.house.in_force.close()


def test_a_version_is_used_once_even_that_of_the_program(sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    published(town, twenty_days(tmp_path / "first"), TODAY)
    again = refused(proposed, town, draft(tmp_path / "again", version="yuanping-2024.1"), TODAY)
    assert (again.code, again.errors[0].pointer) == ("facts_invalid", "/version")
    town.house.in_force.close()


def test_what_is_confided_among_other_steps_leaves_no_ruling_behind(town: Town, tmp_path: Path) -> None:
    """Nobody else may see from a fresh ruling that a command held a step of which nothing stands on the finding."""
    town.at(f"{TODAY}T09:00")
    plain, confided = town.finding(), town.finding()
    published(town, draft(tmp_path / "draft", version="yuanping-2024.3"), TODAY)
    more = Step(
        "add_facts", None, {"facts_summary": "补充。", "corrections": "补充事实。", "reason": "现场补查。"}
    )
    hidden = Step("record_threshold", None, THRESHOLD)

    town.steps("C02", plain, more)
    town.steps("C02", confided, more, hidden)

    kept = [[one["rulebook_version"] for one in town.row(id).rulings] for id in (plain, confided)]
    assert kept[0] == kept[1] == ["yuanping-2024.1"]
    town.house.in_force.close()


def test_the_rulebook_in_force_is_proven_once(sqlite_town: Town) -> None:
    editions, reader = sqlite_town.house.editions, sqlite_town.house.reader.editions
    digest = sqlite_town.house.in_force.proof_digest()
    assert reader.proof(digest) is None
    begun: list[str] = []
    told = editions.keep_proof(begun.append)
    assert (told["proven"], told["digest"]) == (True, sqlite_town.house.rulebook.digest) and begun
    proof = reader.proof(digest)
    assert proof is not None and proof == {**told, "at": proof["at"]}
    begun.clear()
    assert editions.keep_proof(begun.append) == told and not begun
