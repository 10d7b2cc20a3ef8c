"""On the exchange page a clerk sends a dead letter again, or enters how it was delivered on paper."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from engine.core.backoff import Patience
from engine.system_checks import NewSystem
from models import exchange_reading
from tests.builders import Town
from tests.exchange.linked import NOW, Linked, courier, message
from tests.referral_walk import FILED, led
from tests.web.referred import refer, routed
from tests.web.visitor import Visitor

NUMBER = re.compile(r'<a class="num(?: zero)?" href="([^"]+)" data-number="(\w+)" data-filter="[^"]+">(\d+)<')
ROWS = re.compile(r'data-(?:message|receipt)="([^"]+)"')


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


def criminal_messages(town: Town) -> list:
    """The messages of the criminal queue."""
    with town.house.database.read() as connection:
        asked = exchange_reading.MESSAGE.select().where(exchange_reading.MESSAGE.c.queue == "criminal")
        return list(connection.execute(asked))


def numbers(text: str) -> dict[str, tuple[int, str]]:
    """The numbers of the page by set, the whole office's first, each with the page that it opens."""
    found = NUMBER.findall(text)
    return {name: (int(count), path.replace("&amp;", "&")) for path, name, count in reversed(found)}


def test_each_number_opens_exactly_its_rows_and_the_list_goes_on(pages) -> None:
    linked, _ = dead(pages)
    for _ in range(3):
        linked.sent(target_department="emergency")
    visitor = pages.visit("D01")
    text = visitor.get("/exchange").text
    told = numbers(text)
    assert {name: count for name, (count, _) in told.items()} == {
        **{"dead": 1, "late": 0, "unentered": 3, "parked": 0, "waiting": 0},
    }
    assert 'data-recipient="emergency"' in text and 'data-recipient="fire_rescue"' in text
    for name, (count, path) in told.items():
        assert path == f"/exchange?set={name}"
        assert len(ROWS.findall(visitor.get(path).text)) == count, name
    assert len(ROWS.findall(visitor.get("/exchange?set=unentered&recipient=fire_rescue").text)) == 0
    seen: list[str] = []
    path = "/exchange?set=sent&limit=3"
    while path:
        text = visitor.get(path).text
        seen += ROWS.findall(text)
        path = next((one.replace("&amp;", "&") for one in re.findall(r'href="([^"]+)" rel="next"', text)), "")
    assert len(seen) == len(set(seen)) == 4


def test_a_form_keeps_the_list_it_was_sent_from_and_a_wrong_filter_is_told(pages) -> None:
    linked, finding = dead(pages)
    visitor = pages.visit("D01")
    visitor.get("/exchange?set=dead&recipient=fire_rescue")
    [form] = [one for one in visitor.read().forms if "/resend" in one.action]
    answer = visitor.send(form)
    assert answer.headers["location"] == "/exchange?set=dead&recipient=fire_rescue&flash=recorded"
    assert message(linked, finding).state == "waiting"
    wrong = visitor.get("/exchange?set=everything")
    assert wrong.status_code == 400 and 'data-field-error="set"' in wrong.text


def test_who_reads_a_referral_acts_on_its_messages_and_nobody_else_sees_them(pages) -> None:
    town = pages.town
    referral = refer(town, routed(town))
    led(town, referral, *FILED[:4])
    [sent] = [one for one in criminal_messages(town) if one.recipient == "public_security"]
    visitor = pages.visit("C01")
    text = visitor.get(f"/referrals/{referral}").text
    assert f'data-message="{sent.id}"' in text
    [form] = [one for one in visitor.read().forms if one.action.endswith(f"/messages/{sent.id}/paper")]
    stranger = pages.visit("F02")
    stranger.get("/work")
    [own] = {one.values["csrf"][0] for one in stranger.read().forms if "csrf" in one.values}
    assert stranger.send(form, csrf=own, how="posted", delivered_on="2024-04-26").status_code == 404
    refused = visitor.send(form, how="other", delivered_on="2024-04-26")
    assert refused.status_code == 422 and 'data-field-error="note"' in refused.text
    assert visitor.send(form, how="handed_over", delivered_on="2024-04-26").status_code == 303
    assert [one.delivered_at is not None for one in criminal_messages(town) if one.id == sent.id] == [True]
    assert sent.id not in pages.visit("D01").get("/exchange?set=sent").text
