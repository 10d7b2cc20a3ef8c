"""Which forms a browser keeps half filled in on its machine: not what only a list may know, and not who informs."""

from __future__ import annotations

import re

import pytest

from tests.exchange.linked import Linked
from tests.incoming.senders import Senders
from tests.web.conftest import Pages


@pytest.mark.parametrize(("kind", "kept"), [("report", True), ("police_return", False)])
def test_matters_are_kept_unless_they_are_confidential(pages: Pages, kind: str, kept: bool) -> None:
    matter = Senders(Linked(pages.town, pages.town.house.exchange)).sent(kind)
    head = pages.visit("P01")
    shown = head.get(f"/incoming/{matter}").text
    assert f'data-incoming="{matter}"' in shown and (f'data-draft="{matter} ' in shown) is kept
    entered = pages.visit("D01").get(f"/incoming/new?kind={kind}").text
    assert ("data-draft=" in entered) is kept
    informant = re.search(r"<section[^>]+who-title[^>]*>", entered)
    assert informant is None or "data-undrafted" in informant[0]
