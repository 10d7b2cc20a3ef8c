"""Which rows a walk can take, and how often it took them."""

from __future__ import annotations

from collections import Counter

from engine.core.chart import Charts, Row

RowKey = tuple[str, str, str | None, str]


def key_of(row: Row) -> RowKey:
    """What tells a row from all others."""
    return (row.chart, row.trigger, row.source, row.to)


NOTHING_HELD = "nothing is seized or preserved when a case comes there, and nothing can be there"
NOTICE_ASKS_CONSENT = "each kind of flag that asks for notice, and so is ever heard, asks for consent too"
NEVER_OLD = "no record that was carried over ever stands there"
OUT_OF_REACH: dict[tuple[str, str, str], str] = {
    ("penalty", "propose_measure_extension", "with_judiciary"): NOTHING_HELD,
    ("penalty", "extend_measure", "with_judiciary"): NOTHING_HELD,
    ("penalty", "measure_lapsed", "with_judiciary"): NOTHING_HELD,
    ("penalty", "preservation_lapsed", "with_judiciary"): NOTHING_HELD,
    ("credit_flag", "propose_listing", "heard"): NOTICE_ASKS_CONSENT,
    ("finding", "correct_carry_over", "found"): NEVER_OLD,
    ("rectification", "correct_carry_over", "to_order"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "drafted"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "proposed"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "approved"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "acknowledged"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "responded"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "withdrawn"): NEVER_OLD,
    ("copy_notice", "correct_carry_over", "converted"): NEVER_OLD,
}
"""Rows that nobody can take, by (chart, trigger, source), with the reason; tests show each reason from the charts."""


def is_out_of_reach(row: Row) -> bool:
    """True when nobody can take the row."""
    return (row.chart, row.trigger, row.source) in OUT_OF_REACH


def rows_to_take(charts: Charts) -> list[Row]:
    """Every row of every chart but those that are out of reach."""
    return [row for chart in charts.by_name.values() for row in chart.rows if not is_out_of_reach(row)]


def told(charts: Charts, taken: Counter[RowKey]) -> list[str]:
    """The coverage as lines to print: how often each row was taken."""
    return [
        f"{taken[key_of(row)]:6d}  {row.chart}: {row.trigger} from {row.source or 'nothing'} to {row.to}"
        for row in rows_to_take(charts)
    ]


def never_reached(charts: Charts, taken: Counter[RowKey]) -> list[str]:
    """The settled and ended states into which no row led."""
    reached = {(chart, to) for (chart, _, _, to), count in taken.items() if count}
    return [
        f"{chart.name} {state.name}"
        for chart in charts.by_name.values()
        for state in chart.states.values()
        if state.kind != "open" and (chart.name, state.name) not in reached
    ]
