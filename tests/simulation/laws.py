"""The laws of the house, checked on what the database holds after a step."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, text

from engine.casefile import CaseFile
from engine.core.audit import GENESIS, chained, commitment
from engine.core.chart import CRIMINAL
from engine.core.commands import CLOCK
from engine.core.snapshot import Record
from engine.deadline_rows import thresholds
from engine.house import House
from engine.snapshots import load_finding, load_inspection, load_referral
from models import records, referral_reading
from models.at_rest import opened_entries
from tests.simulation.correcting import CORRECTIONS, as_they_stand
from tests.simulation.replay import CARRIED, Event, Replay
from tests.simulation.suspicions import Act, Suspicions

ENTRIES = text(
    "SELECT e.*, p.salt, p.body FROM entry e LEFT JOIN payload p "
    "ON p.record_id = e.record_id AND p.sequence = e.sequence "
    "WHERE e.record_id = :id AND e.sequence > :after ORDER BY e.sequence"
).columns(*records.ENTRY.c, records.PAYLOAD.c.salt, records.PAYLOAD.c.body)
DONE_WITH = ("published", "withheld", "taken_down")


class LawBroken(AssertionError):
    """A law does not hold; says which, where, and by which path of triggers the record came there."""


@dataclass(slots=True)
class Watched:
    """What is remembered of one record between two looks at it."""

    replay: Replay
    sequence: int = 0
    version: int = 0
    head: str = GENESIS
    path: list[str] = field(default_factory=list)
    acts: list[Event] = field(default_factory=list)
    withdrawn: bool = False
    """True once an entry was withdrawn: what it had begun or ended leaves traces that a fresh account lacks."""


@dataclass(slots=True)
class Watch:
    """Looks at records after each step; `taken` counts every row by (chart, trigger, from, to)."""

    house: House
    known: dict[str, Watched] = field(default_factory=dict)
    taken: Counter[tuple[str, str, str | None, str]] = field(default_factory=Counter)
    suspicions: Suspicions = field(default_factory=Suspicions)

    def finding(self, connection: Connection, id: str) -> CaseFile:
        """The file of the finding, after every law was found to hold on it."""
        file = load_finding(connection, self.house.office, id)
        row = records.finding_row(connection, id, False)
        if file is None or row is None:
            raise LawBroken(f"finding {id} is gone")
        watched = self._entries(connection, "finding", file)
        self._check(file, watched, row)
        self._closed(file, watched)
        return file

    def inspection(self, connection: Connection, id: str) -> CaseFile:
        """The file of the inspection, after every law was found to hold on it and on its closed findings."""
        file = load_inspection(connection, id)
        row = records.inspection_row(connection, id, False)
        if file is None or row is None:
            raise LawBroken(f"inspection {id} is gone")
        watched = self._entries(connection, "inspection", file)
        self._check(file, watched, row)
        return file

    def referral(self, connection: Connection, id: str) -> CaseFile:
        """The file of the criminal referral, after every law was found to hold on its own record."""
        file = load_referral(connection, id)
        row = referral_reading.referral_row(connection, id)
        if file is None or row is None:
            raise LawBroken(f"referral {id} is gone")
        watched = self._entries(connection, "referral", file)
        self.suspicions.keep(act_of(file), id, lambda: watched.replay.states[None] or "")
        self._check(file, watched, row)
        return file

    def _entries(self, connection: Connection, subject: str, file: CaseFile) -> Watched:
        """The new entries continue the chain, without gaps, and each took a row of its chart."""
        id = file.snapshot.id
        watched = self.known.setdefault(id, Watched(Replay(self.house.law, subject)))
        before = None
        found = connection.execute(ENTRIES, {"id": id, "after": watched.sequence}).all()
        for row in opened_entries(connection, found):
            self._chain(watched, row)
            event = Event(
                row.sequence,
                row.version,
                row.chart,
                row.trigger,
                row.proceeding_id,
                row.state,
                row.by,
                row.occurred_at,
                row.recorded_at,
                json.loads(row.body),
            )
            if before is not None and not _of_one_command(before, event):
                watched.replay.end_of_command(before)
            before = event
            watched.path.append(row.trigger)
            taken = watched.replay.feed(event)
            if taken is not None:
                self.taken[(taken.chart, taken.trigger, taken.source, taken.to)] += 1
                self._separation(file, watched, taken, event)
                if subject == "finding" and self.suspicions.shuts(act_of(file), event.chart, event.trigger):
                    self._broken(2, watched, f"{event.trigger} with {self.suspicions.states(act_of(file))}")
            elif self._is_step(subject, event):
                self._broken(7, watched, f"{event.trigger} took no row from {watched.replay.states}")
            watched.acts.append(event)
            if event.trigger in CORRECTIONS:
                watched.replay = self._anew(subject, watched)
        if before is not None:
            watched.replay.end_of_command(before)
        return watched

    def _anew(self, subject: str, watched: Watched) -> Replay:
        """What the entries tell as they stand now, from the first on."""
        said = watched.acts[-1].facts
        watched.withdrawn |= bool(said.get("withdrawn_entries", said["entry"]))
        replay, before = Replay(self.house.law, subject), None
        for event in as_they_stand(watched.acts):
            if before is not None and not _of_one_command(before, event):
                replay.end_of_command(before)
            replay.feed(event)
            before = event
        return replay

    def _is_step(self, subject: str, event: Event) -> bool:
        """True when the entry should have moved the record; what was confided to a referral stands there as a note."""
        steps = event.trigger in self.house.law.charts[event.chart].triggers
        return steps and (subject == "finding" or (subject, event.chart) == ("referral", CRIMINAL))

    def _chain(self, watched: Watched, row: Any) -> None:
        if row.sequence != watched.sequence + 1:
            self._broken(7, watched, f"sequence {row.sequence} follows {watched.sequence}")
        if row.version not in (watched.version, watched.version + 1):
            self._broken(7, watched, f"version {row.version} follows {watched.version}")
        spoken = dict(row._mapping)
        for name in ("occurred_at", "recorded_at"):
            spoken[name] = spoken[name].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")
        if row.previous != watched.head or row.hash != chained(watched.head, spoken):
            self._broken(7, watched, f"entry {row.sequence} does not follow from the one before")
        if row.body is None or commitment(row.salt, row.body) != row.commitment:
            self._broken(7, watched, f"payload {row.sequence} is not what was committed to")
        watched.sequence, watched.version, watched.head = row.sequence, row.version, row.hash

    def _check(self, file: CaseFile, watched: Watched, row: Any) -> None:
        snapshot = file.snapshot
        if (row.version, row.sequence, row.head) != (watched.version, watched.sequence, watched.head):
            self._broken(7, watched, f"the record says {row.version}/{row.sequence}, its chain another")
        states = {None: snapshot.main.state} | {one.id: one.state for one in snapshot.proceedings.values()}
        if states != watched.replay.states:
            self._broken(7, watched, f"stored states {states}, told by the entries {watched.replay.states}")
        self._deadlines(file, watched, row)
        self._owned(file, watched)

    def _deadlines(self, file: CaseFile, watched: Watched, row: Any) -> None:
        """Law 6: what is stored is what the events give, and the columns of the lights follow from it."""
        kept = file.snapshot.deadlines
        told = Counter(
            (
                one.proceeding,
                one.term,
                one.state,
                one.nature,
                one.counted,
                one.dates,
                one.fixed_due,
                one.settled_at,
            )
            for one in kept
            if not self._awaits_ledger(file, one)
        )
        expected = Counter(watched.replay.told())
        if watched.withdrawn:
            told, expected = self._without_traces(told), self._without_traces(expected)
        if told != expected:
            differs, missing = [*(told - expected).elements()], [*(expected - told).elements()]
            self._broken(6, watched, f"stored {differs} where replaying gives {missing}")
        if file.snapshot.subject == "finding":
            expected_lights = thresholds(kept)
            if {name: getattr(row, name) for name in expected_lights} != expected_lights:
                self._broken(6, watched, "the lights of the finding are not those of its deadlines")

    def _without_traces(self, told: Counter[tuple[Any, ...]]) -> Counter[tuple[Any, ...]]:
        """Without what is over by being cancelled, and without the watch, which begins when nothing else runs."""
        watches = {chart.watch for chart in self.house.law.charts.by_name.values()} | {"DL15"}
        return Counter({one: n for one, n in told.items() if one[2] != "cancelled" and one[1] not in watches})

    @staticmethod
    def _awaits_ledger(file: CaseFile, deadline: Any) -> bool:
        """建立台账 on an inspection starts when it came without findings, which its own entries do not tell."""
        return file.snapshot.subject == "inspection" and deadline.term == "DL13"

    def _owned(self, file: CaseFile, watched: Watched) -> None:
        """Law 3: each open record has an owner and a running clock, or a reason that is true."""
        snapshot = file.snapshot
        clocks = {
            (one.proceeding, one.term) for one in snapshot.deadlines if one.state in ("running", "suspended")
        }
        for record in (snapshot.main, *snapshot.proceedings.values()):
            if not record.state:
                continue  # a crime that is suspected and not referred yet waits with its finding
            state = self.house.law.charts[record.chart].states[record.state]
            if state.kind != "open":
                continue
            owner = None if record is snapshot.main else record.id
            if state.owner is None:
                self._broken(3, watched, f"{record.chart} {record.state} has no owner")
            on_watch = (owner, self.house.law.charts[record.chart].watch) in clocks
            if state.clock and not on_watch and not any((owner, term) in clocks for term in state.clock):
                if record.state == "routed" and not watched.replay.open_routes():
                    continue  # every approved route has its proceeding, and these have their clocks
                self._broken(3, watched, f"{record.chart} {record.state} runs none of {state.clock}")
            if not state.clock and not state.why_no_clock:
                self._broken(3, watched, f"{record.chart} {record.state} does not say why it has no clock")
        if snapshot.subject == "finding" and snapshot.main.state in ("routed", "in_progress"):
            self._not_orphaned(file, watched, bool(clocks))

    def _not_orphaned(self, file: CaseFile, watched: Watched, any_clock: bool) -> None:
        """A finding without any clock has everything done, and the sweep finds it and moves it on."""
        missing = watched.replay.open_routes()
        found_by_sweep = bool(file.snapshot.proceedings) or file.snapshot.main.state == "in_progress"
        if not any_clock and (self._open_ones(file) or missing or not found_by_sweep):
            self._broken(
                3, watched, f"{file.snapshot.main.state} runs no clock at all; not opened: {missing}"
            )

    def _separation(self, file: CaseFile, watched: Watched, row: Any, event: Event) -> None:
        """Law 4: who answers a proposal did not make it; who verifies does not handle."""
        if row.guard("approver_is_not_proposer"):
            mine = [one for one in watched.acts if one.proceeding == event.proceeding]
            siblings = {
                one.trigger for one in self.house.law.charts[row.chart].rows if one.answers == row.answers
            } - {"add_route"}
            for earlier in reversed(mine):
                if earlier.trigger in siblings or earlier.trigger in CARRIED:
                    break  # answered, or void: the old record was corrected since
                if earlier.trigger in row.answers and earlier.by == event.by:
                    self._broken(4, watched, f"{event.by} answers {earlier.trigger} of the same person")
        if row.guard("verifier_is_not_handler"):
            handler = file.snapshot.registers.get("handler") or {}
            if handler.get("login", "").casefold() == event.by.casefold():
                self._broken(4, watched, f"{event.by} verifies what is handled by the same person")

    def _closed(self, file: CaseFile, watched: Watched) -> None:
        """Law 1: nothing is open under a closed finding; one closed here has its result public or withheld."""
        if file.snapshot.main.state != "closed":
            return
        if self._open_ones(file):
            self._broken(1, watched, f"closed with {self._open_ones(file)} open")
        if watched.replay.last_word in CARRIED:
            return
        if watched.replay.open_routes():
            self._broken(1, watched, f"closed while {watched.replay.open_routes()} were never opened")
        inspection = self.known.get(file.inspection_id)
        by_import = inspection is not None and inspection.replay.last_word in CARRIED
        if file.snapshot.inspection_state not in DONE_WITH and not by_import:
            self._broken(1, watched, f"closed while the inspection is {file.snapshot.inspection_state}")
        if not file.snapshot.main.facts.get("credit_result"):
            self._broken(1, watched, "closed without a word on credit")

    def _open_ones(self, file: CaseFile) -> list[str]:
        charts = self.house.law.charts

        def stands_open(one: Record) -> bool:
            return charts[one.chart].states[one.state].kind == "open"

        return [f"{one.chart} {one.state}" for one in file.snapshot.proceedings.values() if stands_open(one)]

    def _broken(self, law: int, watched: Watched, words: str) -> None:
        raise LawBroken(f"law {law}: {words}; path: {' → '.join(watched.path)}")


def act_of(file: CaseFile) -> Act:
    """The party and the kind of violation: what law 2 looks at together."""
    return (file.party_id, file.finding["domain"], file.finding["violation"])


def _of_one_command(before: Event, event: Event) -> bool:
    """Entries of one command share these; the clock takes one step at a time, but for what it reopens after a step."""
    shared = (before.version, before.recorded_at, before.by) == (event.version, event.recorded_at, event.by)
    return shared and (event.by != CLOCK.login or event.trigger == "reopen_on_event")
