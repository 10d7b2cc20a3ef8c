"""Lawful erasure: one person proposes it for one closed finding, the principal head decides, and it is carried out at once.

The principal head alone, since he is on the list of every criminal referral of the department: he can be told that there
is one. Whoever proposes is answered without it (law 9), and what he does with the proposal is his own decision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Row

from engine.administrative_record import enter
from engine.archive.at import At
from engine.archive.destroying import destroy
from engine.archive.holds import holds_of
from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.refusals import FieldError, Reason, Refusal
from engine.core.retention import CONFIDED, Closed, why_kept
from engine.core.two_persons import ERASURE, TWO_PERSONS
from engine.outcomes import new_id
from engine.second_person import check_not_alone, check_own_role
from models import archiving, records, referral_reading
from models.incoming_reading import settle_notices

TO_DECIDE = "erasure_to_decide"
CARRIED_OUT, WITHDRAWN = "carried_out", "withdrawn"
PROPOSE = "erasure_proposed"
CLOSED, ENDED, LIVE = "closed", "ended", frozenset({"running", "suspended"})
_NOT_THEIRS = Reason("role_not_allowed", "只有提请人可以撤回", "only whoever proposed it withdraws it")
SAID = ("有依法销毁的提请等待决定", "an erasure waits to be decided")


def closing_triggers(charts: Charts) -> frozenset[str]:
    """The triggers by which a finding becomes closed."""
    rows = charts["finding"].rows
    return frozenset(row.trigger for row in rows if row.to == CLOSED != row.source)


def closed_case(connection: Connection, charts: Charts, file: CaseFile) -> Closed:
    """The finding as far as erasing goes by it, computed without any criminal referral."""
    snapshot = file.snapshot
    closed_on = None
    if snapshot.main.state == CLOSED:
        at = archiving.closings(connection, closing_triggers(charts), snapshot.id).get(snapshot.id)
        closed_on = civil_date(at) if at is not None else None
    proceedings = list(snapshot.proceedings.values())
    own = records.inspection_deadline_rows(connection, file.inspection_id)
    return Closed(
        kinds=frozenset(one.chart for one in proceedings),
        closed_on=closed_on,
        all_ended=all(charts[one.chart].states[one.state].kind == ENDED for one in proceedings),
        clock_runs=any(one.state in LIVE for one in snapshot.deadlines)
        or any(row.state in LIVE for row in own)
        or archiving.matter_waits(connection, snapshot.id, confidential=False),
        letters_wait=archiving.on_the_way(connection, snapshot.id, file.inspection_id),
        held=any(one.stands for one in holds_of(connection, snapshot.id, file.party_id)),
        erased=snapshot.erased,
    )


def propose(connection: Connection, at: At, _: str | None, body: Mapping[str, Any]) -> str:
    """The erasure waits for the principal head; its id. Raises `step_shut` with everything that keeps the finding."""
    check_own_role(at.who, TWO_PERSONS[ERASURE].proposes)
    finding = at.file.snapshot.id
    _check_kept(connection, at)
    if any(row.outcome is None for row in archiving.erasures_of(connection, finding)):
        raise _shut("已有一件销毁提请在等待决定", "an erasure of it waits to be decided already")
    _check_papers(at.file.snapshot.attachments, body.get("papers"))
    row = {
        "id": new_id(),
        "office_id": at.office_id,
        "finding_id": finding,
        "department": at.file.snapshot.department,
        "basis": body["basis"].strip(),
        "reason": body["reason"].strip(),
        "papers": body.get("papers"),
        "proposed_by": at.who.login,
        "proposed_at": at.now,
    }
    records.add(connection, archiving.ERASURE, [row])
    at.note(connection, PROPOSE, {"legal_basis": row["basis"], "reason": row["reason"]})
    _remind(connection, at, str(row["id"]))
    return str(row["id"])


def decide(connection: Connection, at: At, id: str | None, body: Mapping[str, Any]) -> str:
    """It is carried out, refused, or withdrawn by whoever proposed it.

    Raises `not_found`, `not_yours`, `proposer_cannot_approve`, or `step_shut` where it may not be carried out any more.
    """
    found = {row.id: row for row in archiving.erasures_of(connection, at.file.snapshot.id)}
    row, outcome = found.get(id or ""), body["outcome"]
    if row is None:
        raise Refusal("not_found")
    if outcome != WITHDRAWN:
        check_own_role(at.who, TWO_PERSONS[ERASURE].confirms)
        check_not_alone(at.who, row.proposed_by)
    elif not at.who.register.same(row.proposed_by, at.who.login):
        raise Refusal("not_yours", reasons=[_NOT_THEIRS])
    if row.outcome is not None:
        raise _shut("该提请已有决定", "it is decided already")
    reason = body["reason"].strip()
    destroyed = _carry_out(connection, at, row, reason) if outcome == CARRIED_OUT else None
    decided = {
        "erasure_id": row.id,
        "office_id": at.office_id,
        "outcome": outcome,
        "reason": reason,
        "decided_by": at.who.login,
        "decided_at": at.now,
        "destroyed": destroyed,
    }
    records.add(connection, archiving.DECISION, [decided])
    if destroyed is None:
        at.note(connection, f"erasure_{outcome}", {"reason": reason})
    settle_notices(connection, [_key(row.id)], at.who.login, at.now)
    return str(row.id)


def _carry_out(connection: Connection, at: At, row: Row[Any], reason: str) -> dict[str, Any]:
    _check_kept(connection, at)
    finding = at.file.snapshot.id
    confided = referral_reading.referrals_of(connection, finding)
    if confided or archiving.matter_waits(connection, finding, confidential=True):
        raise Refusal("step_shut", reasons=[CONFIDED])
    destroyed = destroy(connection, at, row, reason)
    told = {"finding": row.finding_id, "erasure": row.id, "proposed_by": row.proposed_by, **destroyed}
    enter(connection, at.office_id, ERASURE, at.who.login, told, at.now)
    return destroyed


def _check_kept(connection: Connection, at: At) -> None:
    case = closed_case(connection, at.desk.law.charts, at.file)
    reasons = why_kept(case, at.desk.office.retention, at.today)
    if reasons:
        raise Refusal("step_shut", reasons=reasons)


def _check_papers(known: Collection[str], named: Collection[str] | None) -> None:
    words = ("该问题没有这份材料", "no such paper of this finding")
    errors = [
        FieldError(f"/papers/{place}", "vocabulary", *words)
        for place, digest in enumerate(named or ())
        if digest not in known
    ]
    if errors:
        raise Refusal("facts_invalid", errors=errors)


def _remind(connection: Connection, at: At, id: str) -> None:
    zh, en = SAID
    row = {
        "natural_key": _key(id),
        "office_id": at.office_id,
        "department": at.file.snapshot.department,
        "role": "principal_head",
        "kind": TO_DECIDE,
        "finding_id": at.file.snapshot.id,
        "inspection_id": None,
        "detail": {"zh": zh, "en": en, "text": None},
        "done": False,
        "recorded_at": at.now,
    }
    records.add(connection, records.NOTICE, [row])


def _key(id: str) -> str:
    return f"{TO_DECIDE}:{id}"


def _shut(zh: str, en: str) -> Refusal:
    return Refusal("step_shut", reasons=[Reason("no_such_step", zh, en)])
