"""Whoever proposed something takes it back, and nobody else; afterwards nobody confirms it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.accounts import hash_password
from engine.administration import Administration
from engine.building import open_house
from engine.core.commands import Principal
from engine.core.persons import KnownAccount, Persons
from engine.core.refusals import Refusal
from engine.house import House
from engine.settings import Settings
from models.database import Database
from models.log_reading import ATTEMPT
from tests.api.conftest import PASSWORD
from tests.api.terminal import Terminal
from tests.api.test_administration import administrator, person
from tests.builders import refused

HASHED = hash_password(PASSWORD)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A house in real time with one account, on each kind of database."""
    opened = open_house(Settings(data_dir=tmp_path, database_url=database_url))
    Administration(opened).ask("user.add", person("B01", HASHED, "security_admin"), command="")
    yield opened
    opened.close()


def proposed(house: House, who: Principal | None) -> str:
    """The id of a proposal to add an account."""
    asked = Administration(house).ask("user.add", person("W01", HASHED), command="", who=who)
    assert asked.proposal is not None
    return asked.proposal


def test_what_was_taken_back_waits_no_more_and_stands_in_the_record(house: House) -> None:
    administration, first, second = Administration(house), administrator("B01"), administrator("B02")
    proposal = proposed(house, first)

    told = administration.withdraw(proposal, first)

    assert told == {"proposal": proposal, "withdrawn": True}
    assert administration.waiting() == []
    entry = administration.entries()[-1]
    assert (entry["action"], entry["by"]) == ("proposal.withdraw", "B01")
    assert (entry["detail"]["act"], entry["detail"]["login"]) == ("user.add", "W01")
    assert HASHED not in str(entry)
    assert refused(lambda: administration.confirm(proposal, second)).code == "not_found"
    assert refused(lambda: administration.withdraw(proposal, first)).code == "step_shut"


def test_nobody_else_takes_it_back_and_nothing_after_it_was_confirmed(house: House) -> None:
    administration, first, second = Administration(house), administrator("B01"), administrator("B02")
    deputy = replace(second, acting_for=(first,))
    proposal = proposed(house, first)

    for other in (second, deputy, None):
        assert refused(lambda who=other: administration.withdraw(proposal, who)).code == "not_yours"
    for unknown in ("0" * 36, "x", "a/../b", "'; --", ""):
        assert refused(lambda id=unknown: administration.withdraw(id, first)).code == "not_found"
    assert len(administration.waiting()) == 1
    administration.confirm(proposal, second)
    assert refused(lambda: administration.withdraw(proposal, first)).code == "step_shut"
    assert administration.waiting() == []


def test_by_any_account_of_the_same_person_and_without_the_role(house: House) -> None:
    proposal = proposed(house, administrator("B01"))
    same = Persons((KnownAccount("b01", "b01"), KnownAccount("b09", "b01")))
    later = Principal("B09", "B09", frozenset({"inspector"}), "market_regulation", register=same)

    assert Administration(house).withdraw(proposal, later)["withdrawn"]


def test_the_account_of_the_system_takes_back_its_own(house: House) -> None:
    administration = Administration(house)
    proposal = proposed(house, None)

    assert refused(lambda: administration.withdraw(proposal, administrator("B01"))).code == "not_yours"
    assert administration.withdraw(proposal, None)["withdrawn"]


def test_on_the_command_line(bihuan: Terminal) -> None:
    add = ("--name", "弓晓燕", "--department", "market_regulation", "--password-stdin")
    bihuan.json("user", "add", "B01", "--role", "security_admin", *add, says=f"{PASSWORD}\n")
    proposal = bihuan.json("user", "disable", "B01", code=3)["proposal"]
    person_of = ("--as", "B01", "--password-stdin")

    wrong = bihuan.json("withdraw", proposal, *person_of, says="guess\n", code=1)
    other = bihuan.json("withdraw", proposal, *person_of, says=f"{PASSWORD}\n", code=1)
    assert (wrong["code"], other["code"]) == ("authentication_required", "not_yours")
    assert bihuan.json("withdraw", proposal) == {"proposal": proposal, "withdrawn": True}
    confirmed = bihuan.json("confirm", proposal, *person_of, says=f"{PASSWORD}\n", code=1)
    assert confirmed["code"] == "not_found"


def test_a_refusal_says_who_may(house: House) -> None:
    with pytest.raises(Refusal) as told:
        Administration(house).withdraw(proposed(house, administrator("B01")), administrator("B02"))

    assert [one.zh for one in told.value.reasons] == ["只有提出人可以撤回"]


def test_a_refused_command_on_the_machine_is_on_record(bihuan: Terminal) -> None:
    add = ("--name", "弓晓燕", "--department", "market_regulation", "--password-stdin")
    bihuan.json("user", "add", "B01", "--role", "security_admin", *add, says=f"{PASSWORD}\n")
    proposal = bihuan.json("user", "disable", "B01", code=3)["proposal"]
    told = bihuan.json("withdraw", proposal, "--as", "B01", "--password-stdin", says=f"{PASSWORD}\n", code=1)

    assert told["code"] == "not_yours"
    database = Database(f"sqlite:///{bihuan.folder / 'bihuan.db'}")
    with database.read() as connection:
        row = connection.execute(ATTEMPT.select()).one()
    database.dispose()
    assert (row.by, row.subject, row.attempted, row.code) == ("B01", "command", "withdraw", "not_yours")
