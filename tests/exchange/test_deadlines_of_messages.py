"""A message knows the deadline it is to arrive by: it is tried before its end, and a person is told at half time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.core.backoff import PATIENCE, REST, WAITS, Patience
from engine.core.calendar import SHANGHAI
from tests.exchange.linked import NOW, called, courier, message, tasks

SENT = datetime(2024, 4, 26, 17, 0, tzinfo=SHANGHAI)


def test_a_letter_is_to_arrive_by_the_deadline_that_sending_it_settles(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    kept = message(linked, finding)
    [settled] = [one for one in linked.town.deadlines(finding) if one.term == "DL50"]
    assert kept.due_at == settled.overdue_at
    assert kept.alarm_at == SENT + (settled.overdue_at - SENT) / 2


def test_a_letter_sent_too_late_is_to_arrive_by_the_deadline_that_it_opens(sqlite_linked, hook):
    called(sqlite_linked, hook)
    sqlite_linked.town.at("2024-06-28T17:00")
    finding, transfer = sqlite_linked.sent(sent_on="2024-06-28")
    sqlite_linked.town.at("2024-08-30T17:00")
    sqlite_linked.town.step("D01", finding, "resend", transfer, sent_on="2024-08-30", reason="未签收")
    [running] = [
        one for one in sqlite_linked.town.deadlines(finding) if (one.term, one.state) == ("DL51", "running")
    ]
    letters = [one for one in sqlite_linked.messages(finding) if one.kind == "department_transfer"]
    assert letters[-1].due_at == running.overdue_at


def test_a_clerk_is_told_once_when_half_of_the_time_is_gone(linked, hook):
    called(linked, hook)
    finding, _ = linked.sent()
    hook.answers = lambda _: 503
    alarm = message(linked, finding).alarm_at
    runner = courier(linked)
    runner.run_once(NOW)
    assert tasks(linked, finding, "message_late") == []
    linked.town.at((alarm + timedelta(minutes=1)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    for minutes in (2, 40, 90):
        runner.run_once(NOW + timedelta(minutes=minutes))
    [task] = tasks(linked, finding, "message_late")
    assert (task.role, task.department) == ("duty_clerk", "market_regulation")
    assert "HTTP 503" in task.detail["zh"]
    assert "纸质" in task.detail["zh"]


def test_nobody_is_told_of_what_arrived(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    runner = courier(sqlite_linked)
    assert runner.run_once(NOW) == 1
    sqlite_linked.town.at("2024-06-28T17:00")
    runner.run_once(NOW + timedelta(days=60))
    assert tasks(sqlite_linked, finding) == []


def test_the_wait_is_cut_so_that_an_attempt_lies_before_the_deadline(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    hook.answers = lambda _: 422
    due = message(sqlite_linked, finding).due_at
    at = due - timedelta(minutes=10)
    sqlite_linked.town.at(at.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    slow = courier(sqlite_linked, patience=Patience(waits=(timedelta(hours=3),) * 4))
    slow.run_once(NOW)
    assert message(sqlite_linked, finding).next_try_at - NOW <= timedelta(minutes=5, seconds=10)
    sqlite_linked.town.at((due + timedelta(minutes=1)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    slow.run_once(NOW + timedelta(minutes=11))
    assert message(sqlite_linked, finding).next_try_at - NOW > timedelta(hours=3)


def test_a_receiver_left_alone_is_still_called_for_what_is_due_within_the_half_hour(sqlite_linked, hook):
    called(sqlite_linked, hook)
    finding, _ = sqlite_linked.sent()
    hook.answers = lambda _: 503
    hasty = courier(sqlite_linked, patience=Patience(failures_max=1, rests=(timedelta(days=1),)))
    hasty.run_once(NOW)
    hook.answers = lambda _: 204
    assert hasty.run_once(NOW + timedelta(minutes=1)) == 0
    near = message(sqlite_linked, finding).due_at - timedelta(minutes=20)
    sqlite_linked.town.at(near.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))
    assert hasty.run_once(NOW + timedelta(minutes=2)) == 1


@pytest.mark.parametrize("tries", range(1, len(WAITS) + 1))
@pytest.mark.parametrize(
    "left", [timedelta(seconds=1), timedelta(hours=1), timedelta(hours=24), timedelta(days=7)]
)
def test_the_next_attempt_lies_before_every_deadline(tries, left):
    wait = PATIENCE.wait_after(tries, 0.999, left)
    assert wait is not None
    assert wait < left
    assert PATIENCE.wait_after(tries, 0.0, -left) == WAITS[tries - 1]
    assert PATIENCE.wait_after(tries, 0.0) == WAITS[tries - 1]


def test_a_receiver_is_left_alone_for_longer_each_time():
    rests = [PATIENCE.rest_after(openings, 0.0) for openings in range(1, 8)]
    assert rests == sorted(rests)
    assert rests[-1] == REST[-1]
    assert PATIENCE.given_up_after < timedelta(days=2)
