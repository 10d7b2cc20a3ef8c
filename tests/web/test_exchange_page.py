"""On the exchange page a clerk sends a dead letter again, or enters how it was delivered on paper."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from engine.core.backoff import Patience
from engine.system_checks import NewSystem
from tests.exchange.linked import NOW, Linked, courier, message
from tests.web.visitor import Visitor


def dead(pages) -> tuple[Linked, str]:
    """A finding whose letter nobody took."""
    linked = Linked(pages.town, pages.town.house.exchange)
    pages.town.house.systems.add(
        NewSystem("yuanping-fire", "fire_rescue", ("all",), "hmac", "http://127.0.0.1:1/", True)
    )
    finding, _ = linked.sent()
    bring(linked, NOW)
    return linked, finding


def bring(linked: Linked, now: datetime) -> None:
    """A courier without patience was here; in a thread of its own, for a browser may hold the loop of this one."""
    runner = courier(linked, patience=Patience(waits=()))
    with ThreadPoolExecutor(1) as thread:
        thread.submit(runner.run_once, now).result()


def forms_of(visitor: Visitor, end: str) -> list:
    """The forms of the page whose path ends so."""
    return [form for form in visitor.read().forms if form.action.endswith(end)]


def test_a_clerk_sends_a_dead_letter_again(pages) -> None:
    linked, finding = dead(pages)
    visitor = pages.visit("D01")
    visitor.get("/exchange")
    [form] = forms_of(visitor, "/resend")
    assert visitor.send(form).status_code == 303
    kept = message(linked, finding)
    assert (kept.state, kept.tries) == ("waiting", 0)
    bring(linked, NOW + timedelta(minutes=1))
    assert message(linked, finding).state == "dead"


def test_how_it_was_delivered_on_paper_is_entered_and_a_wrong_form_comes_back(pages) -> None:
    linked, finding = dead(pages)
    visitor = pages.visit("D01")
    visitor.get("/exchange")
    [form] = forms_of(visitor, "/paper")
    refused = visitor.send(form, how="other", delivered_on="2024-04-26")
    assert refused.status_code == 422
    assert 'data-field-error="note"' in refused.text
    [form] = forms_of(visitor, "/paper")
    assert visitor.send(form, how="posted", delivered_on="2024-04-26", note="EMS").status_code == 303
    assert message(linked, finding).state == "paper"
    visitor.get("/exchange")
    assert forms_of(visitor, "/paper") == []


def test_who_may_not_act_sees_no_button(pages) -> None:
    dead(pages)
    visitor = pages.visit("S01")
    assert "HTTP" in visitor.get("/exchange").text or "ConnectError" in visitor.last.text
    assert forms_of(visitor, "/resend") == []
