"""What stands as plain rows is what the administrative record says; what was written past the house is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, literal_column, select, update

from engine.administrative_record import enter
from engine.core.refusals import Refusal
from engine.core.warrants import ACCOUNT, ALIVE, BEGUN, LISTS, STANDS
from engine.identity.sessions import LASTS
from engine.warranting import stated
from engine.witness.guard import ACCEPTED, Witness
from engine.witness.lists import OTHER_LIST, list_faults
from engine.witness.looking import look
from engine.witness.verifying import verify_all
from engine.witness.warrants import MARK, as_recorded, begin, everything, warrant_faults
from models import account_reading, records
from models.account_reading import SESSION, change_user
from models.referral_list import HAND
from models.referral_reading import REFERRAL
from tests.builders import Town
from tests.once import Copies
from tests.referral_walk import opened
from tests.simulation.privilege import grant
from tests.simulation.unguarded import take_guards_away, taken_back

HEAD = {"roles": ["inspector", "principal_head"]}


@pytest.fixture(scope="module")
def granted(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which something of every kind was granted lawfully, for tests that take back what they write."""
    folder = tmp_path_factory.mktemp("granted")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    grant(town)
    opened(town, town.finding())
    take_guards_away(town.house.database)
    yield town
    town.close()


@pytest.fixture
def written(granted: Town) -> Iterator[Connection]:
    """A connection past the house, whose changes are taken back."""
    with taken_back(granted.house.database) as connection:
        yield connection


def found(connection: Connection) -> list[tuple[str, str]]:
    """What is found, by what it is about, in English."""
    return [(one.record, one.en) for one in warrant_faults(connection, as_recorded(connection, ()))]


def test_what_was_granted_lawfully_raises_no_alarm(granted: Town) -> None:
    audited, seen, _ = verify_all(granted.house.witness, None)

    assert (audited.faults, seen.standing) == ([], [])


def test_a_role_that_nobody_gave_is_told_with_what_the_record_says(written: Connection) -> None:
    change_user(written, "w01", HEAD)
    change_user(written, "x1", {"department": "tax", "password_hash": "$argon2id$mine"})

    told = dict(found(written))

    assert list(told) == ["account:w01", "account:x1", "password:x1"]
    assert told["account:w01"].startswith(
        "the account w01 is: roles inspector, principal_head; "
        "the administrative record (2024-04-26, os:town, demo) says: roles inspector. "
    )
    assert "is: roles case_officer; department tax; the adm" in told["account:x1"]
    assert told["password:x1"].startswith(
        "the password of the account x1 is: another one; the administrative record ("
    )


def test_a_session_that_nobody_began_is_told_as_long_as_it_can_be_alive(written: Connection) -> None:
    row = written.execute(select(SESSION)).first()
    assert row is not None and LASTS < ALIVE
    mine = {**row._mapping, "token_digest": "mine", "login_key": "p01"}
    written.execute(
        insert(SESSION), [mine, {**mine, "token_digest": "old", "created_at": row.created_at - ALIVE}]
    )

    ((about, told),) = found(written)

    assert about == "session:mine" and "no entry of the administrative record says so" in told


def test_an_entry_gives_nobody_what_its_act_cannot_give(written: Connection, granted: Town) -> None:
    """Nor does a lawful change of a row take up what somebody slipped into it before."""
    change_user(written, "w01", HEAD)
    held, now = stated(written, {ACCOUNT: ["w01"]}), granted.house.clock.now()
    harmless: tuple[tuple[str, dict[str, Any]], ...] = (
        ("session.open", {"login": "W01"}),
        ("password.change", {"login": "W01"}),
        ("user.change", {"login": "W01", "name": "姓名W01"}),
        ("user.change", {"login": "X1", **HEAD}),
        ("user.add", {"login": "W01", **HEAD, "department": "market_regulation"}),
        (BEGUN, {}),
        (ACCEPTED, {}),
    )
    for action, detail in harmless:
        enter(written, "yuanping", action, "A01", {**detail, **held}, now)

    assert [about for about, _ in found(written)] == ["account:w01"]

    enter(written, "yuanping", "user.change", "A01", {"login": "W01", **HEAD, **held}, now)
    assert found(written) == [], (
        "an act that says so on record gives it: that is told to whoever reads the record"
    )


def test_a_name_on_a_list_is_told_without_saying_of_what(written: Connection) -> None:
    referral = written.execute(select(REFERRAL.c.id)).scalar_one()
    hand = {"referral_id": referral, "login_key": "w03", "office_id": "yuanping", "ground": "team"}
    written.execute(insert(HAND), [hand])

    (told,) = found(written)

    assert told == (referral, OTHER_LIST[1])
    assert not any(
        word in told[1] + OTHER_LIST[0] for word in ("w03", "referral", "criminal", "移送", "team")
    )
    (digest,) = everything(written)[LISTS]
    assert list(list_faults(written, {digest})) == [], "as two persons took it"
    written.execute(update(HAND).where(HAND.c.login_key == "w03").values(login_key="w02"))
    assert len(list(list_faults(written, {digest}))) == 1


def test_what_is_no_name_is_a_fault_and_does_not_end_the_look(written: Connection) -> None:
    of_referral = records.ENTRY.c.record_id.in_(select(REFERRAL.c.id))
    written.execute(update(records.ENTRY).where(of_referral).values(by=literal_column("x'ff'")))
    assert look(written, (), dated=False).faults


def test_the_house_is_read_only_until_it_is_put_back_or_two_persons_accept(town: Town) -> None:
    town.add_person("A02", "market_regulation", ("system_admin",))
    house, witness = town.house, town.house.witness
    witness.checkpoint()

    def give(roles: list[str]) -> None:
        with house.database.writing() as connection, connection.begin():
            change_user(connection, "w01", {"roles": roles})

    give(HEAD["roles"])
    witness.watch()
    with pytest.raises(Refusal, match="read_only"):
        town.finding()
    give(["inspector"])
    witness.watch()
    town.finding()

    give(HEAD["roles"])
    witness.watch()
    assert [witness.accept(town.who(login), login)["accepted"] for login in ("A01", "A02")] == [False, True]
    town.finding()
    assert (witness.look().faults, verify_all(witness, None)[0].faults) == ([], [])
    with house.database.read() as connection:
        unsigned = look(connection, (), dated=False).standing
    assert [one.record for one in unsigned] == ["account:w01"], "the entry counts by the checkpoint alone"
    give(["inspector"])
    assert [one.record for one in witness.look().faults] == ["account:w01"], "and then it is what counts"


def test_what_is_written_while_the_second_signs_is_not_accepted(
    sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, witness = sqlite_town, sqlite_town.house.witness
    town.add_person("A02", "market_regulation", ("system_admin",))
    witness.checkpoint()

    def give(login: str) -> None:
        with town.house.database.writing() as connection, connection.begin():
            change_user(connection, login, HEAD)

    give("w01")
    witness.watch()
    assert not witness.accept(town.who("A01"), "A01")["accepted"]
    with monkeypatch.context() as patch:
        patch.setattr(Witness, "check_signs", lambda _: give("w02"))
        with pytest.raises(Refusal, match="read_only"):
            witness.accept(town.who("A02"), "A02")

    assert sorted(one.record for one in witness.look().faults) == ["account:w01", "account:w02"]
    assert not witness.accept(town.who("A02"), "A02")["accepted"], (
        "the first signature was for something else"
    )


def test_what_an_older_program_left_is_stated_once_as_it_stands(sqlite_town: Town) -> None:
    house = sqlite_town.house
    take_guards_away(house.database)
    with house.database.writing() as connection, connection.begin():
        connection.execute(delete(account_reading.ADMIN_ENTRY))
        connection.execute(delete(records.MARK).where(records.MARK.c.name == MARK))
        change_user(connection, "w01", HEAD)
    for _ in range(2):
        begin(house.database, house.writer, house.clock, "yuanping")

    with house.database.read() as connection:
        (entry,) = account_reading.admin_entries(connection, "yuanping")
        assert (entry.action, entry.by, entry.detail[STANDS]) == (
            BEGUN,
            "clock",
            everything(connection)[STANDS],
        )
        assert found(connection) == []
        assert look(connection, (), dated=False).taken_at == entry.recorded_at, (
            "told: nothing before was compared"
        )
    with house.database.writing() as connection, connection.begin():
        connection.execute(delete(records.MARK).where(records.MARK.c.name == MARK))
        change_user(connection, "w02", HEAD)
    begin(house.database, house.writer, house.clock, "yuanping")
    with house.database.read() as connection:
        assert [about for about, _ in found(connection)] == ["account:w02"], "and never again"
