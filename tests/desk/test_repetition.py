"""A command has one effect, however often it is sent."""

from __future__ import annotations

import random
from threading import Thread
from typing import Any

from engine.core.commands import Principal, Step, StepCommand
from engine.core.refusals import Refusal
from tests.builders import Town, refused
from tests.engine.test_steps import routed

REGISTER = {"ledger_no": "原台1", "department": "market_regulation", "handler": "W01"}
SYSTEM = Principal(
    "system:fire", "消防系统", frozenset({"linked_system"}), "fire_rescue", kind="system", system_id="fire"
)
LETTER = {
    "target_department": "fire_rescue",
    "receiver_kind": "other_department",
    "legal_ground": "安全生产法第六十九条",
    "competence_basis": "权责清单",
    "facts_summary": "安全出口堵塞。",
    "evidence_list": "照片两张",
    "seized_items_included": False,
}


def register(finding: str) -> StepCommand:
    """The finding is to be registered."""
    return StepCommand("finding", finding, (Step("register", None, REGISTER),))


def test_a_command_sent_one_to_five_times_has_one_effect(town: Town) -> None:
    chance = random.Random(5)
    findings = [town.finding() for _ in range(6)]
    times = {finding: chance.randint(1, 5) for finding in findings}
    orders = [finding for finding, count in times.items() for _ in range(count)]
    chance.shuffle(orders)

    answers: dict[str, list[Any]] = {finding: [] for finding in findings}
    for finding in orders:
        answers[finding].append(town.handle("W01", register(finding), key=f"once-{finding}"))

    for finding, told in answers.items():
        assert [one.decision["replayed"] for one in told] == [False] + [True] * (times[finding] - 1)
        assert {one.decision["sequence_to"] for one in told} == {2}
        assert town.row(finding).sequence == 2


def test_the_same_command_from_eight_threads_has_one_effect(town: Town) -> None:
    finding = town.finding()
    told: list[bool] = []
    threads = [
        Thread(
            target=lambda: told.append(town.handle("W01", register(finding), key="k").decision["replayed"])
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == [False] + [True] * 7
    assert town.row(finding).sequence == 2


def test_a_key_with_another_body_is_refused(town: Town) -> None:
    finding = town.finding()
    town.handle("W01", register(finding), key="k", digest="one")

    refusal = refused(town.handle, "W01", register(finding), key="k", digest="other")

    assert (refusal.code, town.row(finding).sequence) == ("key_reused", 2)


def test_keys_belong_to_persons(town: Town) -> None:
    finding = town.finding()
    town.handle("W01", register(finding), key="k")

    refusal = refused(town.handle, "W02", register(finding), key="k")

    assert refusal.code == "step_shut"


def test_a_refusal_binds_nothing(town: Town) -> None:
    finding = town.finding()
    shut = StepCommand("finding", finding, (Step("propose_route", None, {}),))
    for _ in range(2):
        assert refused(town.handle, "C01", shut, key="k", digest="one").code == "step_shut"

    outcome = town.handle("C01", register(finding), key="k", digest="two")

    assert outcome.decision["replayed"] is False


def test_a_linked_system_that_repeats_itself_gets_the_same_answer(town: Town) -> None:
    finding = routed(town, "transfer")
    town.step("C01", finding, "open_transfer", legal_ground="依据。")
    transfer = town.proceedings(finding)[0].id
    town.step("C02", finding, "propose_transfer", transfer, **LETTER)
    town.step("H01", finding, "approve_transfer", transfer)
    town.step("D01", finding, "send", transfer, sent_on="2024-04-26")
    town.people["system"] = SYSTEM
    receive = StepCommand("finding", finding, (Step("receive", transfer, {"received_on": "2024-04-26"}),))

    first = town.handle("system", receive, key="k")
    second = town.handle("system", receive, key="k")

    assert second.decision == {**first.decision, "replayed": True}


def test_rights_are_asked_again_when_a_command_is_repeated(town: Town) -> None:
    finding = town.finding()
    town.handle("W01", register(finding), key="k")
    town.people["W01"] = Principal("W01", "姓名W01", frozenset({"inspector"}), "fire_rescue")

    assert refused(town.handle, "W01", register(finding), key="k").code == "not_found"


def test_of_two_different_steps_with_one_key_at_once_one_is_refused(town: Town) -> None:
    finding = town.finding()
    told: list[str] = []

    def send(digest: str) -> None:
        try:
            town.handle("W01", register(finding), key="k", digest=digest)
            told.append("done")
        except Refusal as refusal:
            told.append(refusal.code)

    threads = [Thread(target=send, args=(digest,)) for digest in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["done", "key_reused"]
