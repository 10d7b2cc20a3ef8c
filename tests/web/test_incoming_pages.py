"""Inbound matters on pages: entered, seen in list and work, accepted through the intake form, fed back, and escaped."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.exchange.linked import Linked
from tests.incoming.senders import NAME, PHONE, PUBLISHED, RETURNED, Senders, closed
from tests.web.conftest import Pages, Served
from tests.web.test_pages_in_the_browser import complaints_about
from tests.web.visitor import PageForm, Visitor

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


@pytest.fixture
def senders(pages: Pages) -> Senders:
    """Those who send to the bureau whose pages are asked."""
    return Senders(Linked(pages.town, pages.town.house.exchange))


def form_to(visitor: Visitor, action: str) -> PageForm:
    """The form of the last page that is sent there."""
    return next(one for one in visitor.read().forms if one.action == action and "csrf" in one.values)


def test_a_report_is_entered_on_the_page_and_its_informant_masked(pages: Pages) -> None:
    clerk = pages.visit("D01")
    clerk.get("/incoming/new?kind=report")
    typed = {
        "channel": "telephone",
        "title": "后厨卫生问题",
        "facts_summary": "后厨卫生差。",
        "party_name": "滏香火锅店",
        "informant.name": NAME,
        "informant.phone": PHONE,
    }
    early = {**typed, "received_at": "2024-05-26T09:00"}
    assert clerk.send(form_to(clerk, "/incoming/new"), **early).status_code == 422
    again = form_to(clerk, "/incoming/new")
    assert again.values["facts_summary"] == ["后厨卫生差。"]
    done = clerk.send(again, received_at="2024-04-26T16:00")
    assert done.status_code == 303
    place = done.headers["location"].split("?")[0]
    for path in (place, "/incoming?kind=report", "/work"):
        shown = clerk.get(path).text
        assert "后厨卫生问题" in shown
        assert NAME not in shown and PHONE not in shown
    assert NAME in pages.visit("H01").get(place).text
    assert pages.visit("F02").get(place).status_code == 404


def test_a_complaint_is_accepted_through_the_intake_form_and_fed_back(pages: Pages, senders: Senders) -> None:
    matter = senders.sent("complaint")
    inspector = pages.visit("W01")
    assert f"/incoming/{matter}" in inspector.get("/work").text
    assert 'action="/intake"' in inspector.get(f"/incoming/{matter}").text
    inspector.get(f"/intake?incoming={matter}")
    form = form_to(inspector, "/intake")
    assert form.values["party.name"] == ["原平市前进西街滏香火锅店"]
    typed = {
        "task_no": "YP2024-018",
        "items": "餐饮服务食品安全",
        "party.kind": "individual_business",
        "party.identifiers.0.scheme": "uscc",
        "party.identifiers.0.value": "92140981MA0L3Q8T17",
        "check_type": "internal",
        "officers": ["W01", "W02"],
        "recusal_told": "true",
        "result_codes": ["PENDING_FOLLOWUP"],
        "findings.0.domain": "food",
        "findings.0.violation": "food_item_failed",
    }
    refused = inspector.send(form, **typed)
    assert refused.status_code == 422
    assert inspector.read().wrong == ["clue"]
    done = inspector.send(form_to(inspector, "/intake"), clue="紫外线灯损坏。")
    assert done.status_code == 303, done.text
    finding = str(senders.row(matter).finding_id)
    assert done.headers["location"] == f"/findings/{finding}?flash=created"
    shown = inspector.get(f"/findings/{finding}").text
    assert f'data-incoming="{matter}"' in shown and "投诉" in shown
    pages.town.on_inspection("W01", senders.row(matter).inspection_id, "publish_result", **PUBLISHED)
    closed(pages.town, finding)
    assert "前反馈" in inspector.get(f"/findings/{finding}").text
    inspector.get(f"/incoming/{matter}")
    done = inspector.send(form_to(inspector, f"/incoming/{matter}/feed_back"), result="已督促改正。")
    assert done.status_code == 303
    assert "已反馈" in inspector.get(f"/incoming/{matter}").text


def test_a_refused_return_keeps_what_was_typed_and_hostile_text_is_shown_as_text(
    pages: Pages, senders: Senders
) -> None:
    matter = senders.sent("department_transfer", title=HOSTILE, facts_summary=HOSTILE, party_name=HOSTILE)
    head = pages.visit("H01")
    shown = head.get(f"/incoming/{matter}").text
    assert "<script>alert" not in shown and "<img src=x" not in shown
    assert "&lt;script&gt;" in shown
    for path in ("/incoming", "/work"):
        assert "<script>alert" not in head.get(path).text
    head.get(f"/incoming/{matter}")
    form = form_to(head, f"/incoming/{matter}/return")
    assert head.send(form, explanation=HOSTILE).status_code == 422
    assert head.read().wrong == ["reason"]
    again = form_to(head, f"/incoming/{matter}/return")
    assert again.values["explanation"] == [HOSTILE]
    assert head.send(again, **{**RETURNED, "explanation": HOSTILE}).status_code == 303
    assert head.send(again, reason="no_power").status_code == 422 and head.problem == "key_reused"
    assert head.get("/incoming?light=soon").status_code == 400
    assert "<script>alert" not in head.get(f"/incoming/{matter}").text


def test_the_pages_are_sound_in_a_browser(served: Served, browser: Browser) -> None:
    senders = Senders(Linked(served.town, served.town.house.exchange))
    matter = senders.sent("complaint")
    senders.sent("report")
    paths = ("/incoming", f"/incoming/{matter}", "/incoming/new?kind=complaint")
    assert complaints_about(browser, served.base, {"H01": paths}) == []
