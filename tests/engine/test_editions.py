"""A rulebook is published by two persons, stands from its day, and cannot be changed unseen afterwards."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.building import open_house
from models import account_reading
from models.editions import EDITION
from rules.data_file import DataFault
from tests.builders import Town, refused
from tests.rules import trial
from tests.rules.edition_drafts import (
    NEXT,
    SHIPPED,
    draft,
    propose,
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


@pytest.fixture
def two_letters(town: Town) -> Any:
    """Records a finding whose party left two letters sixteen days apart unanswered; its flags and version."""

    def record() -> tuple[list[str], str]:
        intake = trial.unanswered(16)
        finding = town.finding(**intake)
        ruling = town.row(finding).rulings[-1]
        return ruling["flags"], ruling["rulebook_version"]

    return record


def row(town: Town, id: str) -> Any:
    with town.house.database.read() as connection:
        return connection.execute(select(EDITION).where(EDITION.c.id == id)).one()


def states(town: Town, who: str = "L01") -> list[tuple[str, str]]:
    listed = town.house.reader.editions.editions(town.who(who), {})["items"]
    return [(one["version"], one["state"]) for one in listed]


def test_an_edition_stands_from_its_day_and_what_was_ruled_before_keeps_its_version(
    town: Town, tmp_path: Path, two_letters: Any
) -> None:
    town.at(f"{TODAY}T09:00")
    assert two_letters() == (["abnormal_list"], SHIPPED)

    edition = proposed(town, twenty_days(tmp_path / "draft"), DAY)
    assert states(town) == [(NEXT, "proposed")]
    town.house.editions.approve(edition, town.who("P01"))

    assert states(town) == [(NEXT, "coming")]
    assert two_letters() == (["abnormal_list"], SHIPPED)
    town.at("2024-05-09T23:00")
    town.house.ring()
    assert two_letters() == (["abnormal_list"], SHIPPED)

    town.at(f"{DAY}T00:01")
    town.house.ring()

    assert two_letters() == ([], NEXT)
    assert states(town) == [(NEXT, "in_force")]
    assert town.house.rulebook.version == NEXT
    assert town.house.in_force.of_version(SHIPPED).version == SHIPPED  # type: ignore[union-attr]  # it is known
    another = open_house(town.house.settings)
    assert another.rulebook.digest == town.house.rulebook.digest == row(town, edition).rulebook_digest
    another.close()
    town.house.in_force.close()


def test_whoever_is_in_the_middle_of_a_decision_ends_it_with_the_law_it_began_with(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    published(town, twenty_days(tmp_path / "draft"), DAY)
    town.house.in_force.start()
    town.at(f"{DAY}T00:01")
    facts = {
        "domain": "market_entity",
        "violation": "address_unreachable",
        "letters_unsigned": 2,
        "letters_interval_days": 16,
        "site_visit_negative": True,
    }
    told: list[tuple[str, bool, bool]] = []
    enough = threading.Event()

    def ask() -> None:
        while not enough.is_set():
            shown = town.house.in_force.judging.judge(facts, date(2024, 5, 10)).shown
            told.append((shown["rulebook_version"], bool(shown["flags"]), shown["agreed"]))

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    try:
        assert town.house.in_force.keep_up(date(2024, 5, 10))
        until = time.monotonic() + 20
        while told[-1][0] != NEXT and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        enough.set()
        for one in asking:
            one.join()
    town.house.in_force.close()

    assert {version for version, _, _ in told} == {SHIPPED, NEXT}
    assert all(agreed for _, _, agreed in told)
    assert {flagged for version, flagged, _ in told if version == SHIPPED} == {True}
    assert {flagged for version, flagged, _ in told if version == NEXT} == {False}


def test_nobody_publishes_alone_and_only_who_may(sqlite_town: Town, tmp_path: Path) -> None:
    town, root = sqlite_town, twenty_days(tmp_path / "draft")
    town.at(f"{TODAY}T09:00")
    town.add_person("L02", "fire_rescue", ("legal_reviewer",))
    for login in ("W01", "C01", "H01", "P01", "S01", "A01", "E01"):
        assert refused(lambda login=login: propose(town, root, DAY, login)).code == "not_yours"
    edition = proposed(town, root, DAY)

    assert (
        refused(lambda: town.house.editions.approve(edition, town.who("L01"))).code
        == "proposer_cannot_approve"
    )
    for login in ("W01", "C01", "H01", "S01", "A01", "E01"):
        assert (
            refused(lambda login=login: town.house.editions.approve(edition, town.who(login))).code
            == "not_yours"
        )
    assert states(town) == [(NEXT, "proposed")]
    assert states(town, "C01") == []

    town.house.editions.approve(edition, town.who("L02"))

    assert states(town, "C01") == [(NEXT, "coming")]
    again = refused(lambda: town.house.editions.approve(edition, town.who("P01")))
    assert again.code == "step_shut" and "不在待批准状态" in str(again.detail)


def test_a_draft_that_would_let_a_fine_replace_a_referral_is_never_even_proposed(
    sqlite_town: Town, tmp_path: Path
) -> None:
    """Whoever asks: the sum from which sales of fakes are a crime is higher in it."""
    town = sqlite_town
    root = draft(
        tmp_path / "draft",
        ("sets/national/routing/R07.yaml", '[sales_fen, ">=", 5000000]', '[sales_fen, ">=", 7000000]'),
    )

    found = propose(town, root, DAY)

    assert found.edition is None and found.review.faults
    assert states(town) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("facts.yaml", "letters_unsigned", "letters_unsigned_"), "not_of_an_edition"),
        (("offices/yuanping.yaml", "原平", "某"), "not_of_an_edition"),
    ],
)
def test_what_comes_with_the_program_is_no_part_of_a_draft(
    sqlite_town: Town, tmp_path: Path, change: tuple[str, str, str], code: str
) -> None:
    with pytest.raises(DataFault) as fault:
        propose(sqlite_town, draft(tmp_path / "draft", change), DAY)
    assert fault.value.code == code


def test_a_draft_brings_nothing_but_rules(sqlite_town: Town, tmp_path: Path) -> None:
    root = draft(tmp_path / "draft")
    (root / "sets" / "national" / "routing" / "R01.yaml").unlink()
    (root / "sets" / "national" / "routing" / "R01.yaml").symlink_to("/etc/hostname")
    with pytest.raises(DataFault) as fault:
        propose(sqlite_town, root, DAY)
    assert fault.value.code == "not_a_rule_file"


def test_dates_and_versions_do_not_go_back(sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    past = refused(lambda: propose(town, twenty_days(tmp_path / "past"), "2024-04-30"))
    assert (past.code, past.errors[0].pointer) == ("facts_invalid", "/in_force_from")
    same = refused(lambda: propose(town, draft(tmp_path / "same", version=SHIPPED), DAY))
    assert (same.code, same.errors[0].pointer) == ("facts_invalid", "/version")

    edition = proposed(town, twenty_days(tmp_path / "draft"), DAY)
    twice = refused(lambda: propose(town, twenty_days(tmp_path / "twice"), DAY))
    assert (twice.code, twice.errors[0].pointer) == ("facts_invalid", "/version")

    town.at("2024-05-11T09:00")
    late = refused(lambda: town.house.editions.approve(edition, town.who("P01")))
    assert late.code == "step_shut" and "不溯及既往" in str(late.detail)
    assert states(town) == [(NEXT, "lapsed")]


def test_one_edition_at_a_time_is_coming_and_each_is_tried_beside_the_law_that_stands(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    first = proposed(town, twenty_days(tmp_path / "first"), DAY)
    second = proposed(town, twenty_days(tmp_path / "second", version="yuanping-2024.3"), "2024-06-01")
    town.house.editions.approve(first, town.who("P01"))

    both = refused(lambda: town.house.editions.approve(second, town.who("P01")))
    assert both.code == "step_shut" and f"版本 {NEXT} 已批准" in str(both.detail)

    town.at(f"{DAY}T09:00")
    town.house.ring()
    moved = refused(lambda: town.house.editions.approve(second, town.who("P01")))
    assert moved.code == "step_shut" and "现行规则或者程序已变" in str(moved.detail)
    town.house.in_force.close()


def test_until_its_day_an_edition_is_taken_back_with_a_reason_and_never_after(
    sqlite_town: Town, tmp_path: Path
) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    edition = published(town, twenty_days(tmp_path / "draft"), DAY)
    editions = town.house.editions
    assert refused(lambda: editions.withdraw(edition, " ", town.who("L01"))).code == "facts_invalid"
    assert refused(lambda: editions.withdraw(edition, "写错了", town.who("C01"))).code == "not_yours"
    assert refused(lambda: editions.withdraw("nothing", "写错了", town.who("L01"))).code == "not_found"

    editions.withdraw(edition, "写错了", town.who("L01"))

    assert states(town) == [(NEXT, "withdrawn")] and states(town, "C01") == []
    assert refused(lambda: editions.withdraw(edition, "写错了", town.who("P01"))).code == "step_shut"
    town.at(f"{DAY}T09:00")
    town.house.ring()
    assert town.house.rulebook.version == SHIPPED

    town.at("2024-05-12T09:00")
    other = published(town, twenty_days(tmp_path / "again", version="yuanping-2024.3"), "2024-05-12")
    assert town.house.rulebook.version == "yuanping-2024.3"
    late = refused(lambda: editions.withdraw(other, "写错了", town.who("L01")))
    assert late.code == "step_shut" and "已经生效" in str(late.detail)
    town.house.in_force.close()


def test_every_act_is_on_record(sqlite_town: Town, tmp_path: Path) -> None:
    town = sqlite_town
    town.at(f"{TODAY}T09:00")
    edition = published(town, twenty_days(tmp_path / "draft"), DAY)
    town.house.editions.withdraw(edition, "写错了", town.who("L01"))
    with town.house.database.read() as connection:
        known = account_reading.admin_entries(connection, "yuanping")
    entries = [one for one in known if one.action.startswith("rulebook.")]
    assert [(one.action, one.by) for one in entries] == [
        ("rulebook.propose", "L01"),
        ("rulebook.approve", "P01"),
        ("rulebook.withdraw", "L01"),
    ]
    assert {one.detail["digest"] for one in entries} == {row(town, edition).digest}
    assert entries[1].detail["signature"] == row(town, edition).approval_signature
    assert entries[2].detail["reason"] == "写错了"
