"""The ledger's figures, and the lists behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.reader import Reader
from tests.reading.people import OFFICER, SUPERVISOR
from tests.reading.random_world import followed, random_world
from tests.reading.world import NOW, World
from tests.schemas import faults

Settle = Callable[[World], None]
TODAY = NOW.date()


def numbers(answer: Any) -> Iterator[dict[str, Any]]:
    """Every number of a ledger answer."""
    if isinstance(answer, dict):
        if set(answer) == {"count", "filter"}:
            yield answer
        for value in answer.values():
            yield from numbers(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from numbers(value)


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {
            "from": [(TODAY - timedelta(days=40)).isoformat()],
            "to": [(TODAY - timedelta(days=10)).isoformat()],
        },
        {"department": ["market_regulation"], "from": [(TODAY - timedelta(days=30)).isoformat()]},
    ],
    ids=["all", "period", "department"],
)
def test_every_number_of_the_ledger_leads_to_exactly_its_findings(
    reader: Reader, world: World, settle: Settle, who: Principal, query: dict[str, list[str]]
) -> None:
    random_world(world, seed=len(query), count=150)
    settle(world)
    answer = reader.ledger(who, query)
    assert faults("ledger_answer", answer) == []
    assert answer["found"]["count"] > 20
    for number in numbers(answer):
        found = followed(reader, who, number["filter"], limit=17)
        assert len(found) == len(set(found)) == number["count"], number


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
def test_found_is_open_and_closed_in_total_and_in_every_part(
    reader: Reader, world: World, settle: Settle, who: Principal
) -> None:
    random_world(world, seed=7, count=150)
    settle(world)
    answer = reader.ledger(who, {})

    def split(part: dict[str, Any]) -> tuple[int, int, int]:
        found, still_open, closed = (part[name]["count"] for name in ("found", "open", "closed"))
        assert found == still_open + closed
        return found, still_open, closed

    total = split(answer)
    for partition in ("by_department", "by_state", "by_light"):
        parts = [split(part) for part in answer[partition]]
        assert tuple(map(sum, zip(*parts, strict=True))) == total, partition
    for part in answer["by_route"]:
        assert split(part) <= total
    (none,) = (part for part in answer["by_light"] if part["light"] == "none")
    assert none["closed"]["count"] == total[2]
    assert [part["route"] for part in answer["by_route"]] == [
        "rectification",
        "penalty",
        "transfer",
        "copy_notice",
        "credit_flag",
    ]


def test_a_ledger_of_nothing_is_all_noughts(reader: Reader) -> None:
    answer = reader.ledger(OFFICER, {})
    assert faults("ledger_answer", answer) == []
    assert {number["count"] for number in numbers(answer)} == {0}
    with pytest.raises(Refusal) as refusal:
        reader.ledger(OFFICER, {"state": ["open"], "from": ["yesterday"]})
    assert {(error.pointer, error.code) for error in refusal.value.errors} == {
        ("/?state", "unknown_field"),
        ("/?from", "format"),
    }
