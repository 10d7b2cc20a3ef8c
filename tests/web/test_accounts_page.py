"""Accounts and the administrative record on pages: filters, forms that propose, and what nobody is told."""

from __future__ import annotations

import re

import pytest

from engine.core.refusals import Refusal
from engine.refused import PERIOD, Attempt
from tests.builders import refused
from tests.web.conftest import Pages, give_passwords
from tests.web.test_systems_page import confirm
from tests.web.visitor import PageForm, Visitor

ROW = re.compile(r'data-account="([^"]+)" data-state="(\w+)"')
NEW = {
    "login": "W77",
    "name": "穆<b>青",
    "department": "market_regulation",
    "roles": ["inspector", "case_officer"],
    "password": "correct horse 77 battery",
}


@pytest.fixture
def real(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """A bureau where two security administrators are needed, as in real time."""
    monkeypatch.setattr("engine.administration.Administration.acts_directly", lambda _: False)
    for login, role in (("B01", "security_admin"), ("B02", "security_admin"), ("E01", "audit_admin")):
        pages.town.add_person(login, "market_regulation", (role,))
    give_passwords(pages.town)
    return pages


def form_of(visitor: Visitor, act: str) -> PageForm:
    """The form of the last page that proposes that act."""
    return next(
        one
        for one in visitor.read().forms
        if one.values.get("act") == [act] or (act == "user.add" and "login" in one.values)
    )


def test_one_proposes_an_account_and_another_confirms_it(real: Pages) -> None:
    first, second = real.visit("B01"), real.visit("B02")
    first.get("/admin/accounts")
    answer = first.send(form_of(first, "user.add"), **NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/accounts?flash=created")
    text = first.get("/admin/accounts").text
    draft = text[text.index('data-draft="user.add"') :].partition("</form>")[0]
    assert re.findall(r'<input[^>]*name="password"[^>]*>', draft) == re.findall(
        r'<input[^>]*type="password"[^>]*>', draft
    )
    assert "穆&lt;b&gt;青" in text and NEW["password"] not in text, "it waits, escaped, without its password"
    assert "W77" not in dict(ROW.findall(text)) and 'action="/admin/proposals/' not in text

    confirm(second, "/admin/accounts")

    [row] = ROW.findall(second.get("/admin/accounts?q=w77").text)
    assert row == ("W77", "in_use")
    account = second.get("/admin/accounts/W77").text
    assert "首次登录须更换密码" in account and "新增账号" in account
    assert "argon2" not in account and NEW["password"] not in account


def test_whoever_proposed_takes_it_back_on_the_page(real: Pages) -> None:
    first, second = real.visit("B01"), real.visit("B02")
    first.get("/admin/accounts")
    first.send(form_of(first, "user.add"), **NEW)
    for path in ("/admin", "/admin/accounts"):
        assert "撤回" not in second.get(path).text
        first.get(path)
        assert [one for one in first.read().forms if one.action.startswith("/admin/withdrawals/")]
    button = next(one for one in first.read().forms if one.action.startswith("/admin/withdrawals/"))
    second.get("/admin")
    stolen = second.client.post(button.action, data={"csrf": second.read().forms[-1].values["csrf"]})
    assert stolen.status_code == 403

    answer = first.send(button)

    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/accounts?flash=recorded")
    assert "data-proposal" not in first.get("/admin/accounts").text
    assert "撤回" in second.get("/admin/record").text


def test_another_role_is_confirmed_with_what_stood_before_and_one_disabled_is_found_so(real: Pages) -> None:
    first, second = real.visit("B01"), real.visit("B02")
    for act, more in (("user.change", {"roles": ["legal_reviewer"]}), ("user.disable", {})):
        first.get("/admin/accounts/C02")
        answer = first.send(form_of(first, act), **more)
        assert answer.status_code == 303, answer.text
        waiting = second.get("/admin/accounts/C02").text
        assert "data-proposal" in waiting and "法制审核" in waiting
        confirm(second, "/admin/accounts/C02")
    listed = second.get(
        "/admin/accounts?state=disabled&role=legal_reviewer&department=market_regulation"
    ).text
    assert ROW.findall(listed) == [("C02", "disabled")]
    second.get("/admin/accounts/C02")
    assert not [one for one in second.read().forms if one.values.get("act") == ["user.disable"]]
    record = second.get("/admin/record?act=user.change").text
    assert "办案人员" in record and "审核" in record and "→" in record


def test_nobody_changes_an_account_of_their_own_and_a_weak_password_is_told_beside_its_field(
    real: Pages,
) -> None:
    first = real.visit("B01")
    first.get("/admin/accounts/B01")
    assert "本人的账号" in first.send(form_of(first, "user.disable")).text
    first.get("/admin/accounts/C02")
    answer = first.send(form_of(first, "user.passwd"), password="12345678")
    assert answer.status_code == 422 and 'data-field-error="password"' in answer.text
    assert "12345678" not in answer.text
    first.get("/admin/accounts")
    answer = first.send(form_of(first, "user.add"), **{**NEW, "login": "c02", "password": ""})
    assert 'data-field-error="login"' in answer.text and "穆&lt;b&gt;青" in answer.text, (
        "what was typed stays"
    )


def test_filters_are_literal_and_a_wrong_one_is_told(real: Pages) -> None:
    visitor = real.visit("B01")
    assert ROW.findall(visitor.get("/admin/accounts?q=%25").text) == [], "a percent sign is no wildcard"
    assert ROW.findall(visitor.get("/admin/accounts?q=_01").text) == []
    text = visitor.get("/admin/accounts?state=gone&limit=2").text
    assert 'data-problem="parameter_invalid"' in text and ROW.findall(text)
    page = visitor.get("/admin/accounts?limit=2").text
    onward = re.search(r'href="(/admin/accounts\?[^"]*cursor=[^"]+)"', page)
    assert onward is not None
    assert not set(ROW.findall(page)) & set(ROW.findall(visitor.get(onward[1].replace("&amp;", "&")).text))


def test_auditors_read_and_propose_nothing_and_attempts_name_no_case(real: Pages) -> None:
    town = real.town
    refused(town.step, "F01", "no-such-finding-1", "register")
    auditor = real.visit("E01")
    text = auditor.get("/admin/accounts/C02").text
    assert "data-form" not in text and 'action="/admin/accounts' not in text
    attempts = auditor.get("/admin/attempts").text
    assert "no-such-finding-1" not in attempts
    for login, path in (("B01", "/admin/attempts"), ("A01", "/admin/accounts"), ("C01", "/admin/record")):
        assert real.visit(login).get(path).status_code == 403, (login, path)
    assert auditor.get("/admin/accounts/nobody").status_code == 404


def test_attempts_beyond_the_number_are_told_as_one_line(
    real: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, who = real.town.house, real.town.who("W01")
    monkeypatch.setattr("engine.refused.EACH_MAX", 1)
    for _ in range(4):
        house.desk.attempts.keep(who, Attempt("message", "", ""), Refusal("not_yours"))
    later = house.clock.real_now() + PERIOD
    monkeypatch.setattr(type(house.clock), "real_now", lambda _: later)
    house.desk.attempts.write_counted()
    monkeypatch.undo()

    zh = real.visit("E01").get("/admin/attempts").text
    en = real.visit("E01").get("/admin/attempts?lang=en").text

    assert "其余各次（合计）" in zh and "次数：+3" in zh and "报文" in zh
    assert "further attempts, counted" in en and "+3" in en
