"""The rulebook is published on the command line: copied, proposed, approved, withdrawn, listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.terminal import Terminal
from tests.rules.edition_drafts import NEXT, SHIPPED, draft, reviewed_once, twenty_days

PASSWORD = "a-long-Passw0rd"
TODAY = "2024-05-01T09:00"


@pytest.fixture(autouse=True, scope="module")
def once() -> Iterator[None]:
    with reviewed_once():
        yield


@pytest.fixture
def office(bihuan: Terminal) -> Terminal:
    """The demonstration's accounts, on a test clock."""
    bihuan.clock = TODAY
    bihuan.json("demo", "--accounts-only", "--password-stdin", says=PASSWORD)
    return bihuan


def as_person(login: str) -> tuple[str, ...]:
    return ("--as", login, "--password-stdin")


def test_a_draft_is_copied_proposed_approved_and_stands_from_its_day(
    office: Terminal, tmp_path: Path
) -> None:
    told = office.json("rules", "copy", str(tmp_path / "copy"))
    assert told["version"] == SHIPPED
    assert office("rules", "copy", str(tmp_path / "copy"))[0] == 1

    root = twenty_days(tmp_path / "draft")
    publish = ("rules", "publish", "--with", str(root), "--from", "2024-05-10")
    proposed = office.json(*publish, *as_person("L01"), says=PASSWORD, code=3)
    assert proposed["publishable"] is True
    assert [one["rule"] for one in proposed["notice"]] == ["R26@1", "R26@1", *["rulings/R26.yaml"] * 4]
    assert proposed["notice"][0]["zh"].endswith(
        "的条件：由“两次邮寄间隔不少于 15 日”改为“两次邮寄间隔不少于 20 日”"
    )

    edition = proposed["edition"]
    own = office.json("rules", "approve", edition, *as_person("L01"), says=PASSWORD, code=1)
    assert own["code"] == "proposer_cannot_approve"
    approved = office.json("rules", "approve", edition, *as_person("P01"), says=PASSWORD)
    assert (approved["state"], approved["approved_by"]) == ("coming", "P01")

    listed = office.json("rules", "editions")
    assert listed["in_force"] == SHIPPED and [one["state"] for one in listed["editions"]] == ["coming"]
    office.clock = "2024-05-10T00:00"
    assert office.json("rules", "editions")["in_force"] == NEXT
    assert office.json("settings")["rulebook"] == NEXT
    again = office.json("rules", "copy", str(tmp_path / "next"))
    assert again["version"] == NEXT and (tmp_path / "next" / "rulings" / "R26.yaml").exists()
    assert f"in_force\t{NEXT}" in office("rules", "editions")[1]


def test_what_speaks_against_a_draft_is_told_and_nothing_waits(office: Terminal, tmp_path: Path) -> None:
    change = ("sets/national/routing/R07.yaml", '[sales_fen, ">=", 5000000]', '[sales_fen, ">=", 7000000]')
    root = draft(tmp_path / "draft", change)
    publish = ("rules", "publish", "--with", str(root), "--from", "2024-05-10", *as_person("L01"))
    told = office.json(*publish, says=PASSWORD, code=1)
    assert told["publishable"] is False and told["edition"] is None and told["faults"]
    code, out, _ = office(*publish, says=PASSWORD)
    assert code == 1 and "fault: " in out and "未提出" in out
    assert office.json("rules", "editions")["editions"] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("rules", "publish", "--with", "{nothing}", "--from", "2024-05-10", *as_person("L01")), 1),
        (("rules", "publish", "--with", "{nothing}", "--from", "tomorrow", *as_person("L01")), 2),
        (("rules", "approve", "nothing", *as_person("P01")), 1),
        (("rules", "withdraw", "nothing", "--reason", "x", *as_person("P01")), 1),
        (("rules", "withdraw", "nothing", *as_person("P01")), 2),
        (("rules", "prove", "--keep", "--with", "{nothing}"), 2),
    ],
)
def test_wrong_words_change_nothing_and_say_so(
    office: Terminal, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    spoken = [word.format(nothing=tmp_path / "nothing") for word in words]
    ended, _, complained = office(*spoken, says=PASSWORD)
    assert ended == code and complained and "Traceback" not in complained
    assert office.json("rules", "editions")["editions"] == []


def test_an_edition_is_withdrawn_with_its_reason(office: Terminal, tmp_path: Path) -> None:
    publish = ("rules", "publish", "--with", str(twenty_days(tmp_path / "draft")), "--from", "2024-05-10")
    edition = office.json(*publish, *as_person("L01"), says=PASSWORD, code=3)["edition"]
    wrong = office(
        "rules", "withdraw", edition, "--reason", "写错了", *as_person("L01"), says="no password of theirs"
    )
    assert wrong[0] == 1
    told = office.json("rules", "withdraw", edition, "--reason", "写错了", *as_person("L01"), says=PASSWORD)
    assert (told["state"], told["reason"]) == ("withdrawn", "写错了")


def test_the_examples_of_a_draft_are_tried_like_those_of_the_law(bihuan: Terminal, tmp_path: Path) -> None:
    assert bihuan.json("rules", "test", "--with", str(draft(tmp_path / "good")))["faults"] == []
    change = (
        "sets/national/routing/R26.yaml",
        '[letters_interval_days, ">=", 15]',
        '[letters_interval_days, ">=", 20]',
    )
    told = bihuan.json("rules", "test", "--with", str(draft(tmp_path / "bad", change)), code=1)
    assert any("R26" in fault for fault in told["faults"])
    assert bihuan("rules", "test", "--with", str(tmp_path / "nothing"))[0] == 1
