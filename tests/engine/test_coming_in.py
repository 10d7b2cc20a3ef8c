"""What comes in: recorded once, corrected under its reference, carried over without inventing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.core.commands import IMPORTER, InspectionCommand
from engine.importing import import_file
from models import records
from tests.builders import PARTY, Town, item, refused

SAMPLE = Path(__file__).parent.parent / "data" / "sf" / "violations.csv"


def body(town: Town, **given: Any) -> dict[str, Any]:
    return {
        "task_no": "YP2024-001",
        "check_type": "internal",
        "department": "market_regulation",
        "party": PARTY,
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": town.house.clock.now().isoformat(),
        "officers": ["W01", "W02"],
        "recusal_told": True,
        "reference": "PT-2024-7",
        **given,
    }


def test_the_same_reference_and_content_is_one_record(town: Town) -> None:
    once = body(town, findings=[item(town)])

    first = town.handle("W01", InspectionCommand(once))
    again = town.handle("W01", InspectionCommand(once))

    assert (first.status, again.status, again.id) == ("created", "unchanged", first.id)
    assert len(town.findings_of(first.id)) == 1


def test_other_content_under_the_reference_is_a_correction_with_its_differences(town: Town) -> None:
    first = town.handle("W01", InspectionCommand(body(town, findings=[item(town)])))
    changed = body(
        town, items="食品安全与价格", findings=[item(town, facts_summary="另有一处。"), item(town)]
    )

    outcome = town.handle("W01", InspectionCommand(changed))

    assert (outcome.status, outcome.id, outcome.decision["triggers"]) == (
        "corrected",
        first.id,
        ["amend_result"],
    )
    findings = town.findings_of(first.id)
    assert len(findings) == 2
    shown = town.house.reader.finding(town.who("W01"), findings[0])
    assert shown["facts_summary"] == "另有一处。"
    timeline = town.house.reader.timeline(town.who("W01"), first.id, {})["items"]
    assert "餐饮服务食品安全 → 食品安全与价格" in timeline[-1]["facts"]["corrections"]


def test_an_amended_result_is_what_is_shown(town: Town) -> None:
    inspection = town.inspect()
    facts = {"result_codes": ["NO_ACTIVITY"], "corrections": "改为未开展。", "reason": "录入有误。"}

    town.on_inspection("W01", inspection, "amend_result", **facts)

    shown = town.house.reader.inspection(town.who("W01"), inspection)
    assert shown["inspection"]["result_codes"] == ["NO_ACTIVITY"]


def test_pending_without_a_finding_runs_the_ledger_clock_on_the_inspection(town: Town) -> None:
    inspection = town.inspect()
    with town.house.database.read() as connection:
        waiting = [row.term for row in records.inspection_deadline_rows(connection, inspection)]

    town.add_finding(inspection)

    with town.house.database.read() as connection:
        states = {row.term: row.state for row in records.inspection_deadline_rows(connection, inspection)}
    assert sorted(waiting) == ["DL01", "DL13"]
    assert states == {"DL01": "running", "DL13": "met"}


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"result_codes": ["NO_PROBLEM", "CORRECTED"]}, "facts_invalid", "/result_codes"),
        ({"officers": ["W01"]}, "facts_invalid", "/officers"),
        ({"officers": ["W01", "w01"]}, "facts_invalid", "/officers"),
        ({"recusal_told": False}, "facts_invalid", "/recusal_told"),
        ({"department": "no_such"}, "department_unknown", "/department"),
        ({"party": {**PARTY, "identifiers": []}}, "facts_invalid", "/party/identifiers"),
        (
            {"party": {**PARTY, "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T18"}]}},
            "uscc_invalid",
            "/party/identifiers/0/value",
        ),
        (
            {
                "party": {
                    "kind": "enterprise",
                    "name": "甲",
                    "identifiers": [{"scheme": "unidentified", "value": ""}],
                }
            },
            "party_unknown",
            "/party/address",
        ),
    ],
)
def test_what_does_not_hold_is_pointed_at(
    sqlite_town: Town, given: dict[str, Any], code: str, pointer: str
) -> None:
    refusal = refused(sqlite_town.handle, "W01", InspectionCommand(body(sqlite_town, **given)))

    assert refusal.code == code
    assert pointer in [error.pointer for error in refusal.errors]


def test_another_departments_inspection_is_not_ours_to_record(town: Town) -> None:
    assert refused(town.handle, "F01", InspectionCommand(body(town))).code == "not_yours"


def test_real_rows_come_in_once_and_invent_nothing(town: Town) -> None:
    first = import_file(town.house, SAMPLE, "sf").answer()
    again = import_file(town.house, SAMPLE, "sf").answer()

    assert first["read"] == first["accepted"] + first["rejected"]
    assert first["accepted"] > 0 and first["rejected"] > 0
    assert (again["accepted"], again["corrected"]) == (0, 0)
    assert again["unchanged"] == first["accepted"]
    with town.house.database.read() as connection:
        rows = connection.execute(records.FINDING.select()).all()
    assert {row.state for row in rows} == {"in_progress"}
    shown = town.house.reader.finding(town.who("W01"), rows[0].id)
    assert [one["state"] for one in shown["proceedings"]] in (["corrected"], ["correcting"])
    assert all(one["nature"] == "internal" for one in shown["deadlines"])
    facts = town.house.reader.timeline(IMPORTER, rows[0].id, {})["items"][0]["facts"]
    assert "officers" not in facts and facts["source_name"] == "violations.csv"


def test_a_later_export_corrects_adds_and_reports(sqlite_town: Town, tmp_path: Path) -> None:
    import_file(sqlite_town.house, SAMPLE, "sf")
    folder = tmp_path / "later"
    folder.mkdir()
    for name in ("businesses.csv", "inspections.csv"):
        (folder / name).write_text((SAMPLE.parent / name).read_text())
    lines = SAMPLE.read_text().splitlines()
    open_row = next(n for n, line in enumerate(lines) if n and "corrected" not in line)
    corrected = lines[open_row].rstrip('"') + ' [ date violation corrected: 1/5/2019 ]"'
    later = [*lines[:open_row], corrected, *lines[open_row + 1 : -1]]
    (folder / "violations.csv").write_text("\n".join(later) + "\n")

    report = import_file(sqlite_town.house, folder / "violations.csv", "sf")

    told = report.answer()
    assert (told["accepted"], told["corrected"], told["gone"]) == (0, 1, 1)
    with sqlite_town.house.database.read() as connection:
        states = [row.state for row in connection.execute(records.PROCEEDING.select())]
    before = sum(1 for line in lines[1:] if "corrected" in line)
    assert states.count("corrected") > 0 and before > 0
