"""Intake half filled in is there again, for whoever typed it, whatever became of the session."""

from __future__ import annotations

from datetime import timedelta

from engine.drafts import Drafts
from tests.exchange.linked import Linked
from tests.incoming.senders import Senders
from tests.web.conftest import Pages
from tests.web.visitor import PageForm, Visitor
from web.fields import Typed
from web.intake_drafts import INTAKE, STEPS, keep_intake

NAME = "原平市前进西街滏香火锅店"
DRAFTS = "/intake/drafts"


def half_filled(visitor: Visitor) -> PageForm:
    """The form of intake as the page shows it."""
    visitor.get("/intake")
    return visitor.form(STEPS)


def test_what_was_typed_is_kept_and_thrown_away(pages: Pages) -> None:
    inspector, colleague = pages.visit("W01"), pages.visit("W02")
    form = half_filled(inspector)
    form.action = DRAFTS
    quiet = inspector.send(form, **{"party.name": NAME, "findings.1.item": "食品贮存", "quiet": "1"})
    assert (quiet.status_code, quiet.text) == (204, "")
    again = half_filled(inspector)
    assert again.values["party.name"] == [NAME] and again.values["findings.1.item"] == ["食品贮存"]
    assert "data-kept-draft" in inspector.get("/intake").text
    assert NAME not in colleague.get("/intake").text
    again.action = DRAFTS
    assert inspector.send(again, discard="1").headers["location"] == "/intake"
    assert half_filled(inspector).values["party.name"] == [""]
    again.values["csrf"] = ["forged"]
    assert inspector.send(again, **{"party.name": NAME}).status_code == 403
    assert pages.visit("C01").send(again).status_code == 403


def test_a_form_sent_after_the_session_had_lapsed_is_there_after_signing_in(pages: Pages) -> None:
    inspector, stranger = pages.visit("W01"), pages.visit("C02")
    form, sessions = half_filled(inspector), pages.town.house.accounts.sessions
    stranger.get("/work")
    theirs = PageForm("/intake", "", {"csrf": [stranger.csrf], "party.name": ["无权"]})
    idle, sessions.idle = sessions.idle, timedelta(seconds=-1)
    try:
        sent = inspector.send(form, **{"party.name": NAME})
        assert stranger.send(theirs).status_code == 303
    finally:
        sessions.idle = idle
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/login")
    assert half_filled(pages.visit("W01")).values["party.name"] == [NAME]
    drafts = Drafts.of(pages.town.house)
    assert drafts.of_records(pages.town.people["C02"], INTAKE) == {}


def test_of_a_confidential_matter_nothing_is_kept(pages: Pages) -> None:
    town = pages.town
    senders = Senders(Linked(town, town.house.exchange))
    who = town.people["P01"]
    for kind, kept in (("complaint", 1), ("police_return", 0)):
        matter = senders.sent(kind)
        reader = town.house.incoming.reader
        row = reader.matter(who, matter)
        keep_intake(town.house, who, Typed({"incoming": [matter], "party.name": [NAME]}))
        assert len(Drafts.of(town.house).of_records(who, matter)) == kept, row["kind"]
