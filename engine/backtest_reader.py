"""Back-tests as people read them: the runs, their changes page by page, and the report of one run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.visibility import may_read_backtests
from engine.cursor import Cursors
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING, ROUTES
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock, Sources
from models.database import Database
from models.reading import backtests
from models.reading.backtests import ChangeFilter
from models.reading.scope import behalf, every_record, scope

CHANGES = ("route_from", "route_to", "flag", "department", "domain", *PAGING)
FIGURES = ("findings", "parties", "fine_fen", "amount_fen")


class BacktestReader:
    """For those who may read back-tests at all; each change is shown to whoever sees its finding.

    The confidential part of a run is no part of any answer here: see engine.backtest.
    """

    def __init__(self, database: Database, sources: Sources, clock: ReadClock, cursors: Cursors) -> None:
        self._database, self._sources, self._clock, self._cursors = database, sources, clock, cursors

    def runs(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of runs, newest first; `changed` counts the findings that the reader sees."""
        if not may_read_backtests(who):
            raise Refusal("not_yours")
        page = page_asked(self._cursors, who, "backtests", Asked(query, PAGING), self._clock.now())
        after = None if page.after is None else (datetime.fromisoformat(page.after[0]), str(page.after[1]))
        office = self._sources.office_id
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            rows = backtests.page_of_runs(connection, office, after, page.limit + 1)
            shown = rows[: page.limit]
            changed = backtests.changes_by_run(connection, scope(office, who), [row.id for row in shown])
        last = (shown[-1].started_at.isoformat(), shown[-1].id) if len(rows) > page.limit else None
        return page.answer([run_item(row) | {"changed": changed.get(row.id, 0)} for row in shown], last)

    def run(self, who: Principal, run_id: str) -> dict[str, Any]:
        """One run with what it changes of the findings that the reader sees, counted by what turns and by department.

        Hidden like its changes.
        """
        if not may_read_backtests(who):
            raise Refusal("not_found")
        office = self._sources.office_id
        seen = scope(office, who)
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            row = backtests.run_of_office(connection, office, run_id)
            if row is None:
                raise Refusal("not_found")
            changed = backtests.changes_by_run(connection, seen, [run_id])
            turns = backtests.seen_groups(connection, seen, run_id, "turn")
            departments = backtests.seen_groups(connection, seen, run_id, "department")
        return run_item(row) | {
            "changed": changed.get(run_id, 0),
            "turns": [dict(one._mapping) for one in turns],
            "departments": [dict(one._mapping) for one in departments],
        }

    def changes(self, who: Principal, run_id: str, query: Query) -> dict[str, Any]:
        """A page of what a run would change, in the order of the findings' ids; raises `parameter_invalid`.

        A run is hidden from whoever may read none: `not_found`, like one that never was.
        """
        if not may_read_backtests(who):
            raise Refusal("not_found")
        asked = Asked(query, CHANGES)
        wanted = ChangeFilter(
            route_from=asked.code("route_from", ROUTES),
            route_to=asked.code("route_to", ROUTES),
            flag=asked.text("flag"),
            department=asked.code("department", self._sources.departments),
            domain=asked.code("domain", self._sources.domains),
        )
        page = page_asked(self._cursors, who, f"backtest {run_id}", asked, self._clock.now())
        office, after = self._sources.office_id, str(page.after[0]) if page.after else ""
        with self._database.read(behalf(self._sources.office_id, who)) as connection:
            if backtests.run_of_office(connection, office, run_id) is None:
                raise Refusal("not_found")
            rows = backtests.page_of_changes(
                connection, scope(office, who), run_id, wanted, after, page.limit + 1
            )
        shown = rows[: page.limit]
        last = (shown[-1].finding_id,) if len(rows) > page.limit else None
        return page.answer([change_item(row) for row in shown], last)


def backtest_report(database: Database, office_id: str, run_id: str, limit: int) -> dict[str, Any]:
    """What a run found, as the command line tells it: figures by group, and the first `limit` rows.

    criminal: of how many findings the confidential part would change; see engine.backtest for who may know.
    """
    with database.read() as connection:
        row = backtests.run_of_office(connection, office_id, run_id)
        if row is None:
            raise Refusal("not_found")
        criminal, differ = backtests.criminal_changes(connection, run_id)
        everything = every_record(office_id)
        rows = backtests.page_of_changes(connection, everything, run_id, ChangeFilter(), "", limit)
        lines = backtests.disagreements(connection, run_id, limit)
        return {
            "run": run_item(row),
            "changed": dict(backtests.figures_of(connection, run_id)),
            "criminal": {"findings": criminal, "disagreements": differ},
            "by_routes": [
                {"from": _codes(one.routes_from), "to": _codes(one.routes_to), **_figures(one)}
                for one in backtests.grouped(connection, run_id, "routes")
            ],
            **_by_turn(connection, run_id),
            **{
                f"by_{by}": [
                    {by: one[0], **_figures(one)} for one in backtests.grouped(connection, run_id, by)
                ]
                for by in ("department", "domain", "money")
            },
            "by_party": [
                {"party": one.party_id, "name": one.name, **_figures(one)}
                for one in backtests.grouped(connection, run_id, "party")[:limit]
            ],
            "changes": [change_item(one) for one in rows],
            "disagreements": [{"finding": one.finding_id, "trace": one.disagreement} for one in lines],
        }


def _by_turn(connection: Connection, run_id: str) -> dict[str, list[dict[str, Any]]]:
    """The figures of each thing lost or gained: routes, flags, and the rest under `by_other`."""
    told: dict[str, list[dict[str, Any]]] = {"by_route": [], "by_flag": [], "by_other": []}
    for one in backtests.grouped(connection, run_id, "turn"):
        name = f"by_{one.subject}" if f"by_{one.subject}" in told else "by_other"
        subject = {"subject": one.subject} if name == "by_other" else {}
        told[name].append({**subject, "code": one.code, "turn": one.turn, **_figures(one)})
    return told


def _figures(row: Row[Any]) -> dict[str, int]:
    return {name: getattr(row, name) for name in FIGURES}


def _codes(joined: str) -> Sequence[str]:
    return joined.split(",") if joined else []


def run_item(row: Row[Any]) -> dict[str, Any]:
    """A run as it is answered."""
    return {
        "id": row.id,
        "state": row.state,
        "draft": {"version": row.draft_version, "digest": row.draft_digest},
        "live": {"version": row.live_version, "digest": row.live_digest},
        "started_at": recorded(row.started_at),
        "finished_at": None if row.finished_at is None else recorded(row.finished_at),
        "total": row.total,
        "done": row.done,
        "undecidable": row.undecidable,
    }


def change_item(row: Row[Any]) -> dict[str, Any]:
    """A change as it is answered; `href` opens the finding."""
    return {
        "finding": row.finding_id,
        "ledger_no": row.ledger_no,
        "href": f"/findings/{row.finding_id}",
        "party": row.party,
        "department": row.department,
        "domain": row.domain,
        "was": row.was,
        "becomes": row.becomes,
        "fine_fen": row.fine_fen,
        "amount_fen": row.amount_fen,
        "agreed": row.agreed,
    }
