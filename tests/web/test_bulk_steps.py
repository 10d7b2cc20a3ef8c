"""The same step on several findings with one form: every finding is decided for itself and says what became of it."""

from __future__ import annotations

import re

from tests.web.conftest import Pages
from tests.web.town_at_work import put_to_work, registered_slight
from tests.web.visitor import PageForm, Visitor

RESULT = re.compile(r'data-finding="([^"]+)" data-result="(\w+)"')


def ticked(visitor: Visitor, step: str, *findings: str) -> None:
    """The findings are ticked on the work page and the step is chosen."""
    work = visitor.get("/work").text
    assert all(f'name="finding" value="{finding}"' in work for finding in findings)
    assert f'<option value="{step}">' in work
    form = next(one for one in visitor.read().forms if one.action == "/work")
    visitor.send(PageForm("/work/steps", "", form.sent(finding=list(findings), todo=step)))


def bulk_form(visitor: Visitor) -> PageForm:
    return next(one for one in visitor.read().forms if one.action == "/work/steps")


def test_one_form_answers_row_by_row_under_keys_of_their_own(pages: Pages) -> None:
    town = pages.town
    at_work = put_to_work(town)
    moved, stays = at_work.proposed
    head = pages.visit("H01")
    ticked(head, "finding.approve_route", moved, stays)
    form = bulk_form(head)
    town.step("H01", stays, "refuse_route", reason="重新提出")
    sent = head.send(form, stage="act")
    assert dict(RESULT.findall(sent.text)) == {moved: "recorded", stays: "refused"}
    assert (town.state(moved), town.state(stays)) == ("routed", "registered")
    again = head.send(form, stage="act")
    assert dict(RESULT.findall(again.text))[moved] == "refused"


def test_what_is_wrong_stands_beside_the_field_and_what_is_grave_is_checked_first(pages: Pages) -> None:
    town = pages.town
    first, second = (registered_slight(town, number) for number in (1, 2))
    officer, head = pages.visit("C01"), pages.visit("H01")
    officer.get("/work")
    form = next(one for one in officer.read().forms if one.action == "/work")
    both = form.sent(finding=[first, second], todo="finding.propose_no_action")
    officer.send(PageForm("/work/steps", "", both))
    wrong = officer.send(bulk_form(officer), stage="act", reason="已当场改正。")
    assert wrong.status_code == 422 and set(officer.read().wrong) == {"no_action_ground"}
    assert {told for _, told in RESULT.findall(wrong.text)} == {"refused"}
    form = bulk_form(officer)
    assert form.values["reason"] == ["已当场改正。"]
    done = officer.send(form, stage="act", no_action_ground="education_only")
    assert dict(RESULT.findall(done.text)) == {first: "recorded", second: "recorded"}

    ticked(head, "finding.approve_no_action", first, second)
    shown = head.send(bulk_form(head), stage="check")
    assert "data-result" not in shown.text and "不能撤销" in shown.text
    confirmed = head.send(bulk_form(head), stage="act")
    assert dict(RESULT.findall(confirmed.text)) == {first: "recorded", second: "recorded"}
    assert town.state(first) == town.state(second) == "awaiting_verification"


def test_what_is_not_there_or_not_open_is_told_and_breaks_nothing(pages: Pages) -> None:
    at_work = put_to_work(pages.town)
    officer = pages.visit("W01")
    officer.get("/work")
    form = next(one for one in officer.read().forms if one.action == "/work")
    for chosen, step in (([], "finding.register"), (["nobody", at_work.found], "finding.approve_close")):
        sent = officer.send(PageForm("/work/steps", "", form.sent(finding=chosen, todo=step)))
        assert sent.status_code == 200
        assert dict(RESULT.findall(sent.text)) == dict.fromkeys(chosen, "refused")
