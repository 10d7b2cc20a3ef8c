"""A head puts an entry right on the page: the link on the timeline, the two forms, refusals, and what is shown later."""

from __future__ import annotations

import re

import pytest

from tests.web.conftest import Pages
from tests.web.town_at_work import AtWork, put_to_work
from tests.web.visitor import PageForm, Visitor


@pytest.fixture
def at_work(pages: Pages) -> AtWork:
    found = put_to_work(pages.town)
    pages.town.at("2024-04-29T09:00")
    return found


def link(pages: Pages, login: str, finding: str) -> str:
    """The address of the newest correction that the page of the finding offers to this person; empty for none."""
    text = pages.visit(login).get(f"/findings/{finding}").text
    found = re.findall(r'href="(/findings/[^"]+/corrections/\d+)"', text)
    return found[0] if found else ""


def forms(head: Visitor, place: str) -> list[PageForm]:
    """The forms of the page that put an entry right."""
    assert head.get(place).status_code == 200
    return [form for form in head.read().forms if form.action == place]


def test_a_date_is_corrected_and_the_timeline_says_so(pages: Pages, at_work: AtWork) -> None:
    finding, head = at_work.correcting, pages.visit("H01")
    place = link(pages, "H01", finding)
    assert link(pages, "C02", finding) == "", "who heads nothing is offered nothing"
    assert pages.visit("P01").get(f"/findings/{finding}").status_code == 200, "who only reads, reads on"

    form = forms(head, place)[0]
    assert form.values["date"] == ["2024-04-26"]
    empty = head.send(form, reason=None)
    assert empty.status_code == 422 and 'data-field-error="reason"' in empty.text
    done = head.send(form, date="2024-04-28", reason="回证载明四月二十八日。")

    assert done.status_code == 303
    text = head.get(f"/findings/{finding}").text
    assert "已更正为" in text and "更正办理日期" in text and "2024-05-14" in text
    assert "corrected to" in head.get(f"/findings/{finding}?lang=en").text


def test_a_step_is_withdrawn_and_a_stale_form_is_told(pages: Pages, at_work: AtWork) -> None:
    finding, head = at_work.correcting, pages.visit("H01")
    dated, withdrawn = forms(head, link(pages, "H01", finding))
    head.send(dated, date="2024-04-27", reason="回证载明。")

    stale = head.send(withdrawn, reason="误录。")
    again = next(form for form in head.read().forms if "withdraw" in form.values)
    done = head.send(again, reason="误录。", expected_version=str(pages.town.row(finding).version))

    assert (stale.status_code, done.status_code) == (409, 303)
    assert "已撤回" in head.get(f"/findings/{finding}").text
    assert pages.town.proceedings(finding)[0].state == "ordered"


@pytest.mark.parametrize("sequence", ["0", "999", "x", "１", "9" * 30])
def test_what_cannot_be_put_right_has_no_page(pages: Pages, at_work: AtWork, sequence: str) -> None:
    visitor = pages.visit("H01")
    assert visitor.get(f"/findings/{at_work.correcting}/corrections/{sequence}").status_code == 404
    entry = link(pages, "H01", at_work.correcting).rsplit("/", 1)[-1]
    hidden = pages.visit("F02").get(f"/findings/{at_work.correcting}/corrections/{entry}")
    assert hidden.status_code == 404
