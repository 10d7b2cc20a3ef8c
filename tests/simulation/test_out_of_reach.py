"""Why nobody can take the rows that a walk leaves out: each reason is read off the charts."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from engine.core.chart import Chart, Charts, Row
from rules.charts import load_charts
from tests.simulation.rows import NEVER_OLD, NOTHING_HELD, NOTICE_ASKS_CONSENT, OUT_OF_REACH
from tests.simulation.ways import MEASURES

FREEING = ("release_measure", "dispose_items", "refuse_measure_afterwards")
"""After these nothing is held by a seizure any more: the guard no_open_measure counts on them."""
NOT_SAID_OF_OLD_ONES = "reply_was_needed"
"""What only a step on the way says of a record, never the row that carries it over."""


@pytest.fixture(scope="module")
def charts() -> Charts:
    return load_charts()


def test_each_row_that_is_out_of_reach_is_a_row_and_has_a_reason_that_is_shown_here(charts: Charts) -> None:
    assert all(charts[chart].rows_from(source, trigger) for chart, trigger, source in OUT_OF_REACH)
    assert set(OUT_OF_REACH.values()) == {NOTHING_HELD, NOTICE_ASKS_CONSENT, NEVER_OLD}


def test_corrections_are_out_of_reach_exactly_where_no_old_record_ever_stands(charts: Charts) -> None:
    never = {
        (chart.name, row.trigger, row.source)
        for chart in charts.by_name.values()
        for row in chart.rows
        if row.trigger == "correct_carry_over" and row.source not in _reached_when_carried(chart)
    }

    assert {row for row, reason in OUT_OF_REACH.items() if reason == NEVER_OLD} == never
    chart = charts["copy_notice"]
    stating = {row.source for row in chart.rows if "reply_needed" in (*row.requires, *row.optional)}
    assert stating and not stating & {None, *_reached_when_carried(chart)}


def test_only_where_notice_is_asked_is_a_party_heard_and_consent_is_asked_there_too(charts: Charts) -> None:
    chart = charts["credit_flag"]
    listing = chart.rows_from("heard", "propose_listing")
    out = {row for row, reason in OUT_OF_REACH.items() if reason == NOTICE_ASKS_CONSENT}

    assert out == {(row.chart, row.trigger, row.source) for row in listing}
    assert [row.guard("needs_not") is not None for row in listing] == [True]
    assert all(
        guard.argument == "superior_consent"
        for row in listing
        for guard in row.guards
        if guard.name == "needs_not"
    )
    noticed = [kind["needs"] for kind in charts.dictionary["flag_kinds"].values() if kind["needs"]["notice"]]
    assert noticed and all(needs["superior_consent"] for needs in noticed)
    without_notice = [row for row in chart.rows if not _asks(row, "needs", "notice")]
    assert "heard" not in _reached(without_notice, _begun(chart))


def test_nothing_can_be_held_where_a_case_waits_with_the_judicial_organs(charts: Charts) -> None:
    chart, there = charts["penalty"], "with_judiciary"
    entering = [row for row in chart.rows if row.to == there != row.source]
    holding = [row for row in chart.rows if MEASURES & {*row.opens}]

    assert there not in _begun(chart)
    assert entering and all(row.guard("no_open_measure") for row in entering)
    assert holding and all(there not in (row.source, row.to) for row in holding)
    assert all("DL23" in row.settles for row in chart.rows if row.trigger in FREEING)
    assert all("DL22" in row.settles for row in chart.rows if row.trigger == "decide_preserved_evidence")
    out = {(trigger, source) for (name, trigger, source), why in OUT_OF_REACH.items() if why == NOTHING_HELD}
    running = {
        (row.trigger, row.source)
        for row in chart.rows
        if row.source == there and any(guard.argument in MEASURES for guard in row.guards)
    }
    assert out == running


def _begun(chart: Chart) -> set[str]:
    """The states in which records begin: opened, or carried over."""
    return {chart.initial} | {row.to for row in chart.rows if row.source is None}


def _reached_when_carried(chart: Chart) -> set[str]:
    rows = [row for row in chart.rows if row.source is not None and row.guard(NOT_SAID_OF_OLD_ONES) is None]
    return _reached(rows, {row.to for row in chart.rows if row.trigger == "carry_over"})


def _reached(rows: Iterable[Row], begun: set[str]) -> set[str]:
    """The states into which these rows lead from where records begin."""
    known, reached = list(rows), set(begun)
    while more := {row.to for row in known if row.source in reached} - reached:
        reached |= more
    return reached


def _asks(row: Row, name: str, argument: str) -> bool:
    return any((guard.name, guard.argument) == (name, argument) for guard in row.guards)
