"""The board: every number on it is the length of the list behind it, and its parts add up."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.lawbook import Lawbook
from engine.core.refusals import Refusal
from engine.projections.board import AGES, Number
from engine.reader import Reader
from models.entry import CLOSING_STEPS
from tests.reading.people import OFFICER, SUPERVISOR, person
from tests.reading.random_world import followed, random_world
from tests.reading.world import NOW, World

Settle = Callable[[World], None]
TODAY = NOW.date()
PERIOD = {
    "from": [(TODAY - timedelta(days=40)).isoformat()],
    "to": [(TODAY - timedelta(days=4)).isoformat()],
}
CASES: dict[str, tuple[Principal, dict[str, list[str]]]] = {
    "officer": (OFFICER, {}),
    "supervisor": (SUPERVISOR, {"department": ["market_regulation"], **PERIOD}),
}


def numbers(answer: Any) -> Iterator[Number]:
    """Every number of an answer."""
    if isinstance(answer, Number):
        yield answer
    elif isinstance(answer, dict):
        for value in answer.values():
            yield from numbers(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from numbers(value)


def close_again_and_again(world: World) -> None:
    """What is closed was closed in some month of the last two years; some of it was closed once before."""
    chance = random.Random(5)
    for row in [one for one in world.rows["finding"] if one["closed"]]:
        for sequence in range(2, 2 + chance.choice((1, 1, 2))):
            instant = NOW - timedelta(days=chance.randint(0, 500) if sequence == 2 else 0)
            world.entry(row["id"], sequence, "finding", "approve_close", "closed", instant)


def in_state(one: Number) -> bool:
    """True for the number of findings with a proceeding in one state; lists take many of these at a time."""
    return any(name == "proceeding" for name, _ in one.asked)


def path_of(one: Number) -> str:
    """The list that the number opens."""
    return "/api/v1/inspections" if one.name.startswith("state.inspection.") else "/api/v1/findings"


def rows(
    reader: Reader, who: Principal, asked: Iterable[tuple[str, str]], path: str = "/api/v1/findings"
) -> list[str]:
    """The ids that the list has, over all its pages."""
    return followed(reader, who, f"{path}?{urlencode(list(asked))}", limit=200)


def batched(all_of_them: Sequence[Number], size: int) -> Iterator[Sequence[Number]]:
    """The numbers, so many at a time."""
    yield from (all_of_them[start : start + size] for start in range(0, len(all_of_them), size))


@pytest.mark.parametrize(("who", "query"), CASES.values(), ids=CASES)
def test_every_number_of_the_board_is_the_length_of_its_list(
    reader: Reader, world: World, settle: Settle, who: Principal, query: dict[str, list[str]]
) -> None:
    random_world(world, seed=len(query) + 3, count=90)
    close_again_and_again(world)
    settle(world)
    board = reader.board
    told = [*numbers(board.overview(who, query)), *numbers(board.loads(who, query))]
    told += numbers(board.places(who, query))
    assert len({one.name for one in told}) == len(told)
    lists = {(path_of(one), one.asked): one.count for one in told if one.count or not in_state(one)}
    for (path, asked), count in lists.items():
        assert len(rows(reader, who, asked, path)) == count, (path, asked)
    empty = [one for one in told if not one.count and in_state(one)]
    for some in batched(empty, 20):
        assert rows(reader, who, sorted({pair for one in some for pair in one.asked})) == []
    assert sum(one.count > 0 for one in told) > 30


@pytest.mark.parametrize("who", [OFFICER, SUPERVISOR], ids=["officer", "supervisor"])
def test_the_parts_of_the_board_add_up_to_what_is_open(
    reader: Reader, world: World, settle: Settle, who: Principal
) -> None:
    random_world(world, seed=11, count=120)
    settle(world)
    told = reader.board.overview(who, {})
    line = {name: one.count for name, one in told["conservation"].items()}
    ledger = reader.ledger(who, {})
    assert {name: ledger[name]["count"] for name in ("found", "open", "closed")} == {
        name: line[name] for name in ("found", "open", "closed")
    }
    assert line["found"] == line["open"] + line["closed"]
    still = [sum(one.count for one in row["lights"].values()) for row in told["heat"]]
    assert still == [row["open"].count for row in told["heat"]] and sum(still) == line["open"]
    assert sum(row["open"].count for row in told["ages"]) == line["open"]
    assert sum(row["overdue"].count for row in told["ages"]) == line["overdue"]
    for row in told["flow"]:
        assert sum(one["number"].count for one in row["states"]) == row["found"].count
    loads = reader.board.loads(who, {})["loads"]
    assert sum(row["open"].count for row in loads) == line["open"]
    assert sum(row["overdue"].count for row in loads) == line["overdue"]


def test_an_age_is_counted_in_working_days(
    reader: Reader, sources: Any, world: World, settle: Settle
) -> None:
    calendar, expected = sources.calendar, [0] * (len(AGES) + 1)
    inspection = world.inspection(world.party())
    for days in range(0, 130, 3):
        discovered = NOW - timedelta(days=days)
        world.finding(inspection, "party", dues=[TODAY], discovered_at=discovered)
        age = calendar.count(civil_date(discovered), TODAY)
        expected[sum(age > edge for edge in AGES)] += 1
    settle(world)
    assert [row["open"].count for row in reader.board.overview(SUPERVISOR, {})["ages"]] == expected


def test_what_is_due_this_week_is_due_before_monday(reader: Reader, world: World, settle: Settle) -> None:
    inspection = world.inspection(world.party())
    for due in (TODAY - timedelta(days=1), TODAY, date(2026, 11, 29), date(2026, 11, 30)):
        world.finding(inspection, "party", dues=[due], handler="W01")
    settle(world)
    (load,) = reader.board.loads(SUPERVISOR, {})["loads"]
    assert [load[part].count for part in ("open", "overdue", "due")] == [4, 1, 2]


def test_a_finding_closed_twice_counts_in_the_month_of_its_last_closing(
    reader: Reader, world: World, settle: Settle
) -> None:
    inspection = world.inspection(world.party())
    for state, days in (("closed", (80, 20)), ("in_progress", (50,)), ("closed", (800,))):
        finding = world.finding(inspection, "party", state=state, discovered_at=NOW - timedelta(days=900))
        for sequence, ago in enumerate(days, 2):
            world.entry(finding, sequence, "finding", "approve_close", "closed", NOW - timedelta(days=ago))
        world.entry(finding, 9, "finding", "refuse_reopening", "closed", NOW)
    settle(world)
    trend = reader.board.overview(SUPERVISOR, {})["trend"]
    assert {one["month"]: one["closed"].count for one in trend if one["closed"].count} == {"2026-11": 1}
    assert len(trend) == 12 and trend[-1]["month"] == "2026-11"


def test_the_steps_that_close_a_finding_are_those_of_its_chart(lawbook: Lawbook) -> None:
    rows = [row for row in lawbook.charts["finding"].rows if row.to == "closed" and row.source != "closed"]
    assert {row.trigger for row in rows} == set(CLOSING_STEPS)


def test_who_reads_no_findings_has_no_board_and_wrong_filters_are_refused(reader: Reader) -> None:
    administrator = person("A01", "system_admin", department="lead_office")
    with pytest.raises(Refusal, match="not_yours"):
        reader.board.overview(administrator, {})
    with pytest.raises(Refusal, match="parameter_invalid"):
        reader.board.overview(SUPERVISOR, {"light": ["red"], "from": ["yesterday"]})
