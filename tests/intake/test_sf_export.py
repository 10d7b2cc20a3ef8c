"""A real record nobody here wrote comes in whole, and what is wrong with it is told line by line."""

import csv
import re
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake import CarriedFinding, CarriedInspection, Export, FileRefused, RowFault, read_export
from rules.mapping import Mapping


def outcomes(path: Path, mapping: Mapping) -> tuple[Export, list[CarriedInspection], list[RowFault]]:
    export = read_export(path, mapping)
    made = list(export)
    inspections = [outcome for outcome in made if isinstance(outcome, CarriedInspection)]
    return export, inspections, [outcome for outcome in made if isinstance(outcome, RowFault)]


def by_reference(inspections: list[CarriedInspection]) -> dict[str, CarriedFinding]:
    return {finding.reference: finding for inspection in inspections for finding in inspection.findings}


@pytest.fixture
def copy(sample: Path, tmp_path: Path) -> Path:
    """A folder with the sample, to be changed."""
    for name in ("violations.csv", "inspections.csv", "businesses.csv"):
        shutil.copy(sample.with_name(name), tmp_path / name)
    return tmp_path / "violations.csv"


def rewritten(path: Path, change: dict[int, str | None], appended: str = "") -> Path:
    """Replace or drop physical lines of a file."""
    lines = path.read_bytes().decode("utf-8").split("\r\n")
    kept = (change.get(number, line) for number, line in enumerate(lines, start=1))
    path.write_text("\r\n".join(line for line in kept if line is not None) + appended, "utf-8", newline="")
    return path


def test_the_sample_is_read_accepted_and_reported_in_full(sample: Path, sf: Mapping) -> None:
    export, inspections, faults = outcomes(sample, sf)
    assert (export.read, len(inspections), len(by_reference(inspections))) == (338, 98, 313)
    assert Counter((fault.severity, fault.code) for fault in faults) == {
        ("rejected", "corrected_before_found"): 25,
        ("warning", "corrected_after_two_years"): 36,
        ("warning", "clock_time_for_date"): 12,
        ("warning", "inspection_row_missing"): 29,
        ("warning", "inspection_row_twice"): 3,
    }
    rejected = {fault.line for fault in faults if fault.severity == "rejected"}
    assert export.read == len(by_reference(inspections)) + len(rejected)


def test_a_naive_second_reading_finds_the_same_lines_at_fault(sample: Path, sf: Mapping) -> None:
    expected: dict[str, set[int]] = {"corrected_before_found": set(), "corrected_after_two_years": set()}
    expected |= {"clock_time_for_date": set(), "inspection_row_missing": set()}
    with sample.with_name("inspections.csv").open(newline="") as file:
        held = {(row["business_id"], row["date"]) for row in csv.DictReader(file)}
    with sample.open(newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            if (row["business_id"], row["date"]) not in held:
                expected["inspection_row_missing"].add(line)
            match = re.search(r"corrected: (.+) ]$", row["description"])
            if match and ":" in match[1]:
                expected["clock_time_for_date"].add(line)
            elif match:
                days = datetime.strptime(match[1], "%m/%d/%Y") - datetime.strptime(row["date"], "%Y%m%d")
                if days.days < 0:
                    expected["corrected_before_found"].add(line)
                elif days.days > 730:
                    expected["corrected_after_two_years"].add(line)
    _, _, faults = outcomes(sample, sf)
    assert {code: {fault.line for fault in faults if fault.code == code} for code in expected} == expected


def test_a_corrected_row_waits_for_a_person_and_an_uncorrected_one_stands_open(
    sample: Path, sf: Mapping
) -> None:
    _, inspections, faults = outcomes(sample, sf)
    clocks = {fault.line for fault in faults if fault.code == "clock_time_for_date"}
    states: Counter[str] = Counter()
    for inspection in inspections:
        assert inspection.present_state == "recorded"
        for finding in inspection.findings:
            (rectification,) = finding.proceedings
            states[rectification["present_state"]] += 1
            assert (finding.present_state, rectification["kind"]) == ("in_progress", "rectification")
            dated = "来源记载改正日期" in rectification["facts"].get("stated_dates", "")
            assert dated == (rectification["present_state"] == "corrected")
            if finding.line in clocks:
                assert rectification["present_state"] == "correcting"
                assert "不是日期" in str(finding.stated_dates)
    assert states == {"corrected": 222, "correcting": 91}


def test_nothing_is_invented(sample: Path, sf: Mapping) -> None:
    _, inspections, _ = outcomes(sample, sf)
    members = {name for inspection in inspections for name in inspection.fields}
    assert members == {
        "department", "check_type", "party", "items", "result_codes", "finished_at", "remarks"
    }  # fmt: skip
    for inspection in inspections:
        assert inspection.fields["result_codes"] == ["PENDING_FOLLOWUP"]
        assert "检查人员及其证号" in str(inspection.unknown_items)
        assert inspection.fields["finished_at"].endswith("T12:00:00+08:00")
        assert "时刻按中午十二时录入" in str(inspection.stated_dates)
        for finding in inspection.findings:
            assert set(finding.fields) == {"domain", "violation", "item", "facts_summary", "discovered_at"}
            assert "date violation corrected" not in finding.fields["item"]


def test_the_party_comes_from_the_second_file(sample: Path, sf: Mapping) -> None:
    _, inspections, _ = outcomes(sample, sf)
    parties = {i.fields["party"]["identifiers"][0]["value"]: i.fields["party"] for i in inspections}
    with sample.with_name("businesses.csv").open(newline="", encoding="utf-8") as file:
        names = {row["business_id"]: row["name"] for row in csv.DictReader(file)}
    assert {value: party["name"] for value, party in parties.items()} == {v: names[v] for v in parties}
    assert all(party["identifiers"][0]["source"] == "sf-dph" for party in parties.values())
    assert any(
        "É" in party["name"] or "È" in party["name"] or "Ñ" in party["name"] for party in parties.values()
    )


def test_exact_copies_of_a_row_are_findings_of_their_own(sample: Path, sf: Mapping) -> None:
    export, inspections, _ = outcomes(sample, sf)
    findings = by_reference(inspections)
    with sample.open(newline="") as file:
        copies = sum(n - 1 for n in Counter(tuple(row) for row in csv.reader(file)).values())
    assert copies >= 7
    assert len(findings) == 313
    assert len({(ref.rpartition("/")[0], f.digest) for ref, f in findings.items()}) < 313
    assert all(len(reference) <= 64 for reference in export.references)


def test_the_ordinal_counts_rejected_rows_too(sample: Path, sf: Mapping) -> None:
    export, inspections, _ = outcomes(sample, sf)
    gaps = export.references - by_reference(inspections).keys()
    assert len(gaps) == 25
    for inspection in inspections:
        places = {int(f.reference.rpartition("/")[2]) - f.line for f in inspection.findings}
        assert len(places) == 1


def test_the_same_file_again_has_the_same_keys_and_contents(sample: Path, sf: Mapping) -> None:
    _, first, _ = outcomes(sample, sf)
    _, second, _ = outcomes(sample, sf)
    assert first == second


def test_a_row_dropped_above_moves_lines_but_changes_no_content(copy: Path, sf: Mapping) -> None:
    _, before, _ = outcomes(copy, sf)
    alone = next(inspection for inspection in before if len(inspection.findings) == 1)
    _, after, _ = outcomes(rewritten(copy, {alone.source_line: None}), sf)
    gone = by_reference(before).keys() - by_reference(after).keys()
    assert gone == {alone.findings[0].reference}
    kept = by_reference(after)
    assert all(kept[ref].digest == f.digest for ref, f in by_reference(before).items() if ref not in gone)
    assert any(kept[ref].line != f.line for ref, f in by_reference(before).items() if ref not in gone)
    assert {i.reference: i.digest for i in after}.items() <= {i.reference: i.digest for i in before}.items()


def test_a_row_corrected_or_added_in_a_later_export_is_the_only_difference(copy: Path, sf: Mapping) -> None:
    _, before, _ = outcomes(copy, sf)
    last = before[-1].findings[-1]
    opened = next(f for i in before for f in i.findings if f.proceedings[0]["present_state"] == "correcting")
    line = copy.read_bytes().decode("utf-8").split("\r\n")[opened.line - 1]
    later = line[:-1].split("  [ date")[0] + '  [ date violation corrected: 12/31/2018 ]"'
    _, business, date = before[-1].reference.split("/")
    _, after, _ = outcomes(rewritten(copy, {opened.line: later}, f'{business},"{date}","One more"\r\n'), sf)
    old, new = by_reference(before), by_reference(after)
    assert new.keys() - old.keys() == {f"{before[-1].reference}/{int(last.reference.rpartition('/')[2]) + 1}"}
    assert [ref for ref in old if old[ref].digest != new[ref].digest] == [opened.reference]
    assert new[opened.reference].proceedings[0]["present_state"] == "corrected"


def test_a_business_that_is_in_no_file_is_rejected(copy: Path, sf: Mapping) -> None:
    path = rewritten(copy, {}, '999999,"20180101","Unclean floors"\r\n')
    _, inspections, faults = outcomes(path, sf)
    codes = {fault.code: fault for fault in faults if fault.line == 340}
    assert codes["party_unknown"].severity == "rejected"
    assert "999999" in codes["party_unknown"].zh
    assert len(by_reference(inspections)) == 313


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('489,"20180231","No such day"', "not_a_date"),
        ('489,"2018021","Seven digits"', "not_a_date"),
        ('489,"20180201",""', "missing"),
        ('489,"20180201","x  [ date violation corrected: 2/30/2018 ]"', "not_a_date"),
        ('489,"20180201","x  [ date violation corrected: soon ]"', "not_a_date"),
        ('489,"","No date"', "key_missing"),
        (',"20180201","No business"', "key_missing"),
        ('489,"20180201","A\x00B"', "control_character"),
        ('489,"20180201","Wide","more"', "too_many_cells"),
        ('489,"20180201"', "too_few_cells"),
        (f'489,"20180201","{"x" * 201}"', "too_long"),
    ],
)
def test_a_bad_row_is_rejected_with_line_and_reason_and_spoils_no_other(
    copy: Path, sf: Mapping, row: str, code: str
) -> None:
    export, inspections, faults = outcomes(rewritten(copy, {}, row + "\r\n"), sf)
    told = [fault for fault in faults if fault.line == 340 and fault.severity == "rejected"]
    assert code in [fault.code for fault in told]
    assert all(fault.zh and fault.en and "{" not in fault.zh + fault.en for fault in told)
    assert (export.read, len(by_reference(inspections))) == (339, 313)


def test_progress_counts_every_row_once(sample: Path, sf: Mapping) -> None:
    seen: list[int] = []
    for _ in read_export(sample, sf, progress=seen.append):
        pass
    assert seen == sorted(set(seen))
    assert seen[-1] == 338


CELLS = st.one_of(
    st.sampled_from(
        ["489", "1262", "999999", "20180201", "20171215", "", "x  [ date violation corrected: 1/2/2019 ]"]
    ),
    st.sampled_from(
        ["x  [ date violation corrected: 1/2/2001 ]", "x [ date violation corrected:  ]", "2018-02-01"]
    ),
    st.text(max_size=20),
)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_row_is_either_taken_or_rejected_and_never_both(
    copy: Path, sf: Mapping, rows: list[list[str]]
) -> None:
    path = copy.with_name("invented.csv")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([["business_id", "date", "description"], *rows])
    try:
        export, inspections, faults = outcomes(path, sf)
    except FileRefused:
        return
    taken = {finding.line for finding in by_reference(inspections).values()}
    rejected = {fault.line for fault in faults if fault.severity == "rejected"}
    assert not taken & rejected
    assert export.read == len(taken) + len(rejected)
