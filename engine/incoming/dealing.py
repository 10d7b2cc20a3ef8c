"""Acts on inbound matters: checked, done and recorded, each in one transaction; what accepts one records its finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.command_keys import bind_key, bound_outcome
from engine.core.calendar import civil_date
from engine.core.commands import (
    Command,
    EnterIncomingCommand,
    IncomingActCommand,
    InspectionCommand,
    Outcome,
    Principal,
)
from engine.core.incoming import ACCEPT, NOTE, STAYS, IncomingAct, IncomingBook
from engine.core.incoming_form import (
    ASSIGN,
    FORWARD,
    RETURN,
    SIGN,
    SYSTEM,
    act_members,
    check_told_on,
    read_members,
)
from engine.core.incoming_rights import acting_roles
from engine.core.recusal import SHUT_OUT, without_recused_lenders
from engine.core.refusals import Faults, Refusal
from engine.core.times import check_late
from engine.desk import Desk
from engine.incoming.accepting import Accepting
from engine.incoming.entering import Entering
from engine.incoming.events import told_by_finding
from engine.incoming.keeping import Keeping
from engine.incoming.offers import offered
from engine.incoming.said import fault, refused
from engine.incoming.sight import Sight, matter_of
from engine.second_person import behalf
from models import incoming_reading, records

SUBJECT = "incoming"


@dataclass(frozen=True, slots=True)
class Dealing:
    """The one way in which persons enter matters and act on them; keys, replays and times are those of the desk."""

    desk: Desk
    book: IncomingBook
    sight: Sight
    keeping: Keeping
    entering: Entering
    accepting: Accepting
    _acts: Mapping[str, Callable[..., Mapping[str, Any]]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        acts = {SIGN: self._handler, ASSIGN: self._handler, RETURN: self._return, FORWARD: self._forward}
        object.__setattr__(self, "_acts", acts | {NOTE: self._note})

    def handle(self, command: Command) -> Outcome:
        """The matter was entered or dealt with, durable before it is answered; sent again under its key, not repeated.

        Raises `not_found`, `not_yours`, `recused`, `key_reused`, `unknown_trigger`, `step_shut`, `facts_invalid`, and the
        refusals of times and of an intake.
        """
        self.desk.ring_after_jump()
        prepared = self._prepared(command)
        return self.desk.writer.submit(lambda connection: self.handle_within(connection, command, prepared))

    def handle_within(self, connection: Connection, command: Command, prepared: Any = None) -> Outcome:
        """The same inside a transaction that is already open; `prepared` is the inspection that accepting records."""
        asked, who = command.asked, command.principal
        bound = bound_outcome(connection, command)
        if isinstance(asked, EnterIncomingCommand):
            self.entering.check_may(who)
            if bound is not None:
                return bound
            now = self._now(connection)
            id, status = self.entering.enter(connection, who, asked.body, now), "created"
        else:
            assert isinstance(asked, IncomingActCommand), "other commands go to the desk"
            row = self.sight.find(connection, who, asked.id, lock=True)
            if bound is not None:
                return bound
            now = self._now(connection)
            self._act(connection, who, row, asked, prepared, now)
            id, status = asked.id, "recorded"
        outcome = Outcome(SUBJECT, id, status, {"replayed": False})
        bind_key(connection, self.desk.office.office_id, command, outcome, now)
        return outcome

    def _now(self, connection: Connection) -> datetime:
        self.desk.calendars.keep_up_within(connection)
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        self.desk.last_recorded_at = now
        return now

    def _prepared(self, command: Command) -> Any:
        """The inspection that an acceptance records, ruled upon before it queues; None where there is none, or no right."""
        asked, who = command.asked, command.principal
        if not (isinstance(asked, IncomingActCommand) and asked.act == ACCEPT):
            return None
        body = asked.facts.get("inspection")
        with self.desk.database.read() as connection:
            row = self.sight.find(connection, who, asked.id)
            if records.bound_key(connection, who.login, command.key) is not None or not isinstance(
                body, dict
            ):
                return None
            self._check(connection, who, row, asked, self.desk.clock.now())
        return self.desk.reception.prepare(replace(command, asked=InspectionCommand(body)))

    def _act(
        self,
        connection: Connection,
        who: Principal,
        row: Any,
        asked: IncomingActCommand,
        prepared: Any,
        now: datetime,
    ) -> None:
        act, occurred_at, late = self._check(connection, who, row, asked, now)
        who = without_recused_lenders(who.on(civil_date(now)), self.sight.recused(connection, row))
        values: Mapping[str, Any] = {}
        if asked.act == ACCEPT:
            values = self.accepting.accept(connection, who, row, asked.facts, prepared, now)
        elif asked.act in self._acts:
            values = self._acts[asked.act](connection, who, row, asked.facts)
        to = row.state if act.to == STAYS else act.to
        facts = {name: value for name, value in asked.facts.items() if name not in ("inspection",)}
        roles = acting_roles(who, matter_of(row)) & act.by
        facts |= {} if row.confidential else behalf(who, act.by)
        finding = values.get("finding_id", row.finding_id)
        self.keeping.act(
            connection,
            row,
            asked.act,
            to,
            facts,
            values,
            who,
            sorted(roles)[0],
            occurred_at,
            late,
            now,
            told_by_finding(connection, finding),
        )

    def _check(
        self, connection: Connection, who: Principal, row: Any, asked: IncomingActCommand, now: datetime
    ) -> tuple[IncomingAct, datetime, bool]:
        """The act, when it happened and whether it is entered late; refuses in the order of the contract."""
        act = self.book.acts.get(asked.act)
        if act is None:
            raise Refusal("unknown_trigger")
        clocks = incoming_reading.clock_rows(connection, [row.id])
        running = {one.term for one in clocks if one.state == incoming_reading.RUNNING}
        offer = offered(self.book, who, row, act, running, self.sight.recused(connection, row))
        if SHUT_OUT in offer.reasons:
            raise Refusal("recused", reasons=[SHUT_OUT])
        if not offer.open:
            role = [one for one in offer.reasons if one.code == "role_not_allowed"]
            if len(role) == len(offer.reasons):
                raise Refusal("not_yours", reasons=role, roles=sorted(act.by))
            raise Refusal("step_shut", reasons=list(offer.reasons))
        occurred_at = self._occurred(act, asked, row, now)
        faults = Faults()
        by_system = row.channel == SYSTEM
        members = act_members(self.book, self.book.kinds[row.kind], act, by_system)
        read_members(asked.facts, members, self.desk.office.departments, "/facts", faults)
        check_told_on(asked.facts, civil_date(row.received_at), civil_date(now), faults)
        faults.refuse()
        today = civil_date(now)
        if not act.at_once:
            check_late(self.desk.law, civil_date(occurred_at), today, asked.facts, who, "")
        return act, occurred_at, civil_date(occurred_at) < today

    def _occurred(self, act: IncomingAct, asked: IncomingActCommand, row: Any, now: datetime) -> datetime:
        if asked.occurred_at is None:
            return now
        if act.at_once:
            raise refused("/occurred_at", "inconsistent", "at_once")
        if asked.occurred_at > now:
            raise Refusal("occurred_in_future")
        if asked.occurred_at < row.received_at:
            raise Refusal("occurred_too_early", not_before=row.received_at)
        return asked.occurred_at

    def _handler(
        self, connection: Connection, who: Principal, row: Any, facts: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """Who has the matter in hand: the colleague that is named, else the officer who signs for it."""
        named = facts.get("handler")
        if named is None:
            clerk = who.roles <= {"duty_clerk"}
            return {"handler": row.handler if clerk else row.handler or who.login.casefold()}
        account = records.user_row(connection, named)
        if account is None or account.disabled or account.department != row.department:
            raise refused("/facts/handler", "vocabulary", "no_such_colleague")
        return {"handler": account.login_key}

    def _return(self, _: Connection, __: Principal, row: Any, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        _check_other(row, facts, "suggested_department")
        return {}

    def _forward(self, _: Connection, __: Principal, row: Any, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        _check_other(row, facts, "to_department")
        return {}

    def _note(
        self, connection: Connection, who: Principal, row: Any, facts: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        faults, number = Faults(), facts.get("duplicate_of")
        if facts["reason"] == "duplicate" and number is None:
            faults.add("/facts/duplicate_of", "missing")
        if facts["reason"] == "in_referral" and row.referral_id is None:
            fault(faults, "/facts/reason", "inconsistent", "not_in_referral")
        if number is not None:
            other = incoming_reading.seen_matter(
                connection, self.sight.seen(connection, who), "number", number
            )
            if other is None or other.department != row.department:
                fault(faults, "/facts/duplicate_of", "vocabulary", "no_such_matter")
            elif other.id == row.id:
                fault(faults, "/facts/duplicate_of", "inconsistent", "itself")
        faults.refuse()
        return {}


def _check_other(row: Any, facts: Mapping[str, Any], name: str) -> None:
    if facts.get(name) == row.department:
        raise refused(f"/facts/{name}", "inconsistent", "own_department")
