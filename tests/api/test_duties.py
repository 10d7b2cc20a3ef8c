"""Reporting duties over HTTP and on the command line: statuses, keys, rights, pages of the list."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Office
from tests.api.terminal import Terminal
from tests.builders import Town

DUTIES = "/api/v1/duties"
REPORTS = f"{DUTIES}/monthly_report/2024-04/reports"
REPORT = {
    "title": "4月份工作进展情况",
    "doc_no": "原市监〔2024〕9号",
    "summary": "完成部门联合抽查 12 户次。",
}


def test_a_report_is_handed_in_once_and_listed(office: Office) -> None:
    office.town.at("2024-06-03T09:00")
    clerk = office.visit("D01")
    answer = clerk.post(REPORTS, REPORT, key="one-key")
    again = clerk.post(REPORTS, REPORT, key="one-key")

    assert (answer.status_code, answer.headers["location"]) == (201, REPORTS)
    told = answer.json()
    assert told["decision"] == {"ordinal": 1, "late": True, "replayed": False}
    assert (told["state"], told["light"], told["handed_in"]["title"]) == ("done", None, REPORT["title"])
    assert again.headers["idempotent-replay"] == "true" and again.json()["decision"]["replayed"] is True
    assert clerk.post(REPORTS, {**REPORT, "title": "别的"}, key="one-key").json()["code"] == "key_reused"

    [line] = clerk.get(f"{DUTIES}?state=done").json()["items"]
    assert {"decision": told["decision"], **line} == told
    reports = clerk.get(REPORTS).json()
    assert [one["id"] for one in reports["items"]] == [told["handed_in"]["id"]] and reports["next"] is None


def test_the_list_walks_on_and_names_dates(office: Office) -> None:
    supervisor, items, cursor = office.visit("S01"), [], ""
    while True:
        page = supervisor.get(f"{DUTIES}?year=2024&limit=60{cursor}").json()
        items += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len({(one["duty"], one["period"], one["department"]) for one in items}) == len(items) == 140
    half = next(one for one in items if one["duty"] == "half_year_summary")
    assert (half["due_on"], half["remind_on"], half["term"]) == ("2024-06-15", "2024-06-14", "DL81")


def test_who_may_not_is_told_so_and_what_is_not_there_is_not_found(office: Office) -> None:
    office.town.at("2024-05-20T09:00")

    def code(login: str, path: str = REPORTS, body: Any = REPORT) -> tuple[int, str]:
        answer = office.visit(login).post(path, body)
        return answer.status_code, answer.json()["code"]

    assert {login: code(login) for login in ("W01", "S01", "O01", "P01", "A01")} == dict.fromkeys(
        ("W01", "S01", "O01", "P01", "A01"), (403, "not_yours")
    )
    assert code("D01", f"{DUTIES}/monthly_report/2024-03/reports") == (404, "not_found")
    assert code("D01", f"{DUTIES}/monthly_report/2024-05/reports") == (409, "step_shut")
    assert code("D01", body={"title": "甲"}) == (422, "facts_invalid")
    assert code("D01", body=[]) == (422, "facts_invalid")
    assert office.visit("A01").get(DUTIES).status_code == 403
    assert office.visit("W01").get(f"{REPORTS}?department=fire_rescue").status_code == 404
    assert office.visit("W01").get(f"{DUTIES}?light=red").status_code == 400
    assert office.stranger().get(DUTIES).status_code == 401
    without = office.visit("D01")
    answer = without.client.post(REPORTS, json=REPORT, headers=without.csrf)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")


def test_the_command_line_lists_what_is_missing(bihuan: Terminal) -> None:
    bihuan.clock = "2024-06-03T09:00"
    listed = bihuan.json("duties", "--department", "fire_rescue")
    assert [one["state"] for one in listed["items"]] == ["late", *["due"] * 9]
    assert bihuan.json("duties", "--year", "2025")["year"] == 2025
    code, out, _ = bihuan("duties", "--department", "health")
    assert code == 0 and out.splitlines()[0].split("\t") == [
        "2024-05-31", "卫健局", "月报 2024-04", "缺报 · missing",
    ]  # fmt: skip
    for wrong in (("--department", "nobody"), ("--year", "1999")):
        assert bihuan.json("duties", *wrong, code=1)["code"] == "parameter_invalid"


def test_ringing_from_the_command_line_reminds_and_says_what_it_always_said(
    bihuan: Terminal, sqlite_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town.house.settings.database_url)
    bihuan.clock = "2024-06-03T09:00"
    swept = bihuan.json("sweep")
    assert list(swept) == ["due", "lapsed", "reminded", "failed", "left"]
    assert len(sqlite_town.house.duty_reader.notices(sqlite_town.who("S01"))) == 14
