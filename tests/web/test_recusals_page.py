"""Somebody steps back on the page of a finding: the forms, what is shut at once, and the head's decision."""

from __future__ import annotations

from tests.web.conftest import Pages
from tests.web.town_at_work import put_to_work
from tests.web.visitor import PageForm, Visitor


def form_to(visitor: Visitor, finding: str, ending: str) -> PageForm:
    """The form of the finding's page whose address ends so."""
    assert visitor.get(f"/findings/{finding}").status_code == 200
    return next(form for form in visitor.read().forms if form.action.endswith(ending))


def test_an_officer_steps_back_and_the_head_decides(pages: Pages) -> None:
    finding = put_to_work(pages.town).correcting
    officer, head = pages.visit("C02"), pages.visit("H01")
    form = form_to(officer, finding, "/recusals")

    empty = officer.send(form, ground="direct_interest", reason=None)
    assert empty.status_code == 422 and 'data-field-error="reason"' in empty.text
    done = officer.send(form, ground="direct_interest", reason="当事人系近亲属。")
    assert done.status_code == 303

    text = officer.get(f"/findings/{finding}").text
    assert 'data-open="true"' not in text and 'data-reason="recused"' in text
    assert "与本案有直接利害关系" in text and "该人员现已回避" in text and "自行申请回避" in text
    assert "direct interest in the case" in officer.get(f"/findings/{finding}?lang=en").text

    decision = form_to(head, finding, "/decision")
    assert head.send(decision, outcome="recused", reason="情况属实。").status_code == 303
    text = head.get(f"/findings/{finding}").text
    assert "已回避" in text and "情况属实。" in text
    again = head.send(decision, outcome="refused", reason="再议。", idempotency_key="another")
    assert again.status_code == 409 and 'data-problem="step_shut"' in again.text
