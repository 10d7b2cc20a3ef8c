"""What a list says of the next step: the first of the person's own steps that leads on, guessed from the states alone.

Guards are not asked, as a list may be long; the page of the finding asks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.chart import Charts, Row
from engine.core.delegation import may_take
from engine.work_reader import departures
from web.asking import Asking
from web.fields import Choice
from web.steps import ActBook, ActLine, act_book

ALL_DONE = "all_proceedings_done"
TOLD_BY_LISTS = frozenset({"route", "not_opened", "own_power"})


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step by its name, chart.trigger, with its words."""

    name: str
    title: str


def next_step(asking: Asking, item: Mapping[str, Any]) -> NextStep | None:
    """The step that leads this finding on and that the person may take; None where others are at it."""
    book, charts = act_book(), asking.house.charts
    for act in book.acts:
        (chart, trigger), *_ = act.steps
        if _suits(act, item) and any(
            _mine(asking, row)
            for state in _in_chart(item, chart)
            for row in charts[chart].rows_from(state, trigger)
        ):
            return NextStep(f"{chart}.{trigger}", asking.words.of(act))
    rows = [
        row
        for chart, state in _states(item)
        for row in charts[chart].rows
        if row.source == state and _leads_on(asking, book, row) and not (item["open"] and row.guard(ALL_DONE))
    ]
    rows.sort(key=lambda row: book.place(row.chart, row.trigger))
    return NextStep(_name(rows[0]), asking.words.of(rows[0])) if rows else None


def _states(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "finding", item["state"]
    yield from ((one["kind"], one["state"]) for one in item["open"])


def _in_chart(item: Mapping[str, Any], chart: str) -> Iterator[str]:
    return (state for named, state in _states(item) if named == chart)


def _suits(act: ActLine, item: Mapping[str, Any]) -> bool:
    """True where a list can tell that the act comes first: it depends on nothing but routes and what is open."""
    wanted = act.conditions
    opened = {one["kind"] for one in item["open"]}
    return (
        not act.aside
        and not act.on_site
        and set(wanted) <= TOLD_BY_LISTS
        and (wanted.get("route") is None or wanted["route"] in item["routes"])
        and wanted.get("not_opened") not in opened
    )


def _mine(asking: Asking, row: Row) -> bool:
    return bool(row.by & asking.who.all_roles) and may_take(asking.who, row)


def _leads_on(asking: Asking, book: ActBook, row: Row) -> bool:
    """True for steps of the person's own roles that change the state; what merely may be done besides is none."""
    return (
        row.to != row.source
        and _mine(asking, row)
        and not book.is_aside(row.chart, row.trigger)
        and book.place(row.chart, row.trigger) < len(book.next)
    )


def _name(row: Row) -> str:
    return f"{row.chart}.{row.trigger}"


def step_choices(asking: Asking) -> list[Choice]:
    """The steps that a list of work can be narrowed to: those that may come next for this person, by chart."""
    book, charts, words = act_book(), asking.house.charts, asking.words
    known = departures(asking.house.reader.sources, asking.who)
    named = [one for one in book.next if one in known]
    return [_choice(charts, words, one) for one in sorted(named, key=lambda one: _order(charts, one))]


def _order(charts: Charts, name: str) -> int:
    return list(charts.by_name).index(name.partition(".")[0])


def _choice(charts: Charts, words: Any, name: str) -> Choice:
    chart, _, trigger = name.partition(".")
    return Choice(name, words.of(charts[chart].any_row(trigger)), words.of(charts[chart]))
