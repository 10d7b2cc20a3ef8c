"""Help: every link of a first day is open to whoever is shown it, and every term is explained where it is pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.charts import load_charts
from tests.builders import Town
from tests.once import Copies
from tests.pictures import SHOWN_TO
from tests.web.conftest import Pages, application, give_passwords
from web.first_day import chapters, page_text
from web.glossary import glossary, sought_terms, term_of
from web.wording import LANGUAGES, Words

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A bureau without cases, asked by all tests of this module, which change nothing."""
    folder = tmp_path_factory.mktemp("help")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    town.add_person("B01", "market_regulation", ("security_admin",))
    give_passwords(town)
    yield Pages(town, application(town))
    town.close()


@pytest.mark.parametrize("login", ["W01", "C01", "H01", "P01", "D01", "L01", "S01", "O01", "A01", "E01"])
def test_the_first_day_shows_everybody_steps_that_work_for_them(pages: Pages, login: str) -> None:
    visitor = pages.visit(login)
    shown = visitor.get("/help/first-day").text
    links = re.findall(r'<li>[^<]+<a href="([^"]+)"', shown)
    assert len(links) >= 4
    for link in links:
        assert visitor.get(link.replace("&amp;", "&")).status_code == 200, link
    help_text = visitor.get("/help?lang=en").text
    assert "Your roles" in help_text and 'href="/help/terms"' in help_text


def test_the_page_on_paper_says_the_same() -> None:
    roles = {code: str(one["zh"]) for code, one in load_charts().dictionary["roles"].items()}
    written = (ROOT / "docs" / "first-day.md").read_text(encoding="utf-8")
    assert written == page_text(roles), "write it anew: .venv/bin/python -m web.first_day > docs/first-day.md"
    assert all(chapter.roles <= set(roles) for chapter in chapters())
    words = Words("zh")
    assert all(words.has(f"help.role_{code}") for code in roles if code not in ("clock", "linked_system"))


def test_terms_are_listed_found_and_linked_in_both_languages(pages: Pages) -> None:
    visitor = pages.visit("C01")
    everything = visitor.get("/help/terms").text
    terms = [term for group in glossary() for term in group.terms]
    assert len({term.id for term in terms}) == len(terms) > 100
    assert all(f'id="term-{term.id}"' in everything for term in terms)
    assert "《行政处罚法》第四十三条" in everything
    found = visitor.get("/help/terms?lang=en&q=COPY+jurisdiction").text
    assert 'id="term-copy_notice"' in found and 'id="term-hearing"' not in found
    assert "&lt;script&gt;" in visitor.get("/help/terms?q=<script>").text
    assert sought_terms("no such word") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_that_was_not_read_says_so(language: str) -> None:
    words = Words(language)
    pending = words("common.pending_check")
    for term in (one for group in glossary() for one in group.terms):
        assert (pending in term.meaning(words)) == bool(term.law and not term.verified)
    assert term_of("recusal").law in term_of("recusal").meaning(words)


def test_the_page_with_pictures_shows_each_step_once_to_somebody_who_may(pages: Pages) -> None:
    names = {code: str(one["zh"]) for code, one in load_charts().dictionary["roles"].items()}
    pictured = re.findall(r"!\[\]\(([^)]+)\)", page_text(names, pictures=True))
    assert len(pictured) == len(set(pictured)) == 2 * sum(len(one.steps) for one in chapters())
    assert set(SHOWN_TO) == {one.id for one in chapters()}
    for chapter in chapters():
        roles = pages.town.people[SHOWN_TO[chapter.id]].roles
        assert not chapter.roles or not chapter.roles.isdisjoint(roles), chapter.id
