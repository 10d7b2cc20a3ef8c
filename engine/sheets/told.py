"""Cells that follow from several records of a finding; each is told by what is on record, or empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.core.chart import CRIMINAL
from engine.core.entries import Entry
from engine.sheets.source import Source
from engine.sheets.values import Cell, Values, day, joined, plain, text

OVERDUE = "逾期"
EXTENDS = frozenset({"verify_extend", "decide_extend_first", "decide_extend_second"})
DECIDED_BY = ("DL28", "DL28.extended", "DL28.collective")
SUPERVISION = {"order_supervision": "requirement", "reply_supervision": "reply", "lift_supervision": "reason"}


@dataclass(frozen=True, slots=True)
class Telling:
    """What a row is told with: the words, the names of accounts, the instant it is told at, and its number."""

    values: Values
    names: Mapping[str, str]
    as_of: datetime
    serial: int


def _uscc(source: Source, _: Telling) -> Cell:
    listed = source.party.get("identifiers", ())
    return joined([text(one.get("value")) for one in listed if one.get("scheme") == "uscc"])


def _problem(source: Source, _: Telling) -> Cell:
    row = source.row
    said = row.record.get("facts", {}).get("facts_summary") or row.intake.get("facts_summary")
    return text(said or row.item)


def _routes(source: Source, telling: Telling) -> Cell:
    """What was approved and what was opened; a criminal referral for whoever is on its list."""
    approved = source.row.record.get("registers", {}).get("approved_routes") or ()
    kinds = [one for one in approved if one != CRIMINAL] + [one.kind for one in source.proceedings]
    names = telling.values.routes
    referred = [CRIMINAL] if source.referrals else []
    return joined([text(names.get(kind, kind)) for kind in [*kinds, *referred]], "、")


def _handler(source: Source, _: Telling) -> Cell:
    handler = source.row.record.get("registers", {}).get("handler") or {}
    return text(handler.get("name"))


def _cause(source: Source, telling: Telling) -> Cell:
    if not any(one.kind == "penalty" for one in source.proceedings):
        return None
    row = source.row
    return text(telling.values.violations.get(row.domain, {}).get(row.violation) or row.item)


def _extensions(source: Source, telling: Telling) -> Cell:
    chart = telling.values.charts["penalty"]
    extended = [
        text(f"{plain(day(one.entry.occurred_at))} {chart.row_into(one.entry.trigger, one.entry.state).zh}")
        for record in source.told(["penalty"])
        for one in record
        if one.entry.trigger in EXTENDS
    ]
    excluded = [
        text(f"扣除 {one['from']} 至 {one['to']}")
        for deadline in source.deadlines
        if deadline.term in DECIDED_BY
        for one in deadline.spec.get("excluded", ())
    ]
    return joined([*extended, *excluded])


def _published_on(source: Source, _: Telling) -> Cell:
    return source.row.published_on  # type: ignore[no-any-return]  # a date of the row


def _abnormal_list(source: Source, _: Telling) -> Cell:
    told: list[Cell] = []
    for record in source.told(["credit_flag"]):
        for one in record:
            if one.entry.trigger == "publish_abnormal":
                told.append(text(f"列入 {one.entry.facts.get('published_on', '')}"))
            elif one.entry.trigger == "approve_removal" and told:
                told.append(text(f"移出 {one.entry.facts.get('decided_on', '')}"))
    return joined(told)


def _supervision(source: Source, telling: Telling) -> Cell:
    chart = telling.values.charts["finding"]
    return joined(
        [
            text(
                f"{plain(day(entry.occurred_at))} {chart.any_row(entry.trigger).zh}："
                f"{entry.facts.get(SUPERVISION[entry.trigger], '')}"
            )
            for entry in _own(source)
            if entry.trigger in SUPERVISION
        ]
    )


def _overdue(source: Source, telling: Telling) -> Cell:
    if source.row.closed:
        return None
    running = (one for one in source.deadlines if one.state == "running" and one.counted)
    return OVERDUE if any(one.overdue_at <= telling.as_of for one in running) else None


def _closed_on(source: Source, _: Telling) -> Cell:
    closing = _closing(source)
    return None if closing is None else day(closing.occurred_at)


def _closed_by(source: Source, telling: Telling) -> Cell:
    closing = _closing(source)
    return None if closing is None else text(telling.names.get(closing.by.casefold(), closing.by))


def _closing(source: Source) -> Entry | None:
    """The approval that closed the finding, while it is closed."""
    if not source.row.closed:
        return None
    return next((one for one in reversed(_own(source)) if one.trigger == "approve_close"), None)


def _own(source: Source) -> list[Entry]:
    return [one.entry for record in source.told(["finding"]) for one in record]


TELLERS: Mapping[str, Callable[[Source, Telling], Cell]] = {
    "serial": lambda _, telling: telling.serial,
    "uscc": _uscc,
    "problem": _problem,
    "routes": _routes,
    "handler": _handler,
    "cause": _cause,
    "extensions": _extensions,
    "published_on": _published_on,
    "abnormal_list": _abnormal_list,
    "supervision": _supervision,
    "overdue": _overdue,
    "closed_on": _closed_on,
    "closed_by": _closed_by,
}
"""By the names that the columns use (rules.ledger_columns.TOLD)."""
