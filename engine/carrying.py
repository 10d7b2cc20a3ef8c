"""迁移录入: old records come in in their present state; nothing is invented, nothing counts in any figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL
from engine.core.commands import CarryCommand, Outcome, Principal, Step
from engine.core.snapshot import SUSPICION_ON_RECORD, Record, Snapshot
from engine.outcomes import new_id
from engine.parties import party_of
from models import records
from rules.offices import Office

if TYPE_CHECKING:
    from engine.desk import Desk

CORRECTED = "后一份导出更正 · corrected by a later export"


def carry(
    connection: Connection, desk: Desk, office: Office, who: Principal, asked: CarryCommand, now: datetime
) -> Outcome:
    """The inspection and its findings stand as the source says; told are the lines per outcome.

    The decision holds {"accepted": [lines], "unchanged": [lines], "corrected": [lines]} beside the version.
    """
    old = asked.inspection
    lines: dict[str, list[int]] = {"accepted": [], "unchanged": [], "corrected": []}
    known = records.inspection_by_reference(
        connection, office.office_id, old.fields["department"], old.reference
    )
    if known is None:
        file = _carry_inspection(connection, desk, who, old, asked.source_name, now)
    else:
        file = desk.open_file(connection, who, "inspection", known.id, lock=True)
        if known.digest != old.digest:
            _correct_inspection(connection, desk, who, file, old, asked.source_name, now)
    for finding in old.findings:
        outcome = _carry_finding(connection, desk, office, who, file, finding, asked.source_name, now)
        lines[outcome].append(finding.line)
    kept = {"version": file.snapshot.version, "triggers": ["carry_over"], "replayed": False}
    sequence = file.snapshot.sequence
    return Outcome(
        "inspection",
        file.snapshot.id,
        "recorded",
        {**kept, "sequence_from": 1, "sequence_to": sequence, **lines},
    )


def _stated(old: Any, source: str) -> dict[str, Any]:
    """What every carry_over row asks for."""
    stated = {
        "present_state": old.present_state,
        "stated_dates": old.stated_dates,
        "unknown_items": old.unknown_items,
        "source_name": source,
        "source_line": old.source_line,
    }
    return {name: value for name, value in stated.items() if value is not None}


def _carry_inspection(
    connection: Connection, desk: Desk, who: Principal, old: Any, source: str, now: datetime
) -> CaseFile:
    id, body = new_id(), old.fields
    party_id = party_of(connection, desk.office.office_id, body["party"], new_id)
    snapshot = Snapshot(
        "inspection", id, Record(id, "inspection", "", carried=True), 0, 0, body["department"]
    )
    file = CaseFile(
        snapshot, id, dict(body), party_id, body["party"], reference=old.reference, digest=old.digest
    )
    file.fresh = file.carried = True
    facts = {**_stated(old, source), "result_codes": body["result_codes"], "finished_at": body["finished_at"]}
    desk.decide_and_keep(connection, file, who, (Step("carry_over", facts=facts),), now)
    file.fresh = False
    return file


def _correct_inspection(
    connection: Connection, desk: Desk, who: Principal, file: CaseFile, old: Any, source: str, now: datetime
) -> None:
    file.inspection, file.digest, file.recast = dict(old.fields), old.digest, True
    file.snapshot.main.facts["result_codes"] = old.fields["result_codes"]
    file.party_id = party_of(connection, desk.office.office_id, old.fields["party"], new_id)
    file.party = old.fields["party"]
    desk.decide_and_keep(connection, file, who, (_correction(old, source, None),), now)


def _correction(old: Any, source: str, proceeding: str | None) -> Step:
    facts = {name: value for name, value in _stated(old, source).items() if name != "unknown_items"}
    return Step("correct_carry_over", proceeding, {**facts, "reason": CORRECTED})


def _carry_finding(
    connection: Connection,
    desk: Desk,
    office: Office,
    who: Principal,
    inspection: CaseFile,
    old: Any,
    source: str,
    now: datetime,
) -> str:
    department = inspection.snapshot.department
    known = records.finding_by_reference(connection, office.office_id, department, old.reference)
    if known is not None:
        if known.digest == old.digest:
            return "unchanged"
        _correct_finding(connection, desk, who, known, old, source, now)
        return "corrected"
    file = _new_file(office, inspection, old)
    steps = [Step("carry_over", facts=_finding_facts(inspection, old, source))]
    referred = [proceeding for proceeding in old.proceedings if proceeding["kind"] == CRIMINAL]
    if referred:
        file.snapshot.registers[SUSPICION_ON_RECORD] = True
    for proceeding in (one for one in old.proceedings if one not in referred):
        id = new_id()
        record = Record(
            id, proceeding["kind"], "", carried=True, opened_at=now, ordinal=len(file.snapshot.proceedings)
        )
        file.snapshot.proceedings[id] = record
        steps.append(Step("carry_over", id, {**_stated(old, source), **_proceeding_facts(proceeding)}))
    desk.decide_and_keep(connection, file, who, tuple(steps), now)
    for proceeding in referred:  # each a record of its own, of which the finding shows nothing
        record_file = desk.referrals.record_of(file, new_id())
        record_file.snapshot.main.opened_at = now
        facts = {**_stated(old, source), **_proceeding_facts(proceeding)}
        desk.decide_and_keep(connection, record_file, who, (Step("carry_over", None, facts),), now)
    return "accepted"


def _new_file(office: Office, inspection: CaseFile, old: Any) -> CaseFile:
    id, department = new_id(), inspection.snapshot.department
    snapshot = Snapshot(
        "finding",
        id,
        Record(id, "finding", "", carried=True),
        0,
        0,
        department,
        inspection_state=inspection.snapshot.main.state,
        own_power=office.has_power(department, old.fields["domain"], old.fields["violation"]),
    )
    file = CaseFile(
        snapshot,
        inspection.snapshot.id,
        inspection.inspection,
        inspection.party_id,
        inspection.party,
        finding=dict(old.fields),
        reference=old.reference,
        digest=old.digest,
    )
    file.fresh = file.carried = True
    return file


def _finding_facts(inspection: CaseFile, old: Any, source: str) -> dict[str, Any]:
    return {**_stated(old, source), "party": dict(inspection.party), "item": old.fields["item"]}


def _proceeding_facts(proceeding: Mapping[str, Any]) -> dict[str, Any]:
    return {**proceeding.get("facts", {}), "present_state": proceeding["present_state"]}


def _correct_finding(
    connection: Connection, desk: Desk, who: Principal, known: Any, old: Any, source: str, now: datetime
) -> None:
    """The record is put into the state that the later export states, proceeding by proceeding."""
    file = desk.open_file(connection, who, "finding", known.id, lock=True)
    file.finding, file.digest, file.recast = dict(old.fields), old.digest, True
    steps = [_correction(old, source, None)]
    by_kind = {record.chart: record for record in file.snapshot.proceedings.values() if record.carried}
    for proceeding in old.proceedings:
        record = by_kind.get(proceeding["kind"])
        if record is None:
            continue
        step = _correction(old, source, record.id)
        steps.append(
            Step(step.trigger, record.id, {**step.facts, "present_state": proceeding["present_state"]})
        )
    desk.decide_and_keep(connection, file, who, tuple(steps), now)
