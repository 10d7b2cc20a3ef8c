"""Where inspections and findings come in: checked, ruled upon, recorded, corrected, or carried over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.carrying import carry
from engine.casefile import CaseFile
from engine.core.commands import (
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
from engine.core.intake_check import IntakeCheck
from engine.core.refusals import FieldError, Refusal
from engine.core.running import Moment, open_term, running, settle
from engine.core.snapshot import Record, Snapshot
from engine.core.visibility import sees
from engine.correcting import correct_finding, correct_inspection
from engine.digests import finding_digest, inspection_digest
from engine.judging import Judgment
from engine.outcomes import new_id, outcome_of, unchanged
from engine.parties import party_of
from engine.rulebook_in_force import RulebookInForce
from models import records
from models.database import Database
from rules.offices import Office

if TYPE_CHECKING:
    from engine.desk import Desk


@dataclass(frozen=True, slots=True)
class PreparedInspection:
    """An inspection whose body holds, with a judgment for each of its findings."""

    body: Mapping[str, Any]
    judgments: tuple[Judgment, ...]


@dataclass(frozen=True, slots=True)
class PreparedFinding:
    """A finding whose body holds, with its judgment."""

    body: Mapping[str, Any]
    judgment: Judgment


@dataclass(slots=True)
class Reception:
    """Prepares commands before they queue (rulings take time) and records what comes in."""

    office: Office
    database: Database
    check: IntakeCheck
    in_force: RulebookInForce
    ruled: frozenset[str]
    """The triggers whose rows rest on a ruling, which is asked anew with what is known at that moment."""

    def prepare(self, command: Command, connection: Connection | None = None) -> Any:
        """What a command needs that must not hold up the writer; refuses bodies that do not hold."""
        asked = command.asked
        if isinstance(asked, CarryCommand | CorrectionCommand):
            return None
        if isinstance(asked, StepCommand) and not any(step.trigger in self.ruled for step in asked.steps):
            return None
        if connection is not None:
            return self._prepare(connection, command)
        with self.database.read() as reading:
            return self._prepare(reading, command)

    def _prepare(self, connection: Connection, command: Command) -> Any:
        if records.bound_key(connection, command.principal.login, command.key) is not None:
            return None  # the desk answers from what is kept
        asked = command.asked
        if isinstance(asked, InspectionCommand):
            self.check.inspection(asked.body)
            own_department(self.office, command.principal, asked.body["department"])
            judging = self.in_force.judging
            judged = tuple(judging.intake(asked.body, one) for one in asked.body.get("findings") or ())
            return PreparedInspection(asked.body, judged)
        if isinstance(asked, FindingCommand):
            self.check.finding(asked.body)
            row = records.inspection_row(connection, asked.body["inspection"], False)
            if row is None or row.department != command.principal.department:
                raise Refusal("not_found")
            return PreparedFinding(asked.body, self.in_force.judging.intake(row.intake, asked.body))
        assert isinstance(asked, StepCommand)
        row = records.finding_row(connection, asked.id, False)
        if row is None or not sees(command.principal, row.department):
            return None  # the desk refuses; a hidden finding takes no more work than one that never was
        stated = {name: value for step in asked.steps for name, value in step.facts.items()}
        return self.in_force.judging.finding(connection, asked.id, stated)

    def inspection(
        self, connection: Connection, desk: Desk, who: Principal, prepared: PreparedInspection, now: datetime
    ) -> Outcome:
        """The inspection and its findings are recorded, or an earlier record of the reference is corrected."""
        body = prepared.body
        if body.get("reference"):
            known = records.inspection_by_reference(
                connection, self.office.office_id, body["department"], body["reference"]
            )
            if known is not None:
                return correct_inspection(connection, desk, self, who, known, prepared, now)
        file = self._new_inspection(connection, body, now)
        steps = [Step("record_result", facts=_result_facts(body))]
        if body.get("publication"):
            published = body["publication"]
            named = {name: published[name] for name in ("published_on", "publication_url")}
            steps.append(Step("publish_result", facts=named))
        waiting = "PENDING_FOLLOWUP" in body["result_codes"] and not body.get("findings")
        decision = desk.decide_and_keep(
            connection, file, who, tuple(steps), now, finish=_await_ledger if waiting else _freeze_officers
        )
        for finding, judgment in zip(body.get("findings") or (), prepared.judgments, strict=True):
            self.record_finding(connection, desk, who, file, finding, judgment, now)
        return outcome_of(file, decision, "created")

    def finding(
        self, connection: Connection, desk: Desk, who: Principal, prepared: PreparedFinding, now: datetime
    ) -> Outcome:
        """The finding is recorded; the inspection's wait for it ends."""
        body = prepared.body
        inspection = desk.open_file(connection, who, "inspection", body["inspection"], lock=True)
        if body.get("reference"):
            known = records.finding_by_reference(
                connection, self.office.office_id, inspection.snapshot.department, body["reference"]
            )
            if known is not None:
                return self._known_finding(connection, desk, who, known, prepared, now)
        file, decision = self.record_finding(connection, desk, who, inspection, body, prepared.judgment, now)
        return outcome_of(file, decision, "created")

    def _known_finding(
        self,
        connection: Connection,
        desk: Desk,
        who: Principal,
        known: Any,
        prepared: PreparedFinding,
        now: datetime,
    ) -> Outcome:
        if known.digest == finding_digest(prepared.body):
            return unchanged(known, "finding")
        return correct_finding(connection, desk, who, known, prepared.body, prepared.judgment, now)

    def record_finding(
        self,
        connection: Connection,
        desk: Desk,
        who: Principal,
        inspection: CaseFile,
        body: Mapping[str, Any],
        judgment: Judgment,
        now: datetime,
    ) -> tuple[CaseFile, Any]:
        """One finding stands in `found` with its ruling, in the transaction of its inspection or alone."""
        intake = {
            name: value for name, value in body.items() if name not in ("inspection", "officers", "facts")
        }
        intake["facts"] = dict(body.get("facts") or {})
        file = CaseFile(
            _snapshot(self.office, new_id(), inspection, body),
            inspection.snapshot.id,
            inspection.inspection,
            inspection.party_id,
            inspection.party,
            finding=intake,
            rulings=[dict(judgment.shown)],
            rule_facts=judgment.facts,
            reference=body.get("reference"),
            digest=finding_digest(body),
            fresh=True,
        )
        file.snapshot.criminal_threshold = bool(judgment.criminal)
        facts = _finding_facts(inspection, body)
        decision = desk.decide_and_keep(connection, file, who, (Step("record_finding", facts=facts),), now)
        self._end_wait(connection, desk, inspection, decision.taken[0].occurred_at, who, now)
        return file, decision

    def _end_wait(
        self,
        connection: Connection,
        desk: Desk,
        inspection: CaseFile,
        at: datetime,
        who: Principal,
        now: datetime,
    ) -> None:
        if running(inspection.snapshot, None, ("DL13",)):
            moment = Moment(at, now, inspection.snapshot.sequence + 1)
            settle(inspection.snapshot, None, ("DL13",), moment, lapsed=False)
            desk.scribe.note(connection, inspection, "record_finding", {"facts": {}}, who, now)

    def _new_inspection(self, connection: Connection, body: Mapping[str, Any], now: datetime) -> CaseFile:
        party_id = party_of(connection, self.office.office_id, body["party"], new_id)
        started = body.get("started_at")
        id = new_id()
        record = Record(
            id, "inspection", "", last_occurred_at=datetime.fromisoformat(started) if started else None
        )
        snapshot = Snapshot("inspection", id, record, 0, 0, body["department"])
        intake = {
            name: value
            for name, value in body.items()
            if name not in ("findings", "reference", "publication")
        }
        return CaseFile(
            snapshot,
            id,
            intake,
            party_id,
            body["party"],
            reference=body.get("reference"),
            digest=inspection_digest(body),
            fresh=True,
        )

    def carry(
        self, connection: Connection, desk: Desk, who: Principal, asked: CarryCommand, now: datetime
    ) -> Outcome:
        """Old records stand in their present state; see engine/carrying."""
        return carry(connection, desk, self.office, who, asked, now)


def own_department(office: Office, who: Principal, department: str) -> None:
    """Returns when the department exists and is the person's; else refuses."""
    if department not in office.departments:
        raise Refusal("department_unknown")
    if who.kind != "importer" and who.department != department:
        raise Refusal("not_yours", detail="只能录入本部门的检查。 · Only inspections of your own department.")


def _snapshot(office: Office, id: str, inspection: CaseFile, body: Mapping[str, Any]) -> Snapshot:
    department = inspection.snapshot.department
    started = inspection.inspection.get("started_at")
    record = Record(id, "finding", "", last_occurred_at=datetime.fromisoformat(started) if started else None)
    return Snapshot(
        "finding",
        id,
        record,
        0,
        0,
        department,
        inspection_state=inspection.snapshot.main.state,
        own_power=office.has_power(department, body["domain"], body["violation"]),
    )


def _result_facts(body: Mapping[str, Any]) -> dict[str, Any]:
    wanted = (
        "party",
        "plan_no",
        "task_no",
        "items",
        "result_codes",
        "finished_at",
        "officers",
        "recusal_told",
        "evidence_list",
    )
    return {name: body[name] for name in wanted if body.get(name) is not None}


def _finding_facts(inspection: CaseFile, body: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("item", "clause", "facts_summary", "discovered_at", "evidence_list")
    facts = {name: body[name] for name in wanted if body.get(name) is not None}
    officers = body.get("officers") or inspection.inspection.get("officers")
    if not officers:  # an old inspection whose officers nobody knows
        raise Refusal("facts_invalid", errors=[FieldError("/officers", "missing")])
    codes = inspection.inspection["result_codes"]
    return {**facts, "party": inspection.inspection["party"], "result_codes": codes, "officers": officers}


def _freeze_officers(file: CaseFile, decision: Any, _: Any) -> None:
    """Names and certificates are those of the day of entry, whatever the accounts say later."""
    file.inspection = {**file.inspection, "officers": decision.taken[0].facts["officers"]}


def _await_ledger(file: CaseFile, decision: Any, scope: Any) -> None:
    """A result pending follow-up without a finding runs 建立台账 on the inspection until one is recorded."""
    _freeze_officers(file, decision, scope)
    first = decision.taken[0]
    moment = Moment(first.occurred_at, scope.now, first.sequence)
    open_term(
        scope.law, file.snapshot, file.snapshot.main, "DL13", first.occurred_at, moment, scope.new_id, {}
    )
