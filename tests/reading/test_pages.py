"""Pages of a list: one order, nothing lost or doubled, nothing sorted."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, event

from engine.core.commands import Principal
from engine.reader import Reader
from models.acts import findings_of_act
from models.database import Database
from models.reading import led
from models.reading.exchanged import counts_by_recipient
from models.reading.rule_hits import hits_by_rule
from models.reading.scope import scope
from tests.reading.people import OFFICER, SUPERVISOR
from tests.reading.random_world import followed, random_world
from tests.reading.world import NOW, World, ids

Settle = Callable[[World], None]


def plan_of(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """How the database would go about it, step by step."""
    if connection.dialect.name == "postgresql":
        return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


@pytest.mark.parametrize("seed", range(3))
def test_findings_that_come_in_during_a_walk_neither_hide_nor_double_old_ones(
    reader: Reader, world: World, settle: Settle, seed: int
) -> None:
    random_world(world, seed, 60)
    settle(world)
    old = set(followed(reader, SUPERVISOR, "/api/v1/findings"))
    seen: list[str] = []
    more: dict[str, list[str]] = {}
    while True:
        page = reader.findings(SUPERVISOR, {"limit": ["7"], **more})
        seen += ids(page["items"])
        if page["next"] is None:
            break
        more = {"cursor": [page["next"]]}
        random_world(world, seed * 100 + len(seen), 5)
        settle(world)
    assert len(old) == 60
    assert len(seen) == len(set(seen))
    assert old <= set(seen)


def test_the_whole_list_is_in_one_order_whatever_the_length_of_its_pages(
    reader: Reader, world: World, settle: Settle
) -> None:
    random_world(world, 11, 120)
    settle(world)
    whole = followed(reader, SUPERVISOR, "/api/v1/findings", limit=200)
    assert len(whole) == 120
    for limit in (1, 13, 119, 120):
        assert followed(reader, SUPERVISOR, "/api/v1/findings", limit) == whole


def test_the_order_is_light_then_due_then_number_then_id(
    reader: Reader, world: World, settle: Settle
) -> None:
    random_world(world, 5, 80)
    settle(world)
    lines = reader.findings(SUPERVISOR, {"limit": ["200"]})["items"]
    rank = {light: place for place, light in enumerate(("severe", "overdue", "red", "yellow", "green", None))}
    keys = [
        (rank[line["light"]], line["due_effective"] or "", line["ledger_no"] or "", line["id"])
        for line in lines
    ]
    assert len(keys) == 80
    assert keys == sorted(keys)


@pytest.fixture
def asked(database: Database) -> list[tuple[str, Any]]:
    """The statements that the database was asked, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def remember(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            statements.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", remember)
    return statements


def test_a_page_asks_no_more_of_a_longer_ledger(
    reader: Reader, world: World, settle: Settle, asked: list[tuple[str, Any]]
) -> None:
    counts = []
    for size in (30, 300):
        random_world(world, size, size)
        settle(world)
        asked.clear()
        reader.findings(SUPERVISOR, {"limit": ["2"], "light": ["green"]})
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
def test_a_page_is_read_in_the_order_of_an_index_and_never_sorted(
    database: Database,
    reader: Reader,
    world: World,
    settle: Settle,
    asked: list[tuple[str, Any]],
    who: Principal,
) -> None:
    random_world(world, 3, 100)
    settle(world)
    followed(reader, who, "/api/v1/findings", limit=10)
    pages = [one for one in asked if "CASE WHEN closed" in one[0] and "ORDER BY" in one[0]]
    assert len(pages) > 6
    with database.read() as connection:
        for statement, parameters in pages:
            plan = " ".join(plan_of(connection, statement, parameters))
            assert "USING INDEX finding_list" in plan or "USING COVERING INDEX finding_list" in plan, plan
            assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("few", [0, 2_000])
def test_what_was_closed_in_a_time_asks_no_entry_and_judges_no_row_by_another(
    database: Database,
    reader: Reader,
    world: World,
    settle: Settle,
    asked: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    few: int,
) -> None:
    """Behind the second wall each entry is shown by a function that looks for its case: a month of them took 0.4 s."""
    random_world(world, 6, 100)
    closed = [row["id"] for row in world.rows["finding"] if row["closed"]]
    for id in closed:
        world.entry(id, 2, "finding", "approve_close", "closed", NOW)
    settle(world)
    monkeypatch.setattr(led, "FEW", few)
    asked.clear()
    found = reader.findings(SUPERVISOR, {"closed_from": ["2026-11-01"], "closed_to": ["2026-11-30"]})
    assert sorted(ids(found["items"])) == sorted(closed) != []
    with database.read() as connection:
        for statement, parameters in [one for one in asked if "set_config" not in one[0]]:
            plan = "\n".join(plan_of(connection, statement, parameters))
            assert "entry" not in statement and "bihuan_sees_case" not in plan, plan
            if database.dialect == "sqlite" and few == 0 and "EXISTS" in statement:
                assert "USING INDEX record_lead_closing (record_id=? AND key>? AND key<?)" in plan


NARROWED = ({"q": ["灭火器"]}, [(0, True), (0, True), (1, False)])
WHOLE = ({"limit": ["25"]}, [(25, False), (25, False), (10, False)])


@pytest.mark.parametrize(("query", "expected"), [NARROWED, WHOLE], ids=["narrowed", "whole"])
def test_a_page_looks_at_so_many_closed_findings_and_goes_on_from_there(
    database: Database,
    reader: Reader,
    world: World,
    settle: Settle,
    asked: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    query: dict[str, list[str]],
    expected: list[tuple[int, bool]],
) -> None:
    """Of the whole list as many as it shows, however far behind the first."""
    party = world.party()
    inspection = world.inspection(party)
    for number in range(60):
        last = number == 59
        world.finding(
            inspection, party, state="closed", ledger_no=f"{number:03}", search_text="灭火器" if last else ""
        )
    settle(world)
    monkeypatch.setattr(led, "WALKED_MOST", 25)
    pages, more = list[Any](), dict[str, list[str]]()
    while True:
        asked.clear()
        page = reader.findings(OFFICER, {**query, **more})
        pages.append((len(page["items"]), "cut" in page))
        with database.read() as connection:
            if database.dialect == "postgresql":
                connection.exec_driver_sql(
                    "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"
                )
            walked = [one for one in asked if "record_lead" in one[0]]
            led_on = more and database.dialect == "postgresql"
            assert bool(walked) == bool(query is NARROWED[0] or led_on)
            for statement, parameters in walked:
                plan = "\n".join(plan_of(connection, statement, parameters))
                assert re.search(ENTERED_BY_PLACE[database.dialect], plan), plan
                looked_at = "finding" in statement and query is NARROWED[0]
                assert not looked_at or re.search(EACH_BY_ITSELF[database.dialect], plan), plan
        if page["next"] is None:
            break
        more = {"cursor": [page["next"]]}
    assert pages == expected


ENTERED_BY_PLACE = {
    "sqlite": r"SEARCH record_lead USING PRIMARY KEY \(key=\? AND department=\? AND place>\? AND place<\?\)",
    "postgresql": r"Index Cond: \(\(\(?key\)?::text = 'a'.*place\)::text >= 'c.*place\)::text <=? '",
}
EACH_BY_ITSELF = {
    "sqlite": r"CORRELATED SCALAR SUBQUERY \d+\nSEARCH finding USING INDEX sqlite_autoindex_finding_1 \(id=\?\)",
    "postgresql": r"SubPlan \d+\n +->  Index Scan using \w+ on finding",
}
"""A page is entered where the one before it ended, and no database looks through all findings that match."""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_findings_of_an_inspection_are_looked_for_by_the_inspection(
    database: Database, reader: Reader, world: World, settle: Settle, asked: list[tuple[str, Any]]
) -> None:
    random_world(world, 4, 100)
    settle(world)
    asked.clear()
    reader.inspections(OFFICER, {})
    (statement, parameters), *_ = [one for one in asked if "inspection_id IN" in one[0]]
    with database.read() as connection:
        assert "ix_finding_inspection_id" in " ".join(plan_of(connection, statement, parameters))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_deadlines_are_about_is_looked_for_by_the_finding(
    database: Database, reader: Reader, world: World, settle: Settle, asked: list[tuple[str, Any]]
) -> None:
    random_world(world, 4, 100)
    settle(world)
    of = [one["id"] for one in reader.findings(OFFICER, {})["items"]]
    asked.clear()
    assert set(reader.named(OFFICER, of)) == set(of)
    (statement, parameters) = asked[0]
    with database.read() as connection:
        plan = plan_of(connection, statement, parameters)
        assert plan[0] == "SEARCH finding USING INDEX sqlite_autoindex_finding_1 (id=?)", plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_of_one_party_is_looked_for_by_the_party(
    database: Database, reader: Reader, world: World, settle: Settle, asked: list[tuple[str, Any]]
) -> None:
    random_world(world, 4, 100)
    settle(world)
    (finding, *_) = reader.findings(OFFICER, {})["items"]
    asked.clear()
    reader.party(OFFICER, reader.party_of(OFFICER, finding["id"]))
    reader.histories.of_finding(OFFICER, finding["id"])
    with database.read() as connection:
        findings_of_act(connection, "p", "food", "none")
        of_party = [one for one in asked if "finding.party_id = ?" in one[0]]
        assert len(of_party) > 5
        for statement, parameters in of_party:
            plan = " ".join(plan_of(connection, statement, parameters))
            assert "USING INDEX finding_act (party_id=?" in plan or "COVERING INDEX finding_act" in plan, plan


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_closed_and_what_arrived_on_paper_is_not_walked_to_be_counted(
    database: Database, reader: Reader, asked: list[tuple[str, Any]]
) -> None:
    with database.read() as connection:
        seen = scope(reader.sources.office_id, SUPERVISOR)
        for count, indexes in (
            (partial(hits_by_rule, connection, seen), ["finding_figures"]),
            (partial(counts_by_recipient, connection, seen, NOW), ["message_state", "message_unentered"]),
        ):
            asked.clear()
            count()
            statement, parameters = asked[0]
            plan = "\n".join(plan_of(connection, statement, parameters))
            assert (
                re.findall(r"^(?:SCAN|SEARCH) (?:finding|message) USING INDEX (\w+)", plan, re.M) == indexes
            )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_deadlines_are_entered_at_the_due_day(
    database: Database, reader: Reader, world: World, settle: Settle, asked: list[tuple[str, Any]]
) -> None:
    random_world(world, 5, 100)
    settle(world)
    asked.clear()
    for who, index in ((OFFICER, "deadline_department"), (SUPERVISOR, "deadline_soonest")):
        reader.deadlines(who, {"limit": ["5"]})
        pages = [one for one in asked if "LIMIT" in one[0] and "FROM deadline" in one[0]]
        asked.clear()
        assert pages
        with database.read() as connection:
            for statement, parameters in pages:
                assert f"USING INDEX {index} " in " ".join(plan_of(connection, statement, parameters))
