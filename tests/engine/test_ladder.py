"""The ladder of the office: each rung once, in its order, of the end that stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from engine.core.deadlines import compute, turns
from engine.core.ladder import Ladder, highest_of_each_role
from engine.projections.instants import CIVIL
from engine.reminder_words import FILE, ReminderWords, silent_terms
from engine.snapshots import dates_of
from models import records
from rules.calendars import load_calendar
from rules.data_file import read_data
from rules.offices import load_office
from rules.terms import RULES, load_terms
from tests.builders import Town
from tests.engine.test_penalty_papers import verifying
from tests.once import Copies
from tests.throwaway_postgres import ThrowawayPostgres

OFFICE = load_office(RULES / "offices" / "yuanping.yaml")
TERMS, CALENDAR = load_terms(), load_calendar()
LADDER = Ladder(OFFICE.escalation, silent_terms(TERMS))
WHOM = {
    "yellow": {"case_officer"},
    "red": {"case_officer", "unit_head"},
    "overdue": {"case_officer", "unit_head", "department_head"},
    "overdue+3": {"department_head", "supervisor"},
    "severe": {"case_officer", "unit_head", "department_head", "supervisor"},
}


def rungs_told(town: Town) -> list[Any]:
    """The notices of the ladder, as they were written."""
    with town.house.database.read() as connection:
        found = connection.execute(records.NOTICE.select().where(records.NOTICE.c.kind == "rung")).all()
    return sorted(found, key=lambda one: (one.recorded_at, one.natural_key))


def told_of(town: Town, term: str) -> Counter[tuple[str, str]]:
    """How often each role was told each rung of the term."""
    return Counter((one.detail["rung"], one.role) for one in rungs_told(town) if one.detail["term"] == term)


def every_rung() -> Counter[tuple[str, str]]:
    return Counter((rung, role) for rung, roles in WHOM.items() for role in roles)


def registered(town: Town, number: int = 1) -> str:
    """A finding in the ledger, whose route is to be approved within an internal period (DL14)."""
    finding = town.finding()
    facts = {"ledger_no": f"原台〔2024〕{number:04d}", "department": "market_regulation", "handler": "W01"}
    town.step("C01", finding, "register", **facts)
    return finding


def running(town: Town, finding: str) -> Any:
    """The one deadline of the finding that runs."""
    (row,) = (one for one in town.deadlines(finding) if one.state == "running")
    return row


def term_of(town: Town, finding: str, term: str) -> Any:
    """The running deadline of that term."""
    return next(one for one in town.deadlines(finding) if one.term == term and one.state == "running")


def ring_at_each_rung(town: Town, deadline: Any) -> None:
    """The bell rings twice when a rung is due, from the first to the last."""
    dates = dates_of(deadline.spec, deadline.provisional)
    for at, _ in town.house.law.ladder.climb(deadline.term, dates, town.house.law.calendar):
        town.at(at.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M"))
        town.house.ring()
        town.house.ring()


def test_each_rung_is_told_once_in_its_order_to_whom_the_office_says(town: Town) -> None:
    finding = registered(town)
    deadline = running(town, finding)
    ring_at_each_rung(town, deadline)

    assert told_of(town, deadline.term) == every_rung()
    order = [one.detail["rung"] for one in rungs_told(town) if one.detail["deadline"] == deadline.id]
    assert [rung for place, rung in enumerate(order) if rung not in order[:place]] == list(WHOM)
    lead = [one for one in rungs_told(town) if one.role == "supervisor"]
    assert {one.department for one in lead} == {"lead_office"}
    assert {one.finding_id for one in rungs_told(town)} == {finding}
    assert (running(town, finding).rung, running(town, finding).rung_at) == (len(WHOM), None)


def test_no_rung_comes_before_its_instant(sqlite_town: Town) -> None:
    deadline = running(sqlite_town, registered(sqlite_town))
    for turn, wanted in (("yellow_at", 1), ("red_at", 3), ("overdue_at", 6)):
        before = getattr(deadline, turn).astimezone(CIVIL) - timedelta(minutes=1)
        sqlite_town.at(before.strftime("%Y-%m-%dT%H:%M"))
        sqlite_town.house.ring()
        assert len(rungs_told(sqlite_town)) < wanted
        sqlite_town.at((before + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
        sqlite_town.house.ring()
        assert len(rungs_told(sqlite_town)) == wanted


def test_after_an_outage_each_role_hears_once_how_it_stands(town: Town) -> None:
    deadline = running(town, registered(town))
    town.at("2024-07-01T09:00", jump=True)
    town.house.ring()
    town.house.ring()

    wanted = Counter(("severe", role) for role in WHOM["severe"])
    assert told_of(town, deadline.term) == wanted


def test_a_restart_tells_nothing_again(town_url: str, open_town: Callable[..., Town]) -> None:
    first = open_town(town_url)
    deadline = running(first, registered(first))
    first.at("2024-05-20T09:00", jump=True)
    first.house.ring()
    told = told_of(first, deadline.term)
    first.close()

    second = open_town(town_url, "2024-05-20T10:00")
    second.house.ring()
    assert told and told_of(second, deadline.term) == told


def test_two_nodes_tell_each_rung_once(
    tables: Copies, postgres: ThrowawayPostgres, open_town: Callable[..., Town]
) -> None:
    url = tables.postgres(postgres)
    nodes = [open_town(url), open_town(url)]
    deadlines = [running(nodes[0], registered(nodes[0], number)) for number in range(1, 9)]
    for node in nodes:
        node.at("2024-05-20T09:00", jump=True)
    ringing = [Thread(target=node.house.ladder_bell.ring) for node in nodes]
    for one in ringing:
        one.start()
    for one in ringing:
        one.join()

    for deadline in deadlines:
        told = Counter(one.role for one in rungs_told(nodes[0]) if one.detail["deadline"] == deadline.id)
        assert set(told.values()) == {1} and "department_head" in told


def test_an_end_that_was_put_off_climbs_the_ladder_anew(town: Town) -> None:
    finding, case = verifying(town)
    first = term_of(town, finding, "DL20")
    town.at("2024-05-20T09:00", jump=True)
    town.house.ring()
    before = told_of(town, "DL20")
    assert before == Counter(("red", role) for role in WHOM["red"])
    assert term_of(town, finding, "DL20").rung == 2

    town.step("C02", finding, "propose_verify_extension", case, reason="情况特殊。")
    town.step("H01", finding, "verify_extend", case, reason="情况特殊。")
    put_off = term_of(town, finding, "DL20")
    assert put_off.due_effective > first.due_effective
    assert put_off.rung == 0 and put_off.rung_at > first.rung_at
    town.at("2024-09-02T09:00", jump=True)
    town.house.ring()
    again = told_of(town, "DL20") - before
    assert again == Counter(("severe", role) for role in WHOM["severe"])
    assert {one.detail["due"] for one in rungs_told(town) if one.detail["term"] == "DL20"} == {
        first.due_effective,
        put_off.due_effective,
    }


def test_a_settled_deadline_reminds_nobody(sqlite_town: Town) -> None:
    finding = registered(sqlite_town)
    settled = running(sqlite_town, finding)
    sqlite_town.step(
        "C01", finding, "propose_route", routes=["rectification"], legal_ground="行政处罚法第二十八条"
    )
    checked = {"jurisdiction_checked": True, "limitation_checked": True}
    sqlite_town.step("C01", finding, "confirm_route", routes=["rectification"], **checked)
    sqlite_town.step("H01", finding, "approve_route", routes=["rectification"])
    sqlite_town.at("2024-07-01T09:00", jump=True)
    sqlite_town.house.ring()
    assert settled.id not in {one.detail["deadline"] for one in rungs_told(sqlite_town)}


def test_of_an_inspection_the_inspectors_are_told(sqlite_town: Town) -> None:
    inspection = sqlite_town.inspect(result_codes=["NO_PROBLEM"])
    sqlite_town.at("2024-06-20T09:00", jump=True)
    sqlite_town.house.ring()
    told = [one for one in rungs_told(sqlite_town) if one.detail["term"] == "DL01"]
    assert {one.inspection_id for one in told} == {inspection} and {one.finding_id for one in told} == {None}
    assert "inspector" in {one.role for one in told} and "case_officer" not in {one.role for one in told}


def test_the_sweeps_figures_are_those_of_the_sweep_alone(sqlite_town: Town) -> None:
    registered(sqlite_town)
    sqlite_town.at("2024-05-08T09:00", jump=True)
    swept = sqlite_town.house.ring()
    assert rungs_told(sqlite_town) and swept.due == swept.lapsed + swept.reminded


def test_every_end_of_the_catalogue_is_known_to_the_words() -> None:
    words = read_data(FILE)
    known = [words[name] for name in ("consequences", "same_as", "nobody_is_late", "only_told")]
    ends = {term.on_expiry for term in TERMS.values()}
    assert {end: sum(end in one for one in known) for end in ends} == dict.fromkeys(ends, 1)
    assert {end for one in known for end in one} == ends


def test_what_an_end_means_is_said_from_the_end_on_and_not_before() -> None:
    words = ReminderWords(TERMS)
    by_name = {rung.name: rung for rung in OFFICE.escalation}
    for name, rung in by_name.items():
        said = words.rung(rung, "DL20", "statutory", "2024-05-20")
        assert ("行政处罚法第五十四条" in said["zh"]) == (name not in ("yellow", "red")), said
        assert ("filing duty stays" in said["en"]) == (name not in ("yellow", "red")), said


def test_an_internal_end_is_never_called_statutory_or_unlawful() -> None:
    words = ReminderWords(TERMS)
    for id, term in TERMS.items():
        ours, other = ("内部时限", "法定时限") if term.nature == "internal" else ("法定时限", "内部时限")
        for rung in OFFICE.escalation:
            said = words.rung(rung, id, term.nature, "2024-05-20")
            assert ours in said["zh"] and other not in said["zh"] and "{" not in said["zh"] + said["en"]
            if term.nature == "internal":
                assert "违法" not in said["zh"] and "illegal" not in said["en"], id
                assert "statutory" not in said["en"], id


@given(
    start=some.dates(date(2024, 1, 2), date(2026, 6, 30)),
    id=some.sampled_from(["DL12", "DL14", "DL20", "DL28"]),
)
def test_the_ladder_goes_up_with_the_lights(start: date, id: str) -> None:
    dates = compute(TERMS[id], start, CALENDAR)
    climb = LADDER.climb(id, dates, CALENDAR)
    instants = [at for at, _ in climb]
    turned = turns(dates)
    assert instants == sorted(instants) and [rung.name for _, rung in climb] == list(WHOM)
    assert (
        instants[0] == turned.yellow_at
        and instants[2] == turned.overdue_at
        and instants[4] == turned.severe_at
    )
    assert turned.overdue_at < instants[3] < turned.severe_at
    for told in range(len(climb) + 1):
        wanted = instants[told] if told < len(climb) else None
        assert LADDER.next_at(id, dates, CALENDAR, told) == wanted


def test_of_what_lies_behind_each_role_hears_the_highest() -> None:
    passed = OFFICE.escalation[:4]
    heard = {role: rung.name for rung, role in highest_of_each_role(passed)}
    assert heard == {
        "case_officer": "overdue",
        "unit_head": "overdue",
        "department_head": "overdue+3",
        "supervisor": "overdue+3",
    }


def test_a_period_of_the_partys_own_reminds_nobody() -> None:
    dates = compute(TERMS["DL32"], date(2024, 5, 6), CALENDAR)
    assert LADDER.climb("DL32", dates, CALENDAR) == []
    assert replace(LADDER, silent=frozenset()).climb("DL32", dates, CALENDAR) != []
