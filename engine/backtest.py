"""Back-test of a draft of the rulebook: every stored finding decided under the draft, and what would change is kept.

Law 9: what is kept and told for everybody are outcomes made as if every confidential rule and fact did not exist. A
finding whose confidential part would change stands in a table of its own, of which the command line, whose user holds
the database anyway, tells nothing but how many rows it has; no page and no answer of the API reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from engine.clock import Clock
from engine.core.refusals import Refusal
from engine.judging import Judging
from engine.outcomes import new_id
from engine.writer import Writer
from models import backtesting
from models.backtesting import Results, Stored
from models.database import Database
from rules.arbiter import Arbiter, Undecided
from rules.backtest import Change, Outcome, at_stake, change_between, check_draft, hidden_change, outcome_of
from rules.facts import FactsInvalid
from rules.rulebook import load_rulebook

BATCH = 500
"""Findings that are in memory at the same time."""
NOTHING_TO_RESUME = (
    "没有可以继续的回溯测算：这份草案没有中断的一次。 · There is no run of this draft that was interrupted."
)
MOVED_ON = "另一个进程正在进行同一次回溯测算。 · Another process is at work on the same run."

Progress = Callable[[int, int], None]
"""Told after each batch: findings done, and how many there are."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A finding under one rulebook: its facts, what of them everybody sees, and the outcomes for both."""

    arbiter: Arbiter
    facts: Mapping[str, Any]
    on: date
    shown_facts: Mapping[str, Any]
    shown: Outcome
    whole: Outcome


@dataclass(slots=True)
class _Gathered:
    """The rows of one batch while it is decided."""

    undecidable: int = 0
    changes: list[dict[str, Any]] = field(default_factory=list)
    turns: list[dict[str, Any]] = field(default_factory=list)
    criminal: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Backtest:
    """Runs drafts beside the rulebook of the house; its findings stay as they are."""

    database: Database
    writer: Writer
    clock: Clock
    live: Judging
    batch: int = BATCH

    def run(self, folder: Path, *, resume: bool = False, progress: Progress | None = None) -> str:
        """The id of the finished run of the draft in that folder.

        A run of the same draft beside the same rulebook that was interrupted goes on where it was; `resume`
        refuses when there is none. Findings count as they are when their batch is read. Raises DataFault.
        """
        book = load_rulebook(folder)
        check_draft(book, self.live.arbiter.rulebook)
        with closing(Arbiter(book, book.facts, book.office)) as arbiter:
            arbiter.start()
            draft = Judging(book.office, arbiter)
            run = self._begun(draft, resume=resume)
            cursor, done = run.cursor, run.done
            if progress is not None:
                progress(done, run.total)
            while found := self._read(cursor):
                results = self._results(draft, run.id, cursor, found)
                self._moved(partial(backtesting.keep_results, run_id=run.id, found=results))
                cursor, done = results.cursor, done + len(found)
                if progress is not None:
                    progress(done, max(run.total, done))
            now = self.clock.now()
            self._moved(partial(backtesting.finish_run, run_id=run.id, since=cursor, now=now))
        return str(run.id)

    def _begun(self, draft: Judging, *, resume: bool) -> Row[Any]:
        """The run that was interrupted, else a new one."""
        office, book, live = self.live.office.office_id, draft.arbiter.rulebook, self.live.arbiter.rulebook
        with self.database.read() as connection:
            known = backtesting.unfinished_run(connection, office, book.digest, live.digest)
            total = backtesting.count_of_findings(connection, office)
        if known is not None:
            return known
        if resume:
            raise Refusal("not_found", detail=NOTHING_TO_RESUME)
        id = new_id()
        row = {
            "id": id,
            "office_id": office,
            "draft_version": book.version,
            "draft_digest": book.digest,
            "live_version": live.version,
            "live_digest": live.digest,
            "state": "running",
            "started_at": self.clock.now(),
            "finished_at": None,
            "cursor": "",
            "total": total,
            "done": 0,
            "undecidable": 0,
        }
        self.writer.submit(lambda connection: backtesting.start_run(connection, row))
        with self.database.read() as connection:
            return backtesting.run_row(connection, id)

    def _read(self, after: str) -> list[Stored]:
        with self.database.read() as connection:
            return backtesting.batch_of_findings(connection, self.live.office.office_id, after, self.batch)

    def _moved(self, act: Callable[[Any], bool]) -> None:
        if not self.writer.submit(act):
            raise Refusal("stale_version", detail=MOVED_ON)

    def _results(self, draft: Judging, run_id: str, since: str, found: list[Stored]) -> Results:
        """The batch decided under both rulebooks, no transaction being open meanwhile."""
        rows = _Gathered()
        for stored in found:
            self._compare(draft, run_id, stored, rows)
        return Results(
            since=since,
            cursor=found[-1].finding.id,
            done=len(found),
            undecidable=rows.undecidable,
            changes=rows.changes,
            turns=rows.turns,
            criminal=rows.criminal,
        )

    def _compare(self, draft: Judging, run_id: str, stored: Stored, rows: _Gathered) -> None:
        was, becomes = _case(self.live, stored), _case(draft, stored)
        known = was or becomes
        if known is None:
            rows.undecidable += 1
            return
        shown = change_between(was.shown if was else None, becomes.shown if becomes else None)
        whole = change_between(was.whole if was else None, becomes.whole if becomes else None)
        hidden = hidden_change(shown, whole)
        key = {
            "run_id": run_id,
            "finding_id": stored.finding.id,
            "office_id": self.live.office.office_id,
        }
        if shown is not None:
            trace = _disagreement(becomes, confidential=False)
            rows.changes.append({**key, **_change_row(stored, shown, known, trace)})
            rows.turns += (
                {**key, "subject": one.subject, "code": one.code, "turn": one.turn} for one in shown.turns()
            )
        if hidden is not None:
            trace = _disagreement(becomes, confidential=True)
            rows.criminal.append({**key, **_sides(hidden), "agreed": trace is None})


def _case(judging: Judging, stored: Stored) -> _Case | None:
    """The finding by the plain Python evaluator; None where the rulebook does not know its facts."""
    row, arbiter = stored.finding, judging.arbiter
    facts, on = judging.facts_of(row.inspection_intake, row.intake, stored.proceedings)
    try:
        shown = whole = arbiter.decide_alone(facts, on)
        if facts.keys() & arbiter.facts.confidential or any(rule.confidential for rule in whole.rules):
            shown = arbiter.decide_alone(facts, on, confidential=False)
    except FactsInvalid:
        return None
    return _Case(arbiter, facts, on, shown.facts, outcome_of(shown.ruling), outcome_of(whole.ruling))


def _disagreement(changed: _Case | None, *, confidential: bool) -> dict[str, Any] | None:
    """Both evaluators' traces over the changed case when they differ; None when they agree."""
    if changed is None:
        return None
    try:
        changed.arbiter.decide(changed.facts, changed.on, confidential=confidential)
    except Undecided as undecided:
        return undecided.trace
    return None


def _change_row(stored: Stored, change: Change, known: _Case, trace: dict[str, Any] | None) -> dict[str, Any]:
    row = stored.finding
    fine, amount = at_stake(known.shown_facts, known.arbiter.facts)
    return {
        "department": row.department,
        "domain": row.domain,
        "party_id": row.party_id,
        **_sides(change),
        "routes_from": ",".join(change.was.routes if change.was else ()),
        "routes_to": ",".join(change.becomes.routes if change.becomes else ()),
        "fine_fen": fine,
        "amount_fen": amount,
        "agreed": trace is None,
        "disagreement": trace,
    }


def _sides(change: Change) -> dict[str, Any]:
    return {
        "was": None if change.was is None else change.was.as_data(),
        "becomes": None if change.becomes is None else change.becomes.as_data(),
    }
