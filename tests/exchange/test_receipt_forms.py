"""Receipts are read exactly as the contract's schemas read them."""

import copy
import json
from typing import Any

import pytest

from engine.core.receipt_form import read_event
from engine.core.refusals import Refusal
from rules.charts import load_charts
from rules.data_file import DataFault
from rules.exchange import FILE, load_receipts
from rules.offices import load_office
from tests.schemas import FOLDER, contract, example, faults

KINDS = load_receipts()
DEPARTMENTS = load_office(FILE.parent / "offices" / "yuanping.yaml").departments
EXPLAINED = {"supervision_result": {"criminal_referral.request_reasons"}}
"""The row that a receipt says was answered already: it is told on the timeline and takes nothing."""
STRANGE: tuple[Any, ...] = (None, True, 7, -1, "", "x", "长" * 3000, [], ["x"], [""], [7], {}, {"name": "x"})


def told(kind: str, event: Any) -> list[str]:
    """The pointers of the faults that the house tells."""
    try:
        read_event(event, kind, KINDS[kind].members, DEPARTMENTS)
    except Refusal as refusal:
        return [error.pointer for error in refusal.errors]
    return []


def places(value: Any, path: tuple[Any, ...] = ()):
    """Every place within a value."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from places(member, (*path, key))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """What lies at that place."""
    for key in path:
        value = value[key]
    return value


def changed(event: Any):
    """The event with one thing wrong, in every place and many ways."""
    for path in places(event):
        *above, last = path
        for strange in STRANGE:
            other = copy.deepcopy(event)
            at(other, tuple(above))[last] = strange
            yield path, other
        other = copy.deepcopy(event)
        del at(other, tuple(above))[last]
        yield path, other
        if isinstance(at(event, path), dict):
            other = copy.deepcopy(event)
            at(other, path)["unknown/member"] = 1
            yield path, other


@pytest.mark.parametrize("kind", KINDS)
def test_the_examples_of_the_contract_are_taken(kind):
    assert faults(f"receipt_{kind}", example(f"receipt_{kind}")) == []
    assert told(kind, example(f"receipt_{kind}")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_house_and_schema_refuse_the_same_receipts(kind):
    seen = {True: 0, False: 0}
    for path, event in changed(example(f"receipt_{kind}")):
        by_schema = bool(faults(f"receipt_{kind}", event))
        assert bool(told(kind, event)) is by_schema, (path, json.dumps(event, ensure_ascii=False)[:600])
        seen[by_schema] += 1
    assert seen[True] > 100 and seen[False] > 1


@pytest.mark.parametrize("kind", KINDS)
def test_members_are_the_schemas_to_the_name(kind):
    data = contract(f"schemas/receipt_{kind}.json")["properties"]["data"]
    common = {"in_reply_to", "by", "remarks"}
    assert {member.name for member in KINDS[kind].members} == set(data["properties"]) - common
    assert {member.name for member in KINDS[kind].members if member.required} == set(
        data["required"]
    ) - common


def test_every_fault_is_told_at_once():
    event = example("receipt_accepted")
    event["data"] |= {"accepted_on": "2024-02-30", "case_no": "", "extra": 1}
    del event["data"]["handler"]["name"]
    pointers = {"/data/accepted_on", "/data/case_no", "/data/extra", "/data/handler/name"}
    assert set(told("accepted", event)) == pointers


def test_the_kinds_and_their_rows_are_the_contracts():
    charts = load_charts()
    for one in contract("codes.json")["receipts"]:
        kind, rows = KINDS[one["kind"]], set(one["rows"])
        assert {row.partition(".")[0] for row in rows} <= set(charts.by_name)
        assert {f"{line.chart}.{line.trigger}" for line in kind.lines} == rows - EXPLAINED.get(
            kind.kind, set()
        )
        assert kind.noted or rows


def test_every_line_names_a_row_of_a_system_and_gives_the_facts_it_asks_for():
    charts = load_charts()
    for line in (line for kind in KINDS.values() for line in kind.lines):
        rows = [row for row in charts[line.chart].rows if row.trigger == line.trigger]
        for row in rows:
            assert "linked_system" in row.by
            assert set(row.requires) <= set(line.facts), (line.trigger, row.requires)
            assert set(line.facts) <= {*row.requires, *row.optional}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("day received_at", "day received_on"),
        ("after: signed_for", "after: signed"),
        ("data missing given", "data missing taken"),
        ("data missing given", "data lacking given"),
        ("note: timeline", "note: nowhere"),
        ("text 2000", "words 2000"),
        ("organ to_organ", "guess to_organ"),
        ("trigger: respond", "triggers: respond"),
        ("free 500", "free"),
        ("lines missing", "lines lacking"),
        ("answers: [criminal_referral]", "answers: [pigeon]"),
        ("if differences", "if changes"),
    ],
)
def test_a_table_that_names_what_does_not_exist_is_refused_with_its_place(tmp_path, wrong, right):
    said = FILE.read_text(encoding="utf-8").replace(wrong, right)
    broken = tmp_path / "exchange.yaml"
    broken.write_text(said, encoding="utf-8")
    with pytest.raises(DataFault) as fault:
        load_receipts(broken)
    assert fault.value.file == str(broken) and fault.value.line > 1


def test_every_schema_of_a_receipt_is_known():
    named = {path.stem.removeprefix("receipt_") for path in (FOLDER / "schemas").glob("receipt_*.json")} - {
        "answer"
    }
    assert named == set(KINDS)
