"""Administrative acts: done at once while nobody is there yet or time is not real, else by two administrators."""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from engine.act import Act
from engine.administrative_acts import ACTS
from engine.administrative_record import enter
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Reason, Refusal
from engine.core.two_persons import TWO_PERSONS
from engine.second_person import check_not_alone, check_role
from engine.warranting import stated
from models import account_reading as reading
from models import records

if TYPE_CHECKING:
    from engine.house import House

POINTED_OUT = "pointed_out"
"""The member of a proposal's detail that says what to look at before it is confirmed."""
_OF_ONESELF = Reason(
    "role_not_allowed",
    "事关您本人的账号和授权，须由其他管理员办理",
    "this concerns an account of your own: other administrators see to it",
)
NOT_THEIRS = Reason("role_not_allowed", "只有提出人可以撤回", "only whoever proposed it takes it back")
_DECIDED = Reason("no_such_step", "该事项已经确认或者撤回", "it was confirmed or taken back before")
WITHDRAWN = "proposal.withdraw"
ID = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an administrative act: done with a result, or proposed under an id."""

    done: bool
    result: Mapping[str, Any]
    proposal: str | None = None
    pointed_out: tuple[str, ...] = ()
    """What whoever asked should look at, in both languages."""


@dataclass(frozen=True, slots=True)
class Administration:
    """The one way in which accounts, tokens and linked systems are changed; every act leaves an entry."""

    house: House

    def ask(
        self,
        act: str,
        detail: Mapping[str, Any],
        *,
        command: str,
        who: Principal | None = None,
        faults: Sequence[FieldError] = (),
    ) -> Answer:
        """The act is carried out, or waits as a proposal; raises Refusal when it could never be.

        `faults` were found in what is no part of the detail, such as a password: they are told with what else is wrong.

        `command` is what was asked in words without secrets; `who` is None on the command line, where the
        account of the operating system stands for the person.
        """
        asked, table = ACTS[act], TWO_PERSONS[act]
        if who is not None:
            check_role(who, table.proposes)
        self._check(asked, detail, faults)
        if who is not None and not table.own_asked:
            self._check_not_concerned(who, asked, detail)
        by = who.login if who is not None else f"os:{system_user()}"
        said = tuple(f"{zh} · {en}" for zh, en in asked.points_out(self.house, detail))
        if self.acts_directly():
            done = self._carry_out(asked, detail, "bootstrap", by, {"command": command})
            return Answer(True, done, pointed_out=said)
        self._check_allowed(asked, detail)
        if said:
            detail = {**detail, POINTED_OUT: list(said)}
        return Answer(False, {}, self._propose(asked, detail, by), said)

    def confirm(self, proposal: str, who: Principal) -> Mapping[str, Any]:
        """The proposal is carried out by a second administrator; told is what the act gives.

        Raises `not_found`, `not_yours`, also of an act on an account of one's own, or `proposer_cannot_approve`.
        """
        if not ID.fullmatch(proposal):
            raise Refusal("not_found")
        with self.house.database.read() as connection:
            row = reading.proposal_row(connection, proposal)
        if row is None or _decided(row):
            raise Refusal("not_found")
        asked = ACTS[row.action]
        check_role(who, TWO_PERSONS[row.action].confirms)
        check_not_alone(who, row.proposed_by)
        asked.check(self.house, row.detail)
        self._check_not_concerned(who, asked, row.detail)
        self._check_allowed(asked, row.detail)
        told = {"proposal": proposal, "proposed_by": row.proposed_by}
        detail = {**row.detail, **asked.when_confirmed}
        return self._carry_out(asked, detail, row.action, who.login, told, proposal)

    def withdraw(self, proposal: str, who: Principal | None) -> Mapping[str, Any]:
        """The proposal is taken back by whoever made it, whatever it proposes and whatever roles they still have.

        `who` is None where the account of the operating system takes back its own. Raises `not_found`, `not_yours` for
        everybody else, or `step_shut` where it was confirmed or taken back before.
        """
        by = who.login if who is not None else f"os:{system_user()}"

        def act(connection: Connection) -> Mapping[str, Any]:
            row = reading.proposal_row(connection, proposal, lock=True) if ID.fullmatch(proposal) else None
            if row is None:
                raise Refusal("not_found")
            if not proposed_by(who, by, row.proposed_by):
                raise Refusal("not_yours", reasons=[NOT_THEIRS])
            if _decided(row):
                raise Refusal("step_shut", reasons=[_DECIDED])
            now = self.house.clock.now()
            reading.change_proposal(connection, proposal, {"withdrawn_at": now})
            told = {"act": row.action, **ACTS[row.action].told(row.detail), "proposal": proposal}
            enter(connection, self.house.office.office_id, WITHDRAWN, by, told, now)
            return {"proposal": proposal, "withdrawn": True}

        return self.house.writer.submit(act)

    def given_password(self, login: str, name: str, password: str) -> tuple[str, list[FieldError]]:
        """The hash of a password that an administrator gives, and what is wrong with it where that is only warned of.

        Raises `facts_invalid` for one that nobody might choose, except where acts are done at once.
        """
        from engine.identity.password_rules import faults_of
        from engine.identity.passwords import hash_password

        found = faults_of(password, login, name, self.house.office)
        faults = [replace(one, pointer="/password") for one in found]
        if faults and not self.acts_directly():
            raise Refusal("facts_invalid", errors=faults)
        return hash_password(password), faults

    def pointed_out(self, proposal: str) -> list[str]:
        """What to look at in that proposal, in both languages; nothing of an unknown one."""
        found = (one["detail"].get(POINTED_OUT, ()) for one in self.waiting() if one["id"] == proposal)
        return list(next(found, ()))

    def waiting(self) -> list[dict[str, Any]]:
        """Proposals that wait for a second administrator, without secrets."""
        with self.house.database.read() as connection:
            rows = reading.proposals_waiting(connection, self.house.office.office_id)
        return [
            {
                "id": row.id,
                "act": row.action,
                "roles": TWO_PERSONS[row.action].confirms,
                "zh": TWO_PERSONS[row.action].zh,
                "en": TWO_PERSONS[row.action].en,
                "detail": ACTS[row.action].told(row.detail),
                "by": row.proposed_by,
                "at": row.proposed_at,
            }
            for row in rows
        ]

    def entries(self) -> list[dict[str, Any]]:
        """What was done in administration, oldest first."""
        with self.house.database.read() as connection:
            rows = reading.admin_entries(connection, self.house.office.office_id)
        return [
            {"id": row.id, "action": row.action, "by": row.by, "detail": row.detail, "at": row.recorded_at}
            for row in rows
        ]

    def acts_directly(self) -> bool:
        """True while there is no account yet, or time is not real."""
        return self.house.clock.is_test or self.without_accounts()

    def without_accounts(self) -> bool:
        """True while there is no account yet."""
        with self.house.database.read() as connection:
            return reading.user_count(connection) == 0

    def _check(self, asked: Act, detail: Mapping[str, Any], faults: Sequence[FieldError]) -> None:
        try:
            asked.check(self.house, detail)
        except Refusal as refusal:
            if refusal.code != "facts_invalid":
                raise
            faults = [*refusal.errors, *faults]
        if faults:
            raise Refusal("facts_invalid", errors=list(faults))

    def _check_not_concerned(self, who: Principal, asked: Act, detail: Mapping[str, Any]) -> None:
        """Returns unless the act is on an account of this natural person: nobody grants themselves."""
        concerned = {login.casefold() for login in asked.concerns(self.house, detail)}
        if not who.persons.isdisjoint(concerned):
            raise Refusal("not_yours", reasons=[_OF_ONESELF], roles=sorted(TWO_PERSONS[asked.name].confirms))

    def _check_allowed(self, asked: Act, detail: Mapping[str, Any]) -> None:
        if asked.forbids is not None:
            asked.forbids(self.house, detail)

    def _propose(self, asked: Act, detail: Mapping[str, Any], by: str) -> str:
        id, now = str(uuid7()), self.house.clock.now()
        row = {
            "id": id,
            "office_id": self.house.office.office_id,
            "action": asked.name,
            "detail": dict(detail),
            "proposed_by": by,
            "proposed_at": now,
            "confirmed_by": None,
            "confirmed_at": None,
            "withdrawn_at": None,
        }
        self.house.writer.submit(lambda connection: records.add(connection, reading.PROPOSAL, [row]))
        return id

    def _carry_out(
        self,
        asked: Act,
        detail: Mapping[str, Any],
        action: str,
        by: str,
        more: Mapping[str, Any],
        proposal: str | None = None,
    ) -> Mapping[str, Any]:
        """The act and its entry, in one transaction."""

        def act(connection: Connection) -> Mapping[str, Any]:
            now = self.house.clock.now()
            if proposal is not None:
                self._close(connection, proposal, by, now)
            touched = asked.touches(self.house, connection, detail)
            result = asked.carry_out(self.house, connection, detail, now)
            if asked.makes is not None:
                touched = {**touched, asked.makes: [result["id"]]}
            told = {"act": asked.name, **asked.told(detail), **asked.result_told(result), **more}
            told |= stated(connection, touched)
            enter(connection, self.house.office.office_id, action, by, told, now)
            return result

        with asked.around(self.house):
            result = self.house.writer.submit(act)
            if asked.afterwards is not None:
                asked.afterwards(self.house)
        return result

    def _close(self, connection: Connection, proposal: str, by: str, now: datetime) -> None:
        """The proposal counts as confirmed; raises `not_found` when somebody was faster."""
        row = reading.proposal_row(connection, proposal, lock=True)
        if row is None or _decided(row):
            raise Refusal("not_found")
        reading.change_proposal(connection, proposal, {"confirmed_by": by, "confirmed_at": now})


def proposed_by(who: Principal | None, by: str, proposer: str) -> bool:
    """True when that natural person proposed it, by any account of their own; None is the account `by` names."""
    return by == proposer if who is None else who.register.same(proposer, who.login)


def _decided(row: Row[Any]) -> bool:
    return row.confirmed_at is not None or row.withdrawn_at is not None


def system_user() -> str:
    """The account of the operating system that runs this program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid())
