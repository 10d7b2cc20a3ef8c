"""The simulator: the ruling of any facts with its reasons, and wrong facts told at their inputs."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from tests.builders import item
from tests.web.conftest import Pages
from tests.web.visitor import Visitor

FAKE = {"domain": "food", "violation": "food_fake_inferior", "on": "2024-06-01", "criminal": "yes"}
SMALL = {"domain": "food", "violation": "food_system_missing", "on": "2024-06-01"}


def tried(visitor: Visitor, **facts: str) -> str:
    """What the simulator shows for these inputs."""
    answer = visitor.get(f"/rulebook/try?{urlencode(facts)}")
    assert answer.status_code == 200, answer.text
    return answer.text


def lamps(text: str) -> dict[str, str]:
    """Rule → how its lamp shines."""
    return dict(re.findall(r'data-rule="(\w+)" data-state="(\w+)"', text))


def turns(text: str) -> set[tuple[str, str]]:
    """What the nearest changes would bring and take."""
    return set(re.findall(r'data-word="(\w+)" data-turn="(\w+)"', text))


def test_the_rules_that_fire_light_up_with_facts_and_articles(pages: Pages) -> None:
    text = tried(pages.visit("W01"), **FAKE, sales_fen_yuan="50000")
    assert lamps(text)["R07"] == "fired"
    chain = re.search(r'data-chain="R07".*?</ol>', text, re.S)
    assert chain is not None
    assert "销售金额：50,000.00 元" in chain.group()
    assert "尚未销售货值金额" not in chain.group()
    assert "《刑法》第一百四十条" in chain.group()
    assert "罚款" in text and "依法不得" in text


def test_a_yuan_less_is_open_and_the_nearest_change_is_that_yuan(pages: Pages) -> None:
    text = tried(pages.visit("W01"), **FAKE, sales_fen_yuan="49999.99")
    assert lamps(text)["R07"] == "open"
    assert ("criminal_referral", "comes") in turns(text)
    nearest = re.sub(r"<[^>]+>", "", text[text.index('id="nearest-title"') :])
    assert re.search(r"销售金额：49,999\.99 元\s*→变为\s*50,000\.00 元", nearest)


def test_without_the_tick_the_criminal_rules_do_not_exist(pages: Pages) -> None:
    text = tried(pages.visit("W01"), **{**FAKE, "criminal": ""}, sales_fen_yuan="50000")
    assert "R07" not in text
    assert {word for word, _ in turns(text)} and "criminal_referral" not in text


def test_what_is_asked_in_the_domain_stands_first_and_the_rest_is_folded(pages: Pages) -> None:
    text = tried(pages.visit("W01"), **SMALL)
    folded = text.index('<details class="sub"')
    for name, shown in {
        "item_class": True,
        "limitation": True,
        "own_power": True,
        "marks_count": False,
    }.items():
        assert (text.index(f'name="{name}"') < folded) is shown, name


WRONG: tuple[tuple[dict[str, str], set[str]], ...] = (
    ({"domain": ""}, {"domain"}),
    ({"violation": "ad_false"}, {"violation"}),
    ({"on": "2024-06-31"}, {"on"}),
    (
        {"sales_fen_yuan": "5万", "marks_count": "-2", "harm": "huge"},
        {"sales_fen_yuan", "marks_count", "harm"},
    ),
)


def test_wrong_facts_are_told_at_their_inputs_with_everything_still_there(pages: Pages) -> None:
    visitor = pages.visit("W01")
    for facts, wrong in WRONG:
        answer = visitor.get(f"/rulebook/try?{urlencode({**SMALL, 'fine_fen_yuan': '12.5', **facts})}")
        assert answer.status_code == 422
        read = visitor.read()
        assert set(read.wrong) == wrong
        assert len(read.focus) == 1
        assert 'value="12.5"' in answer.text and "data-ruling" not in answer.text


def test_both_languages_and_both_days_of_a_law_that_changed(pages: Pages) -> None:
    visitor = pages.visit("W01")
    mark = {
        "domain": "trademark",
        "violation": "tm_sell_counterfeit",
        "criminal": "yes",
        "reasonable_suspicion": "true",
    }
    old, new = (tried(visitor, **mark, on=on, lang="en") for on in ("2024-06-01", "2026-06-01"))
    assert "/rulebook/R18#v1" in old and "/rulebook/R18#v2" in new
    assert "Reasonable suspicion: Yes" in new


def test_a_finding_says_why_and_opens_the_simulator_with_its_facts(pages: Pages) -> None:
    facts = {"item_class": "general", "circumstances": "slight", "affects_food_safety": "no"}
    [finding] = pages.town.findings_of(pages.town.inspect(item(pages.town, facts=facts)))
    visitor = pages.visit("W01")
    text = visitor.get(f"/findings/{finding}").text
    chain = text[text.index('data-chain="R01"') :].partition('class="small dim"')[0]
    assert "检查项目类别：一般项目" in chain and "情节：情节（显著）轻微" in chain
    link = re.search(r'<a href="([^"]+)" data-try>', text)
    assert link is not None and "criminal" not in link.group(1)
    shown = visitor.get(link.group(1).replace("&amp;", "&").partition("#")[0])
    assert shown.status_code == 200
    assert lamps(shown.text)["R01"] == "fired" and turns(shown.text)
    assert "移送司法机关" not in shown.text
