"""A sender's later word on what it sent before: same reference, other content, a correction and never a second record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.commands import Outcome, Principal, Step
from engine.core.effects import Decision
from engine.core.moving_dates import DatesMoved, Move
from engine.core.running import Moment
from engine.core.scope import Scope
from engine.digests import finding_digest, inspection_digest
from engine.judging import followed_by
from engine.outcomes import new_id, outcome_of, unchanged
from engine.parties import party_of
from models import records

if TYPE_CHECKING:
    from engine.desk import Desk, Finisher
    from engine.judging import Judgment
    from engine.reception import PreparedInspection, Reception

BY_SENDER = "来源系统以同一编号更正 · corrected by the sender under the same reference"
ASIDE = frozenset({"findings", "reference", "publication"})
CORRECTIONS_LENGTH_MAX = 2000


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The fields that differ, old → new, as the text of a correction."""
    names = sorted(name for name in {*before, *after} - ASIDE if before.get(name) != after.get(name))
    told = "；".join(f"{name}：{_short(before.get(name))} → {_short(after.get(name))}" for name in names)
    return told[:CORRECTIONS_LENGTH_MAX]


def _short(value: Any) -> str:
    text = "（空）" if value is None else str(value)
    return text if len(text) <= 120 else text[:117] + "…"


def correct_inspection(
    connection: Connection,
    desk: Desk,
    reception: Reception,
    who: Principal,
    known: Any,
    prepared: PreparedInspection,
    now: datetime,
) -> Outcome:
    """The inspection and those of its findings that differ are corrected; new findings are recorded."""
    body = prepared.body
    file = desk.open_file(connection, who, "inspection", known.id, lock=True)
    changed = None
    if known.digest != inspection_digest(body):
        changed = _correct_result(connection, desk, who, file, body, now)
    pairs = zip(body.get("findings") or (), prepared.judgments, strict=True)
    moved = [
        _follow(connection, desk, reception, who, file, index, *pair, now) for index, pair in enumerate(pairs)
    ]
    if changed is None and not any(moved):
        return unchanged(known, "inspection")
    if changed is not None:
        return outcome_of(file, changed, "corrected")
    kept = unchanged(known, "inspection")
    return Outcome(kept.subject, kept.id, "corrected", kept.decision)


def _correct_result(
    connection: Connection, desk: Desk, who: Principal, file: Any, body: Mapping[str, Any], now: datetime
) -> Any:
    """amend_result, or correct_publication once the result is public."""
    told = differences(file.inspection, {name: value for name, value in body.items() if name not in ASIDE})
    facts: dict[str, Any] = {"corrections": told or BY_SENDER, "reason": BY_SENDER}
    published = file.snapshot.main.state == "published"
    if published:
        file.snapshot.main.facts["result_codes"] = list(body["result_codes"])
    else:
        facts["result_codes"] = list(body["result_codes"])
    officers, before = file.inspection["officers"], file.inspection
    file.inspection = {
        **{name: value for name, value in body.items() if name not in ASIDE},
        "officers": officers,
    }
    file.party_id = party_of(connection, desk.office.office_id, body["party"], new_id)
    file.party = body["party"]
    file.digest, file.recast = inspection_digest(body), True
    step = Step("correct_publication" if published else "amend_result", facts=facts)
    finish = _moved("record_result", before.get("finished_at"), body.get("finished_at"))
    return desk.decide_and_keep(connection, file, who, (step,), now, finish=finish)


def _moved(created_by: str, former: str | None, now: str | None) -> Finisher:
    """The deadlines that run since the record was created run since the day that is stated now."""

    def finish(file: CaseFile, decision: Decision, scope: Scope) -> None:
        main, taken = file.snapshot.main, decision.taken[0]
        act = main.acts.get(created_by)
        if act is None or former is None or now is None or former == now:
            return
        row = scope.law.charts[main.chart].any_row(created_by)
        then, at = datetime.fromisoformat(former), datetime.fromisoformat(now)
        moment = Moment(taken.occurred_at, scope.now, taken.sequence)
        moves = DatesMoved(scope.law, file.snapshot, moment, str(taken.facts["corrections"]))
        moves.follow(Move(act.sequence, frozenset({None}), row, then, at, at))

    return finish


def _follow(
    connection: Connection,
    desk: Desk,
    reception: Reception,
    who: Principal,
    inspection: Any,
    index: int,
    finding: Mapping[str, Any],
    judgment: Judgment,
    now: datetime,
) -> bool:
    """True when the finding was recorded or corrected; False when nothing changed."""
    known = _known(connection, inspection.snapshot.id, index, finding)
    if known is None:
        reception.record_finding(connection, desk, who, inspection, finding, judgment, now)
        return True
    if known.digest == finding_digest(finding):
        return False
    correct_finding(connection, desk, who, known, finding, judgment, now)
    return True


def _known(connection: Connection, inspection_id: str, index: int, finding: Mapping[str, Any]) -> Any:
    """The finding of that reference, or without references the one at the same place."""
    rows = records.findings_of(connection, inspection_id)
    if finding.get("reference"):
        return next((row for row in rows if row.reference == finding["reference"]), None)
    unnamed = [row for row in rows if row.reference is None]
    return unnamed[index] if index < len(unnamed) else None


def correct_finding(
    connection: Connection,
    desk: Desk,
    who: Principal,
    known: Any,
    body: Mapping[str, Any],
    judgment: Judgment,
    now: datetime,
) -> Outcome:
    """The finding carries the new content, an entry with the differences, and a new ruling."""
    file = desk.open_file(connection, who, "finding", known.id, lock=True)
    intake = {name: value for name, value in body.items() if name not in ("inspection", "officers")}
    told = differences(file.finding, {**intake, "facts": dict(body.get("facts") or {})})
    finish = _moved("record_finding", file.finding.get("discovered_at"), intake.get("discovered_at"))
    file.finding = {**intake, "facts": dict(body.get("facts") or {})}
    file.rulings, file.rule_facts = followed_by(file.rulings, judgment.shown), judgment.facts
    if judgment.criminal is not None:
        file.snapshot.criminal_threshold = judgment.criminal
    file.digest, file.recast = finding_digest(body), True
    facts = {"facts_summary": body["facts_summary"], "corrections": told or BY_SENDER, "reason": BY_SENDER}
    steps = (Step("add_facts", facts=facts),)
    decision = desk.decide_and_keep(connection, file, who, steps, now, finish=finish)
    return outcome_of(file, decision, "corrected")
