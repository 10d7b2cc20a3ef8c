"""Delegation during leave is given and ended: in person, by the head of the department, or by two administrators."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.command_keys import bind_key, bound_outcome
from engine.core.calendar import civil_date
from engine.core.commands import Command, DelegateCommand, EndDelegationCommand, Outcome, Principal
from engine.core.delegation_form import Wanted, read_delegation
from engine.core.refusals import Faults, Reason, Refusal
from engine.core.two_persons import ADMINISTRATORS
from engine.core.visibility import DEPARTMENTAL
from engine.core.warrants import DELEGATION
from engine.delegation_reader import reads
from engine.desk import Desk
from engine.natural_persons import persons_known
from engine.outcomes import new_id
from engine.projections.sources import words
from engine.second_person import check_role
from engine.warranting import stated
from models import delegating, records

SUBJECT = "delegation"
GIVE, END = "delegation.add", "delegation.end"
"""What the administrative record calls the two acts."""
HEAD = "department_head"
ENTERS_FOR_OTHERS = ("case_officer", "unit_head")
"""Of a colleague who is away already the head of the department lends these; a head's own roles never."""
MAY_END = frozenset({HEAD, "security_admin"})
WORDS = Path(__file__).with_name("delegations.yaml")


@dataclass(frozen=True, slots=True)
class Delegations:
    """The one way in which roles are lent; rows are only added, and each act stands in the administrative record too."""

    desk: Desk

    def handle(self, command: Command) -> Outcome:
        """The delegation stands or has ended, durable before it is answered; sent again under its key, not repeated.

        Raises `not_found`, `not_yours`, `key_reused`, `facts_invalid`, or `step_shut` where it is over already.
        """
        self.desk.ring_after_jump()
        return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who = command.asked, command.principal
        assert isinstance(asked, DelegateCommand | EndDelegationCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        if isinstance(asked, EndDelegationCommand):
            self._check_end(connection, who, asked.id)
        else:
            self._check_giver(who, asked.body)
        if bound is not None:
            return bound
        office, now = self.desk.office.office_id, self.desk.clock.now_after(self.desk.last_recorded_at)
        if isinstance(asked, EndDelegationCommand):
            row = self.end_within(connection, asked.id, who.login, now)
            outcome = _outcome(asked.id, "recorded")
            told = {"delegation": asked.id, **row, **stated(connection, {DELEGATION: [asked.id]})}
            enter(connection, office, END, who.login, told, now)
        else:
            row = self.give_within(connection, asked.body, who.login, now, who)
            outcome = _outcome(row["id"], "created")
            told = {**row, **stated(connection, {DELEGATION: [row["id"]]})}
            enter(connection, office, GIVE, who.login, told, now)
        self.desk.last_recorded_at = now
        bind_key(connection, office, command, outcome, now)
        return outcome

    def check(self, body: Mapping[str, Any]) -> None:
        """Returns when two administrators could enter this delegation now; raises `facts_invalid`."""
        with self.desk.database.read() as connection:
            self._checked(connection, self._wanted(body, "", self.desk.clock.now()), None)

    def check_end(self, id: str) -> None:
        """Returns when the delegation can be ended now; raises `not_found` or `step_shut`."""
        with self.desk.database.read() as connection:
            self._open_row(connection, id, self.desk.clock.now())

    def give_within(
        self,
        connection: Connection,
        body: Mapping[str, Any],
        by: str,
        now: datetime,
        giver: Principal | None = None,
    ) -> dict[str, Any]:
        """The delegation stands; what was entered, as JSON. `giver` is None where two administrators enter it."""
        office = self.desk.office.office_id
        delegating.lock_delegations(connection, office)
        wanted = self._wanted(body, giver.login if giver is not None else "", now)
        lender, substitute, roles = self._checked(connection, wanted, giver)
        row = {
            "id": new_id(),
            "office_id": office,
            "department": lender.department,
            "delegator": lender.login_key,
            "delegate": substitute.login_key,
            "roles": list(roles),
            "first_on": wanted.first_on,
            "last_on": wanted.last_on,
            "reason": wanted.reason,
            "note": wanted.note,
            "given_by": by,
            "given_at": now,
        }
        records.add(connection, delegating.DELEGATION, [row])
        days = {"from": wanted.first_on.isoformat(), "to": wanted.last_on.isoformat()}
        people = {"delegator": lender.login, "delegate": substitute.login}
        return {"id": row["id"], **people, "roles": list(roles), **days, "reason": wanted.reason}

    def end_within(self, connection: Connection, id: str, by: str, now: datetime) -> dict[str, Any]:
        """From this instant on nothing is lent by it; whose and to whom, as JSON. Raises `not_found` or `step_shut`."""
        delegating.lock_delegations(connection, self.desk.office.office_id)
        row = self._open_row(connection, id, now)
        ended = {"delegation_id": id, "office_id": row.office_id, "ended_by": by, "ended_at": now}
        records.add(connection, delegating.END, [ended])
        return {"delegator": row.delegator_login, "delegate": row.delegate_login}

    def _check_giver(self, who: Principal, body: Mapping[str, Any]) -> None:
        named = body.get("delegator")
        own = not isinstance(named, str) or named.casefold() == who.login.casefold()
        roles = self.desk.office.delegation.roles if own else (HEAD,)
        if who.roles.isdisjoint(roles):
            check_role(replace(who, acting_for=()), roles)

    def _check_end(self, connection: Connection, who: Principal, id: str) -> None:
        row = delegating.delegation_row(connection, self.desk.office.office_id, id)
        if row is None or not reads(who, row):
            raise Refusal("not_found")
        if not may_end(who, row.department, (row.delegator, row.delegate)):
            word = words(WORDS)["not_its_end"]
            reason = Reason("role_not_allowed", word.zh, word.en, roles=tuple(sorted(MAY_END)))
            raise Refusal("not_yours", reasons=[reason], roles=sorted(MAY_END))

    def _open_row(self, connection: Connection, id: str, now: datetime) -> Any:
        row = delegating.delegation_row(connection, self.desk.office.office_id, id)
        if row is None:
            raise Refusal("not_found")
        if row.ended_at is not None or row.last_on < civil_date(now):
            word = words(WORDS)["over_already"]
            raise Refusal("step_shut", reasons=[Reason("no_such_step", word.zh, word.en)])
        return row

    def _wanted(self, body: Mapping[str, Any], own: str, now: datetime) -> Wanted:
        return read_delegation(body, own, civil_date(now), self.desk.office.delegation.days_max)

    def _checked(
        self, connection: Connection, wanted: Wanted, giver: Principal | None
    ) -> tuple[Any, Any, tuple[str, ...]]:
        """The two accounts and the roles to be lent; raises `facts_invalid` with every fault at once."""
        faults = Faults()
        lender = _account(connection, wanted.delegator)
        if lender is None or (giver is not None and lender.department != giver.department):
            _fault(faults, "/delegator", "vocabulary", "no_such_colleague")
            faults.refuse()
        others = giver is not None and giver.login.casefold() != lender.login_key
        roles = self._lent(lender, wanted, others, faults)
        substitute = self._substitute(connection, wanted, lender, roles, faults)
        known = persons_known(connection, self.desk.office.office_id)
        if substitute.login_key != lender.login_key and known.same(substitute.login_key, lender.login_key):
            _fault(faults, "/delegate", "inconsistent", "not_to_oneself")
        if others and giver is not None and known.same(substitute.login_key, giver.login):
            _fault(faults, "/delegate", "inconsistent", "not_to_the_giver")
        self._check_days(connection, wanted, lender, substitute, roles, faults)
        faults.refuse()
        return lender, substitute, roles

    def _lent(self, lender: Any, wanted: Wanted, others: bool, faults: Faults) -> tuple[str, ...]:
        lendable = self.desk.office.delegation.roles
        held = tuple(role for role in lendable if role in lender.roles)
        if others and not set(held) <= set(ENTERS_FOR_OTHERS) and wanted.roles is None:
            _fault(faults, "/delegator", "inconsistent", "head_for_himself")
        if not held:
            _fault(faults, "/delegator", "inconsistent", "nothing_to_lend")
        for index, role in enumerate(wanted.roles or ()):
            if role not in lendable:
                faults.add(f"/roles/{index}", "vocabulary")
            elif role not in held:
                _fault(faults, f"/roles/{index}", "inconsistent", "role_not_held")
            elif others and role not in ENTERS_FOR_OTHERS:
                _fault(faults, f"/roles/{index}", "inconsistent", "head_for_himself")
        return held if wanted.roles is None else tuple(role for role in held if role in wanted.roles)

    def _substitute(
        self, connection: Connection, wanted: Wanted, lender: Any, roles: tuple[str, ...], faults: Faults
    ) -> Any:
        found = _account(connection, wanted.delegate)
        if found is None or found.department != lender.department:
            _fault(faults, "/delegate", "vocabulary", "no_such_colleague")
            faults.refuse()
        if found.login_key == lender.login_key:
            _fault(faults, "/delegate", "inconsistent", "not_to_oneself")
        elif DEPARTMENTAL.isdisjoint(found.roles) or not ADMINISTRATORS.isdisjoint(found.roles):
            _fault(faults, "/delegate", "inconsistent", "does_no_cases")
        bound = next((role for role in self.desk.office.delegation.within_unit if role in roles), None)
        if bound is not None and lender.unit is not None and found.unit != lender.unit:
            named = self.desk.law.charts.dictionary["roles"][bound]
            word = words(WORDS)["other_unit"]
            zh, en = word.zh.format(role=named["zh"]), word.en.format(role=named["en"])
            faults.add("/delegate", "inconsistent", zh, en)
        return found

    def _check_days(
        self,
        connection: Connection,
        wanted: Wanted,
        lender: Any,
        substitute: Any,
        roles: tuple[str, ...],
        faults: Faults,
    ) -> None:
        """Of one role one colleague at a time, and nobody who is away on these days."""
        span: tuple[date, date] = (wanted.first_on, wanted.last_on)
        for other in delegating.given_by_between(connection, lender.login_key, *span):
            if not set(roles).isdisjoint(other.roles):
                named = {"first": other.first_on, "last": other.last_on, "delegate": other.delegate}
                word = words(WORDS)["overlaps"]
                faults.add("/from", "inconsistent", word.zh.format(**named), word.en.format(**named))
                break
        if substitute.login_key != lender.login_key and delegating.given_by_between(
            connection, substitute.login_key, *span
        ):
            _fault(faults, "/delegate", "inconsistent", "away_too")


def may_end(who: Principal, department: str, logins: Collection[str]) -> bool:
    """True for the two colleagues themselves, the head of their department, and security administrators."""
    concerned = who.login.casefold() in {login.casefold() for login in logins}
    head = HEAD in who.roles and who.department == department
    return concerned or head or "security_admin" in who.roles


def _account(connection: Connection, login: str) -> Any:
    row = records.user_row(connection, login)
    return None if row is None or row.disabled else row


def _fault(faults: Faults, pointer: str, code: str, said: str) -> None:
    word = words(WORDS)[said]
    faults.add(pointer, code, word.zh, word.en)


def _outcome(id: str, status: str) -> Outcome:
    return Outcome(SUBJECT, id, status, {"replayed": False})
