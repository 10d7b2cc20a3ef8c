"""Reports are handed in by each department for itself: once, in time or late, corrected by a newer one, for ever kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.core.commands import Command, HandInCommand, Outcome
from engine.core.refusals import Refusal
from tests.builders import Town, refused
from tests.desk.load import inspected
from tests.desk.race import at_once

MONTHLY = "monthly_report"
REPORT = {"title": "4月份工作进展情况", "summary": "完成部门联合抽查 12 户次，公示率 100%。"}


def hand_in(
    town: Town, login: str, period: str = "2024-04", *, duty: str = MONTHLY, key: str = "", **said: Any
) -> Outcome:
    """The report goes in under a fresh key unless one is given; a key stands for its body."""
    key = key or f"report-{next(town.keys)}"
    asked = HandInCommand(duty, period, {**REPORT, **said})
    digest = f"{duty} {period} {asked.body}"
    return town.house.duties.handle(Command(town.who(login), key, digest[:64], asked))


def item(town: Town, login: str, period: str = "2024-04", duty: str = MONTHLY) -> dict[str, Any]:
    """What the person's department owes on that period."""
    return town.house.duty_reader.item(town.who(login), duty, period)


def listed(town: Town, login: str, **asked: str) -> list[dict[str, Any]]:
    """Every item that the person's list has, page after page."""
    items: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {name: [value] for name, value in asked.items()} | ({"cursor": [cursor]} if cursor else {})
        page = town.house.duty_reader.duties(town.who(login), query)
        items += page["items"]
        cursor = page["next"]
        if cursor is None:
            return items


def test_a_report_is_in_time_on_its_day_and_late_after_it(town: Town) -> None:
    town.at("2024-05-31T23:59")
    first = hand_in(town, "D01")
    town.at("2024-06-01T00:00")
    second = hand_in(town, "F02")

    assert (first.decision["late"], second.decision["late"]) == (False, True)
    mine, theirs = item(town, "D01"), item(town, "F02")
    assert (mine["state"], mine["light"], mine["due_on"]) == ("done", None, "2024-05-31")
    assert mine["handed_in"]["handed_in_at"] == "2024-05-31T23:59:00+08:00"
    assert theirs["handed_in"]["late"] is True and theirs["handed_in"]["handed_in_by"] == "F02"


def test_a_correction_is_a_new_row_and_what_was_late_or_in_time_stays_so(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    hand_in(sqlite_town, "D01")
    sqlite_town.at("2024-07-01T09:00")
    outcome = hand_in(sqlite_town, "H01", title="更正后的报告", doc_no="原市监〔2024〕12号")

    assert outcome.decision == {"ordinal": 2, "late": False, "replayed": False}
    shown = item(sqlite_town, "D01")["handed_in"]
    assert (shown["title"], shown["doc_no"], shown["corrections"]) == (
        "更正后的报告",
        "原市监〔2024〕12号",
        1,
    )
    assert shown["first_handed_in_at"] == "2024-05-20T09:00:00+08:00"
    told = sqlite_town.house.duty_reader.reports(sqlite_town.who("W01"), MONTHLY, "2024-04", {})
    assert [(one["ordinal"], one["title"]) for one in told["items"]] == [
        (2, "更正后的报告"),
        (1, REPORT["title"]),
    ]


def test_the_same_key_hands_in_once_and_another_body_is_refused(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    first = hand_in(sqlite_town, "D01", key="one-key")
    again = hand_in(sqlite_town, "D01", key="one-key")

    assert (again.id, again.decision["replayed"]) == (first.id, True)
    assert refused(hand_in, sqlite_town, "D01", key="one-key", title="别的报告").code == "key_reused"
    assert item(sqlite_town, "D01")["handed_in"]["corrections"] == 0


def test_one_key_serves_one_command_wherever_it_goes(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    hand_in(sqlite_town, "D01", key="shared-key")
    asked: Any = inspected(sqlite_town, 0)
    assert refused(sqlite_town.handle, "D01", asked, "shared-key").code == "key_reused"


def test_a_replay_asks_for_the_rights_of_this_moment(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    hand_in(sqlite_town, "D01", key="one-key")
    moved = replace(sqlite_town.people["D01"], roles=frozenset({"inspector"}))
    sqlite_town.people["D01"] = moved
    assert refused(hand_in, sqlite_town, "D01", key="one-key").code == "not_yours"


MAY = ("C01", "U01", "H01", "D01", "F02")
MAY_NOT = ("W01", "C02", "L01", "T01", "P01", "F01", "S01", "O01", "A01", "E01")


def test_clerks_and_heads_hand_in_for_their_own_department(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    for number, login in enumerate(MAY):
        assert hand_in(sqlite_town, login).decision["ordinal"] == (1 if login == "F02" else number + 1)
        assert item(sqlite_town, login)["department"] == sqlite_town.who(login).department
    assert item(sqlite_town, "W01")["handed_in"]["corrections"] == 3
    assert item(sqlite_town, "F01")["handed_in"]["corrections"] == 0


def test_nobody_else_hands_in(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    told = {login: refused(hand_in, sqlite_town, login) for login in MAY_NOT}
    assert {refusal.code for refusal in told.values()} == {"not_yours"}
    assert told["W01"].carries["roles"] == ["department_head", "duty_clerk", "unit_head"]


def test_a_department_that_owes_nothing_hands_in_nothing(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    for login, department in (("X01", "lead_office"), ("X02", "court")):
        sqlite_town.add_person(login, department, ("duty_clerk",))
        refusal = refused(hand_in, sqlite_town, login)
        assert (refusal.code, refusal.reasons[0].code) == ("not_yours", "owes_none")


SEEN = {
    "W01": 1, "C02": 1, "D01": 1, "L01": 1, "F01": 1, "P01": 14, "S01": 14, "O01": 14, "A01": 0, "E01": 0,
}  # fmt: skip


def test_everybody_sees_their_own_department_and_who_oversees_sees_all(sqlite_town: Town) -> None:
    def departments(login: str) -> int:
        try:
            return len({one["department"] for one in listed(sqlite_town, login)})
        except Refusal as refusal:
            assert refusal.code == "not_yours"
            return 0

    assert {login: departments(login) for login in SEEN} == SEEN


def test_what_another_department_handed_in_is_hidden(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    hand_in(sqlite_town, "F02")
    reports = sqlite_town.house.duty_reader.reports
    asked = {"department": ["fire_rescue"]}
    assert listed(sqlite_town, "W01", department="fire_rescue") == []
    assert len(reports(sqlite_town.who("S01"), MONTHLY, "2024-04", asked)["items"]) == 1
    for login in ("W01", "D01", "H01", "A01"):
        assert refused(reports, sqlite_town.who(login), MONTHLY, "2024-04", asked).code == "not_found"


OWED_BY_NOBODY = [
    (MONTHLY, "2024-03"),
    (MONTHLY, "2024-12"),
    (MONTHLY, "2024-4"),
    (MONTHLY, "2024-H1"),
    (MONTHLY, "9999-12"),
    (MONTHLY, "0000-00"),
    (MONTHLY, "２０２４-04"),
    (MONTHLY, "2024-04\n"),
    ("half_year_summary", "2024"),
    ("annual_self_check", "2023"),
    ("annual_self_check", "2024-H1"),
    ("weekly_report", "2024-04"),
    ("", ""),
]


def test_what_nobody_owes_cannot_be_handed_in(sqlite_town: Town) -> None:
    for duty, period in OWED_BY_NOBODY:
        refusal = refused(hand_in, sqlite_town, "D01", period, duty=duty)
        assert refusal.code == "not_found", (duty, period)


def test_a_report_on_a_month_waits_for_the_month_after(sqlite_town: Town) -> None:
    refusal = refused(hand_in, sqlite_town, "D01", "2024-04")
    assert (refusal.code, refusal.reasons[0].not_before.isoformat()) == ("step_shut", "2024-05-01")
    sqlite_town.at("2024-05-01T00:00")
    hand_in(sqlite_town, "D01", "2024-04")


WRONG: list[tuple[dict[str, Any], set[str]]] = [
    ({"title": ""}, {"/title"}),
    ({"title": "  ", "summary": None}, {"/title", "/summary"}),
    ({"summary": "一" * 2001}, {"/summary"}),
    ({"doc_no": "号" * 61}, {"/doc_no"}),
    ({"summary": "甲\x00乙"}, {"/summary"}),
    ({"title": 5}, {"/title"}),
    ({"department": "fire_rescue"}, {"/department"}),
]


def test_a_wrong_report_is_told_whole_and_binds_no_key(sqlite_town: Town) -> None:
    sqlite_town.at("2024-05-20T09:00")
    for said, pointers in WRONG:
        refusal = refused(hand_in, sqlite_town, "D01", key="one-key", **said)
        assert refusal.code == "facts_invalid"
        assert {error.pointer for error in refusal.errors} == pointers
    assert hand_in(sqlite_town, "D01", key="one-key").decision["ordinal"] == 1


def test_no_row_is_ever_changed_or_deleted(town: Town) -> None:
    town.at("2024-05-20T09:00")
    hand_in(town, "D01")
    for statement in ("UPDATE duty_report SET late = NOT late", "DELETE FROM duty_report"):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            town.house.database.engine.begin() as connection,
        ):
            connection.execute(text(statement))


def test_eight_at_once_leave_eight_rows_in_order(town: Town) -> None:
    town.at("2024-05-20T09:00")
    at_once(8, lambda number: hand_in(town, "D01", title=f"第{number}稿"))
    told = town.house.duty_reader.reports(town.who("D01"), MONTHLY, "2024-04", {"limit": ["3"]})
    assert [one["ordinal"] for one in told["items"]] == [8, 7, 6]
    rest = town.house.duty_reader.reports(town.who("D01"), MONTHLY, "2024-04", {"cursor": [told["next"]]})
    assert [one["ordinal"] for one in rest["items"]] == [5, 4, 3, 2, 1]


def test_the_list_is_paged_filtered_and_worst_first(sqlite_town: Town) -> None:
    sqlite_town.at("2024-07-01T09:00")
    hand_in(sqlite_town, "D01", "2024-04")
    sqlite_town.at("2024-07-03T09:00")
    whole = listed(sqlite_town, "S01", year="2024")
    assert len(whole) == 10 * 14
    assert whole == listed(sqlite_town, "S01", year="2024", limit="7")
    lights = [one["light"] or "none" for one in whole]
    assert lights == sorted(lights, key=("severe", "overdue", "red", "yellow", "green", "none").index)
    states = {
        state: len(listed(sqlite_town, "S01", state=state)) for state in ("late", "due", "done", "done_late")
    }
    assert states == {"late": 3 * 14 - 1, "due": 7 * 14, "done": 1, "done_late": 1}
    assert len(listed(sqlite_town, "S01", duty=MONTHLY, period="2024-05", state="late")) == 14
    assert listed(sqlite_town, "D01", year="2025")[0]["due_on"] == "2025-05-31"


PARAMETERS = [
    {"year": "2023"},
    {"year": "2026"},
    {"year": "二〇二四"},
    {"state": "missing"},
    {"department": "nobody"},
    {"duty": "weekly"},
    {"limit": "0"},
    {"limit": "201"},
    {"cursor": "x.y"},
    {"until": "2024"},
]


def test_wrong_parameters_are_refused(sqlite_town: Town) -> None:
    for asked in PARAMETERS:
        assert refused(listed, sqlite_town, "S01", **asked).code == "parameter_invalid", asked


def test_a_cursor_serves_its_own_list_alone(sqlite_town: Town) -> None:
    reader = sqlite_town.house.duty_reader
    page = reader.duties(sqlite_town.who("S01"), {"limit": ["5"]})
    for login, query in (("P01", {}), ("S01", {"state": ["due"]})):
        asked = {**query, "cursor": [page["next"]]}
        assert refused(reader.duties, sqlite_town.who(login), asked).code == "parameter_invalid"


def test_a_walk_through_the_list_shows_it_as_it_stood_when_it_began(sqlite_town: Town) -> None:
    sqlite_town.at("2024-06-03T09:00")
    reader, supervisor = sqlite_town.house.duty_reader, sqlite_town.who("S01")
    before = listed(sqlite_town, "S01")
    page = reader.duties(supervisor, {"limit": ["100"]})
    sqlite_town.at("2024-06-03T10:00")
    hand_in(sqlite_town, "D01", "2024-04")
    rest = reader.duties(supervisor, {"limit": ["100"], "cursor": [page["next"]]})
    assert [*page["items"], *rest["items"]] == before


def test_after_a_restart_nothing_is_handed_in_before_what_was_handed_in_last(
    sqlite_town_url: str, open_town: Callable[..., Town]
) -> None:
    town = open_town(sqlite_town_url, "2024-05-20T09:00")
    hand_in(town, "D01")
    later = open_town(sqlite_town_url, "2024-05-19T09:00")
    assert refused(hand_in, later, "D01", key="another-key").code == "clock_refused"
