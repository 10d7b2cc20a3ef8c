"""What people read: dates as an office writes them, and refusals that speak to them and not to programs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api.problems import problems
from engine.accounts import Visit
from engine.core.basis import spoken_in_english
from tests.web.conftest import Pages, give_passwords
from tests.web.town_at_work import put_to_work
from web.asking import Asking
from web.dates import day, end, instant, spoken
from web.incoming_words import told_members
from web.naming import Names
from web.problems import remedy_of
from web.wording import Words

OF_PROGRAMS = (
    "reasons",
    "roles",
    "errors",
    "Retry-After",
    "Allow",
    "键",
    " key",
    "POST",
    "GET",
    "_",
    "header",
)
OF_SYSTEMS = ("signature_invalid", "signature_expired")
"""What only linked systems are told."""
BROWSER = {"accept": "text/html,application/xhtml+xml"}


def test_dates_are_written_as_an_office_writes_them() -> None:
    at = datetime(2024, 5, 12, 18, 5, tzinfo=UTC)
    assert (day(date(2024, 5, 3), "zh"), day("2024-05-03", "en")) == ("2024年5月3日", "2024-05-03")
    assert (instant(at, "zh"), instant(at, "en")) == ("2024年5月13日 02:05", "2024-05-13 02:05")
    assert instant("2024-05-13", "zh") == day(at, "zh") == "2024年5月13日"
    assert (day(None, "zh"), instant("", "zh")) == ("", "")
    assert end(datetime(2024, 5, 12, 16, tzinfo=UTC), "zh") == "2024年5月12日"
    assert spoken("已于2024-05-03到期，编号 12024-05-031", "zh") == "已于2024年5月3日到期，编号 12024-05-031"
    assert spoken("2024-05-03", "en") == "2024-05-03"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_tells_people_what_programs_are_told(language: str) -> None:
    words = Words(language)
    for code, known in problems().items():
        said = remedy_of({"code": code, "remedy": known.remedy, "retry_after": 7}, words)
        assert code in OF_SYSTEMS or not any(word in said for word in OF_PROGRAMS), (code, said)


def test_who_may_not_is_told_who_may(pages: Pages) -> None:
    clerk = pages.visit("D01")
    refused = clerk.get("/intake")
    assert (refused.status_code, clerk.problem) == (403, "not_yours")
    assert "由检查人员办理" in refused.text
    assert "This is for: inspector" in clerk.get("/intake?lang=en").text


def test_a_browser_is_shown_a_page_where_there_is_none_and_a_program_a_problem(pages: Pages) -> None:
    officer = pages.visit("W01", **BROWSER)
    nowhere, hidden = officer.get("/nowhere"), officer.get("/findings/never-was-here")
    assert nowhere.status_code == hidden.status_code == 404
    assert nowhere.text.replace("/nowhere", "") == hidden.text.replace("/findings/never-was-here", "")
    assert nowhere.headers["content-security-policy"] == hidden.headers["content-security-policy"]
    steps = officer.get("/findings/never-was-here/steps")
    assert (steps.status_code, officer.problem, steps.headers["allow"]) == (405, "method_not_allowed", "POST")
    for path in ("/api/v1/nowhere", "/openapi.json/nowhere"):
        assert officer.get(path).headers["content-type"] == "application/problem+json"
    assert pages.visit("W01").get("/nowhere").json()["code"] == "not_found"


def test_an_administrator_is_led_to_where_the_work_is(pages: Pages) -> None:
    for login, role in (("B01", "security_admin"), ("E01", "audit_admin")):
        pages.town.add_person(login, "lead_office", (role,))
    give_passwords(pages.town)
    for login, there, not_there in (
        ("A01", ("/admin", "/systems", "/admin/record"), "/admin/accounts"),
        ("B01", ("/admin", "/admin/accounts", "/admin/record"), "/systems"),
        ("E01", ("/admin/accounts", "/admin/record", "/admin/attempts"), "/systems"),
    ):
        shown = pages.visit(login).get("/work").text
        main = shown[shown.index("<main") :]
        assert "看不到案件" in main and "data-group" not in main
        assert all(f'href="{path}"' in main for path in there), login
        assert f'href="{not_there}"' not in main
    calm = pages.visit("W01").get("/work").text
    assert calm.count("data-group=") == 4 and 'class="strip"' not in calm and 'href="/ledger">' in calm
    assert 'class="strip"' in pages.visit("W01").get("/work?whose=role").text


def test_names_stand_in_the_brackets_of_their_script_and_without_hints_where_they_are_read(
    pages: Pages,
) -> None:
    house = pages.town.house
    clock = house.charts.dictionary["roles"]["clock"]
    assert "(" in clock["zh"] and Words("zh").of(clock) == "时钟（到期自动）"
    assert Words("en").of({"zh": "抄告", "en": "open copy_notice (at once)"}) == "open copy notice (at once)"
    assert Names(house, Words("zh")).fact("officers") == "执法人员"
    shown = pages.visit("C01").get(f"/findings/{put_to_work(pages.town).correcting}").text
    assert "<dt>执法人员</dt>" in shown and "<dt>检查结果</dt>" in shown
    visit = Visit(pages.town.people["C01"], "write")
    asking = Asking(None, house, visit, Words("zh"))  # type: ignore[arg-type]  # no request is read
    assert told_members(asking, house.incoming.reader.book, {"handler": "W01"}) == [("承办人", "姓名W01")]
    for text, told in (
        ("SEED 谁主管谁监管", "原双随机办〔2024〕1号谁主管谁监管"),
        ("DOMAIN 3.0; 行政处罚法 Art 28", "internal requirement; 行政处罚法 Art 28"),
    ):
        assert spoken_in_english(text) == told
