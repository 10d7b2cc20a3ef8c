"""PostgreSQL itself shows a connection no more than those may see for whom it reads, whatever the program asks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql
from sqlalchemy import select, true
from sqlmodel import SQLModel

from api.app import create_app
from api.command_line import main
from bench.wall_soak import compared
from engine.core.refusals import Refusal
from models import records
from models.database import Database
from models.reading import scope as reading_scope
from models.referral_list import Asking
from models.referral_reading import REFERRAL
from models.second_wall import HOUSE, WALLED, Behalf, as_house
from tests.builders import Town
from tests.once import Copies
from tests.referral_walk import FILED, led, opened
from tests.throwaway_postgres import ROLE, RULER, ThrowawayPostgres

OF_A_CASE = frozenset(
    f"{name}_id"
    for name in ("finding", "inspection", "proceeding", "record", "referral", "message", "incoming", "bundle")
)
"""Columns by which a row belongs to a case."""
ACTS = ["DELETE", "INSERT", "SELECT", "UPDATE"]
LISTED, OUTSIDERS = ("C02", "W01", "H01", "P01"), ("W03", "F02", "S01", "O01", "A01", "E01", "D02")
NAMES_IT = ("referral", "referral_deadline", "entry", "payload", "document", "attachment", "message")
"""Tables in which whoever is on the list finds rows of the referral used here."""


@dataclass(frozen=True, slots=True)
class Walled:
    """A town on PostgreSQL with a case in each of two departments, of the first also a criminal referral."""

    town: Town
    server: ThrowawayPostgres
    name: str
    ours: str
    theirs: str
    referral: str

    def behalf(self, login: str) -> Behalf:
        """For whom the program reads where it reads referrals for that person."""
        return self.town.house.desk.referrals.behalf(self.town.people[login])

    @contextmanager
    def told(self, behalf: Behalf | None, role: str = ROLE) -> Iterator[psycopg.Cursor[Any]]:
        """A connection of its own, past the program, that says for whom it reads; nothing of it stays."""
        with self.server.connect(self.name, role) as connection, connection.cursor() as cursor:
            cursor.execute("BEGIN")
            for name, value in (behalf.told() if behalf else {}).items():
                cursor.execute("SELECT set_config(%s, %s, true)", (f"bihuan.{name}", value))
            yield cursor
            cursor.execute("ROLLBACK")


@pytest.fixture(scope="module")
def walled(
    tables: Copies, postgres: ThrowawayPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walled]:
    folder = tmp_path_factory.mktemp("wall")
    url = tables.postgres(postgres)
    town = Town.open(url, folder, "2024-04-26T17:00")
    for login, department, roles in (
        ("W03", "market_regulation", ("inspector",)),
        ("D02", "fire_rescue", ("duty_clerk",)),
    ):
        town.add_person(login, department, roles)
    ours = town.finding()
    fire = {"department": "fire_rescue", "officers": ["F01", "F02"]}
    theirs = town.findings_of(town.inspect(FIRE, by="F01", **fire))[0]
    referral = opened(town, ours)
    led(town, referral, *FILED[:4])
    paper = {
        **{"finding_id": referral, "digest": "sha256:0", "office_id": "yuanping", "name": "笔录.pdf"},
        **{"media_type": "application/pdf", "size": 1, "recorded_at": town.house.clock.now()},
        **{"recorded_by": "W01", "content": b"1"},
    }
    town.house.writer.submit(lambda connection: records.add(connection, records.ATTACHMENT, [paper]))
    yield Walled(town, postgres, url.split("/")[3].split("?")[0], ours, theirs, referral)
    town.close()


FIRE = {
    "domain": "fire",
    "violation": "fire_exit_blocked",
    "item": "疏散通道",
    "facts_summary": "堵塞。",
    "discovered_at": "2024-04-26T16:00:00+08:00",
}


def rows_that_name(cursor: psycopg.Cursor[Any], table: str, id: str) -> int:
    """How many rows of the table that are shown name that record."""
    asked = sql.SQL("SELECT count(*) FROM {} AS one WHERE to_jsonb(one)::text LIKE %s")
    row = cursor.execute(asked.format(sql.Identifier(table)), (f"%{id}%",)).fetchone()
    assert row is not None
    return int(row[0])


def test_every_table_with_rows_of_a_case_stands_behind_the_wall(walled: Walled) -> None:
    of_a_case = {
        str(table.name)
        for table in SQLModel.metadata.sorted_tables
        if OF_A_CASE & {column.name for column in table.columns}
    }
    assert of_a_case - set(WALLED) == set(), (
        "a migration gives them policies, and models/second_wall.py names them"
    )
    with walled.told(None) as cursor:
        forced = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        assert {row[0] for row in cursor.execute(forced).fetchall()} == set(WALLED)
        cursor.execute("SELECT tablename, array_agg(cmd ORDER BY cmd) FROM pg_policies GROUP BY tablename")
        assert dict(cursor.fetchall()) == dict.fromkeys(WALLED, ACTS)
    assert walled.town.house.database.walled() is True


@pytest.mark.parametrize("table", ["proceeding", "inspection"])
def test_what_is_seen_by_its_findings_is_asked_of_these_alone(walled: Walled, table: str) -> None:
    """Where all findings of a department were read first to ask them, a page of a great ledger took 0.3 s more."""
    with walled.told(reading_scope.behalf("yuanping", walled.town.people["W01"])) as cursor:
        asked = sql.SQL("EXPLAIN SELECT id FROM {}").format(sql.Identifier(table))
        plan = "\n".join(row[0] for row in cursor.execute(asked).fetchall())
        assert "SubPlan" in plan and "hashed" not in plan, plan


def test_a_connection_that_says_nothing_sees_and_changes_nothing(walled: Walled) -> None:
    with walled.told(HOUSE) as cursor:
        full = {table for table in WALLED if rows_that_name(cursor, table, "")}
    assert len(full) > 12
    with walled.told(None) as cursor:
        assert {table for table in WALLED if rows_that_name(cursor, table, "")} == set()
        for table in sorted(full):
            name = sql.Identifier(table)
            assert cursor.execute(sql.SQL("DELETE FROM {}").format(name)).rowcount == 0
            assert cursor.execute(sql.SQL("UPDATE {} SET office_id = ''").format(name)).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute("INSERT INTO referral_hand VALUES ('r', 'w03', 'yuanping', 'acted')")


@pytest.mark.parametrize("login", OUTSIDERS)
def test_nobody_who_is_not_on_the_list_is_shown_a_row_of_the_referral(walled: Walled, login: str) -> None:
    for behalf in (walled.behalf(login), reading_scope.behalf("yuanping", walled.town.people[login])):
        with walled.told(behalf) as cursor:
            named = {table: rows_that_name(cursor, table, walled.referral) for table in WALLED}
        assert {table for table, rows in named.items() if rows} == set()


@pytest.mark.parametrize("login", ("A01", "E01"))
def test_an_administrator_is_shown_nothing(walled: Walled, login: str) -> None:
    with walled.told(walled.behalf(login)) as cursor:
        assert {table for table in WALLED if rows_that_name(cursor, table, "")} == set()


@pytest.mark.parametrize("login", LISTED)
def test_whoever_is_on_the_list_is_shown_it_where_referrals_are_read(walled: Walled, login: str) -> None:
    with walled.told(walled.behalf(login)) as cursor:
        assert [table for table in NAMES_IT if rows_that_name(cursor, table, walled.referral)] == list(
            NAMES_IT
        )
    with walled.told(reading_scope.behalf("yuanping", walled.town.people[login])) as cursor:
        assert not any(rows_that_name(cursor, table, walled.referral) for table in WALLED), "and nowhere else"


def test_another_department_is_not_shown_the_case(walled: Walled) -> None:
    for login, own, foreign in (("F02", walled.theirs, walled.ours), ("W03", walled.ours, walled.theirs)):
        with walled.told(reading_scope.behalf("yuanping", walled.town.people[login])) as cursor:
            assert rows_that_name(cursor, "finding", own) == 1
            assert rows_that_name(cursor, "entry", own) > 0
            assert not any(rows_that_name(cursor, table, foreign) for table in WALLED)
            changed = sql.SQL("UPDATE finding SET item = '' WHERE id = {}").format(own)
            assert cursor.execute(changed).rowcount == 0, "who reads for a person writes nothing"


def test_a_linked_system_is_shown_what_is_for_it_and_no_case(walled: Walled) -> None:
    with walled.told(HOUSE) as cursor:
        [(message,), *_] = cursor.execute("SELECT id FROM message WHERE queue = 'criminal'").fetchall()
        cursor.execute("UPDATE message SET system_id = 'police' WHERE id = %s", (message,))
        for system, shown in (("police", [(message,)]), ("tax", [])):
            for name, value in (("house", ""), ("office", "yuanping"), ("system", system)):
                cursor.execute("SELECT set_config(%s, %s, true)", (f"bihuan.{name}", value))
            assert cursor.execute("SELECT id FROM message").fetchall() == shown
            assert {table for table in WALLED if rows_that_name(cursor, table, "")} <= {"message"}


LISTS = {
    "findings": lambda town, who, _: town.house.reader.findings(who, {"limit": ["200"]}),
    "inspections": lambda town, who, _: town.house.reader.inspections(who, {}),
    "deadlines": lambda town, who, _: town.house.reader.deadlines(who, {"limit": ["200"]}),
    "referrals": lambda town, who, _: town.house.reader.referrals.known_to(who),
}
ONES = {
    "finding": lambda town, who, one: town.house.reader.finding(who, one.ours),
    "timeline": lambda town, who, one: town.house.reader.timeline(who, one.ours, {}),
    "referral": lambda town, who, one: town.house.reader.referrals.referral(who, one.referral),
    "its timeline": lambda town, who, one: town.house.reader.referrals.timeline(who, one.referral, {}),
    "its messages": lambda town, who, one: town.house.exchange_reader.of_referral(who, one.referral),
}
"""Ways in which the program reads cases, given a town, who asks, and the case of others."""
EVERY_WAY = {*LISTS, *ONES}


def told_of(town: Town, login: str, walled: Walled) -> set[str]:
    """The ways in which this person is told of the case of the first department or of its referral."""
    who, found = town.people[login], set()
    for name, read in LISTS.items():
        answer = str(read(town, who, walled))
        if walled.ours in answer or walled.referral in answer:
            found.add(name)
    for name, read in ONES.items():
        try:
            if read(town, who, walled):
                found.add(name)
        except Refusal as refusal:
            assert refusal.code == "not_found"
    return found


@pytest.fixture
def unwalled(walled: Walled, tmp_path: Path) -> Iterator[Town]:
    """The same town with its key of referrals, served by a superuser, whom no policy holds."""
    settings = walled.town.house.settings
    url = settings.database_url.replace(f"//{ROLE}@", f"//{RULER}@")
    town = Town.open(url, tmp_path, "2024-04-26T17:00", referral_key=settings.referral_key_file)
    town.people = walled.town.people
    yield town
    town.close()


def test_a_program_that_forgets_to_ask_who_may_see_is_shown_nothing_foreign(
    walled: Walled, unwalled: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told_of(unwalled, "F02", walled) == set(), "the scope of the program alone keeps it away"
    monkeypatch.setattr(reading_scope, "_departments", lambda *_: true())
    monkeypatch.setattr(Asking, "listed", lambda _: REFERRAL.c.id.is_not(None))
    assert told_of(unwalled, "F02", walled) == EVERY_WAY, "without it everything would be told"
    assert told_of(walled.town, "F02", walled) == set()
    assert told_of(walled.town, "W03", walled) == {
        "findings",
        "inspections",
        "deadlines",
        "finding",
        "timeline",
    }
    assert told_of(walled.town, "C02", walled) == EVERY_WAY


def test_what_the_law_asks_of_every_case_is_asked_by_the_house_and_for_no_longer(walled: Walled) -> None:
    database: Database = walled.town.house.database
    with database.read(walled.behalf("W03")) as connection:
        seen = select(REFERRAL.c.id)
        with as_house(connection):
            assert connection.execute(seen).scalars().all() == [walled.referral]
        assert connection.execute(seen).first() is None
        with pytest.raises(Refusal), as_house(connection):
            raise Refusal("not_found")
        assert connection.execute(seen).first() is None


def test_it_is_told_where_the_wall_is_down(
    unwalled: Town, walled: Walled, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for town, down in ((unwalled, True), (walled.town, False)):
        client = TestClient(create_app(town.house), base_url="http://127.0.0.1")
        assert client.get("/readyz").json().get("second_wall") == ("down" if down else None)
        settings = town.house.settings
        monkeypatch.setenv("BIHUAN_DATABASE_URL", settings.database_url)
        told = ["--data", str(settings.data_dir), "--test-clock", str(settings.test_clock)]
        assert main([*told, "settings", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["second_wall"] is not down


def test_behind_the_wall_every_list_says_the_same(postgres: ThrowawayPostgres) -> None:
    """The small run of the soak `wall`."""
    assert len(compared(postgres, 260, turns=1)) == 18
