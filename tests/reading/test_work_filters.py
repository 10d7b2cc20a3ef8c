"""My work narrowed, sorted and counted by the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.core.refusals import Refusal
from engine.reader import Reader
from models.database import Database
from tests.reading.people import OFFICER, person
from tests.reading.world import NOW, World, ids

Settle = Callable[[World], None]
TODAY = NOW.date()
DAY = timedelta(days=1)


def shown(reader: Reader, **query: str) -> list[str]:
    answer = reader.work(OFFICER, {name: [value] for name, value in query.items()})
    return [id for group in answer["groups"] for id in ids(group["items"])]


@pytest.fixture
def mixed(world: World, settle: Settle) -> dict[str, str]:
    """Four findings that wait for the officer, each different from the others in one way."""
    first, second = world.party("乙店"), world.party("甲店")
    inspection = world.inspection(first)
    found = {
        "mine": world.finding(inspection, first, dues=[TODAY + 9 * DAY], handler="W01"),
        "later": world.finding(inspection, second, dues=[TODAY + 20 * DAY], handler="W01"),
        "role": world.finding(
            inspection,
            first,
            state="registered",
            dues=[TODAY + 8 * DAY],
            owner_role="case_officer",
            handler="C02",
            domain="fire",
            search_text="甲店\n安全出口",
        ),
        "correcting": world.finding(inspection, second, dues=[TODAY + 10 * DAY], handler="w01"),
    }
    world.proceeding(found["correcting"], state="correcting")
    settle(world)
    return found


def test_every_filter_keeps_what_it_names(reader: Reader, mixed: dict[str, str]) -> None:
    everything = [mixed[name] for name in ("role", "mine", "correcting", "later")]
    assert shown(reader) == everything
    assert shown(reader, whose="handled") == everything[1:]
    assert shown(reader, whose="role") == [mixed["role"]]
    assert shown(reader, todo="finding.propose_route") == [mixed["role"]]
    assert shown(reader, todo="rectification.report_done") == [mixed["correcting"]]
    assert shown(reader, domain="fire") == shown(reader, q="安全 甲店") == [mixed["role"]]
    day = (TODAY + 9 * DAY).isoformat()
    assert shown(reader, due_from=day, due_to=day) == [mixed["mine"]]
    counts = reader.work(OFFICER, {"whose": ["role"]})["counts"]
    assert counts == {"all": 4, "handled": 3, "role": 1}


def test_what_no_role_of_the_person_does_is_no_step_to_ask_for(reader: Reader, mixed: dict[str, str]) -> None:
    for query in ({"todo": "finding.approve_route"}, {"todo": "x"}, {"whose": "hers"}, {"sort": "luck"}):
        with pytest.raises(Refusal) as refusal:
            shown(reader, **query)
        assert refusal.value.code == "parameter_invalid"


@pytest.mark.parametrize("sort", ["number", "party", "item", "discovered"])
def test_an_order_holds_over_pages_and_loses_nothing(
    reader: Reader, world: World, settle: Settle, sort: str
) -> None:
    parties = [world.party(name) for name in ("丙", "甲", "乙")]
    inspection = world.inspection(parties[0])
    for number in range(7):
        world.finding(
            inspection,
            parties[number % 3],
            dues=[TODAY + (8 + number % 2) * DAY],
            handler="W01",
            ledger_no=f"原台〔2026〕{(number * 5) % 7:04d}",
            item=f"事项{(number * 3) % 7}",
            discovered_at=NOW - timedelta(days=3 + (number * 2) % 7),
        )
    settle(world)
    (group,) = reader.work(OFFICER, {"group": ["green"], "sort": [sort], "limit": ["3"]})["groups"]
    found = list(group["items"])
    while group["next"]:
        query = {"group": ["green"], "sort": [sort], "limit": ["3"], "cursor": [group["next"]]}
        (group,) = reader.work(OFFICER, query)["groups"]
        found += group["items"]
    said: dict[str, Callable[[Any], Any]] = {
        "number": lambda item: item["ledger_no"],
        "party": lambda item: item["party"]["name"],
        "item": lambda item: item["item"],
        "discovered": lambda item: item["discovered_at"],
    }
    keys = [said[sort](item) for item in found]
    assert len({item["id"] for item in found}) == 7
    assert keys == sorted(keys, reverse=sort == "discovered")


def test_a_row_says_what_is_open_and_what_a_person_did_last(reader: Reader, mixed: dict[str, str]) -> None:
    answer = reader.work(OFFICER, {"todo": ["rectification.report_done"]})
    (item,) = [item for group in answer["groups"] for item in group["items"]]
    assert [(one["kind"], one["state"]) for one in item["open"]] == [("rectification", "correcting")]
    assert item["latest"]["trigger"] == "record_finding"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_two_thousand_findings_are_read_with_no_more_statements_than_forty(
    database: Database, reader: Reader, world: World, settle: Settle
) -> None:
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    head, counts = person("H01", "department_head"), []
    party = world.party()
    inspection = world.inspection(party)
    for size in (40, 1960):
        for number in range(size):
            dues = [TODAY + (number % 50 - 25) * DAY]
            world.finding(inspection, party, dues=dues, handler="H01", ledger_no=f"{size}-{number}")
        settle(world)
        asked.clear()
        answer = reader.work(head, {"limit": ["15"]})
        counts.append((sum(group["count"] for group in answer["groups"]), len(asked)))
    assert [count for count, _ in counts] == [40, 2000]
    assert counts[1][1] <= counts[0][1] <= 14
