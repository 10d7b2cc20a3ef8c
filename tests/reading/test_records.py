"""One finding, one inspection, its deadlines: shapes of the contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.core.basis import basis_of
from engine.core.refusals import Refusal
from engine.projections.sources import Sources
from engine.reader import Reader
from tests.reading.one_case import RULING, case
from tests.reading.people import OFFICER
from tests.reading.world import NOW, World, ids
from tests.schemas import faults

Settle = Callable[[World], None]
TODAY = NOW.date()


def test_a_finding_answers_as_the_contract_says(reader: Reader, world: World, settle: Settle) -> None:
    finding, inspection = case(world)
    settle(world)
    answer = reader.finding(OFFICER, finding)
    assert faults("finding_answer", answer) == []
    assert answer["marks"] == ["supervised", "overdue"]
    assert (answer["light"], answer["owner_role"], answer["clock"]) == ("overdue", "case_officer", "test")
    assert answer["facts"] == {"domain": "food", "item_class": "general"}
    assert answer["facts_summary"] == "补充：操作人员未更换工作服。"
    assert (answer["routes"], answer["flags"], answer["shut"]) == (
        ["rectification"],
        ["abnormal_list"],
        ["fine"],
    )
    (proceeding,) = answer["proceedings"]
    assert (proceeding["title"], proceeding["class"]) == ("责令改正", "open")
    assert proceeding["summary"] == {"length": 10, "unit": "working_day", "served_on": "2026-11-20"}
    assert {one["term"]: one["owner_role"] for one in answer["deadlines"]} == {
        "DL14": "case_officer",
        "DL10": "inspector",
    }
    assert answer["inspection"] == inspection
    assert answer["attachments"][0]["name"] == "整改照片.jpg"


def test_routes_are_the_approved_ones_once_approved(reader: Reader, world: World, settle: Settle) -> None:
    party = world.party()
    record = {"facts": {}, "registers": {"approved_routes": ["transfer", "criminal_referral"]}}
    approved = world.finding(world.inspection(party), party, record=record, rulings=[RULING])
    dropped = world.finding(
        world.inspection(party), party, record={"registers": {"approved_routes": []}}, rulings=[RULING]
    )
    settle(world)
    assert reader.finding(OFFICER, approved)["routes"] == ["transfer"]
    assert reader.finding(OFFICER, dropped)["routes"] == []


def test_only_deadlines_that_count_mark_a_finding_overdue(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    carried = world.finding(
        world.inspection(party), party, dues=[TODAY - timedelta(days=2)], counted=False, carried=True
    )
    settle(world)
    answer = reader.finding(OFFICER, carried)
    assert (answer["light"], answer["marks"]) == ("overdue", [])
    assert reader.findings(OFFICER, {})["items"][0]["marks"] == []


def test_an_inspection_answers_as_the_contract_says(reader: Reader, world: World, settle: Settle) -> None:
    finding, inspection = case(world)
    settle(world)
    answer = reader.inspection(OFFICER, inspection)
    said = {name: answer.pop(name) for name in ("steps", "version", "sequence", "state")}
    assert faults("inspection_answer", answer) == []
    assert said == {"steps": [], "version": 1, "sequence": 1, "state": "recorded"}
    assert answer["findings"] == [
        {"id": finding, "state": "in_progress", "href": f"/api/v1/findings/{finding}"}
    ]
    assert [(one["term"], one["finding"]) for one in answer["deadlines"]] == [("DL01", finding)]
    assert answer["closed"] is False


def test_an_inspection_is_closed_when_its_result_is_out_and_every_finding_closed(
    reader: Reader, world: World, settle: Settle
) -> None:
    party = world.party()
    done = world.inspection(party, state="published", published_on=TODAY)
    world.finding(done, party, state="closed")
    waiting = world.inspection(party, state="published", published_on=TODAY)
    world.finding(waiting, party, state="verified", department="fire_rescue")
    unpublished = world.inspection(party)
    settle(world)
    assert [reader.inspection(OFFICER, id)["closed"] for id in (done, waiting, unpublished)] == [
        True,
        False,
        False,
    ]


def test_deadlines_come_soonest_first_with_their_law(reader: Reader, world: World, settle: Settle) -> None:
    finding, _ = case(world)
    settle(world)
    answer = reader.deadlines(OFFICER, {})
    assert faults("deadline_answer", answer) == []
    assert [(one["term"], one["light"], one["finding"]) for one in answer["items"]] == [
        ("DL14", "overdue", finding),
        ("DL10", "green", finding),
        ("DL01", "green", finding),
    ]
    assert answer["items"][1]["basis"] == {
        "title": "行政处罚法",
        "article": "第二十八条",
        "mark": "V[S01]",
        "text": "行政处罚法 Art 28 (no fixed length); sector laws",
    }
    first = reader.deadlines(OFFICER, {"limit": ["2"]})
    rest = reader.deadlines(OFFICER, {"limit": ["2"], "cursor": [first["next"]]})
    assert ids(first["items"]) + ids(rest["items"]) == ids(answer["items"])
    assert rest["next"] is None
    for query, terms in (
        ({"light": ["overdue"]}, ["DL14"]),
        ({"light": ["overdue", "green"]}, ["DL14", "DL10", "DL01"]),
        ({"before": [TODAY.isoformat()]}, ["DL14"]),
        ({"term": ["DL10"]}, ["DL10"]),
        ({"nature": ["statutory"]}, ["DL10", "DL01"]),
        ({"department": ["fire_rescue"]}, []),
    ):
        assert [one["term"] for one in reader.deadlines(OFFICER, query)["items"]] == terms, query
    with pytest.raises(Refusal) as refusal:
        reader.deadlines(OFFICER, {"light": ["none"], "term": ["DL999"], "state": ["met"]})
    assert {(error.pointer, error.code) for error in refusal.value.errors} == {
        ("/?light", "vocabulary"),
        ("/?term", "vocabulary"),
        ("/?state", "unknown_field"),
    }


def test_a_deadline_of_an_inspection_without_findings_names_the_inspection(
    reader: Reader, world: World, settle: Settle
) -> None:
    inspection = world.inspection(world.party())
    world.deadline(inspection, TODAY, term="DL01", nature="statutory")
    settle(world)
    (one,) = reader.deadlines(OFFICER, {})["items"]
    assert (one["finding"], one["light"], one["owner_role"]) == (inspection, "red", "inspector")


def test_a_party_shows_its_findings_as_far_as_they_are_seen(
    reader: Reader, world: World, settle: Settle
) -> None:
    party, other = world.party("原平市丙店"), world.party()
    inspection = world.inspection(party)
    mine = world.finding(inspection, party)
    world.finding(inspection, party, department="fire_rescue")
    world.finding(inspection, other)
    settle(world)
    answer = reader.party(OFFICER, party)
    assert (answer["name"], ids(answer["findings"]), answer["next"]) == ("原平市丙店", [mine], None)
    assert (answer["penalties"], answer["flags"]) == ([], [])


def test_every_term_of_the_house_states_its_law_or_that_there_is_none(sources: Sources) -> None:
    bases = {id: basis_of(term.basis, term.mark) for id, term in sources.terms.items()}
    assert bases["DL12"] is None
    for id, basis in bases.items():
        if basis is not None:
            assert basis["title"] and basis["article"] and basis["text"] == sources.terms[id].basis
    assert bases["DL14"] == {
        "title": "seed: 及时…后续监管衔接 (no figure)",
        "article": "未列条号",
        "mark": "PRACTICE",
        "text": "seed: 及时…后续监管衔接 (no figure)",
    }
