"""Statements of a back-test that is running: findings batch by batch, and results kept with the place they reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from models.backtest import BacktestChange, BacktestCriminal, BacktestRun, BacktestTurn
from models.records import FINDING, INSPECTION, PROCEEDING, add, table_of

RUN, CHANGE = table_of(BacktestRun), table_of(BacktestChange)
TURN, CRIMINAL = table_of(BacktestTurn), table_of(BacktestCriminal)


@dataclass(frozen=True, slots=True)
class Stored:
    """A finding as facts are derived from it: what came in, and its proceedings in the order they were opened."""

    finding: Row[Any]
    proceedings: Sequence[Row[Any]]


def batch_of_findings(connection: Connection, office_id: str, after: str, limit: int) -> list[Stored]:
    """The next findings of the office in the order of their ids, in two questions however many they are."""
    columns = [FINDING.c[name] for name in ("id", "department", "domain", "party_id", "intake")]
    asked: Any = (
        select(*columns, INSPECTION.c.intake.label("inspection_intake"))
        .join(INSPECTION, INSPECTION.c.id == FINDING.c.inspection_id)
        .where(FINDING.c.office_id == office_id, FINDING.c.id > after)
        .order_by(FINDING.c.id)
        .limit(limit)
    )
    found = connection.execute(asked).all()
    theirs = PROCEEDING.c.finding_id.in_([row.id for row in found])
    proceedings: dict[str, list[Row[Any]]] = defaultdict(list)
    columns = [PROCEEDING.c[name] for name in ("finding_id", "kind", "state", "record")]
    for row in connection.execute(select(*columns).where(theirs).order_by(PROCEEDING.c.ordinal)):
        proceedings[row.finding_id].append(row)
    return [Stored(row, proceedings[row.id]) for row in found]


def count_of_findings(connection: Connection, office_id: str) -> int:
    """How many findings the office has."""
    counted = select(func.count()).select_from(FINDING).where(FINDING.c.office_id == office_id)
    return int(connection.execute(counted).scalar_one())


def unfinished_run(
    connection: Connection, office_id: str, draft_digest: str, live_digest: str
) -> Row[Any] | None:
    """The latest run of that draft beside that rulebook which was interrupted, or is still running."""
    asked = select(RUN).where(
        RUN.c.office_id == office_id,
        RUN.c.draft_digest == draft_digest,
        RUN.c.live_digest == live_digest,
        RUN.c.state == "running",
    )
    return connection.execute(asked.order_by(RUN.c.started_at.desc(), RUN.c.id.desc()).limit(1)).first()


def finished_run(connection: Connection, office_id: str, draft_digest: str, live_digest: str) -> str | None:
    """The id of the latest run of that draft beside that rulebook, if no finding has come or changed since it began."""
    asked = select(RUN.c.id).where(
        RUN.c.office_id == office_id,
        RUN.c.draft_digest == draft_digest,
        RUN.c.live_digest == live_digest,
        RUN.c.state == "finished",
    )
    changed = select(FINDING.c.id).where(
        FINDING.c.office_id == office_id, FINDING.c.recorded_at >= RUN.c.started_at
    )
    latest = asked.where(~changed.exists()).order_by(RUN.c.started_at.desc(), RUN.c.id.desc()).limit(1)
    return connection.execute(latest).scalar_one_or_none()


def run_row(connection: Connection, id: str) -> Row[Any]:
    """The run of that id, which is there."""
    return connection.execute(select(RUN).where(RUN.c.id == id)).one()


def start_run(connection: Connection, row: Mapping[str, Any]) -> None:
    """The run is there and has done nothing."""
    add(connection, RUN, [row])


@dataclass(frozen=True, slots=True)
class Results:
    """What one batch found: its findings after `since` up to `cursor`, and the rows to keep."""

    since: str
    cursor: str
    done: int
    undecidable: int
    changes: Sequence[Mapping[str, Any]]
    turns: Sequence[Mapping[str, Any]]
    criminal: Sequence[Mapping[str, Any]]


def keep_results(connection: Connection, run_id: str, found: Results) -> bool:
    """True when the results stand in the tables; False, and nothing written, when the run has moved on meanwhile.

    The cursor moves in the transaction of the results, and only from where the batch began: a batch that two
    processes worked on, or that was cut off, counts once or not at all.
    """
    moved = connection.execute(
        update(RUN)
        .where(RUN.c.id == run_id, RUN.c.cursor == found.since, RUN.c.state == "running")
        .values(
            cursor=found.cursor,
            done=RUN.c.done + found.done,
            undecidable=RUN.c.undecidable + found.undecidable,
        )
    )
    if moved.rowcount != 1:
        return False
    for table, rows in ((CHANGE, found.changes), (TURN, found.turns), (CRIMINAL, found.criminal)):
        add(connection, table, rows)
    return True


def finish_run(connection: Connection, run_id: str, since: str, now: datetime) -> bool:
    """True when the run is finished; False when it has moved on meanwhile."""
    ended = connection.execute(
        update(RUN)
        .where(RUN.c.id == run_id, RUN.c.cursor == since, RUN.c.state == "running")
        .values(state="finished", finished_at=now, total=RUN.c.done)
    )
    return ended.rowcount == 1
