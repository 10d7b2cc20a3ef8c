"""Comments, drafts and saved filters over HTTP: one's own, and nobody else's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.conftest import Browser, Office

DRAFT = {"triggers": ["add_facts"], "expected_version": 1, "typed": {"facts_summary": ["凉菜间……", ""]}}
CONFIDED = {**DRAFT, "triggers": ["record_threshold"]}


def put(browser: Browser, path: str, body: Any) -> httpx.Response:
    return browser.client.put(path, json=body, headers=browser.csrf)


def delete(browser: Browser, path: str) -> httpx.Response:
    return browser.client.delete(path, headers=browser.csrf)


def test_a_comment_is_an_entry_that_raises_the_sequence_alone(each_office: Office) -> None:
    finding = each_office.town.finding()
    place, before = f"/api/v1/findings/{finding}", each_office.town.row(finding)
    officer, colleague = each_office.visit("W01"), each_office.visit("W02")

    said = officer.post(f"{place}/comments", {"text": " 已电话联系。 "}, key="comment-1")
    again = officer.post(f"{place}/comments", {"text": " 已电话联系。 "}, key="comment-1")

    assert said.status_code == again.status_code == 200
    assert again.headers["idempotent-replay"] == "true" and again.json() == said.json()
    after = each_office.town.row(finding)
    assert (after.version, after.sequence) == (before.version, before.sequence + 1)
    listed = colleague.get(f"{place}/comments").json()
    assert [(one["by"], one["facts"], one["sequence"]) for one in listed["items"]] == [
        ("W01", {"text": "已电话联系。"}, after.sequence)
    ]
    colleague.post(f"{place}/comments", {"text": "下周复查。"})
    page = officer.get(f"{place}/comments?limit=1").json()
    rest = officer.get(f"{place}/comments?after={page['next']}").json()
    assert [one["facts"]["text"] for one in (*page["items"], *rest["items"])] == [
        "已电话联系。",
        "下周复查。",
    ]
    assert officer.post(f"{place}/comments", {"text": " "}).status_code == 422


def test_a_draft_is_its_writers_alone_and_the_only_one_of_its_form(each_office: Office) -> None:
    finding = each_office.town.finding()
    inspection = each_office.town.row(finding).inspection_id
    for place in (f"/api/v1/findings/{finding}/drafts", f"/api/v1/inspections/{inspection}/drafts"):
        officer, colleague = each_office.visit("W01"), each_office.visit("W02")
        put(officer, place, DRAFT | {"typed": {"facts_summary": ["旧稿"]}})
        kept = put(officer, place, DRAFT)
        assert kept.status_code == 200
        assert kept.json() == officer.get(place).json()["items"][0]
        assert {name: kept.json()[name] for name in ("triggers", "proceeding", "version", "typed")} == {
            "triggers": ["add_facts"],
            "proceeding": None,
            "version": 1,
            "typed": DRAFT["typed"],
        }
        assert len(officer.get(place).json()["items"]) == 1
        assert colleague.get(place).json() == {"items": []}
        assert put(officer, place, CONFIDED).json()["errors"][0]["pointer"] == "/triggers"
        assert put(officer, place, DRAFT | {"typed": {"x": ["甲" * 100_001]}}).status_code == 422
        assert delete(officer, f"{place}?triggers=add_facts").status_code == 204
        assert officer.get(place).json() == {"items": []}
        assert officer.client.put(place, json=DRAFT).status_code == 403


def test_of_many_drafts_the_last_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.drafts.DRAFTS_MAX", 2)
    place, officer = f"/api/v1/findings/{office.town.finding()}/drafts", office.visit("W01")
    for number in range(4):
        office.town.at(f"2024-04-26T17:0{number}")
        put(officer, place, DRAFT | {"proceeding": f"proceeding-{number}"})
    kept = [one["proceeding"] for one in officer.get(place).json()["items"]]
    assert kept == ["proceeding-2", "proceeding-3"]


def test_a_saved_filter_is_its_owners_alone(office: Office) -> None:
    place, officer = "/api/v1/work/views", office.visit("W01")
    first = {"name": "食品", "query": "domain=food"}
    assert put(officer, place, first).json() == first
    assert put(officer, place, first | {"query": "domain=food&sort=due"}).status_code == 200
    assert officer.get(place).json()["items"] == [{"name": "食品", "query": "domain=food&sort=due"}]
    assert office.visit("W02").get(place).json() == {"items": []}
    assert (
        put(officer, place, {"name": "x", "query": "password=1"}).json()["errors"][0]["pointer"] == "/query"
    )
    assert put(officer, place, {"name": "", "query": ""}).json()["errors"][0]["pointer"] == "/name"
    assert delete(officer, f"{place}?name=食品").status_code == 204
    assert officer.get(place).json() == {"items": []}
