"""The ledger's figures, the lists behind them, inspections and their publication, and a person's work."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import event

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.reader import Reader
from models.database import Database
from tests.reading.contract import faults
from tests.reading.world import NOW, OFFICER, SUPERVISOR, World, ids, person

Settle = Callable[[World], None]
TODAY = NOW.date()
STATES = ("found", "registered", "routed", "in_progress", "awaiting_verification", "close_proposed", "closed")
DEPARTMENTS = ("market_regulation", "market_regulation", "fire_rescue", "ecology")
KINDS = ("rectification", "transfer", "copy_notice", "criminal_referral")


def random_world(world: World, seed: int, count: int) -> None:
    """Findings of every state, light, department and mixture of proceedings."""
    chance = random.Random(seed)
    parties = [world.party(f"原平市第{number}店") for number in range(5)]
    inspections = [world.inspection(party) for party in parties]
    for _ in range(count):
        place = chance.randrange(5)
        dues = [TODAY + timedelta(days=chance.randint(-20, 20)) for _ in range(chance.choice((0, 1, 1, 2)))]
        finding = world.finding(
            inspections[place],
            parties[place],
            state=chance.choice(STATES),
            department=chance.choice(DEPARTMENTS),
            dues=dues,
            ledger_no=chance.choice((None, "同号", f"原台{chance.randint(0, 50)}")),
            discovered_at=NOW - timedelta(days=chance.randint(0, 60), hours=chance.randint(0, 23)),
            handler=chance.choice((None, "W01", "C01")),
            owner_role=chance.choice((None, "inspector", "department_head")),
            supervised=chance.random() < 0.2,
        )
        for kind in chance.sample(KINDS, chance.randint(0, 3)):
            world.proceeding(finding, kind, "drafted")


def followed(reader: Reader, who: Principal, path: str, limit: int = 50) -> list[str]:
    """The ids that the list behind a number gives, over all its pages."""
    assert urlsplit(path).path == "/api/v1/findings"
    query = parse_qs(urlsplit(path).query)
    found: list[str] = []
    more: dict[str, list[str]] = {}
    while True:
        page = reader.findings(who, {**query, **more, "limit": [str(limit)]})
        found += ids(page["items"])
        if page["next"] is None:
            return found
        more = {"cursor": [page["next"]]}


def numbers(answer: Any) -> Iterator[dict[str, Any]]:
    """Every number of a ledger answer."""
    if isinstance(answer, dict):
        if set(answer) == {"count", "filter"}:
            yield answer
        for value in answer.values():
            yield from numbers(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from numbers(value)


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {
            "from": [(TODAY - timedelta(days=40)).isoformat()],
            "to": [(TODAY - timedelta(days=10)).isoformat()],
        },
        {"department": ["market_regulation"], "from": [(TODAY - timedelta(days=30)).isoformat()]},
    ],
    ids=["all", "period", "department"],
)
def test_every_number_of_the_ledger_leads_to_exactly_its_findings(
    reader: Reader, world: World, settle: Settle, who: Principal, query: dict[str, list[str]]
) -> None:
    random_world(world, seed=len(query), count=150)
    settle(world)
    answer = reader.ledger(who, query)
    assert faults("ledger_answer", answer) == []
    assert answer["found"]["count"] > 20
    for number in numbers(answer):
        found = followed(reader, who, number["filter"], limit=17)
        assert len(found) == len(set(found)) == number["count"], number


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
def test_found_is_open_and_closed_in_total_and_in_every_part(
    reader: Reader, world: World, settle: Settle, who: Principal
) -> None:
    random_world(world, seed=7, count=150)
    settle(world)
    answer = reader.ledger(who, {})

    def split(part: dict[str, Any]) -> tuple[int, int, int]:
        found, still_open, closed = (part[name]["count"] for name in ("found", "open", "closed"))
        assert found == still_open + closed
        return found, still_open, closed

    total = split(answer)
    for partition in ("by_department", "by_state", "by_light"):
        parts = [split(part) for part in answer[partition]]
        assert tuple(map(sum, zip(*parts, strict=True))) == total, partition
    for part in answer["by_route"]:
        assert split(part) <= total
    (none,) = (part for part in answer["by_light"] if part["light"] == "none")
    assert none["closed"]["count"] == total[2]
    assert [part["route"] for part in answer["by_route"]] == ["rectification", "transfer", "copy_notice"]


def test_a_ledger_of_nothing_is_all_noughts(reader: Reader) -> None:
    answer = reader.ledger(OFFICER, {})
    assert faults("ledger_answer", answer) == []
    assert {number["count"] for number in numbers(answer)} == {0}
    with pytest.raises(Refusal) as refusal:
        reader.ledger(OFFICER, {"state": ["open"], "from": ["yesterday"]})
    assert {(error.pointer, error.code) for error in refusal.value.errors} == {
        ("/?state", "unknown_field"),
        ("/?from", "format"),
    }


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


def test_publicity_counts_what_had_to_be_public_and_nothing_carried_over(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    day = timedelta(days=1)
    published: dict[str, Any] = {"state": "published", "publication_due_on": TODAY}
    world.inspection(party, **published, published_on=TODAY)
    world.inspection(party, **published, published_on=TODAY + day)
    world.inspection(party, publication_due_on=TODAY - day)
    world.inspection(party, publication_due_on=TODAY)
    world.inspection(party, publication_due_on=TODAY - day, state="withheld")
    world.inspection(party, publication_due_on=TODAY - day, carried=True)
    world.inspection(party, publication_due_on=TODAY - day, department="fire_rescue")
    settle(world)
    assert reader.ledger(OFFICER, {})["publicity"] == {"due": 3, "on_time": 1, "late": 2}
    later = {"from": [(TODAY + day).isoformat()]}
    assert reader.ledger(OFFICER, later)["publicity"] == {"due": 0, "on_time": 0, "late": 0}


def test_inspections_are_filtered_and_come_newest_first(reader: Reader, world: World, settle: Settle) -> None:
    party, other = world.party(), world.party("原平市乙店")
    day = timedelta(days=1)
    late = world.inspection(party, publication_due_on=TODAY - day, finished_at=NOW - 30 * day, plan_no="P-1")
    due = world.inspection(
        other, finished_at=NOW - 2 * day, intake={"result_codes": ["CORRECTED", "UNREACHABLE"]}
    )
    done = world.inspection(party, finished_at=NOW - 3 * day, state="published", published_on=TODAY)
    kept = world.inspection(party, finished_at=NOW - 4 * day, state="withheld", intake={"task_no": "T-9"})
    world.inspection(party, department="fire_rescue")
    finding = world.finding(due, other)
    world.finding(due, other, department="fire_rescue")
    settle(world)
    everything = reader.inspections(OFFICER, {})["items"]
    assert ids(everything) == [due, done, kept, late]
    assert [item["publication"] for item in everything] == ["due", "done", "withheld", "late"]
    assert everything[0]["findings"] == [{"id": finding, "state": "in_progress"}]
    for query, wanted in (
        ({"publication": ["due"]}, [due]),
        ({"publication": ["late"]}, [late]),
        ({"publication": ["done"]}, [done]),
        ({"publication": ["withheld"]}, [kept]),
        ({"result": ["UNREACHABLE"]}, [due]),
        ({"result": ["CORRECTED"]}, [due]),
        ({"plan": ["P-1"]}, [late]),
        ({"task": ["T-9"]}, [kept]),
        ({"party": [other]}, [due]),
        ({"department": ["fire_rescue"]}, []),
        ({"from": [(TODAY - 3 * day).isoformat()]}, [due, done]),
        ({"to": [(TODAY - 4 * day).isoformat()]}, [kept, late]),
    ):
        assert ids(reader.inspections(OFFICER, query)["items"]) == wanted, query
    first = reader.inspections(OFFICER, {"limit": ["3"]})
    rest = reader.inspections(OFFICER, {"limit": ["3"], "cursor": [first["next"]]})
    assert (ids(first["items"]), ids(rest["items"]), rest["next"]) == ([due, done, kept], [late], None)


def test_work_holds_what_waits_for_the_person_worst_first(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    day = timedelta(days=1)
    mine = {"handler": "W01"}
    severe = world.finding(inspection, party, dues=[TODAY - 15 * day], **mine)
    overdue = world.finding(inspection, party, dues=[TODAY - day], owner_role="inspector")
    red = world.finding(inspection, party, dues=[TODAY], **mine)
    yellow = world.finding(inspection, party, dues=[TODAY + 2 * day], **mine)
    green = world.finding(inspection, party, dues=[TODAY + 9 * day], **mine)
    still = world.finding(inspection, party, **mine)
    reinspect = world.finding(inspection, party, dues=[TODAY + 8 * day], owner_role="unit_head")
    world.proceeding(reinspect, state="reported")
    world.finding(inspection, party, state="closed", **mine)
    world.finding(inspection, party, dues=[TODAY], owner_role="department_head", handler="C01")
    world.finding(inspection, party, dues=[TODAY], owner_role="inspector", department="fire_rescue")
    supervised = world.finding(inspection, party, dues=[TODAY], department="ecology", supervised=True)
    settle(world)
    answer = reader.work(person("W01", "inspector"), {})
    assert {group["group"]: ids(group["items"]) for group in answer["groups"]} == {
        "severe": [severe],
        "overdue": [overdue],
        "red_yellow": [red, yellow],
        "green": [reinspect, green, still],
    }
    assert [group["count"] for group in answer["groups"]] == [1, 1, 2, 3]
    assert [ids(group["items"]) for group in reader.work(SUPERVISOR, {})["groups"]] == [
        [],
        [],
        [supervised],
        [],
    ]


def test_a_group_of_work_is_paged_by_itself(reader: Reader, world: World, settle: Settle) -> None:
    party = world.party()
    inspection = world.inspection(party)
    for count in range(5):
        world.finding(inspection, party, dues=[TODAY + timedelta(days=count % 2)], handler="W01")
    settle(world)
    group = reader.work(OFFICER, {"limit": ["2"]})["groups"][2]
    found = ids(group["items"])
    while group["next"]:
        query = {"group": ["red_yellow"], "limit": ["2"], "cursor": [group["next"]]}
        (group,) = reader.work(OFFICER, query)["groups"]
        assert group["count"] == 5
        found += ids(group["items"])
    assert (len(found), len(set(found))) == (5, 5)
    cursor = reader.work(OFFICER, {"limit": ["2"]})["groups"][2]["next"]
    for query in ({"cursor": [cursor]}, {"group": ["green"], "cursor": [cursor]}, {"group": ["blue"]}):
        with pytest.raises(Refusal) as refusal:
            reader.work(OFFICER, query)
        assert refusal.value.code == "parameter_invalid"


@pytest.fixture
def asked(database: Database) -> list[tuple[str, Any]]:
    """The statements that the database was asked, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def remember(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
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
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plan = " ".join(row[3] for row in rows)
            assert "USING INDEX finding_list" in plan or "USING COVERING INDEX finding_list" in plan, plan
            assert "TEMP B-TREE" not in plan, plan
