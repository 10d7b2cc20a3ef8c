"""The demonstration office: everything there is to see is there, around the day on which it is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import auditing
from engine.core.identifiers import uscc_fault
from engine.demo import build, building
from engine.demo.cases import cases_of
from models import account_reading, records, referral_reading
from models.tables import Deadline, Party
from tests.demo.conftest import (
    ENTRY,
    FINDING,
    INSPECTION,
    MESSAGE,
    PASSWORD,
    PROCEEDING,
    SUPERVISOR,
    TODAY,
    Built,
    house_at,
)
from tests.schemas import faults

ACCOUNTS = {
    "W01": "market_regulation inspector",
    "W02": "market_regulation inspector",
    "W03": "market_regulation inspector",
    "C01": "market_regulation case_officer department_head",
    "C02": "market_regulation case_officer",
    "U01": "market_regulation unit_head",
    "L01": "market_regulation legal_reviewer",
    "T01": "market_regulation hearing_presider",
    "H01": "market_regulation department_head",
    "P01": "market_regulation principal_head",
    "D01": "market_regulation duty_clerk",
    "F01": "fire_rescue inspector case_officer",
    "F02": "fire_rescue department_head",
    "F03": "fire_rescue duty_clerk",
    "S01": "lead_office supervisor",
    "O01": "justice oversight_reader",
    "A01": "market_regulation system_admin",
    "A02": "market_regulation system_admin",
    "B01": "market_regulation security_admin",
    "B02": "market_regulation security_admin",
    "E01": "market_regulation audit_admin",
}
SYSTEMS = {
    "yuanping-fire": "fire_rescue",
    "yuanping-tax": "taxation",
    "yuanping-ecology": "ecology",
    "yuanping-hr": "human_resources",
    "yuanping-emergency": "emergency",
    "yuanping-psb": "public_security",
    "yuanping-procuratorate": "procuratorate",
    "necips-shanxi": "market_regulation",
}
ALL_LIGHTS = {"green", "yellow", "red", "overdue", "severe"}


def test_nothing_is_stuck(built: Built) -> None:
    reader = built.house.stuck_reader
    assert reader.by_lack() == {"clock": 0, "owner": 0, "step": 0}, reader.page(SUPERVISOR, {})["items"]
    assert reader.count(SUPERVISOR) == 0


def test_the_accounts_are_those_of_the_contract(built: Built) -> None:
    with built.house.database.read() as connection:
        rows = account_reading.users(connection, "yuanping")
    assert {row.login: " ".join([row.department, *row.roles]) for row in rows} == ACCOUNTS
    assert sorted(built.told["users"]) == sorted(ACCOUNTS)
    assert all(row.name and row.phone and row.title for row in rows)


def test_everybody_signs_in_with_the_one_password(built: Built) -> None:
    signed_in = {login: built.house.accounts.verify(login, PASSWORD).login for login in ("w01", "F02", "E01")}
    assert signed_in == {"w01": "W01", "F02": "F02", "E01": "E01"}


def test_the_linked_systems_pull_and_sign_with_a_secret(built: Built) -> None:
    systems = built.house.systems.list()
    assert {one["id"]: one["department"] for one in systems} == SYSTEMS
    assert all(one["pull"] and one["scheme"] == "hmac" and one["keys_in_force"] == 1 for one in systems)


def test_there_are_about_three_hundred_findings_and_they_are_counted_right(built: Built) -> None:
    assert built.told["findings"] == len(built.rows(FINDING))
    assert built.told["inspections"] == len(built.rows(INSPECTION))
    assert 280 <= built.told["findings"] <= 320
    assert 170 <= built.told["inspections"] <= 220


@pytest.mark.parametrize("chart", ["inspection", "finding", "rectification", "transfer", "copy_notice"])
def test_every_state_of_the_chart_is_there(built: Built, chart: str) -> None:
    table = {"inspection": INSPECTION, "finding": FINDING}.get(chart, PROCEEDING)
    there = {row.state for row in built.rows(table) if table is not PROCEEDING or row.kind == chart}
    assert there == set(built.house.charts[chart].states)


def test_penalties_and_flags_stand_at_many_points_of_their_way(built: Built) -> None:
    there = {(row.kind, row.state) for row in built.rows(PROCEEDING)}
    penalties = {state for kind, state in there if kind == "penalty"}
    flags = {state for kind, state in there if kind == "credit_flag"}
    assert penalties >= {
        "clue",
        "verifying",
        "filing_proposed",
        "not_filed",
        "investigating",
        "suspended",
        "under_review",
        "prior_notice_served",
        "decision_proposed",
        "performing",
        "payment_overdue",
        "closed",
    }
    assert flags >= {"listing_proposed", "in_force", "removal_requested"}


def test_every_light_burns_on_findings_and_on_publications(built: Built) -> None:
    deadlines = built.rows(records.table_of(Deadline))
    of_inspections = [row for row in deadlines if row.finding_id is None and row.state == "running"]
    # None: the only clock stands still, while a test runs or an investigation is suspended
    lights = {built.light(row) for row in built.rows(FINDING) if not row.closed}
    assert lights - {None} == ALL_LIGHTS
    assert {built.light(row) for row in of_inspections} == ALL_LIGHTS


def test_every_audit_chain_is_whole_and_every_entry_says_demo(built: Built) -> None:
    audited = auditing.verify(built.house.database)
    said = built.said()
    assert audited.faults == []
    assert audited.entries == len(built.rows(ENTRY)) == len(said)
    assert all(one["demo"] is True for one in said)


def test_the_database_says_demo_and_every_record_says_it_is_invented(built: Built) -> None:
    with built.house.database.read() as connection:
        assert records.mark_value(connection, "demo") is not None
    for row in built.rows(INSPECTION):
        assert row.intake["remarks"].startswith("虚构示例")
        assert row.plan_no.startswith("虚构示例")
        assert row.reference.startswith("demo-")
    assert all(row.reference.startswith("demo-") for row in built.rows(FINDING))


def test_every_message_that_a_step_dispatched_is_in_the_outbox(built: Built) -> None:
    dispatched = Counter(name for one in built.said() for name in one.get("dispatched", ()))
    messages = built.rows(MESSAGE)
    sent = Counter(row.chart_name for row in messages)
    assert dispatched - sent == Counter()
    assert set(sent - dispatched) == {"reminder"}, "beside them stand only the reminders of the clock"
    assert {"transfer_letter", "copy_notice", "inspection_publicity", "supervision_order"} <= set(dispatched)
    unlinked = {row.recipient for row in messages if row.state == "paper"}
    assert not unlinked & {"fire_rescue", "ecology", "taxation", "human_resources", "emergency"}


def test_the_ledger_conserves_what_was_found(built: Built) -> None:
    ledger = built.house.reader.ledger(SUPERVISOR, {})
    closed = sum(row.closed for row in built.rows(FINDING))
    assert faults("ledger_answer", ledger) == []
    found, still_open, done = (ledger[name]["count"] for name in ("found", "open", "closed"))
    assert (found, done) == (built.told["findings"], closed)
    assert found == still_open + done


def test_a_finding_of_each_state_is_answered_as_the_contract_says(built: Built) -> None:
    by_state = {row.state: row.id for row in built.rows(FINDING)}
    for id in by_state.values():
        assert faults("finding_answer", built.house.reader.finding(SUPERVISOR, id)) == []


def test_credit_codes_check_out_and_belong_to_no_division(built: Built) -> None:
    parties = [row.detail for row in built.rows(records.table_of(Party))]
    codes = [one["value"] for party in parties for one in party["identifiers"]]
    assert len(set(codes)) == len(codes) == built.told["inspections"]
    assert {uscc_fault(code) for code in codes} == {None}
    assert {code[2:8] for code in codes} == {"140999"}
    assert len({party["name"] for party in parties}) == len(parties)


def test_what_the_clock_does_is_done_by_the_clock(built: Built) -> None:
    taken = {row.trigger for row in built.rows(ENTRY) if row.by == "clock"}
    assert taken == {
        "payment_lapsed",
        "proceedings_done",
        "period_expired",
        "deem_served",
        "escalate_silence",
        "remind_overdue",
        "reopen_on_event",
        "put_on_list",
        "overdue",
    }


def test_referrals_stand_in_each_part_of_their_way_for_their_list_alone(built: Built) -> None:
    states = sorted(row.state for row in built.rows(referral_reading.REFERRAL))
    assert states == ["following_up", "psb_reviewing", "refused", "report_submitted"]
    assert built.house.reader.referrals.known_to(SUPERVISOR) == []


def test_nobody_acts_outside_working_days_or_after_the_build(built: Built) -> None:
    calendar, now = built.house.law.calendar, built.house.clock.now()
    by_people = [row for row in built.rows(ENTRY) if row.by != "clock"]
    assert all(calendar.is_working(row.recorded_at.astimezone(now.tzinfo).date()) for row in by_people)
    assert max(row.recorded_at for row in built.rows(ENTRY)) <= now


def test_ledger_numbers_run_without_gaps(built: Built) -> None:
    numbers = sorted(row.ledger_no for row in built.rows(FINDING) if row.ledger_no)
    assert numbers == [f"原台〔2026〕{number:04d}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) < built.told["findings"]


def test_building_again_changes_nothing(built: Built) -> None:
    before = built.summary()

    again = build(built.house, "another password")

    assert again == built.told
    assert built.summary() == before
    assert built.house.accounts.verify("W01", PASSWORD).login == "W01"
    with built.house.database.read() as connection:
        assert [row.action for row in account_reading.admin_entries(connection, "yuanping")] == ["bootstrap"]


def test_work_goes_on_after_the_build(built_file: Path, tmp_path: Path) -> None:
    (tmp_path / "bihuan.db").write_bytes(built_file.read_bytes())
    house = house_at(f"sqlite:///{tmp_path / 'bihuan.db'}", tmp_path, "2026-11-24T09:00:00+08:00")
    try:
        assert re.fullmatch(r"2026-11-23.*", str(house.desk.last_recorded_at))
        assert house.sweep.run().failed == 0
    finally:
        house.close()


def test_on_a_holiday_every_light_burns_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "cases_of", lambda *given: list(cases_of(*given))[::2])
    house = house_at(f"sqlite:///{tmp_path / 'bihuan.db'}", tmp_path, "2026-10-04T00:05:00+08:00")
    try:
        holiday = Built(house, build(house, PASSWORD))
        lights = {holiday.light(row) for row in holiday.rows(FINDING) if not row.closed}
        assert lights - {None} == ALL_LIGHTS
    finally:
        house.close()


def test_an_interrupted_build_on_postgresql_ends_as_the_whole_one_on_sqlite(
    postgres: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told of every sixth case: what differs between the databases does so in a part too."""
    monkeypatch.setattr(building, "cases_of", lambda *given: list(cases_of(*given))[::6])
    whole_house = house_at(f"sqlite:///{tmp_path / 'whole.db'}", tmp_path)
    whole = Built(whole_house, build(whole_house, PASSWORD))
    url = postgres.create_database("demonstration")  # type: ignore[attr-defined]  # the fixture says object
    house = house_at(url, tmp_path)
    try:
        with pytest.raises(PowerCut):
            build(house, PASSWORD, progress=cut_after(80))
        house.close()
        house = house_at(url, tmp_path, "2026-11-25T10:00:00+08:00")
        resumed = Built(house, build(house, PASSWORD))
        (tmp_path / "clock").write_text(f"{TODAY}\n")
        assert resumed.told == whole.told
        assert resumed.summary() == whole.summary()
        assert resumed.told["findings"] > 40
        assert auditing.verify(house.database).faults == []
    finally:
        house.close()
        whole_house.close()


class PowerCut(Exception):
    """The build was stopped from outside."""


def cut_after(count: int) -> Callable[[int], None]:
    """A progress function that stops the build after so many commands."""

    def progress(done: int) -> None:
        if done >= count:
            raise PowerCut

    return progress
