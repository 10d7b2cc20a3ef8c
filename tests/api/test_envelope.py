"""What every answer carries, and what none gives away."""

from __future__ import annotations

import logging

import httpx
import orjson
import pytest

from api.envelope import CONTENT_POLICY
from engine.journal import JsonLines
from models.account_reading import admin_entries
from tests.api.conftest import PASSWORD, Office

ROUTES = {
    "POST /api/v1/session",
    "GET /api/v1/session",
    "DELETE /api/v1/session",
    "POST /api/v1/inspections",
    "GET /api/v1/inspections",
    "GET /api/v1/inspections/{id}",
    "POST /api/v1/inspections/{id}/steps",
    "POST /api/v1/findings",
    "GET /api/v1/findings",
    "GET /api/v1/findings/{id}",
    "POST /api/v1/findings/{id}/steps",
    "POST /api/v1/findings/{id}/attachments",
    "GET /api/v1/findings/{id}/attachments/{digest}",
    "GET /api/v1/findings/{id}/timeline",
    "GET /api/v1/findings/{id}/documents/{doc}.pdf",
    "GET /api/v1/findings/{id}/documents/{doc}.docx",
    "GET /api/v1/parties/{id}",
    "GET /api/v1/ledger",
    "GET /api/v1/deadlines",
    "GET /api/v1/stuck",
    "GET /api/v1/charts",
    "GET /api/v1/rulebook",
    "POST /api/v1/rulings",
    "GET /api/v1/audit/{id}",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics",
}
"""The contract's resources, as far as they belong to this part of the house."""


def asked(office: Office) -> list[httpx.Response]:
    """An answer of each kind."""
    known, stranger = office.visit("W01"), office.stranger()
    return [
        known.get("/api/v1/findings"),
        known.get("/api/v1/findings/never-was"),
        known.get("/api/v1/findings?colour=red"),
        stranger.get("/api/v1/findings"),
        stranger.get("/healthz"),
        stranger.get("/openapi.json"),
        stranger.get("/no/such/place"),
        stranger.put("/api/v1/findings"),
        stranger.post("/api/v1/session", content=b"x"),
    ]


def test_every_answer_carries_the_same_careful_headers(office: Office) -> None:
    ids = set()
    for answer in asked(office):
        assert answer.headers["Cache-Control"] == "no-store", answer.url
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == CONTENT_POLICY
        assert answer.headers["X-Bihuan-Clock"] == "test"
        ids.add(answer.headers["X-Request-Id"])
    assert len(ids) == len(asked(office))


def test_every_refusal_is_a_problem_with_a_remedy(office: Office) -> None:
    for answer in asked(office):
        if answer.status_code >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["remedy"]["zh"]
            assert answer.json()["status"] == answer.status_code


def test_a_problem_names_its_request_unless_it_hides_something(office: Office) -> None:
    for answer in asked(office):
        if answer.status_code >= 400:
            own = f"urn:bihuan:request:{answer.headers['X-Request-Id']}"
            hides = answer.status_code == 404
            assert answer.json()["instance"] == ("urn:bihuan:request:none" if hides else own)


def test_another_method_is_told_which_there_are(office: Office) -> None:
    for path, allowed in (
        ("/api/v1/findings", "GET, HEAD, POST"),
        ("/api/v1/session", "DELETE, GET, HEAD, POST"),
        ("/api/v1/findings/abcdefgh/steps", "POST"),
        ("/healthz", "GET, HEAD"),
    ):
        answer = office.stranger().patch(path)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == allowed


def test_a_head_is_answered_like_a_get(office: Office) -> None:
    assert office.stranger().head("/healthz").status_code == 200
    assert office.stranger().head("/api/v1/findings").status_code == 401


def test_the_contract_s_resources_are_there(office: Office) -> None:
    described = office.stranger().get("/openapi.json").json()["paths"]
    here = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    assert here >= ROUTES


def test_there_are_no_pages_about_the_api(office: Office) -> None:
    assert {office.stranger().get(path).status_code for path in ("/docs", "/redoc")} == {404}


def test_a_failure_of_the_house_gives_nothing_away(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"the password is {PASSWORD}")

    monkeypatch.setattr(type(office.town.house.reader), "ledger", fail)
    browser = office.visit("W01")
    with caplog.at_level(logging.ERROR):
        answer = browser.get("/api/v1/ledger")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert PASSWORD not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    told = [JsonLines().format(record) for record in caplog.records]
    assert any("/api/v1/ledger" in line and "RuntimeError" in line for line in told)
    assert not [line for line in told if PASSWORD in line]


def test_the_journal_is_one_object_a_line_and_cuts_what_a_statement_carried() -> None:
    from sqlalchemy.exc import IntegrityError

    fault = IntegrityError(
        "INSERT …",
        {"password": PASSWORD},
        ValueError(f"a row is there already: '{PASSWORD}', 13803501234\n{PASSWORD}"),
    )
    record = logging.LogRecord("bihuan", logging.ERROR, "", 1, "it failed", None, (type(fault), fault, None))
    record.path = "/a"
    line = orjson.loads(JsonLines().format(record))
    assert (line["message"], line["path"], line["level"]) == ("it failed", "/a", "error")
    assert line["fault"] == "ValueError: a row is there already: …, …"
    assert PASSWORD not in str(line)


def test_the_figures_count_by_route_and_never_by_id(office: Office) -> None:
    office.visit("W01").get("/api/v1/findings/01920ee4-2652-7850-83d5-833786ac7101")
    told = office.stranger().get("/metrics").text
    assert 'route="/api/v1/findings/{id}",status="404"' in told
    assert "01920ee4" not in told
    assert "bihuan_writer_commits_total" in told
    for name in ("evaluations", "time_outs", "deaths", "respawns", "recycled", "disagreements"):
        assert f"bihuan_fence_{name}_total" in told
    assert "bihuan_fence_workers_alive" in told


def test_an_unreadable_test_clock_is_told_and_stops_commands(office: Office) -> None:
    browser = office.visit("W01")
    office.town.clock_file.write_text("noon\n")
    ready = office.stranger().get("/readyz")
    assert (ready.status_code, ready.json()["code"]) == (503, "clock_refused")
    assert browser.get("/api/v1/findings").json()["code"] == "clock_refused"
    assert office.stranger().get("/healthz").status_code == 200
    office.town.at("2024-04-26T17:30")
    assert office.stranger().get("/readyz").status_code == 200


def test_rulings_and_the_law_are_data(office: Office) -> None:
    browser = office.visit("W01")
    facts = {
        "domain": "food",
        "violation": "food_item_failed",
        "item_class": "general",
        "circumstances": "slight",
    }
    ruling = browser.post(
        "/api/v1/rulings", {"facts": facts | {"affects_food_safety": "no"}, "on": "2024-04-26"}
    )
    assert (ruling.status_code, ruling.json()["fired"]) == (200, ["R01"])
    wrong = browser.post("/api/v1/rulings", {"facts": facts | {"colour": "red"}, "on": "2024-02-30"})
    assert wrong.json()["code"] == "facts_invalid"
    assert browser.get("/api/v1/rulebook?on=2024-04-26").json()["on"] == "2024-04-26"
    assert browser.get("/api/v1/rulebook?on=yesterday").json()["code"] == "parameter_invalid"
    charts = browser.get("/api/v1/charts").json()
    assert {"inspection", "finding", "rectification", "transfer", "copy_notice"} <= charts["charts"].keys()
    assert charts["charts"]["finding"]["rows"][0]["trigger"] == "record_finding"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/session",
        "/api/v1/charts",
        "/api/v1/findings/abcdefgh",
        "/api/v1/parties/abcdefgh",
        "/api/v1/ledger",
    ],
)
def test_unknown_parameters_are_refused_everywhere(office: Office, path: str) -> None:
    answer = office.visit("W01").get(f"{path}?colour=red")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter_invalid")
    assert answer.json()["errors"][0]["pointer"] == "/?colour"


def test_a_head_of_a_sheet_takes_nothing_along(office: Office) -> None:
    known, house, path = office.visit("C02"), office.town.house, "/api/v1/ledger/sheet.csv"
    with house.database.read() as connection:
        before = len(admin_entries(connection, house.office.office_id))
    head, taken = known.client.head(path), known.get(path)
    assert (head.status_code, head.content) == (200, b"") and taken.content
    assert head.headers["content-length"] == str(len(taken.content))
    with house.database.read() as connection:
        entered = admin_entries(connection, house.office.office_id)[before:]
    assert [one.action for one in entered] == ["sheet.export"], "by GET alone"
