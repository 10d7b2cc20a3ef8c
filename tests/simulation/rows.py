"""Which rows a walk can take, and how often it took them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.core.chart import Chart, Charts, Row

RowKey = tuple[str, str, str | None, str]


def key_of(row: Row) -> RowKey:
    """What tells a row from all others."""
    return (row.chart, row.trigger, row.source, row.to)


def reached_when_carried(chart: Chart) -> set[str]:
    """The states that carried-over records of the chart come into; none of them says that a reply was needed."""
    reached = {row.to for row in chart.rows if row.trigger == "carry_over"}
    grown = True
    while grown:
        more = {row.to for row in chart.rows if row.source in reached and not row.guard("reply_was_needed")}
        grown = not more <= reached
        reached |= more
    return reached


OUT_OF_REACH: dict[tuple[str, str, str], str] = {
    (
        "credit_flag",
        "propose_listing",
        "heard",
    ): "each kind of flag that asks for notice asks for consent too",
    ("penalty", "propose_measure_extension", "with_judiciary"): "no case comes there that holds items",
    ("penalty", "extend_measure", "with_judiciary"): "no case comes there that holds items",
    ("penalty", "refuse_measure_extension", "with_judiciary"): "no case comes there that holds items",
    ("penalty", "measure_lapsed", "with_judiciary"): "no case comes there that holds items",
    ("penalty", "preservation_lapsed", "with_judiciary"): "no case comes there that holds items",
}
"""Rows that nobody can take, by (chart, trigger, source), with the reason; tests say that each reason is true."""


def rows_to_take(charts: Charts) -> list[Row]:
    """Every row of every chart that can be taken: corrections from where no carried-over record ever stands aside."""
    rows = []
    for chart in charts.by_name.values():
        carried = reached_when_carried(chart)
        rows += [row for row in chart.rows if row.trigger != "correct_carry_over" or row.source in carried]
    return [row for row in rows if (row.chart, row.trigger, row.source) not in OUT_OF_REACH]


def each_trigger(rows: Iterable[Row]) -> list[Row]:
    """Of the rows of one trigger that lead to one state, or leave the record where it is, the first."""
    found: dict[tuple[str, str, str | None], Row] = {}
    for row in rows:
        found.setdefault((row.chart, row.trigger, None if row.to == row.source else row.to), row)
    return list(found.values())


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
