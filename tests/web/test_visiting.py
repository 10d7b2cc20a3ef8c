"""Who gets in, who sees what, and in which language."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import Pages, application
from tests.web.town_at_work import AtWork, put_to_work
from web.asking import local_path

PAGES = [
    "/work",
    "/intake",
    "/ledger",
    "/deadlines",
    "/delegations",
    "/stuck",
    "/rulebook",
    "/exchange",
    "/admin",
    "/findings/x",
    "/parties/x",
]
ELSEWHERE = [
    "//evil.example/x",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "evil",
    "/a\nb",
    "",
]


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    return put_to_work(pages.town)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_back(pages: Pages, path: str) -> None:
    answer = TestClient(pages.app, base_url="http://127.0.0.1").get(f"{path}?a=1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=" + path.replace("/", "%2F") + "%3Fa%3D1"


def test_after_signing_in_the_wanted_page_is_shown(pages: Pages) -> None:
    visitor = pages.visit("W01")
    answer = visitor.client.post(
        "/login", data={"login": "w01", "password": "correct horse battery", "next": "/ledger?state=open"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/ledger?state=open")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_signing_in_leads_nowhere_else(path: str) -> None:
    assert local_path(path) == "/work"


def test_who_signs_out_is_a_stranger(pages: Pages) -> None:
    visitor = pages.visit("W01")
    visitor.get("/work")
    out = next(form for form in visitor.read().forms if form.action == "/logout")
    assert visitor.send(out).headers["location"] == "/login"
    assert visitor.get("/work").status_code == 303


def test_what_is_hidden_is_the_same_page_as_what_never_was(pages: Pages, at_work: AtWork) -> None:
    stranger = pages.visit("F01")
    for kind, id in (("findings", at_work.found), ("inspections", at_work.inspection)):
        hidden, never = stranger.get(f"/{kind}/{id}"), stranger.get(f"/{kind}/never-was-here")
        assert hidden.status_code == never.status_code == 404
        assert hidden.text.replace(id, "never-was-here") == never.text


def test_a_form_for_a_hidden_finding_changes_nothing_and_says_not_found(
    pages: Pages, at_work: AtWork
) -> None:
    head, stranger = pages.visit("H01"), pages.visit("F02")
    head.get(f"/findings/{at_work.proposed[0]}")
    form = head.form("approve_route")
    stranger.get("/work")
    csrf = stranger.csrf
    assert stranger.send(form, csrf=csrf).status_code == 404
    assert pages.town.state(at_work.proposed[0]) == "route_confirmed"


def test_a_form_without_the_sessions_value_is_refused(pages: Pages, at_work: AtWork) -> None:
    head = pages.visit("H01")
    head.get(f"/findings/{at_work.proposed[0]}")
    answer = head.send(head.form("approve_route"), csrf=None)
    assert (answer.status_code, head.problem) == (403, "session_check_failed")


def test_administrators_see_no_cases_and_officers_no_administration(pages: Pages, at_work: AtWork) -> None:
    administrator, inspector = pages.visit("A01"), pages.visit("W01")
    assert administrator.get(f"/findings/{at_work.found}").status_code == 404
    assert administrator.get("/admin").status_code == 200
    assert inspector.get("/admin").status_code == 403
    assert "data-finding" not in administrator.get("/work").text


def test_only_inspectors_take_in(pages: Pages) -> None:
    assert pages.visit("H01").get("/intake").status_code == 403


def test_the_language_is_asked_for_then_kept_then_the_browsers_then_chinese(pages: Pages) -> None:
    english = {"accept-language": "en-GB,en;q=0.8"}
    assert 'lang="en"' in pages.visit("W01", **english).get("/work").text
    visitor = pages.visit("W01")
    assert 'lang="zh-CN"' in visitor.get("/work").text
    assert 'lang="en"' in visitor.get("/work?lang=en").text
    assert 'lang="en"' in visitor.get("/ledger").text
    assert 'lang="zh-CN"' in visitor.get("/work?lang=zh").text


def test_pages_say_that_time_is_not_real_and_carry_the_policy(pages: Pages) -> None:
    answer = pages.visit("W01").get("/work")
    assert 'data-clock="test"' in answer.text
    assert "测试时钟" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_names_from_outside_are_shown_as_text(pages: Pages) -> None:
    hostile = '<img src=x onerror="alert(1)">'
    finding = pages.town.finding(item=hostile, facts_summary=hostile + "{{ 7*7 }}")
    text = pages.visit("W01").get(f"/findings/{finding}").text
    assert "<img src=x" not in text
    assert "&lt;img src=x" in text
    assert "{{ 7*7 }}" in text


def test_files_of_pages_are_kept_by_browsers_until_they_change(pages: Pages) -> None:
    visitor = pages.visit("W01")
    address = re.search(r'href="(/static/bihuan.css[?][0-9a-f]{12})"', visitor.get("/work").text)
    assert address is not None
    answer = visitor.client.get(address.group(1))
    assert "immutable" in answer.headers["cache-control"]
    assert visitor.client.get("/static/bihuan.css").headers["cache-control"] == "no-cache"
    again = visitor.client.get("/static/bihuan.css", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    assert visitor.client.get("/static/../pages.py").status_code == 404
    assert visitor.client.get("/static/vendor/axe.min.js").status_code == 404


def test_a_clock_of_an_inspection_without_findings_leads_to_the_inspection(pages: Pages) -> None:
    inspection = pages.town.inspect(result_codes=["NO_PROBLEM"])
    visitor = pages.visit("W01")
    listed = visitor.get("/deadlines?lang=zh").text
    assert f'href="/findings/{inspection}"' in listed
    row = listed[listed.index(f'data-finding="{inspection}"') :].partition("</tr>")[0]
    assert (
        '<td class="item">检查<' in row
        and pages.town.house.reader.inspection(pages.town.who("W01"), inspection)["inspection"]["party"][
            "name"
        ]
        in row
    )
    assert pages.town.house.reader.named(pages.town.who("F01"), [inspection]) == {}
    answer = visitor.get(f"/findings/{inspection}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/inspections/{inspection}")


def test_who_asks_too_often_reads_so_in_their_language(pages: Pages) -> None:
    house = pages.town.house
    before, house.settings = house.settings, replace(house.settings, address_rate=1)
    client = TestClient(application(pages.town), base_url="http://127.0.0.1", client=("192.0.2.7", 5))
    for _ in range(11):
        client.get("/login")  # the application is built with these settings at the first
        house.settings = before
    for language, said in (("zh", "秒再试；刚才的操作没有办理。"), ("en", "seconds; nothing was done.")):
        shown = client.get(f"/work?lang={language}", headers={"accept": "text/html"})
        assert shown.status_code == 429 and shown.headers["content-type"].startswith("text/html")
        assert f'<html lang="{language}' in shown.text and 'data-problem="rate_limited"' in shown.text
        assert re.search(rf"{shown.headers['retry-after']} {said}", shown.text)
        assert "default-src 'none'" in shown.headers["content-security-policy"]
