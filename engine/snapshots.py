"""Rows become snapshots: what the core is given to decide upon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.casefile import CaseFile
from engine.core.chart import CRIMINAL
from engine.core.deadlines import Dates, Exclusion
from engine.core.law2 import Suspicion
from engine.core.penalty_guards import no_open_measure
from engine.core.snapshot import SUSPICION_ON_RECORD, Deadline, Record, Snapshot, remembered
from engine.standing import standing_of
from models import records, referral_reading
from models.acts import memories_of_act
from models.at_rest import record_of
from models.recusing import recused_in
from models.second_wall import as_house
from rules.offices import Office


def load_finding(connection: Connection, office: Office, id: str, lock: bool = False) -> CaseFile | None:
    """The file of a finding with everything a decision reads; None when there is none."""
    row = records.finding_file_row(connection, id, lock)
    if row is None:
        return None
    held, clocks = records.proceeding_rows(connection, id), records.finding_deadline_rows(connection, id)
    snapshot = Snapshot(
        subject="finding",
        id=row.id,
        main=remembered(row.id, "finding", row.state, row.record),
        version=row.version,
        sequence=row.sequence,
        department=row.department,
        proceedings={one.id: proceeding(one) for one in held},
        deadlines=[restored(one) for one in clocks],
        registers=dict(row.record.get("registers", {})),
        inspection_state=row.inspection_state,
        own_power=office.has_power(row.department, row.domain, row.violation),
        ruling=row.rulings[-1] if row.rulings else None,
        criminal_threshold=bool(row.record.get("criminal_threshold")),
        domain=row.domain,
        inspection_started_at=_started(row.inspection_intake),
        party_kind=row.inspection_intake["party"]["kind"],
        attachments=records.attachment_digests(connection, id),
        erased=bool(row.record.get("erased")),
        head=row.head,
    )
    with as_house(connection):
        snapshot.recused = recused_in(connection, id)
        _look_for_suspicions(connection, snapshot, row, lock)
    snapshot.main.facts.setdefault("result_codes", row.inspection_intake.get("result_codes", []))
    return CaseFile(
        snapshot,
        row.inspection_id,
        row.inspection_intake,
        row.party_id,
        row.party_detail,
        finding=dict(row.intake),
        rulings=list(row.rulings),
        rule_facts=row.record.get("rule_facts", {}),
        doc_numbers=list(row.record.get("doc_numbers", [])),
        ledger_no=row.ledger_no,
        reference=row.reference,
        digest=row.digest,
        found=standing_of("finding", row, held, clocks),
        carried=row.carried,
    )


def _started(inspection: Mapping[str, Any]) -> datetime | None:
    stated = inspection.get("started_at") or inspection.get("finished_at")
    return datetime.fromisoformat(stated) if stated else None


def _look_for_suspicions(connection: Connection, snapshot: Snapshot, row: Row[Any], lock: bool) -> None:
    """Law 2 looks at every finding of the same party and act, where a penalty or a suspicion gives it reason to.

    The database is asked the same where there is none, or the work would tell of a suspicion on record (law 9).
    """
    penalty = any(one.chart == "penalty" for one in snapshot.proceedings.values())
    suspected = snapshot.suspected or bool(snapshot.registers.get(SUSPICION_ON_RECORD))
    if lock:
        referral_reading.lock_party(connection, row.party_id, needed=penalty or suspected)
    if penalty:
        memories = memories_of_act(connection, row.party_id, row.domain, row.violation, row.id)
        snapshot.suspected_elsewhere = any(memory.get("criminal_threshold") for memory in memories)
    found = referral_reading.suspicions_of_act(connection, row.party_id, row.domain, row.violation)
    if penalty or suspected:
        snapshot.suspicions = [Suspicion(one.finding_id == row.id, one.state or None) for one in found]


def load_referral(
    connection: Connection, id: str, lock: bool = False, *, remembering: bool = True
) -> CaseFile | None:
    """The file of a criminal referral with what its papers and messages tell of its finding; None when there is none.

    Raises `not_ready` where what it remembers cannot be opened at this moment. Without `remembering` it is not: for
    whoever notes something or counts deadlines, and changes nothing else.
    """
    if lock:
        referral_reading.lock_referral(connection, id)
    row = referral_reading.referral_row(connection, id)
    if row is None:
        return None
    memory = record_of(connection, row) if remembering else {}
    clocks = referral_reading.deadline_rows(connection, id, whole=remembering)
    finding = records.finding_file_row(connection, row.finding_id, False)
    assert finding is not None, "a referral always has its finding"
    held = [proceeding(one) for one in records.proceeding_rows(connection, row.finding_id)]
    snapshot = Snapshot(
        subject="referral",
        id=row.id,
        main=remembered(row.id, CRIMINAL, row.state, memory),
        version=row.version,
        sequence=row.sequence,
        department=row.department,
        deadlines=[restored(one) for one in clocks],
        domain=row.domain,
        party_kind=finding.inspection_intake["party"]["kind"],
        items_held=any(one.chart == "penalty" and not no_open_measure(one) for one in held),
        attachments=records.attachment_digests(connection, id),
        head=row.head,
    )
    with as_house(connection):
        snapshot.recused = recused_in(connection, row.finding_id)
    snapshot.main.opened_at = row.opened_at
    return CaseFile(
        snapshot,
        finding.inspection_id,
        finding.inspection_intake,
        row.party_id,
        finding.party_detail,
        finding=dict(finding.intake),
        rulings=list(finding.rulings),
        rule_facts=finding.record.get("rule_facts", {}),
        doc_numbers=[row.doc_no] if row.doc_no else [],
        referral_rulings=list(memory.get("rulings", [])),
        ledger_no=finding.ledger_no,
        finding_id=row.finding_id,
        found=standing_of("referral", row, (), clocks),
    )


def load_inspection(connection: Connection, id: str, lock: bool = False) -> CaseFile | None:
    """The file of an inspection with its own deadlines; None when there is none."""
    row = records.inspection_row(connection, id, lock)
    if row is None:
        return None
    clocks = records.inspection_deadline_rows(connection, id)
    snapshot = Snapshot(
        subject="inspection",
        id=row.id,
        main=remembered(row.id, "inspection", row.state, row.record),
        version=row.version,
        sequence=row.sequence,
        department=row.department,
        deadlines=[restored(one) for one in clocks],
        inspection_state=row.state,
        erased=bool(row.record.get("erased")),
        head=row.head,
    )
    party = records.party_row(connection, row.party_id)
    return CaseFile(
        snapshot,
        row.id,
        row.intake,
        row.party_id,
        dict(party.detail) if party else {},
        reference=row.reference,
        digest=row.digest,
        found=standing_of("inspection", row, (), clocks),
        carried=row.carried,
    )


def proceeding(row: Row[Any]) -> Record:
    """The proceeding that was stored."""
    record = remembered(row.id, row.kind, row.state, row.record)
    record.opened_at = row.opened_at
    record.opened_sequence = row.opened_sequence
    record.ordinal = row.ordinal
    return record


def restored(row: Row[Any]) -> Deadline:
    """The deadline that was stored."""
    spec = row.spec
    start = _point(spec["start"])
    fixed = spec.get("fixed_due")
    return Deadline(
        id=row.id,
        term=row.term,
        proceeding=row.proceeding_id,
        start=start,
        dates=dates_of(spec, row.provisional),
        nature=row.nature,
        state=row.state,
        length=_own_length(spec),
        unit=spec.get("unit"),
        fixed_due=date.fromisoformat(fixed) if fixed else None,
        counted=row.counted,
        settled_at=row.settled_at,
        extended=spec.get("extended", 0),
        exclusions=[_excluded(one) for one in spec.get("excluded", ())],
        suspended={by: date.fromisoformat(on) for by, on in spec.get("suspended", {}).items()},
        told_stage=row.told_stage,
        rung=getattr(row, "rung", 0),  # a referral's deadlines climb no ladder
        history=list(row.history),
    )


def _own_length(spec: Mapping[str, Any]) -> int | None:
    """What an order set, None where the term says it; `length` is the whole, to which extensions were added already."""
    if "own_length" in spec:
        own: int | None = spec["own_length"]
        return own
    whole = spec.get("length")  # stored before the two were told apart
    return None if whole is None else whole - spec.get("extended", 0)


DATE_NAMES = (
    "due_raw",
    "due_rolled",
    "due_effective",
    "due_conservative",
    "yellow_on",
    "red_on",
    "severe_on",
)


def dates_of(spec: Mapping[str, Any], provisional: bool) -> Dates:
    """The computed dates as they were stored."""
    points = {name: _point(spec[name]) for name in DATE_NAMES}
    return Dates(
        start=_point(spec["start"]),
        provisional=provisional,
        length=spec.get("length"),
        unit=spec["unit"],
        **points,
    )


def _excluded(stored: Mapping[str, Any]) -> Exclusion:
    first, last = date.fromisoformat(stored["from"]), date.fromisoformat(stored["to"])
    return Exclusion(first, last, stored.get("ground"), stored.get("document"))


def _point(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
