"""The criminal referral as a record of its own: what it shuts, who knows of it, and what others are shown (laws 2, 9)."""

from __future__ import annotations

from typing import Any

import pytest

from engine.auditing import verify
from engine.core.commands import Step
from models import referral_reading
from models.reading import entries
from tests.builders import OFFICERS, Town, refused
from tests.engine.test_law2 import CLUE, FINE
from tests.referral_walk import FILED, THRESHOLD, led, opened, stated

OUTSIDERS = ("W01", "T01", "F01", "F02", "S01", "O01", "A01", "E01")
"""Whom no open step on a finding without a penalty puts on the list."""


def chain(town: Town, record: str) -> list[Any]:
    """The entries of the record, oldest first."""
    with town.house.database.read() as connection:
        return list(entries.entries_after(connection, record, 0))


def penalty_of(town: Town, finding: str) -> str:
    """A penalty opened on the finding at once."""
    town.step("C02", finding, "open_penalty", urgent_ground="evidence", **CLUE)
    return str(town.proceedings(finding)[-1].id)


def fined(town: Town, finding: str, penalty: str) -> list[str]:
    """Why the fine of the summary procedure is shut; fails when it is taken."""
    refusal = refused(town.steps, "W01", finding, Step("decide_on_spot_fine", penalty, FINE))
    return [reason.code for reason in refusal.reasons]


def test_opening_changes_nothing_that_anybody_else_is_shown(town: Town) -> None:
    finding = town.finding()
    before = town.row(finding), chain(town, finding), town.deadlines(finding)

    outcome = town.step(
        "C02", finding, "open_criminal_referral", urgent_ground="crime_suspicion", **THRESHOLD
    )

    row, kept = town.row(finding), before[0]
    assert {name: value for name, value in row._mapping.items() if name != "record"} == {
        name: value for name, value in kept._mapping.items() if name != "record"
    }
    assert (chain(town, finding), town.deadlines(finding)) == before[1:]
    assert outcome.decision["referral_version"] == 1
    assert (outcome.decision["version"], outcome.decision["sequence_to"]) == (kept.version, kept.sequence)


def test_the_referral_has_its_own_version_chain_and_clocks(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    led(town, referral, "form_team", "submit_report")

    row = town.referrals(finding)[-1]
    written = chain(town, referral)
    assert (row.state, row.version) == ("report_submitted", 3)
    assert row.sequence == len(written) > row.version, "being put on the list raises the sequence only"
    assert verify(town.house.database).faults == []
    assert [one.trigger for one in written if one.version > 0 and one.trigger != "put_on_list"] == [
        "open_criminal_referral",
        "form_team",
        "submit_report",
    ]
    with town.house.database.read() as connection:
        clocks = {one.term: one.state for one in referral_reading.shown_deadlines(connection, [referral])}
    assert clocks == {"DL77": "met", "DL78": "met", "DL60": "running"}


def test_whoever_is_not_on_the_list_meets_an_id_that_never_was(town: Town) -> None:
    referral = opened(town, town.finding())
    reader = town.house.reader.referrals
    nothing = refused(reader.referral, town.who("U01"), "01921dbe-2475-7c6c-8fa0-64652fff9bed")

    for login in OUTSIDERS:
        for ask in (reader.referral, reader.see):
            refusal = refused(ask, town.who(login), referral)
            assert (refusal.code, refusal.carries) == (nothing.code, nothing.carries)
        step = refused(town.on_referral, login, referral, "form_team", **stated(town)["form_team"])
        assert step.code == "not_found"
        if login != "A01" and login != "E01" and not login.startswith("F"):
            seen = town.house.reader.finding(town.who(login), town.referrals_finding(referral))
            assert "referral" not in seen


def test_the_list_names_whoever_has_an_open_step_and_says_so_once(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    reader = town.house.reader.referrals

    shown = reader.referral(town.who("P01"), referral)

    assert {"C01", "C02", "H01", "P01", "U01"} <= set(shown["readers"])
    assert not {"W01", "W02", "T01"} & set(shown["readers"])
    led(town, referral, "form_team")
    assert {"W01", "W02"} <= set(reader.referral(town.who("W01"), referral)["readers"]), "the team is on it"
    put = [one for one in chain(town, referral) if one.trigger == "put_on_list"]
    assert len(put) == len({one.body for one in put}) == len(shown["readers"]) + 2


def test_reading_is_on_record(town: Town) -> None:
    referral = opened(town, town.finding())
    town.house.reader.referrals.referral(town.who("P01"), referral)
    town.house.reader.referrals.timeline(town.who("U01"), referral, {})

    with town.house.database.read() as connection:
        read = connection.execute(referral_reading.READING.select()).all()
    assert [(one.login, one.part) for one in read] == [("P01", "referral"), ("U01", "timeline")]


def test_an_inspector_who_would_meet_the_shut_fine_is_on_the_list(town: Town) -> None:
    finding = town.finding()
    referral = opened(town, finding)
    refused(town.house.reader.referrals.see, town.who("W01"), referral)

    penalty_of(town, finding)

    town.house.reader.referrals.see(town.who("W01"), referral)
    town.house.reader.referrals.see(town.who("W02"), referral)
    refused(town.house.reader.referrals.see, town.who("T01"), referral)


def test_a_recorded_threshold_shuts_the_fine_and_its_referral_goes_on_from_there(town: Town) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    before = town.row(finding).version, town.row(finding).sequence

    town.step("L01", finding, "record_threshold", **THRESHOLD)

    assert fined(town, finding, penalty) == ["law2_fine_open"]
    assert (town.row(finding).version, town.row(finding).sequence) == before
    suspicion = town.referrals(finding)[-1]
    assert (suspicion.state, town.house.reader.referrals.of_finding(town.who("P01"), finding)) == ("", None)
    assert opened(town, finding) == suspicion.id
    assert [one.trigger for one in chain(town, suspicion.id)][:2] == [
        "record_threshold",
        "open_criminal_referral",
    ]


def test_a_refusal_of_the_principal_head_opens_the_fine_until_something_new_is_recorded(town: Town) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    referral = opened(town, finding)
    led(town, referral, "form_team", "submit_report")
    for login in ("H01", "U01", "C02"):  # nobody but the head in person
        refusal = refused(
            town.on_referral, login, referral, "refuse_referral", **stated(town)["refuse_referral"]
        )
        assert [reason.code for reason in refusal.reasons] == ["role_not_allowed"]
    assert fined(town, finding, penalty) == ["law2_fine_open"]

    led(town, referral, "refuse_referral")
    town.step("C02", finding, "record_threshold", **THRESHOLD)
    assert fined(town, finding, penalty) == ["law2_fine_open"], "a new fact has not been refused"

    again = opened(town, finding)
    assert again != referral
    led(town, again, "form_team", "submit_report", "refuse_referral")
    town.steps("W01", finding, Step("decide_on_spot_fine", penalty, FINE))
    assert town.proceedings(finding)[-1].state == "performing"


def test_one_act_in_two_findings_has_one_law(town: Town) -> None:
    inspection = town.inspect()
    first, second = town.add_finding(inspection), town.add_finding(inspection)
    penalty = penalty_of(town, second)
    referral = opened(town, first)

    assert fined(town, second, penalty) == ["law2_fine_open"]
    led(town, referral, *FILED, "confirm_no_items", "record_court_fine")
    assert fined(town, second, penalty) == ["law2_fine_open"], "a court's fine shuts it for good"


@pytest.mark.parametrize("outcome", ["record_acquittal", "not_prosecute"])
def test_an_outcome_without_punishment_opens_the_fine(town: Town, outcome: str) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    referral = opened(town, finding)
    led(town, referral, *FILED)
    assert fined(town, finding, penalty) == ["law2_fine_open"], "police filing keeps it shut"

    led(town, referral, outcome)

    town.steps("W01", finding, Step("decide_on_spot_fine", penalty, FINE))


def test_a_final_no_filing_needs_the_principal_head_or_the_procuratorate(town: Town) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    referral = opened(town, finding)
    led(town, referral, *FILED[:-1], "psb_decline")
    assert fined(town, finding, penalty) == ["law2_fine_open"]

    town.at("2024-07-26T09:00")  # the periods for reconsideration and supervision are long over
    town.house.sweep.run()
    assert fined(town, finding, penalty) == ["law2_fine_open"], "silence opens nothing"

    led(town, referral, "waive_remedies")
    town.steps(
        "W01",
        finding,
        Step("decide_on_spot_fine", penalty, {**FINE, "decided_on": "2024-07-26", "served_on": "2024-07-26"}),
    )


def test_only_persons_settle_a_penalty_with_the_referral(town: Town) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    town.steps("C02", finding, Step("start_verification", penalty, {"officers": OFFICERS, **CLUE}))
    referral = opened(town, finding)
    led(town, referral, "form_team")
    reason = {"reason": "等待刑事结果。"}
    town.steps("H01", finding, Step("await_criminal", penalty, {**reason, "suspend_ground": "criminal"}))
    led(town, referral, *FILED[1:])
    shut = refused(town.steps, "C02", finding, Step("settle_with_referral", penalty, {}))
    assert [one.code for one in shut.reasons] == ["referral_settled"]
    led(town, referral, "confirm_no_items")

    town.house.sweep.run()
    assert town.proceedings(finding)[-1].state == "awaiting_criminal", "the clock knows of no referral"
    town.steps("C02", finding, Step("settle_with_referral", penalty, {}))
    assert town.proceedings(finding)[-1].state == "with_judiciary"
    led(town, referral, "not_prosecute")
    town.steps("H01", finding, Step("resume_after_outcome", penalty, reason))
    assert town.proceedings(finding)[-1].state == "verifying"


def test_who_says_that_there_are_no_items_must_hold_none(town: Town) -> None:
    finding = town.finding()
    penalty = penalty_of(town, finding)
    town.steps("C02", finding, Step("start_verification", penalty, {"officers": OFFICERS, **CLUE}))
    seized = {
        "officers": OFFICERS,
        "implemented_at": town.house.clock.now().isoformat(),
        "items_list": "底料。",
        "reason": "紧急。",
    }
    town.steps("C02", finding, Step("seize_on_spot", penalty, seized))
    referral = opened(town, finding)
    led(town, referral, *FILED)

    refusal = refused(
        town.on_referral, "C02", referral, "confirm_no_items", **stated(town)["confirm_no_items"]
    )

    assert [reason.code for reason in refusal.reasons] == ["items_all_handed_over"]
    led(town, referral, "handover_items")


def test_the_route_to_the_police_stands_among_no_routes(town: Town) -> None:
    finding = town.finding()
    town.step(
        "W01", finding, "register", ledger_no="原台〔2024〕1", department="market_regulation", handler="W01"
    )
    routes = {"routes": ["rectification", "criminal_referral"]}
    town.step("C02", finding, "propose_route", **routes, legal_ground="依据。")
    town.step("C02", finding, "confirm_route", **routes, jurisdiction_checked=True, limitation_checked=True)
    early = refused(town.step, "C02", finding, "record_threshold", threshold_rule="R05a")
    assert early.code == "facts_invalid"
    shown = {"routes": ["rectification"]}  # what whoever approves is shown: the proposal itself says no more
    town.step("H01", finding, "approve_route", **shown)

    told = [one.body for one in chain(town, finding)]
    assert not any("criminal" in body for body in told)
    assert town.house.reader.finding(town.who("W02"), finding)["routes"] == ["rectification"]
    town.step("C02", finding, "open_criminal_referral", **THRESHOLD)
    assert town.referrals(finding)[-1].state == "suspected"


def test_a_finding_is_not_closed_while_its_referral_is_open(town: Town) -> None:
    finding = town.finding()
    town.step(
        "W01", finding, "register", ledger_no="原台〔2024〕2", department="market_regulation", handler="W01"
    )
    referral = opened(town, finding)
    told = {"no_action_ground": "not_a_violation", "reason": "理由。"}

    shut = refused(town.step, "C02", finding, "propose_no_action", **told)
    assert [one.code for one in shut.reasons] == ["threshold_dealt_with"]
    led(town, referral, "form_team", "submit_report", "refuse_referral")
    town.step("C02", finding, "propose_no_action", **told)
