"""Recusals are declared, applied for and decided: each stands on the timeline of the record that it was entered on.

One that is entered on a criminal referral stands there alone (law 9); the person is shut out of the finding too, which
only that person is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.casefile import CaseFile
from engine.command_keys import bind_key, bound_outcome
from engine.core.commands import Command, DecideRecusalCommand, Outcome, Principal, RecuseCommand
from engine.core.recusal import (
    APPLIED,
    DECLARED,
    HEAD,
    HEADS,
    PRINCIPAL_HEAD,
    REFUSED,
    WITHDRAWN,
    Told,
    check_decides,
    deciders,
    in_the_case,
)
from engine.core.recusal_form import RecusalDecisionForm, RecusalForm, read_form
from engine.core.refusals import Faults, Reason, Refusal
from engine.core.visibility import DEPARTMENTAL, sees, sees_department
from engine.desk import Desk
from engine.natural_persons import persons_known
from engine.outcomes import new_id
from engine.refused import attempt_of
from engine.rows import TABLES
from engine.snapshots import load_finding, load_referral
from models import records, recusing, referral_reading
from models.incoming_reading import settle_notices

SUBJECT = "recusal"
DECLARE, APPLY, DECIDE = "recusal_declared", "recusal_applied", "recusal_decided"
"""The entries on the timeline."""
TO_DECIDE, TO_REASSIGN = "recusal_to_decide", "recusal_to_reassign"
"""The reminders: that a recusal waits for a decision, and that a finding waits for another handler."""
SAID = {
    TO_DECIDE: ("有回避事项等待决定", "a recusal waits to be decided"),
    TO_REASSIGN: (
        "承办人已回避，请变更承办人",
        "the handler has stepped back: name another handler",
    ),
}


@dataclass(frozen=True, slots=True)
class Recusals:
    """The one way in which somebody steps back from a case; rows are only added."""

    desk: Desk

    def handle(self, command: Command) -> Outcome:
        """It is on record, durable before it is answered; sent again under its key, not repeated.

        Raises `not_found`, `not_yours`, `recused`, `key_reused`, `facts_invalid`, `proposer_cannot_approve`, or
        `step_shut` where it is decided already.
        """
        self.desk.ring_after_jump()
        try:
            return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))
        except Refusal as refusal:
            self.desk.attempts.keep(command.principal, attempt_of(command), refusal)
            raise

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who = command.asked, command.principal
        assert isinstance(asked, RecuseCommand | DecideRecusalCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        file = case_seen(self.desk, connection, who, asked.subject, asked.id, lock=True)
        if sees_department(who) != file.snapshot.department:
            raise Refusal("not_yours", roles=sorted(DEPARTMENTAL))
        if bound is not None:
            return bound
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        self.desk.last_recorded_at = now
        if isinstance(asked, RecuseCommand):
            id = self._enter(connection, file, who, read_form(RecusalForm, asked.body), now)
            outcome = Outcome(SUBJECT, id, "created", {"replayed": False})
        else:
            self._decide(connection, file, who, asked, now)
            outcome = Outcome(SUBJECT, asked.recusal, "recorded", {"replayed": False})
        bind_key(connection, self.desk.office.office_id, command, outcome, now)
        return outcome

    def _enter(
        self, connection: Connection, file: CaseFile, who: Principal, body: Mapping[str, Any], now: datetime
    ) -> str:
        named = str(body.get("person") or who.login)
        own = who.register.same(named, who.login)
        if not own:
            in_the_case(who, file.snapshot.recused)
        self._check_person(connection, file, named, own)
        kind, id = DECLARED if own else APPLIED, new_id()
        row = {
            "id": id,
            "office_id": self.desk.office.office_id,
            "record_id": file.snapshot.id,
            "finding_id": file.finding_id or file.snapshot.id,
            "person": named.casefold(),
            "kind": kind,
            "ground": body["ground"],
            "reason": body["reason"].strip(),
            "applicant": (body.get("applicant") or "").strip() or None,
            "entered_by": who.login,
            "entered_at": now,
        }
        records.add(connection, recusing.RECUSAL, [row])
        said = {name: row[name] for name in ("ground", "reason", "applicant") if row[name]}
        facts = {"person": _named(connection, named), **said}
        self._note(connection, file, DECLARE if own else APPLY, facts, who, now, opens_or_shuts=own)
        self._remind(connection, file, TO_DECIDE, id, now)
        if own:
            self._remind_of_handler(connection, file, named, id, now)
        return id

    def _check_person(self, connection: Connection, file: CaseFile, named: str, own: bool) -> None:
        """Returns when the person may be recused here: a colleague who works on cases, and not recused twice."""
        faults, row = Faults(), records.user_row(connection, named)
        department = file.snapshot.department
        works = row is not None and row.department == department and not DEPARTMENTAL.isdisjoint(row.roles)
        if not own and not works:
            faults.add("/person", "vocabulary", "本部门没有这名办理人员", "no such colleague works on cases")
        known = persons_known(connection, self.desk.office.office_id)
        for one in recusing.recusals_of(connection, file.snapshot.id):
            open_one = told_of(one).binds or told_of(one).outcome is None
            if open_one and known.same(one.person, named):
                zh, en = "该人员的回避已登记", "a recusal of this person is on record"
                faults.add("/person", "inconsistent", zh, en)
                break
        faults.refuse()

    def _decide(
        self,
        connection: Connection,
        file: CaseFile,
        who: Principal,
        asked: DecideRecusalCommand,
        now: datetime,
    ) -> None:
        rows = recusing.recusals_of(connection, file.snapshot.id)
        row = next((one for one in rows if one.id == asked.recusal), None)
        if row is None:
            raise Refusal("not_found")
        body = read_form(RecusalDecisionForm, asked.body)
        told = told_of(row)
        if body["outcome"] != WITHDRAWN or not self._withdraws(who, told):
            check_decides(who, told, self.deciders_of(connection, file.snapshot.department, told))
        in_the_case(who, file.snapshot.recused)
        if told.outcome is not None:
            zh, en = "该回避已有决定", "it is decided already"
            raise Refusal("step_shut", reasons=[Reason("no_such_step", zh, en)])
        if body["outcome"] == WITHDRAWN and told.kind == DECLARED:
            zh, en = (
                "本人提出的回避由负责人决定，不能自行撤回",
                "what somebody declared is decided by a head, not withdrawn",
            )
            fault = Faults()
            fault.add("/outcome", "inconsistent", zh, en)
            fault.refuse()
        decided = {
            "recusal_id": row.id,
            "office_id": row.office_id,
            "outcome": body["outcome"],
            "reason": body["reason"].strip(),
            "decided_by": who.login,
            "decided_at": now,
        }
        records.add(connection, recusing.DECISION, [decided])
        after = Told(told.person, told.kind, body["outcome"], told.entered_by)
        facts = {
            "person": _named(connection, row.person),
            "outcome": body["outcome"],
            "reason": decided["reason"],
        }
        changed = told.binds != after.binds
        self._note(connection, file, DECIDE, facts, who, now, opens_or_shuts=changed)
        over = [_key(TO_DECIDE, row.id, role) for role in HEADS]
        if body["outcome"] == REFUSED:
            over.append(_key(TO_REASSIGN, row.id, HEAD))
        settle_notices(connection, over, who.login, now)
        if changed and after.binds:
            self._remind_of_handler(connection, file, row.person, row.id, now)

    def _withdraws(self, who: Principal, told: Told) -> bool:
        return who.register.same(told.entered_by, who.login)

    def deciders_of(self, connection: Connection, department: str, told: Told) -> frozenset[str]:
        """The roles of which whoever decides holds one."""
        office = self.desk.office.office_id
        known = persons_known(connection, office)
        colleagues = referral_reading.colleagues(connection, office, department)
        concerned = {role for one in colleagues if known.same(one.login, told.person) for role in one.roles}
        another = any(
            PRINCIPAL_HEAD in one.roles and not known.same(one.login, told.person) for one in colleagues
        )
        return deciders(concerned, another)

    def _note(
        self,
        connection: Connection,
        file: CaseFile,
        trigger: str,
        facts: Mapping[str, Any],
        who: Principal,
        now: datetime,
        *,
        opens_or_shuts: bool,
    ) -> None:
        """The entry; the version counts what changes what is open, though it be for one person."""
        snapshot = file.snapshot
        if opens_or_shuts:
            snapshot.version += 1
            records.change(connection, TABLES[snapshot.subject], snapshot.id, {"version": snapshot.version})
        self.desk.scribe.note(connection, file, trigger, {"facts": facts}, who, now)

    def _remind_of_handler(
        self, connection: Connection, file: CaseFile, named: str, id: str, now: datetime
    ) -> None:
        if self.handled_by(connection, file, (named,)):
            self._remind(connection, file, TO_REASSIGN, id, now)

    def handled_by(self, connection: Connection, file: CaseFile, logins: Sequence[str]) -> bool:
        """True when the handler of the finding is one of these natural persons."""
        handler = (file.snapshot.registers.get("handler") or {}).get("login")
        if handler is None or file.snapshot.subject != "finding":
            return False
        known = persons_known(connection, self.desk.office.office_id)
        return any(known.same(handler, one) for one in logins)

    def _remind(self, connection: Connection, file: CaseFile, kind: str, id: str, now: datetime) -> None:
        """The heads of the department are told; of a criminal referral nobody is, but by its own record."""
        if file.snapshot.subject != "finding":
            return
        zh, en = SAID[kind]
        for role in sorted(HEADS) if kind == TO_DECIDE else (HEAD,):
            row = {
                "natural_key": _key(kind, id, role),
                "office_id": self.desk.office.office_id,
                "department": file.snapshot.department,
                "role": role,
                "kind": kind,
                "finding_id": file.snapshot.id,
                "inspection_id": None,
                "detail": {"zh": zh, "en": en, "text": None},
                "done": False,
                "recorded_at": now,
            }
            records.add(connection, records.NOTICE, [row])


def case_seen(
    desk: Desk, connection: Connection, who: Principal, subject: str, id: str, lock: bool = False
) -> CaseFile:
    """The file of a finding that the person sees, or of a referral on whose list they are; raises `not_found`."""
    if subject == "referral":
        known = desk.referrals.known(connection, who, id)
        file = None if known is None else load_referral(connection, id, lock)
    else:
        file = load_finding(connection, desk.office, id, lock)
    if file is None or not sees(who, file.snapshot.department):
        raise Refusal("not_found")
    return file


def _named(connection: Connection, login: str) -> dict[str, str]:
    row = records.user_row(connection, login)
    return {"login": row.login if row else login, "name": row.name if row else login}


def _key(kind: str, id: str, role: str) -> str:
    return f"{kind}:{id}:{role}"


def told_of(row: Row[Any]) -> Told:
    """The recusal as far as rights go by it."""
    return Told(row.person, row.kind, row.outcome, row.entered_by)
