"""What persons do with messages that do not arrive: they send them again as they are, or enter how they went on paper."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine.core.backoff import Patience
from engine.core.commands import Command, PaperCommand, ResendCommand
from engine.core.refusals import Refusal
from models import exchange_reading
from models.reading import entries
from tests.exchange.linked import NOW, Linked, called, courier, message, tasks
from tests.referral_walk import led, opened

NONE_LEFT = Patience(waits=())
PAPER = {"how": "handed_over", "delivered_on": "2024-04-26"}


def act(linked: Linked, login: str, asked: Any, key: str = "act-1", digest: str = "d") -> Any:
    """What the person did with the message."""
    return linked.exchange.acts.handle(Command(linked.town.who(login), key, digest, asked))


def dead_letter(linked: Linked, hook: Any) -> tuple[str, Any]:
    """A finding, and its letter which nobody took."""
    called(linked, hook)
    finding, _ = linked.sent()
    hook.answers = lambda _: 400
    courier(linked, patience=NONE_LEFT).run_once(NOW)
    return finding, message(linked, finding)


def entries_of(linked: Linked, record: str) -> list[str]:
    """The triggers on the timeline of the record."""
    with linked.town.house.database.read() as connection:
        return [row.trigger for row in entries.entries_after(connection, record, 0, 200)]


def test_a_dead_letter_is_sent_again_with_its_id_and_body_and_the_task_is_done(linked, hook):
    finding, letter = dead_letter(linked, hook)
    assert letter.state == "dead"
    assert act(linked, "D01", ResendCommand(letter.id)).decision["replayed"] is False
    assert act(linked, "D01", ResendCommand(letter.id)).decision["replayed"] is True
    hook.answers = lambda _: 204
    assert courier(linked).run_once(NOW + timedelta(minutes=1)) == 1
    first, second = hook.received
    assert (first.id, first.body) == (second.id, second.body)
    assert message(linked, finding).state == "delivered"
    [task] = tasks(linked, finding, "message_dead")
    assert (task.done, task.done_by) == (True, "D01")
    assert entries_of(linked, finding)[-1] == "resend_message"
    with pytest.raises(Refusal, match="step_shut"):
        act(linked, "D01", ResendCommand(letter.id), "act-2")


def test_a_letter_that_dies_again_is_a_task_again(sqlite_linked, hook):
    finding, letter = dead_letter(sqlite_linked, hook)
    act(sqlite_linked, "H01", ResendCommand(letter.id))
    courier(sqlite_linked, patience=NONE_LEFT).run_once(NOW + timedelta(minutes=1))
    assert [one.done for one in tasks(sqlite_linked, finding, "message_dead")] == [True, False]


def test_on_paper_it_is_sent_no_more_who_and_how_stands_on_the_timeline_and_the_next_goes_out(linked, hook):
    called(linked, hook)
    finding, transfer = linked.sent()
    linked.town.step("D01", finding, "resend", transfer, sent_on="2024-04-26", reason="未签收")
    letter, later = linked.messages(finding)
    hook.answers = lambda _: 400
    courier(linked, patience=NONE_LEFT).run_once(NOW)
    act(linked, "D01", PaperCommand(letter.id, PAPER))
    hook.answers = lambda _: 204
    assert courier(linked).run_once(NOW + timedelta(minutes=1)) == 1
    assert [one.id for one in hook.received] == [letter.id, later.id]
    gone = linked.messages(finding)[0]
    assert (gone.state, gone.outcome) == ("paper", "on paper: handed_over, 2024-04-26, D01")
    assert "message_on_paper" in entries_of(linked, finding)
    for asked in (PaperCommand(letter.id, PAPER), ResendCommand(letter.id)):
        with pytest.raises(Refusal, match="step_shut"):
            act(linked, "D01", asked, "act-2")


def test_a_letter_without_a_linked_system_is_entered_once_it_is_delivered(sqlite_linked):
    finding, _ = sqlite_linked.sent()
    letter = message(sqlite_linked, finding)
    with pytest.raises(Refusal, match="step_shut"):
        act(sqlite_linked, "D01", ResendCommand(letter.id))
    act(sqlite_linked, "D01", PaperCommand(letter.id, PAPER))
    [task] = tasks(sqlite_linked, finding, "paper_message")
    assert task.done_by == "D01"
    with pytest.raises(Refusal, match="step_shut"):
        act(sqlite_linked, "D01", PaperCommand(letter.id, PAPER), "act-2")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"how": "pigeon"}, "/how"),
        ({"delivered_on": "2024-04-31"}, "/delivered_on"),
        ({"delivered_on": "2024-04-27"}, "/delivered_on"),
        ({"delivered_on": "2024-04-25"}, "/delivered_on"),
        ({"how": "other"}, "/note"),
        ({"note": 7}, "/note"),
        ({"by": "D01"}, "/by"),
    ],
)
def test_paper_that_cannot_have_gone_so_is_refused(sqlite_linked, given, pointer):
    finding, _ = sqlite_linked.sent()
    with pytest.raises(Refusal) as refused:
        act(sqlite_linked, "D01", PaperCommand(message(sqlite_linked, finding).id, {**PAPER, **given}))
    assert refused.value.code == "facts_invalid"
    assert [one.pointer for one in refused.value.errors] == [pointer]


@pytest.mark.parametrize(
    ("login", "code"), [("W01", "not_yours"), ("S01", "not_yours"), ("F02", "not_found")]
)
def test_only_clerks_and_heads_of_the_sender_act(sqlite_linked, login, code):
    finding, _ = sqlite_linked.sent()
    with pytest.raises(Refusal) as refused:
        act(sqlite_linked, login, ResendCommand(message(sqlite_linked, finding).id))
    assert refused.value.code == code
    with pytest.raises(Refusal, match="not_found"):
        act(sqlite_linked, "D01", ResendCommand("0192-never-was"))


def test_the_readers_of_a_referral_are_told_on_its_timeline_and_act_and_nobody_else(linked, hook):
    town = linked.town
    linked.link("yuanping-psb", "public_security", url=hook.url, allow_private=True)
    hook.answers = lambda _: 400
    referral = opened(town, town.finding())
    led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
    of_the_house = linked.exchange.courier
    of_the_house.patience = NONE_LEFT
    of_the_house.run_once(NOW)
    assert "message_dead" in entries_of(linked, referral)
    with town.house.database.read() as connection:
        [letter] = exchange_reading.sent_as(connection, referral, "criminal_referral")
    for login in ("T01", "S01", "F02"):
        with pytest.raises(Refusal, match="not_found"):
            act(linked, login, PaperCommand(letter, PAPER))
        with pytest.raises(Refusal, match="not_found"):
            linked.exchange.acts.message(town.who(login), letter)
    act(linked, "C02", PaperCommand(letter, PAPER))
    assert linked.exchange.acts.message(town.who("C02"), letter)["state"] == "paper"
    assert entries_of(linked, referral)[-1] == "message_on_paper"
