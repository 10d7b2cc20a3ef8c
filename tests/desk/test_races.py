"""Where many want the same at once, one has it and the others are told."""

from __future__ import annotations

from typing import Any

from engine.core.commands import InspectionCommand
from tests.builders import Town
from tests.desk.load import inspected
from tests.desk.race import at_once, race, repeat


def test_of_sixty_four_clients_one_wins_each_version(town: Town) -> None:
    raced = race(town, rounds=5)

    assert raced.answers == {"done": 5, "stale_version": 5 * 63}


def test_however_often_and_in_whatever_order_commands_are_sent_each_has_one_effect(town: Town) -> None:
    times = repeat(town, commands=30, seed=7)

    assert set(times) == {1, 2, 3, 4, 5}


def test_the_same_reference_sent_by_eight_at_once_is_recorded_once(town: Town) -> None:
    told: list[tuple[str, str]] = []

    def send(number: int) -> None:
        asked: InspectionCommand = inspected(town, 0, reference="外部-1")
        outcome: Any = town.handle("W01", asked, f"reference-{number}")
        told.append((outcome.status, outcome.id))

    at_once(8, send)

    assert sorted(status for status, _ in told) == ["created"] + ["unchanged"] * 7
    assert len({id for _, id in told}) == 1


def test_numbers_of_a_series_have_no_gaps_when_many_ask_at_once(town: Town) -> None:
    findings = [town.finding() for _ in range(16)]
    ordered = {"requirement": "限期办结。", "due_on": "2024-05-10", "reason": "逾期。"}

    at_once(16, lambda number: town.step("S01", findings[number], "order_supervision", **ordered))

    numbers = [number for finding in findings for number in town.row(finding).record["doc_numbers"]]
    assert sorted(int(one.split("〕")[1].rstrip("号")) for one in numbers) == list(range(1, 17))
