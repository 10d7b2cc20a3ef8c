"""The list of a criminal referral as the statement decides it is the list that is shown, kept and put on record (law 9)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text, update

from engine.core.chart import CRIMINAL, Row
from engine.core.criminal_guards import DEPENDING
from engine.core.readership import NOBODY, open_steps, roles_with_a_step
from engine.core.times import roles_of
from models import account_reading, records, referral_reading
from models.migrate import FOLDER, migrate
from models.referral_list import HAND
from models.referral_reading import REFERRAL
from models.second_wall import HOUSE
from tests.builders import Town
from tests.engine.test_law2 import CLUE
from tests.referral_walk import FILED, THRESHOLD, led, opened

ROLES = {
    "R1": ("inspector",),
    "R2": ("case_officer",),
    "R3": ("unit_head",),
    "R4": ("department_head",),
    "R5": ("principal_head",),
    "R6": ("duty_clerk", "legal_reviewer"),
    "R7": ("supervisor",),
    "R8": ("oversight_reader", "inspector"),
}
"""Colleagues of the department who have done nothing and are in no team, and such as no department has."""

BEFORE_HANDS = ScriptDirectory(str(FOLDER)).get_revision("0028").down_revision


def waits(row: Row) -> bool:
    return row.chart != CRIMINAL and any(guard.name in DEPENDING for guard in row.guards)


def rows_of(town: Town) -> list[Row]:
    return [row for chart in town.house.law.charts.by_name.values() for row in chart.rows if row.source]


def test_the_table_of_open_steps_is_what_the_charts_say(sqlite_town: Town) -> None:
    town = sqlite_town
    steps, rows = open_steps(town.house.law.charts), rows_of(town)
    for state in town.house.law.charts[CRIMINAL].states:
        own = [row for row in rows if (row.chart, row.source) == (CRIMINAL, state)]
        expected = frozenset[str]().union(*map(roles_of, own)) - NOBODY
        assert roles_with_a_step(steps, state, ()) == expected, state
    for chart, at in sorted({(row.chart, str(row.source)) for row in rows if row.chart != CRIMINAL}):
        held = [row for row in rows if (row.chart, row.source) == (chart, at) and waits(row)]
        expected = frozenset[str]().union(*map(roles_of, held)) - NOBODY
        assert roles_with_a_step(steps, "", [(chart, at)]) == expected, (chart, at)


def told_apart(town: Town, connection: Connection, id: str) -> set[str]:
    """Who is on the list; fails where the statement and the list differ over anybody of any department."""
    referrals = town.house.desk.referrals
    row = referral_reading.referral_row(connection, id)
    assert row is not None
    told = set(referrals.list_of(connection, row)) & town.people.keys() if row.state else set()
    admitted = {login for login, who in town.people.items() if referrals.known(connection, who, id)}
    assert admitted == told, (row.state, row.record.get("actors"))
    if connection.dialect.name == "postgresql":
        assert {login for login in town.people if shown(town, connection, login)} == told
    return told


def shown(town: Town, connection: Connection, login: str) -> bool:
    """True when PostgreSQL itself shows that person a referral, whoever asks it without any condition."""
    behalf = asdict(town.house.desk.referrals.behalf(town.people[login]))
    for told in (behalf, asdict(HOUSE)):
        for name, value in told.items():
            connection.execute(select(func.set_config(f"bihuan.{name}", value, True)))
        if told is behalf:
            found = connection.execute(select(REFERRAL.c.id)).first() is not None
    return found


def placed(town: Town, id: str, finding: str, penalty: str) -> Iterator[Connection]:
    """The referral in each of its states while nothing waits, then each state of a finding or proceeding that waits.

    That finding is another department's: the act counts, wherever it is handled.
    """
    charts, changes = town.house.law.charts, []
    ended = next(name for name, one in charts[CRIMINAL].states.items() if one.kind == "ended")
    for state in charts[CRIMINAL].states:
        changes.append((state, "closed", "penalty", "closed"))
    for chart, at in sorted({(row.chart, str(row.source)) for row in rows_of(town) if waits(row)}):
        main, kind, held = (at, "penalty", "closed") if chart == "finding" else ("closed", chart, at)
        changes.append((ended, main, kind, held))
    with town.house.database.writing() as connection:
        for state, main, kind, held in changes:
            for table, row, values in (
                (REFERRAL, id, {"state": state}),
                (records.FINDING, finding, {"state": main, "department": "fire_rescue"}),
                (records.PROCEEDING, penalty, {"kind": kind, "state": held}),
            ):
                connection.execute(update(table).where(table.c.id == row).values(values))
            yield connection
        connection.rollback()


def test_the_statement_says_what_the_list_says_in_every_state(town: Town) -> None:
    finding = town.finding()
    other = town.add_finding(str(town.row(finding).inspection_id))
    town.step("C02", other, "open_penalty", urgent_ground="evidence", **CLUE)
    referral = opened(town, finding)
    town.add_people({login: ("market_regulation", roles) for login, roles in ROLES.items()})
    town.people = {login: who for login, who in town.people.items() if login in ROLES}
    every = 1 if town.house.database.engine.dialect.name == "sqlite" else 4
    lists = [
        frozenset(told_apart(town, connection, referral))
        for number, connection in enumerate(placed(town, referral, other, town.proceedings(other)[-1].id))
        if number % every == 0
    ]
    assert all("R5" in one for one in lists), "the head always is"
    assert frozenset({"R4", "R5"}) in lists, "of some states only the heads"
    assert frozenset({"R2", "R3", "R4", "R5", "R6"}) in lists


def test_they_agree_at_every_step_of_a_referral(sqlite_town: Town) -> None:
    town = sqlite_town
    finding = town.finding()
    town.step("C02", finding, "open_penalty", urgent_ground="evidence", **CLUE)
    town.step("L01", finding, "record_threshold", **THRESHOLD)
    referral = str(town.referrals(finding)[-1].id)
    with town.house.database.read() as connection:
        assert told_apart(town, connection, referral) == set(), "a suspicion that is not referred has no list"

    assert opened(town, finding) == referral
    lists = []
    for trigger in (*FILED, "handover_items"):
        led(town, referral, trigger)
        with town.house.database.read() as connection:
            lists.append(told_apart(town, connection, referral))
            assert set(referral_reading.readers_of(connection, referral)) >= lists[-1]
    assert {"W01", "W02"} <= lists[0], "whoever is in the team is on it"
    assert {"U01", "C02", "L01"} <= lists[-1], "and so is whoever took a step"

    disabled = {"disabled": True}
    town.house.writer.submit(lambda connection: account_reading.change_user(connection, "w02", disabled))
    with town.house.database.read() as connection:
        assert "W02" not in told_apart(town, connection, referral)


def test_a_database_from_before_names_the_hands_of_its_referrals(town: Town) -> None:
    referral = opened(town, town.finding())
    led(town, referral, "form_team")
    database = town.house.database
    with database.read() as connection:
        before = connection.execute(select(HAND).order_by(HAND.c.login_key)).all()
    assert [(row.login_key, row.ground) for row in before] == [
        ("c02", "acted"),
        ("u01", "acted"),
        ("w01", "team"),
        ("w02", "team"),
    ]
    plain = town.referrals(town.referrals_finding(referral))[-1].record
    with database.writing() as connection, connection.begin():  # as records were kept then
        connection.execute(update(REFERRAL).values(record=plain))
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE referral_hand"))
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": BEFORE_HANDS})
    migrate(database, "0028")
    with database.read() as connection:
        assert connection.execute(select(HAND).order_by(HAND.c.login_key)).all() == before
