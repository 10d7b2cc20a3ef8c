"""The page of delegations: a form, a list with pages, a button that ends one; and what other pages say of it."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Browser, expect

from tests.engine.test_delegations import end, lend, now_of
from tests.web.conftest import Pages, Served
from tests.web.officer import Officer
from tests.web.test_pages_in_the_browser import complaints_about
from tests.web.town_at_work import put_to_work
from tests.web.visitor import PageForm, Visitor

ROW = re.compile(r'data-delegation="([^"]+)" data-state="(\w+)"')
TODAY = "2024-04-26"


def form_of(visitor: Visitor) -> PageForm:
    """The form that lends roles."""
    return next(one for one in visitor.read().forms if one.action == "/delegations" and "from" in one.values)


def test_roles_are_lent_with_the_form_and_taken_back_with_the_button(pages: Pages) -> None:
    visitor = pages.visit("H01")
    visitor.get("/delegations")
    answer = visitor.send(form_of(visitor), delegate="U01", **{"from": TODAY, "to": TODAY}, reason="leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/delegations?flash=created")
    text = visitor.get("/delegations").text
    [(id, state)] = ROW.findall(text)
    assert state == "running" and "行政机关负责人" in text and "请假" in text
    assert now_of(pages.town, "U01").all_roles == {"unit_head", "department_head"}
    assert "/end" not in pages.visit("W01").get("/delegations").text
    button = next(one for one in visitor.read().forms if one.action == f"/delegations/{id}/end")
    assert visitor.send(button, csrf="x").status_code == 403
    visitor.get("/delegations")
    assert visitor.send(button).status_code == 303
    assert ROW.findall(visitor.get("/delegations").text) == [(id, "ended")]
    assert now_of(pages.town, "U01").acting_for == ()


def test_a_refused_form_comes_back_with_what_was_typed(pages: Pages) -> None:
    visitor = pages.visit("H01")
    visitor.get("/delegations")
    typed = {"from": "2024-04-20", "to": "2024-07-30", "reason": "other", "roles": ["case_officer"]}
    answer = visitor.send(form_of(visitor), delegate="U01", **typed)
    assert (answer.status_code, visitor.problem) == (422, "facts_invalid")
    assert visitor.read().wrong == ["from", "to", "note"] and visitor.read().focus == ["from"]
    again = form_of(visitor)
    assert again.values["delegate"] == ["U01"] and again.values["roles"] == ["case_officer"]
    answer = visitor.send(again, **{"from": TODAY, "to": TODAY}, reason="leave")
    assert answer.status_code == 422 and visitor.read().wrong == ["roles"]
    assert "委托人没有这个角色" in answer.text


def test_who_has_nothing_to_lend_has_no_form_and_filters_are_told(pages: Pages) -> None:
    for login in ("W01", "S01", "A01"):
        assert 'data-form="delegation"' not in pages.visit(login).get("/delegations").text, login
    answer = pages.visit("W01").get("/delegations?state=soon")
    assert (answer.status_code, "data-problem" in answer.text) == (400, True)
    assert 'name="delegator"' not in pages.visit("C02").get("/delegations").text


def test_the_list_goes_on_to_the_next_page(pages: Pages) -> None:
    for day in range(1, 4):
        id = lend(pages.town, "H01", "U01", date(2024, 5, day), date(2024, 5, day))
    end(pages.town, "H01", id)
    visitor = pages.visit("W01")
    text = visitor.get("/delegations?limit=2").text
    assert [state for _, state in ROW.findall(text)] == ["ended", "coming"]
    following = re.search(r'href="([^"]+)" rel="next"', text)
    assert following is not None
    rest = visitor.get(following.group(1).replace("&amp;", "&")).text
    assert [state for _, state in ROW.findall(rest)] == ["coming"]
    assert [state for _, state in ROW.findall(visitor.get("/delegations?state=ended").text)] == ["ended"]


def test_work_and_history_say_for_whom(pages: Pages) -> None:
    first, second = put_to_work(pages.town).proposed
    lend(pages.town, "H01", "U01", date(2024, 4, 26), date(2024, 4, 27))
    visitor = pages.visit("U01")
    text = visitor.get("/work").text
    assert "您正在代理 姓名H01（行政机关负责人）至 2024年4月27日" in text
    assert text.count('data-behalf="H01"') == 2 and "代 姓名H01" in text
    assert "standing in for 姓名H01 (head of the department)" in visitor.get("/work?lang=en").text
    bulk = next(one for one in visitor.read().forms if one.action == "/work")
    assert visitor.send(bulk, one=first).status_code == 200
    assert f'data-finding="{first}" data-result="recorded"' in visitor.last.text  # type: ignore[union-attr]  # just sent
    assert "姓名U01 代 姓名H01" in visitor.get(f"/findings/{first}?lang=zh").text
    assert "姓名U01 for 姓名H01" in visitor.get(f"/findings/{first}?lang=en").text
    assert "data-behalf" not in pages.visit("H01").get("/work").text
    pages.town.at("2024-04-28T00:00")
    text = visitor.get("/work").text
    assert "data-acting-for" not in text and f'data-finding="{second}"' not in text


def test_the_pages_are_accessible_and_fit_and_work_without_script(served: Served, browser: Browser) -> None:
    lend(served.town, "C02", "H01", date(2024, 4, 26), date(2024, 4, 27))
    assert complaints_about(browser, served.base, {"H01": ["/delegations"]}) == []
    officer = Officer.sign_in(browser, served.base, "H01", script=False)
    page = officer.page
    page.goto(f"{served.base}/delegations")
    page.select_option("#delegation-delegate", "U01")
    page.fill("#delegation-from", TODAY)
    page.fill("#delegation-to", TODAY)
    page.select_option("#delegation-reason", "business_trip")
    page.click("form[data-form=delegation] button")
    expect(page.locator("[data-delegation][data-state=running]")).to_have_count(2)
    assert officer.complaints == []
    officer.leave()
