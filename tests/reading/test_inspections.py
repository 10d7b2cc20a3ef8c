"""Lists of inspections and how their publication stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engine.reader import Reader
from tests.reading.people import OFFICER
from tests.reading.world import NOW, World, ids

Settle = Callable[[World], None]
TODAY = NOW.date()


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
        ({"state": ["published"]}, [done]),
        ({"state": ["recorded"]}, [due, late]),
        ({"state": ["withheld"], "department": ["market_regulation"]}, [kept]),
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
