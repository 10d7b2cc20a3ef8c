"""The browser of the tests opens pages, draws Chinese, and can ask axe-core."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.browser import open_browser

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = open_browser(playwright)
        yield browser.new_page(viewport={"width": 200, "height": 100})
        browser.close()


@pytest.mark.parametrize("family", ["sans-serif", "serif", "system-ui"])
def test_two_chinese_characters_are_drawn_and_not_two_equal_boxes(page: Page, family: str) -> None:
    pictures = set()
    for character in "闭环":
        page.set_content(f"<p style='font: 40px {family}'>{character}</p>")
        pictures.add(page.screenshot())
    assert len(pictures) == 2


def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.set_content("<html lang=zh><title>闭环</title><main><h1>闭环</h1><img src='data:,'></main>")
    page.evaluate((ROOT / "web/static/vendor/axe.min.js").read_text())
    found = page.evaluate("axe.run().then(result => result.violations.map(violation => violation.id))")
    assert found == ["image-alt"]
