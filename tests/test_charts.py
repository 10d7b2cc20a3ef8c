"""The charts are proven, and held against the contract."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from engine.core.chart import Charts, build_chart
from engine.core.prove import faults_of, missing_against
from rules.charts import chart_files, load_charts
from rules.terms import load_terms

CONTRACT = json.loads(
    (Path(__file__).parent.parent / "docs/contract/charts.json").read_text(encoding="utf-8")
)


FILES, WHOLE, TERMS = chart_files(), load_charts(), load_terms()


def broken(chart: str, change: object) -> list[str]:
    """The faults of the house with one chart changed."""
    data = copy.deepcopy(FILES[chart])
    change(data)  # type: ignore[operator]  # any of the changes
    charts = Charts({**WHOLE.by_name, chart: build_chart(data)}, WHOLE.dictionary)
    return [str(fault) for fault in faults_of(charts, TERMS)]


def test_every_proof_holds() -> None:
    assert [str(fault) for fault in faults_of(WHOLE, TERMS)] == []


def test_no_chart_state_or_row_of_the_contract_is_missing() -> None:
    assert missing_against(FILES, CONTRACT) == []
    assert missing_against({**FILES, "penalty": {"states": {}, "rows": []}}, CONTRACT)


def test_a_dead_end_is_found_with_the_path_to_it() -> None:
    def no_way_out(chart: dict) -> None:
        chart["rows"] = [row for row in chart["rows"] if row["trigger"] not in ("feed_back",)]

    found = broken("transfer", no_way_out)
    assert any("from concluded no loop closes" in line and "conclude)" in line for line in found)


def test_an_open_state_without_owner_or_clock_is_found() -> None:
    def orphan(chart: dict) -> None:
        chart["states"]["sent"].pop("owner")
        chart["states"]["sent"].pop("clock")

    found = broken("copy_notice", orphan)
    assert any("sent has no owner" in line for line in found)
    assert any("sent has no clock" in line for line in found)


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("guards", ["no_such_guard"], "guard no_such_guard"),
        ("opens", ["DL99"], "term DL99"),
        ("requires", ["no_such_fact"], "fact no_such_fact"),
        ("documents", ["no_such_paper"], "document no_such_paper"),
        ("by", ["nobody"], "role nobody"),
        ("effects", ["open_proceeding:feud"], "opens a feud"),
        ("effects", ["dispatch:pigeon"], "dispatches pigeon"),
    ],
)
def test_a_row_that_names_what_does_not_exist_is_found(member: str, value: list[str], words: str) -> None:
    def misname(chart: dict) -> None:
        chart["rows"][0][member] = value

    assert any(words in line for line in broken("rectification", misname))


def test_two_rows_that_do_not_exclude_each_other_are_found() -> None:
    def double(chart: dict) -> None:
        chart["rows"].append({**chart["rows"][0], "to": "cancelled"})

    assert any("do not exclude each other" in line for line in broken("rectification", double))


def test_every_row_moves_by_the_machine_to_where_it_says() -> None:
    for chart in WHOLE.by_name.values():
        for row in chart.rows:
            assert chart.move(row) == row.to


LAW2 = [
    (row["trigger"], row["from"], guard)
    for row in FILES["penalty"]["rows"]
    for guard in row.get("guards", [])
    if guard.startswith("law2_")
]


@pytest.mark.parametrize(("trigger", "source", "guard"), LAW2, ids=[f"{one[0]}-{one[2]}" for one in LAW2])
def test_law_2_fails_with_a_path_when_any_one_guard_is_taken_out(
    trigger: str, source: object, guard: str
) -> None:
    def opened(chart: dict) -> None:
        for row in chart["rows"]:
            if row["trigger"] == trigger and row["from"] == source:
                row["guards"].remove(guard)

    found = [line for line in broken("penalty", opened) if "while a crime is suspected" in line]
    assert any(
        line.startswith(f"penalty: {trigger} from ") and f"→ {trigger})" in line for line in found
    ) or any(f"(path: {trigger})" in line for line in found)


def test_law_2_knows_every_row_that_the_contract_shuts() -> None:
    shut = {trigger for trigger, _, _ in LAW2}
    wanted = {
        row["trigger"]
        for row in CONTRACT["charts"]["penalty"]["rows"]
        if any(guard.startswith("law2_") for guard in row.get("guards", []))
    }
    assert shut == wanted
