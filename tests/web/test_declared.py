"""What is declared for pages names only what exists, in both languages; what a person must state is never prefilled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.chart import Charts
from rules.charts import load_charts
from tests.builders import Town
from tests.web.town_at_work import put_to_work
from web.intake_form import declared
from web.pages import ROUTERS
from web.steps import act_book
from web.wording import LANGUAGES, words_of

WEB = Path(__file__).parent.parent.parent / "web"
STATED_BY_THE_PERSON = {
    "recusal_told",
    "jurisdiction_checked",
    "limitation_checked",
    "conclusion",
    "verification_text",
    "credit_result",
    "served_on",
    "signer",
    "threshold_facts",
    "refusal_ground",
    "materials_complete",
    "handed_over_at",
    "notice_no",
    "notice_received_on",
    "judgment_no",
    "judgment_effective_on",
    "court_fine_fen",
}
SAID = re.compile(r"""\bt\(\s*'([a-z_.]+)'""")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def charts() -> Charts:
    return load_charts()


def test_every_act_is_made_of_rows_of_the_charts(charts: Charts) -> None:
    named = [step for act in act_book().acts for step in act.steps]
    named += [tuple(name.split(".")) for name in (*act_book().next, *act_book().approvals)]  # type: ignore[misc]  # names of unlike length
    assert [f"{chart}.{trigger}" for chart, trigger in named if trigger not in charts[chart].triggers] == []


def test_every_aside_matches_some_row(charts: Charts) -> None:
    rows = {(chart.name, trigger) for chart in charts.by_name.values() for trigger in chart.triggers}
    useless = [pattern for pattern in act_book().aside if not any(_matches(pattern, *row) for row in rows)]
    assert useless == []


def _matches(pattern: str, chart: str, trigger: str) -> bool:
    from fnmatch import fnmatch

    return fnmatch(f"{chart}.{trigger}", pattern)


def test_every_carried_fact_is_in_the_dictionary(charts: Charts) -> None:
    book, facts = act_book(), charts.dictionary["facts"]
    named = {*book.carry, *book.once, *book.today, *book.now, *book.long_texts, *book.never_prefilled}
    assert named - set(facts) == set()


def test_what_a_person_must_state_is_declared_so() -> None:
    assert act_book().never_prefilled >= STATED_BY_THE_PERSON
    assert not act_book().never_prefilled & {
        *act_book().carry,
        *act_book().today,
        *act_book().now,
        *act_book().once,
    }


def test_no_open_form_holds_what_a_person_must_state(sqlite_town: Town) -> None:
    from web.prefill import prefilled

    at_work = put_to_work(sqlite_town)
    filled = [
        (login, offer.triggers, name)
        for login in ("W01", "C01", "U01", "H01", "D01", "S01")
        for finding in (at_work.found, at_work.correcting, *at_work.proposed)
        for offer, form, known in _forms(sqlite_town, login, finding)
        for name in prefilled(form, offer, known)
        if name.split(".")[0] in STATED_BY_THE_PERSON
    ]
    assert filled == []


def _forms(town: Town, login: str, finding: str) -> Iterator[tuple]:  # type: ignore[type-arg]  # whatever a form is declared with
    from engine.accounts import Visit
    from web.asking import Asking
    from web.records import open_finding
    from web.wording import Words

    asking = Asking(None, town.house, Visit(town.people[login], "write"), Words("zh"))  # type: ignore[arg-type]  # no request is read
    folder = open_finding(asking, finding)
    for offer in (*folder.offers, *folder.publishing):
        yield offer, folder.maker.of(offer), folder.known


def test_both_languages_say_the_same_things() -> None:
    assert set(words_of("zh")) == set(words_of("en"))
    assert [key for key in words_of("en") if HAN.search(words_of("en")[key]) and key != "app.language"] == []


def test_every_word_that_a_template_says_exists_and_templates_hold_none_themselves() -> None:
    said: set[str] = set()
    written: list[str] = []
    for path in (WEB / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        said |= {key for key in SAID.findall(text) if not key.endswith((".", "_"))}
        without_comments = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
        written += [f"{path.name}: {found}" for found in HAN.findall(without_comments)]
    assert said - set(words_of("zh")) == set()
    assert written == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_input_of_intake_has_its_words(language: str) -> None:
    names = {
        line["name"]
        for lines in declared().values()
        if isinstance(lines, list)
        for line in lines
        if isinstance(line, dict)
    }
    assert {f"intake_field.{name}" for name in names} - set(words_of(language)) == set()


def test_no_template_holds_style_or_script_of_its_own() -> None:
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<style|<script(?![^>]*\ssrc=)")
    found = [
        path.name
        for path in (WEB / "templates").rglob("*.html")
        if inline.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_path_of_the_contract_has_its_page() -> None:
    paths = {route.path for router in ROUTERS for route in router.routes}  # type: ignore[attr-defined]  # every route of a router has one
    contract = {
        "/login", "/work", "/intake", "/inspections/{id}", "/findings/{id}", "/ledger", "/deadlines",
        "/stuck", "/referrals/{id}", "/parties/{id}", "/rulebook", "/exchange", "/admin",
    }  # fmt: skip
    assert contract - paths == set()
