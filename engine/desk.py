"""The one door: every command goes through `Desk.handle` and comes out as one decision in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.calendars import CalendarInForce
from engine.casefile import CaseFile
from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.commands import (
    CLOCK,
    CarryCommand,
    Command,
    CorrectionCommand,
    FindingCommand,
    InspectionCommand,
    Outcome,
    Principal,
    Step,
    StepCommand,
)
from engine.core.confiding import CONFIDED
from engine.core.decide import KEPT_FOR_REOPENING, correct, decide
from engine.core.effects import Decision, ReopenFindings
from engine.core.lawbook import Lawbook
from engine.core.recusal import in_the_case
from engine.core.refusals import Refusal
from engine.core.scope import Scope
from engine.core.visibility import has_any_row, sees
from engine.judging import followed_by, with_rule
from engine.outcomes import new_id, outcome_of
from engine.recorded import check_version, entries_of
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.refused import Attempts, attempt_of
from engine.scribe import Scribe
from engine.snapshots import load_finding, load_inspection, load_referral
from engine.writer import Writer
from models import records, referral_reading
from models.database import Database
from rules.offices import Office

Follower = Callable[[Connection, str, str], None]
Finisher = Callable[[CaseFile, Decision, Scope], None]


@dataclass(slots=True)
class Desk:
    """Commands in, outcomes out; a refusal changes nothing."""

    clock: Clock
    office: Office
    law: Lawbook
    database: Database
    writer: Writer
    scribe: Scribe
    referrals: Referrals
    reception: Any  # engine.reception.Reception: intake, rulings and carry-over
    calendars: CalendarInForce
    vault: ReferralVault
    after_step: Follower | None = None
    """Called in the transaction after each command on a finding or referral: parked receipts get their turn."""
    bell: Callable[[], object] | None = None
    """Rung under a test clock when it has jumped forward to a later civil date, before the next command."""
    last_recorded_at: datetime | None = None
    attempts: Attempts = field(init=False)
    """Where what a person was refused goes on record."""
    _rung_on: date | None = field(default=None, repr=False)
    _ringing: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Refusals have their place in the record."""
        self.attempts = Attempts(self.office.office_id, self.writer, self.clock)

    def handle(self, command: Command) -> Outcome:
        """What the command did, durable before it is answered; a command sent again is answered, not repeated."""
        self.ring_after_jump()
        try:
            prepared = self.reception.prepare(command)
            return self.writer.submit(lambda connection: self.handle_within(connection, command, prepared))
        except Refusal as refusal:
            self.attempts.keep(command.principal, attempt_of(command), refusal)
            raise

    def handle_within(self, connection: Connection, command: Command, prepared: Any = None) -> Outcome:
        """The same inside a transaction that is already open (a receipt with its row, an import in batches)."""
        if prepared is None:
            prepared = self.reception.prepare(command, connection)
        who = command.principal
        records.lock_key(connection, who.login, command.key)
        bound = records.bound_key(connection, who.login, command.key)
        if bound is not None:
            return self._replayed(connection, command, bound)
        self.calendars.keep_up_within(connection)
        now = self.clock.now_after(self.last_recorded_at)
        self.last_recorded_at = now
        outcome = self._carry_out(connection, command, prepared, now)
        records.add(
            connection,
            records.KEY,
            [
                {
                    "principal": who.login,
                    "key": command.key,
                    "office_id": self.office.office_id,
                    "digest": command.digest,
                    "outcome": {
                        "subject": outcome.subject,
                        "id": outcome.id,
                        "status": outcome.status,
                        "decision": dict(outcome.decision),
                    },
                    "recorded_at": now,
                }
            ],
        )
        if self.after_step is not None and outcome.subject != "inspection":
            self.after_step(connection, outcome.subject, outcome.id)
        return outcome

    def check_unbound(self, who: Principal, key: str, digest: str) -> None:
        """Returns unless the key of this principal is bound to another body."""
        with self.database.read() as connection:
            bound = records.bound_key(connection, who.login, key)
        if bound is not None and bound.digest != digest:
            raise Refusal("key_reused")

    def ring_after_jump(self) -> None:
        """Under a test clock nothing rings by real time: a later civil date rings once, before what comes next."""
        if self.bell is None or not self.clock.is_test:
            return
        with self._ringing:
            today = civil_date(self.clock.now())
            before = self._rung_on or (civil_date(self.last_recorded_at) if self.last_recorded_at else today)
            if self._rung_on is not None and today == self._rung_on:
                return
            self._rung_on = today
            if today > before:
                self.bell()

    def _replayed(self, connection: Connection, command: Command, bound: Any) -> Outcome:
        """The outcome that is bound to the key, with rights checked again."""
        if bound.digest != command.digest:
            raise Refusal("key_reused")
        kept = bound.outcome
        self.open_file(connection, command.principal, kept["subject"], kept["id"], lock=False)
        return Outcome(kept["subject"], kept["id"], kept["status"], {**kept["decision"], "replayed": True})

    def _carry_out(self, connection: Connection, command: Command, prepared: Any, now: datetime) -> Outcome:
        asked = command.asked
        if isinstance(asked, StepCommand):
            return self._steps(connection, command.principal, asked, prepared, now)
        if isinstance(asked, CorrectionCommand):
            return self._correction(connection, command.principal, asked, now)
        outcome: Outcome
        if isinstance(asked, InspectionCommand):
            outcome = self.reception.inspection(connection, self, command.principal, prepared, now)
        elif isinstance(asked, FindingCommand):
            outcome = self.reception.finding(connection, self, command.principal, prepared, now)
        else:
            assert isinstance(asked, CarryCommand)
            outcome = self.reception.carry(connection, self, command.principal, asked, now)
        return outcome

    def _steps(
        self, connection: Connection, who: Principal, asked: StepCommand, ruling: Any, now: datetime
    ) -> Outcome:
        file = self.open_file(connection, who, asked.subject, asked.id, lock=True)
        check_version(connection, self.law, file, asked.expected_version)
        steps = asked.steps
        if ruling is not None:
            file.whole_ruling = ruling.whole
        if ruling is not None and {step.trigger for step in steps} & (self.reception.ruled - CONFIDED):
            file.rulings, file.rule_facts = followed_by(file.rulings, ruling.shown), ruling.facts
            file.snapshot.ruling = ruling.shown
            if ruling.criminal is not None:
                referral_reading.lock_party(connection, file.party_id)
                file.snapshot.criminal_threshold = ruling.criminal
            steps = tuple(with_rule(step, ruling.shown) for step in steps)
        for step in steps:
            file.snapshot.remember(step.proceeding, step.remembered)
        decision = self.decide_and_keep(connection, file, who, steps, now, asked.several)
        return outcome_of(file, decision, "recorded")

    def _correction(
        self, connection: Connection, who: Principal, asked: CorrectionCommand, now: datetime
    ) -> Outcome:
        file = self.open_file(connection, who, asked.subject, asked.id, lock=True)
        check_version(connection, self.law, file, asked.expected_version)
        scope = self.scope(connection, in_the_case(who, file.snapshot.recused), now)
        decision = correct(scope, file.snapshot, entries_of(connection, file.record_id), asked)
        self._keep(connection, file, decision, scope)
        return outcome_of(file, decision, "corrected")

    def decide_and_keep(
        self,
        connection: Connection,
        file: CaseFile,
        who: Principal,
        steps: tuple[Step, ...],
        now: datetime,
        several: bool = False,
        finish: Finisher | None = None,
    ) -> Decision:
        """The steps are decided over the file's snapshot and written; effects on other records follow at once.

        `finish` may complete the file between the decision and the writing.
        """
        scope = self.scope(connection, in_the_case(who, file.snapshot.recused), now)
        decision = decide(scope, file.snapshot, steps, several)
        if finish is not None:
            finish(file, decision, scope)
        self._keep(connection, file, decision, scope)
        return decision

    def scope(self, connection: Connection, who: Principal, now: datetime) -> Scope:
        """What a decision is given beside the snapshot, with the rights that the person has on the day of that instant."""
        who = who.on(civil_date(now))  # it may be past midnight since the request came in
        return Scope(self.law, who, now, lambda login: self._person(connection, login), new_id)

    def _keep(self, connection: Connection, file: CaseFile, decision: Decision, scope: Scope) -> None:
        self.scribe.keep(connection, file, decision, scope.principal, scope.now)
        self._follow(connection, file, decision, scope)

    def _follow(self, connection: Connection, file: CaseFile, decision: Decision, scope: Scope) -> None:
        """What the decision means for other records follows in the same transaction.

        A referral reopens no finding by itself, which would tell everybody of it: persons on its list resume the
        penalty, and that step does (law 9).
        """
        subject = file.snapshot.subject
        if subject == "finding":
            decision.referral_version = self.referrals.confide(connection, file, decision, scope)
            if file.snapshot.suspicions:
                self.referrals.follow(connection, file, scope.now)
        elif subject == "referral":
            self.referrals.keep_list(connection, file.snapshot.id, scope.now)
        elif any(isinstance(effect, ReopenFindings) for taken in decision.taken for effect in taken.effects):
            self._reopen_findings(connection, file, scope.now)

    def open_file(
        self, connection: Connection, who: Principal, subject: str, id: str, lock: bool
    ) -> CaseFile:
        """The file of a record this principal may see and has some row on; refuses alike what is hidden or absent.

        Raises `not_found`, `not_yours`, or `recused` for whoever has stepped back from the case.
        """
        file = self._file(connection, who, subject, id, lock)
        if file is None or not (sees(who, file.snapshot.department) or self._linked(who)):
            raise Refusal("not_found")
        held = (file.snapshot.main, *file.snapshot.proceedings.values())
        charts = [self.law.charts[record.chart] for record in held]
        if not has_any_row(who, charts):
            roles = {role for chart in charts for row in chart.rows for role in row.roles}
            raise Refusal("not_yours", roles=sorted(roles))
        in_the_case(who, file.snapshot.recused)
        return file

    def _file(
        self, connection: Connection, who: Principal, subject: str, id: str, lock: bool
    ) -> CaseFile | None:
        """The file of that id, of a referral only for whoever is on its list; None like one that never was."""
        if subject == "inspection":
            return load_inspection(connection, id, lock)
        if subject == "finding":
            return load_finding(connection, self.office, id, lock)
        known = self._linked(who) or self.referrals.known(connection, who, id) is not None
        return load_referral(connection, id, lock) if known else None

    def _linked(self, who: Principal) -> bool:
        """A linked system acts only where the inbox, which checked its message, brings it."""
        return who.kind == "system"

    def _person(self, connection: Connection, login: str) -> Mapping[str, Any] | None:
        row = records.user_row(connection, login)
        if row is None or row.disabled:
            return None
        named = {"name": row.name, "certificate_no": row.certificate_no or row.login, "login": row.login}
        return {**named, "department": row.department}

    def _reopen_findings(self, connection: Connection, file: CaseFile, now: datetime) -> None:
        """A finding that leaned on the inspection's publication is open again in the same transaction."""
        for row in records.findings_of(connection, file.snapshot.id):
            if row.state in KEPT_FOR_REOPENING:
                follower = self.open_file(connection, CLOCK, "finding", row.id, lock=True)
                step = Step("reopen_on_event", facts={"reopen_ground": "new_evidence"})
                self.decide_and_keep(connection, follower, CLOCK, (step,), now)
