"""从旧兼从轻 on the page of a finding: both rulings, and nothing of what is confidential."""

from __future__ import annotations

from tests.engine.test_law_of_the_act import FOUND, OF_DISCOVERY, OF_THE_ACT, sold
from tests.web.conftest import Pages


def test_the_page_shows_both_and_never_what_is_confidential(pages: Pages) -> None:
    pages.town.at(FOUND)
    finding = sold(pages.town, "2025-03-01")
    officer = pages.visit("C01")
    text = officer.get(f"/findings/{finding}").text.partition('data-two-laws="2025-03-01"')[2]
    panel = text.partition("</section>")[0]
    assert "立案查处" in panel.partition('data-law="now"')[0]
    assert f"{OF_THE_ACT} → {OF_DISCOVERY}" in panel and "由人判断" in panel
    assert "R18" not in panel and "移送司法机关" not in panel
    english = officer.get(f"/findings/{finding}?lang=en").text
    assert "a person weighs it" in english
