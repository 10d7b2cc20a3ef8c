"""Which rows a walk can take, and how often it took them."""

from __future__ import annotations

from collections import Counter

from engine.core.chart import Chart, Charts, Row
from engine.core.confiding import CONFIDED

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


GUIDED = ("inspection", "finding", "rectification", "transfer", "copy_notice")
"""Charts whose every row the walk looks for; in those of penalty and credit flags it only strays, under the same laws."""


def rows_to_take(charts: Charts) -> list[Row]:
    """Every row of the charts that are guided, corrections from where no carried-over record ever stands aside.

    Rows that are confided to a criminal referral leave nothing on the finding by which they could be counted; the walk
    strays into them, and tests of the referral take each.
    """
    rows = []
    for chart in (charts[name] for name in GUIDED):
        carried = reached_when_carried(chart)
        rows += [row for row in chart.rows if row.trigger != "correct_carry_over" or row.source in carried]
    return [row for row in rows if row.trigger not in CONFIDED]


def told(charts: Charts, taken: Counter[RowKey]) -> list[str]:
    """The coverage as lines to print: how often each row was taken."""
    return [
        f"{taken[key_of(row)]:6d}  {row.chart}: {row.trigger} from {row.source or 'nothing'} to {row.to}"
        for row in rows_to_take(charts)
    ]


def never_reached(charts: Charts, taken: Counter[RowKey]) -> list[str]:
    """The settled and ended states of guided charts into which no row led."""
    reached = {(chart, to) for (chart, _, _, to), count in taken.items() if count}
    return [
        f"{chart.name} {state.name}"
        for chart in (charts[name] for name in GUIDED)
        for state in chart.states.values()
        if state.kind != "open" and (chart.name, state.name) not in reached
    ]
