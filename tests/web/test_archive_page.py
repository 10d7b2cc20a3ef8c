"""A legal hold and an erasure on the page of a finding: the forms, who sees them, and what is left to read."""

from __future__ import annotations

import pytest

from tests.archive.closing import AFTER, closed_case, set_period
from tests.web.conftest import Pages
from tests.web.test_recusals_page import form_to


def test_a_hold_and_an_erasure_on_the_page_of_a_finding(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, case = pages.town, closed_case(pages.town)
    town.at(AFTER)
    set_period(town, monkeypatch)
    legal, head, officer = pages.visit("L01"), pages.visit("P01"), pages.visit("W01")

    empty = legal.send(form_to(legal, case, "/holds"), on="party", reason=None)
    assert empty.status_code == 422 and 'data-field-error="reason"' in empty.text
    assert legal.send(form_to(legal, case, "/holds"), on="party", reason="诉讼期间。").status_code == 303
    text = officer.get(f"/findings/{case}").text
    assert "该当事人的全部问题" in text and "保全中" in text and 'data-form="archive"' not in text
    assert "Keeping and erasing" in officer.get(f"/findings/{case}?lang=en").text
    for visitor in (legal, head):
        form = form_to(visitor, case, "/release")
        assert visitor.send(form, outcome="release", reason="诉讼已结束。").status_code == 303

    form = form_to(legal, case, "/erasures")
    assert legal.send(form, basis="本机关内部规定", reason="保存期满。").status_code == 303
    assert (
        head.send(form_to(head, case, "/decision"), outcome="carried_out", reason="同意。").status_code == 303
    )
    text = officer.get(f"/findings/{case}").text
    assert "已依法销毁" in text and "凉菜间" not in text
