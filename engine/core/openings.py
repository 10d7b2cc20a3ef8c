"""“Why can't I?”: every trigger of a record's charts, open with its form, or shut with every reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from engine.core.chart import Row
from engine.core.commands import Principal
from engine.core.deadlines import turns
from engine.core.decide import no_such_step
from engine.core.delegation import may_take, why_not
from engine.core.guards import shut_by
from engine.core.lawbook import Lawbook
from engine.core.recusal import SHUT_OUT, is_recused, without_recused_lenders
from engine.core.refusals import Reason
from engine.core.retention import ERASED
from engine.core.scene import Scene
from engine.core.snapshot import Record, Snapshot

_MOMENT = timedelta(microseconds=1)


def openings(law: Lawbook, snapshot: Snapshot, principal: Principal, now: datetime) -> list[dict[str, Any]]:
    """The `steps` of the contract: for this person and instant, each trigger of the record and its proceedings."""
    who = without_recused_lenders(principal, snapshot.recused)
    records = (snapshot.main, *sorted(snapshot.proceedings.values(), key=lambda record: record.ordinal))
    return [
        opening(law, snapshot, record, trigger, who, now)
        for record in records
        for trigger in law.charts[record.chart].triggers
    ]


def opening(
    law: Lawbook, snapshot: Snapshot, record: Record, trigger: str, principal: Principal, now: datetime
) -> dict[str, Any]:
    """One trigger of one record: open with its form, or shut with every reason."""
    rows = law.charts[record.chart].rows_from(record.state, trigger)
    best = _best(law, snapshot, record, rows, principal, now)
    chart = law.charts[record.chart]
    row, reasons = best if best else (chart.any_row(trigger), [no_such_step(chart, trigger)])
    return {
        "trigger": trigger,
        "title": row.zh,
        "proceeding": None if record is snapshot.main else record.id,
        "chart": record.chart,
        "open": not reasons,
        "roles": list(row.roles),
        "reasons": [reason.answer() for reason in reasons],
        "form": form_schema(law, row),
        "entered": row.entered,
        "basis": row.basis,
        "mark": row.mark,
    }


def _best(
    law: Lawbook, snapshot: Snapshot, record: Record, rows: list[Row], principal: Principal, now: datetime
) -> tuple[Row, list[Reason]] | None:
    """Of the rows of one trigger from this state, an open one, else the first with its reasons."""
    judged = [(row, list(_reasons(law, snapshot, record, row, principal, now))) for row in rows]
    return next((pair for pair in judged if not pair[1]), judged[0] if judged else None)


def _reasons(
    law: Lawbook, snapshot: Snapshot, record: Record, row: Row, principal: Principal, now: datetime
) -> Iterator[Reason]:
    """Role first and alone: who may not take the row is told nothing of the record's guards."""
    if not may_take(principal, row):
        yield why_not(principal, row, law.guards)
        return
    if is_recused(principal, snapshot.recused):
        yield SHUT_OUT
        return
    if snapshot.erased:
        yield ERASED
        return
    scene = Scene(law, snapshot, record, row, principal, now)
    scene.occurred_at = _at_the_latest(scene)
    yield from shut_by(scene, row.guards)


def _at_the_latest(scene: Scene) -> datetime | None:
    """The last instant at which an act that is entered later was in time; None where that is now or nothing bounds it."""
    guard = scene.row.guard("before_expiry")
    if guard is None or scene.row.at_once:
        return None
    ends = [turns(one.dates).overdue_at for one in scene.running(str(guard.argument))]
    return min(ends) - _MOMENT if ends and min(ends) <= scene.now else None


def form_schema(law: Lawbook, row: Row) -> dict[str, Any]:
    """The JSON schema of the row's form, made once per lawbook."""
    return _schema_of(law.forms.of, row)


@cache
def _schema_of(form_of: Any, row: Row) -> dict[str, Any]:
    schema: dict[str, Any] = form_of(row).schema()
    return schema
