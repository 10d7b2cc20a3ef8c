"""What waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.core.refusals import Refusal
from engine.reader import Reader
from models import records
from models.database import Database
from tests.reading.people import OFFICER, SUPERVISOR, person
from tests.reading.world import NOW, World, ids

Settle = Callable[[World], None]
TODAY = NOW.date()


def test_work_holds_what_waits_for_the_person_worst_first(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    day = timedelta(days=1)
    mine: dict[str, Any] = {"handler": "W01"}
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


def test_a_group_goes_on_when_its_light_has_gone_out_meanwhile(
    reader: Reader, world: World, settle: Settle, database: Database
) -> None:
    party = world.party()
    inspection = world.inspection(party)
    red = [world.finding(inspection, party, dues=[TODAY], handler="W01") for _ in range(2)]
    yellow = [
        world.finding(inspection, party, dues=[TODAY + timedelta(days=2)], handler="W01") for _ in range(2)
    ]
    settle(world)
    group = reader.work(OFFICER, {"limit": ["1"]})["groups"][2]
    with database.writing() as connection, connection.begin():
        for id in red:
            records.change(connection, records.FINDING, id, {"closed": True})

    query = {"group": ["red_yellow"], "limit": ["9"], "cursor": [group["next"]]}
    (onward,) = reader.work(OFFICER, query)["groups"]

    assert (onward["count"], ids(onward["items"])) == (2, yellow)
