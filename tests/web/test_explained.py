"""States, steps and heads are explained by the glossary, with the article, where they stand."""

from __future__ import annotations

import re

from tests.web.conftest import Pages
from tests.web.town_at_work import put_to_work
from web.glossary import explained, term_for, term_of


def test_every_word_that_explains_a_state_or_step_occurs_and_is_explained(pages: Pages) -> None:
    charts = pages.town.house.charts.by_name
    named = {
        name: [state.zh for state in chart.states.values()] + [row.zh for row in chart.rows]
        for name, chart in charts.items()
    }
    for chart, words in explained().items():
        for word, term in words.items():
            assert term_of(term).about or term_of(term).law or term_of(term).en
            assert any(term_for(chart, zh) == term for zh in named[chart] if word in zh), (chart, word)
    assert term_for("penalty", "送达告知书：直接送达") == "doc_penalty_prior_notice"
    assert term_for("finding", "已发现") == term_for("nowhere", "销号") == ""


def test_heads_states_and_next_steps_are_explained_with_their_article(pages: Pages) -> None:
    at_work = put_to_work(pages.town)
    officer = pages.visit("C01")
    shown = officer.get(f"/findings/{at_work.correcting}").text
    [tip] = re.findall(r'id="tip-rectification_order-1">([^<]+)<', shown)
    assert "《行政处罚法》" in tip
    assert len(re.findall(r' id="([^"]+)"', shown)) == len(set(re.findall(r' id="([^"]+)"', shown)))
    ledger = officer.get("/ledger?lang=en").text
    assert '<h1><span class="term"><a href="/help/terms#term-ledger"' in ledger.replace("\n", "")


def test_heads_of_lists_and_rows_of_figures_are_explained_each_once(pages: Pages) -> None:
    put_to_work(pages.town)
    head = pages.visit("H01")
    explained_there = {
        "/ledger": ("overdue-list", "overdue-light", "ledger_closeout-closed", "rectification_order-route"),
        "/board": ("overdue-heat", "rectification_order-flow"),
        "/deadlines": ("overdue-list",),
        "/rulebook": ("case_filing-route", "criminal_referral-route"),
    }
    for path, wanted in explained_there.items():
        for language in ("zh", "en"):
            shown = head.get(f"{path}?lang={language}").text
            ids = re.findall(r' id="([^"]+)"', shown)
            assert len(ids) == len(set(ids)), path
            assert [one for one in wanted if shown.count(f'"tip-{one}"') != 2] == [], (
                path
            )  # told of, and there
