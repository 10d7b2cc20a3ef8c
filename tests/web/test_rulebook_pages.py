"""The rulebook and its rules as pages: what stands on a day, how often it fires, and what is left to people."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tests.builders import Town, item
from tests.web.conftest import Pages, application, give_passwords
from tests.web.town_at_work import SLIGHT
from tests.web.visitor import Visitor


def hits(visitor: Visitor) -> dict[str, int]:
    """Rule → how often it fires, as the page tells it."""
    text = visitor.get("/rulebook").text
    return {rule: int(count) for rule, count in re.findall(r'data-rule="(\w+)" data-hits="(\d+)"', text)}


def test_hits_count_present_rulings_of_what_the_reader_sees(
    town_url: str, open_town: Callable[..., Town]
) -> None:
    town = open_town(town_url)
    give_passwords(town)
    town.inspect(item(town, facts=SLIGHT), item(town, item="食品贮存", facts=SLIGHT), item(town, item="其他"))
    blocked = item(town, domain="fire", violation="fire_exit_blocked")
    town.inspect(blocked, by="F01", department="fire_rescue", officers=["F01", "F02"])
    app = application(town)
    ours, theirs, all_ = (hits(Visitor.sign_in(app, login)) for login in ("W01", "F01", "S01"))
    fired = {rule for rule, count in ours.items() if count}
    assert {rule: ours[rule] for rule in fired} == {"R01": 2}
    assert all_["R01"] == 2 and theirs["R01"] == 0
    assert all_ == {rule: ours[rule] + theirs[rule] for rule in ours}


def test_rules_of_a_day_stand_by_route_and_confidential_ones_tell_no_hits(pages: Pages) -> None:
    visitor, book = pages.visit("W01"), pages.town.house.rulebook
    for on in ("2024-06-01", "2026-06-01"):
        text = visitor.get(f"/rulebook?on={on}").text
        standing = book.in_force(date.fromisoformat(on))
        shown = re.findall(r'<tr id="\w+" data-rule="(\w+)"', text)
        assert sorted(shown) == sorted(one.id for one in standing)
        told = set(re.findall(r'data-rule="(\w+)" data-hits', text))
        assert told == {one.id for one in standing if not one.confidential}
        assert text.index('data-route="criminal_referral"') < text.index('data-route="penalty"')
    assert "设备未在用" in text and "待法制机构签署" in text
    assert ">None<" not in text, "who has not signed has no day"
    assert 'href="/rulebook/backtests"' not in text


def test_a_rule_says_its_condition_its_law_and_its_examples_in_words(pages: Pages) -> None:
    visitor = pages.visit("W01")
    text = visitor.get("/rulebook/R18").text
    assert re.findall(r'data-version="(\d)"', text) == ["2", "1"]
    assert "违法所得不少于 30,000.00 元" in text and "以下至少一项符合" in text
    assert "《刑法》第二百一十四条" in text and "V2[S29]" in text
    fired = re.search(r'data-fired="true".*?href="([^"]+)"', text, re.S)
    assert fired is not None
    tried = visitor.get(fired.group(1).replace("&amp;", "&").partition("#")[0]).text
    assert 'data-rule="R18" data-state="fired"' in tried
    english = visitor.get("/rulebook/R18?lang=en").text
    assert "Illegal gains is at least 30,000.00 yuan" in english


def test_every_rule_has_its_page_and_no_other_id_does(pages: Pages) -> None:
    visitor = pages.visit("W01")
    for rule in {one.id for one in pages.town.house.rulebook.rules}:
        assert visitor.get(f"/rulebook/{rule}").status_code == 200, rule
    for unknown in ("R99", "r01", "R01@1", "..", "%00"):
        answer = visitor.get(f"/rulebook/{unknown}")
        assert answer.status_code in (303, 404), unknown
        assert "data-rule=" not in answer.text
