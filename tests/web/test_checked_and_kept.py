"""What cannot be undone is checked first; what was typed is there again, for whoever typed it and nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

from engine.drafts import DAYS, Drafts
from tests.web.conftest import Pages
from tests.web.town_at_work import proposed_to_close, put_to_work
from tests.web.visitor import PageForm, Visitor
from web.check_page import EDIT

ADD = "add_facts"
CHANGED = "补充现场照片，更正地址。"


def form_of(visitor: Visitor, path: str, triggers: str) -> PageForm:
    """The form of that act on the page."""
    assert visitor.get(path).status_code == 200
    return next(form for form in visitor.read().forms if form.triggers == triggers)


def test_a_checked_step_shows_its_answers_and_acts_on_the_second_sending(pages: Pages) -> None:
    finding = proposed_to_close(pages.town)
    head = pages.visit("H01")
    form = form_of(head, f"/findings/{finding}", "approve_no_action")
    assert f'formaction="/findings/{finding}/check"' in head.last.text  # type: ignore[union-attr]  # just read
    form.action = f"/findings/{finding}/check"

    wrong = head.send(form, reason=None)
    assert wrong.status_code == 422 and head.read().wrong == ["reason"]
    shown = head.send(form, reason="同意，<b>不再处置</b>。")
    assert shown.status_code == 200 and 'data-check="approve_no_action"' in shown.text
    assert "同意，&lt;b&gt;不再处置&lt;/b&gt;。" in shown.text
    assert pages.town.state(finding) == "no_action_proposed"

    confirm = head.read().forms[-1]
    back = head.send(PageForm(f"/findings/{finding}/check", "", {**confirm.values, EDIT: ["1"]}))
    assert back.status_code == 200 and "同意，&lt;b&gt;" in back.text and "data-problem" not in back.text
    assert (form.action, confirm.action) == (f"/findings/{finding}/check", f"/findings/{finding}/steps")
    assert head.send(confirm).status_code == 303
    assert pages.town.state(finding) == "awaiting_verification"


def test_a_draft_is_its_writers_alone_and_gone_once_sent(pages: Pages) -> None:
    finding = put_to_work(pages.town).found
    officer, colleague = pages.visit("C01"), pages.visit("C02")
    form = form_of(officer, f"/findings/{finding}", ADD)
    steps, form.action = form.action, f"/findings/{finding}/drafts"
    assert officer.send(form, corrections=CHANGED).status_code == 303

    again = form_of(officer, f"/findings/{finding}", ADD)
    assert again.values["corrections"] == [CHANGED] and "data-kept-draft" in officer.last.text  # type: ignore[union-attr]  # just read
    assert CHANGED not in colleague.get(f"/findings/{finding}").text

    filled = again.sent(facts_summary="灯已更换。", reason="复核照片。")
    assert officer.send(PageForm(steps, ADD, filled)).status_code == 303
    assert CHANGED not in form_of(officer, f"/findings/{finding}", ADD).values["corrections"]
    assert Drafts.of(pages.town.house).of_records(pages.town.people["C01"], finding) == {}


def test_a_draft_ends_by_hand_and_after_some_days_and_none_is_kept_of_a_crime(pages: Pages) -> None:
    town, finding = pages.town, put_to_work(pages.town).found
    officer = pages.visit("C01")
    form = form_of(officer, f"/findings/{finding}", ADD)
    form.action = f"/findings/{finding}/drafts"
    quiet = officer.send(form, corrections=CHANGED, quiet="1")
    assert (quiet.status_code, quiet.text) == (204, "")
    officer.send(form, discard="1")
    assert "data-kept-draft" not in officer.get(f"/findings/{finding}").text

    officer.send(form, corrections=CHANGED)
    drafts, who = Drafts.of(town.house), town.people["C01"]
    assert len(drafts.of_records(who, finding)) == 1
    town.at((town.house.clock.now() + timedelta(days=DAYS, hours=1)).strftime("%Y-%m-%dT%H:%M"))
    assert drafts.of_records(who, finding) == {}

    for triggers in ("open_criminal_referral", "record_threshold", "no_such_step", ""):
        assert not drafts.keep(who, (finding, triggers, ""), {"threshold_facts": ["涉案二十万元"]}, 1)
    assert drafts.of_records(who, finding) == {}


def test_what_was_sent_after_the_session_lapsed_is_kept(pages: Pages) -> None:
    town, finding = pages.town, put_to_work(pages.town).found
    officer = pages.visit("C01")
    form = form_of(officer, f"/findings/{finding}", ADD)
    sessions = town.house.accounts.sessions
    idle, sessions.idle = sessions.idle, timedelta(seconds=-1)
    try:
        sent = officer.send(form, corrections=CHANGED)
        forged = officer.send(form, corrections="别人写的。", csrf="forged")
    finally:
        sessions.idle = idle
    assert {sent.status_code, forged.status_code} == {303}
    assert re.match(r"/login\?next=", sent.headers["location"])
    assert form_of(pages.visit("C01"), f"/findings/{finding}", ADD).values["corrections"] == [CHANGED]
