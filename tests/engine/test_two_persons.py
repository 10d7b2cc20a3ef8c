"""What takes two persons stands in one table, and everything that is carried out in administration is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.administration import Administration
from engine.administrative_acts import ACTS
from engine.core.two_persons import ADMINISTRATORS, ERASURE, HOLD_RELEASE, ONE_PERSON, TWO_PERSONS
from engine.witness.guard import ACCEPTED
from engine.witness.hand_overs import ROTATE
from models import editions
from tests.builders import Town, refused

ROOT = Path(__file__).parents[2]


def test_every_administrative_act_is_in_the_table_with_one_administrator_and_only_one() -> None:
    assert {*ACTS, ACCEPTED, editions.APPROVE, ERASURE, HOLD_RELEASE} == set(TWO_PERSONS)
    for act in ACTS:
        table = TWO_PERSONS[act]
        assert table.proposes == table.confirms < ADMINISTRATORS
        # the key of the log is kept by those who accept a doubted log: an office may have one of each
        assert len(table.confirms) == 1 or (
            act == ROTATE and table.confirms == TWO_PERSONS[ACCEPTED].confirms
        )


def test_every_entry_of_the_administrative_record_says_whether_it_takes_two() -> None:
    """Whoever writes such an entry names the action in a call of `enter`; a new one must be in a table."""
    by_constants = {"action", "END", "GIVE", "ACCEPTED", "BEGUN", "ERASURE", "HOLD_RELEASE", "WITHDRAWN"}
    known = {*TWO_PERSONS, *ONE_PERSON, editions.PROPOSE, editions.WITHDRAW}
    for path in sorted((ROOT / "engine").rglob("*.py")):
        for call in path.read_text().split(" enter(connection, ")[1:]:
            named = call.split(",")[1].strip()
            assert named in by_constants or named.strip('"') in known, (path.name, named)
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if "ADMIN_ENTRY" in path.read_text():
            assert path.name in ("administrative_record.py", "building.py"), path


@pytest.mark.parametrize("act", sorted(ACTS))
def test_no_act_is_carried_out_by_one_person_outside_bootstrap(
    act: str, sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is about: it waits, and its proposer never confirms it."""
    monkeypatch.setattr(Administration, "acts_directly", lambda _: False)
    monkeypatch.setitem(
        ACTS, act, type(ACTS[act])(act, lambda *_: None, lambda *_: pytest.fail("carried out"))
    )
    role = next(iter(TWO_PERSONS[act].proposes))
    who = sqlite_town.add_person("Z01", "market_regulation", (role,))
    asked = Administration(sqlite_town.house).ask(act, {}, command="", who=who)
    assert not asked.done
    told = refused(Administration(sqlite_town.house).confirm, asked.proposal or "", who)
    assert told.code == "proposer_cannot_approve"


def test_what_waits_is_called_as_the_table_calls_it(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Administration, "acts_directly", lambda _: False)
    administration = Administration(sqlite_town.house)
    new = {"login": "X1", "name": "姓名W01", "roles": ["inspector"], "department": "market_regulation"}
    asked = administration.ask("user.add", new | {"unit": None, "password_hash": "none"}, command="")
    (one,) = administration.waiting()
    assert (one["zh"], one["en"]) == (TWO_PERSONS["user.add"].zh, TWO_PERSONS["user.add"].en)
    assert administration.pointed_out(asked.proposal or "") == list(asked.pointed_out) != []
