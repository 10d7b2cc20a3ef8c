"""The courier over real HTTP: what leaves, in which order, how often, and when a person must act."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.core.backoff import Patience
from engine.undelivered import Undelivered
from engine.writer import Writer
from tests.exchange.linked import NOW, called, courier, message, tasks
from tests.partner import Ed25519Key, serving


def test_a_message_is_brought_once_with_a_signature_that_verifies(linked, hook):
    fire = called(linked, hook)
    finding, _ = linked.sent()
    assert courier(linked).run_once(NOW) == 1
    [received] = hook.received
    kept = message(linked, finding)
    assert received.signed_by(fire.key)
    assert (received.id, received.body) == (kept.id, bytes(kept.body))
    assert received.event["id"] == kept.id
    assert received.headers["content-type"] == "application/cloudevents+json"
    assert received.headers["webhook-timestamp"] == str(int(fire.now()))
    assert (kept.state, kept.tries, kept.outcome) == ("delivered", 1, "delivered (HTTP 204)")
    assert courier(linked).run_once(NOW + timedelta(days=9)) == 0
    assert len(hook.received) == 1


def test_delivered_is_not_signed_for(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    courier(linked).run_once(NOW)
    assert linked.state(finding) == "sent"


def test_ed25519_signs_with_the_key_of_the_house(linked, hook):
    key = Ed25519Key()
    called(linked, hook, key=key)
    linked.sent()
    courier(linked).run_once(NOW)
    assert hook.received[0].headers["webhook-signature"].startswith("v1a,")
    assert hook.received[0].signed_by(key)
    assert not hook.received[0].signed_by(Ed25519Key(key.public))


def test_a_retry_has_the_same_id_and_body_and_a_new_signature_after_a_longer_wait(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    hook.answers = lambda _: 503
    runner = courier(linked)
    assert runner.run_once(NOW) == 0
    first = message(linked, finding).next_try_at - NOW
    assert runner.run_once(NOW + first - timedelta(seconds=1)) == 0
    assert len(hook.received) == 1
    linked.town.at("2024-04-26T17:01")
    runner.run_once(NOW + first)
    second = message(linked, finding).next_try_at - (NOW + first)
    assert second > first
    one, two = hook.received
    assert (one.id, one.body) == (two.id, two.body)
    assert one.headers["webhook-timestamp"] != two.headers["webhook-timestamp"]
    assert one.headers["webhook-signature"] != two.headers["webhook-signature"]


def test_a_message_that_waits_holds_up_the_same_finding_and_no_other(linked, hook):
    called(linked, hook)
    finding, transfer = linked.sent()
    other, _ = linked.sent()
    linked.town.step("D01", finding, "resend", transfer, sent_on="2024-04-26", reason="未签收")
    first, second = linked.messages(finding)
    hook.answers = lambda received: 503 if received.id == first.id else 204
    assert courier(linked).run_once(NOW) == 1
    assert sorted(one.id for one in hook.received) == sorted([first.id, message(linked, other).id])
    hook.answers = lambda _: 204
    assert courier(linked).run_once(NOW + timedelta(minutes=1)) == 2
    assert [one.id for one in hook.received[2:]] == [first.id, second.id]


def test_a_dead_letter_holds_up_what_follows_it_until_a_person_has_acted(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, transfer = sqlite_linked.sent()
    again = {"sent_on": "2024-04-26", "reason": "未签收"}
    sqlite_linked.town.step("D01", finding, "resend", transfer, **again)
    hook.answers = lambda _: 400
    hasty = courier(sqlite_linked, patience=Patience(waits=()))
    assert hasty.run_once(NOW) == 0
    assert [one.state for one in sqlite_linked.messages(finding)] == ["dead", "waiting"]
    hook.answers = lambda _: 204
    assert hasty.run_once(NOW + timedelta(days=3)) == 0
    assert len(hook.received) == 1


def test_one_receiver_that_fails_keeps_no_other_waiting(linked, hook):
    called(linked, hook)
    with serving() as other:
        linked.link("yuanping-emergency", "emergency", url=other.url, allow_private=True)
        hook.answers = lambda _: 500
        linked.sent()
        linked.sent(target_department="emergency")
        assert courier(linked).run_once(NOW) == 1
        assert len(other.received) == 1


def test_persons_are_told_of_a_dead_letter_while_another_message_is_still_under_way(linked, hook):
    called(linked, hook)
    told, release = linked.sent()[0], threading.Event()
    with serving() as other:
        linked.link("yuanping-emergency", "emergency", url=other.url, allow_private=True)
        linked.sent(target_department="emergency")
        hook.answers = lambda _: 400
        other.answers = lambda _: 204 if release.wait(20) else 500
        runner = courier(linked, patience=Patience(waits=()))
        round = threading.Thread(target=runner.run_once, args=(NOW,))
        round.start()
        end = time.monotonic() + 10
        while not tasks(linked, told, "message_dead") and time.monotonic() < end:
            time.sleep(0.02)
        found, under_way = tasks(linked, told, "message_dead"), round.is_alive()
        release.set()
        round.join()
    assert under_way
    assert len(found) == len(tasks(linked, told, "message_dead")) == 1


def test_who_cannot_be_told_stops_no_message(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    deaf = DeafOnes()
    with pytest.raises(RuntimeError, match="nobody hears"):
        courier(sqlite_linked, undelivered=deaf).run_once(NOW)
    assert message(sqlite_linked, finding).state == "delivered"
    assert deaf.asked == 2


class DeafOnes(Undelivered):
    """Nobody can be told of anything."""

    asked = 0

    def tell(self, writer: Writer, now: datetime) -> int:
        type(self).asked += 1
        raise RuntimeError("nobody hears")


def test_gone_stops_the_calls_and_tells_the_clerk_until_the_system_answers_again(linked, hook):
    called(linked, hook)
    hook.answers = lambda _: 410
    finding, _ = linked.sent()
    later, _ = linked.sent()
    courier(linked, parallel=1).run_once(NOW)
    assert len(hook.received) == 1
    assert (message(linked, finding).state, message(linked, later).state) == ("dead", "waiting")
    [task] = tasks(linked, finding)
    assert (task.kind, task.role, task.department) == ("message_dead", "duty_clerk", "market_regulation")
    assert courier(linked).run_once(NOW + timedelta(days=1)) == 0
    assert len(hook.received) == 1
    hook.answers = lambda _: 204
    assert linked.exchange.systems.ping("yuanping-fire")["reachable"] is True
    assert courier(linked).run_once(NOW + timedelta(days=1)) == 2


def test_a_message_nobody_takes_becomes_a_task_and_lets_the_next_one_through(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    hook.answers = lambda _: 400
    at = NOW
    while message(sqlite_linked, finding).state == "waiting":
        courier(sqlite_linked).run_once(at)
        at += timedelta(days=2)
    assert message(sqlite_linked, finding).tries == len(hook.received) == 11
    assert [task.kind for task in tasks(sqlite_linked, finding)] == ["message_dead"]
    hook.answers = lambda _: 204
    later, _ = sqlite_linked.sent()
    assert courier(sqlite_linked).run_once(at) == 1
    assert message(sqlite_linked, later).state == "delivered"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(sqlite_linked, hook, status):
    called(sqlite_linked, hook)
    with serving() as elsewhere:
        hook.location, hook.answers = elsewhere.url, lambda _: status
        finding, _ = sqlite_linked.sent()
        assert courier(sqlite_linked).run_once(NOW) == 0
        assert elsewhere.received == []
    assert message(sqlite_linked, finding).outcome == f"redirected, not followed (HTTP {status})"


def test_an_answer_that_takes_too_long_is_no_delivery(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    release = threading.Event()

    def slow(_: Any) -> int:
        release.wait(20)
        return 204

    hook.answers = slow
    assert courier(sqlite_linked, attempt_seconds=0.3).run_once(NOW) == 0
    release.set()
    assert message(sqlite_linked, finding).outcome == "no answer within 0.3 s"


def test_a_name_that_leads_to_a_private_address_is_not_called(sqlite_linked, hook):
    url = hook.url.replace("127.0.0.1", "receiver.example")
    sqlite_linked.link("yuanping-fire", "fire_rescue", url=url)
    finding, _ = sqlite_linked.sent()

    async def rebound(host: str, port: int) -> list[str]:
        assert host == "receiver.example"
        return ["127.0.0.1"]

    assert courier(sqlite_linked, resolve=rebound).run_once(NOW) == 0
    assert hook.received == []
    assert message(sqlite_linked, finding).outcome == "not called: a private address"


def test_the_address_that_was_checked_is_the_one_that_is_called_under_the_name(sqlite_linked, hook):
    url = hook.url.replace("127.0.0.1", "receiver.example") + "?office=1"
    sqlite_linked.link("yuanping-fire", "fire_rescue", url=url, allow_private=True)
    sqlite_linked.sent()

    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(0)
        return ["127.0.0.2", "127.0.0.1"]  # nobody listens at the first

    assert courier(sqlite_linked, resolve=resolve).run_once(NOW) == 1
    [received] = hook.received
    assert received.headers["host"].startswith("receiver.example:")
    assert received.path == "/hook?office=1"


def test_systems_that_pull_are_never_called(linked, hook):
    linked.link("yuanping-fire", "fire_rescue")
    finding, _ = linked.sent()
    assert courier(linked).run_once(NOW) == 0
    assert message(linked, finding).state == "waiting"


def test_without_a_linked_system_the_letter_goes_on_paper_and_the_clerk_is_told(linked):
    finding, _ = linked.sent()
    kept = message(linked, finding)
    assert (kept.state, kept.system_id, kept.sequence) == ("paper", None, None)
    assert [(task.kind, task.role) for task in tasks(linked, finding)] == [("paper_message", "duty_clerk")]


def test_a_resent_letter_names_the_one_it_replaces(linked, hook):
    called(linked, hook)
    finding, transfer = linked.sent()
    linked.town.step("D01", finding, "resend", transfer, sent_on="2024-04-26", reason="未签收")
    courier(linked).run_once(NOW)
    first, second = (json.loads(received.body) for received in hook.received)
    assert second["data"]["resend_of"] == first["id"]
