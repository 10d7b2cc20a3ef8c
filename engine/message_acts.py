"""A message that does not arrive is sent again by a person, as it is, or entered as delivered on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine.command_keys import bind_key, bound_outcome
from engine.core.calendar import civil_date
from engine.core.commands import Command, Outcome, PaperCommand, Principal, ResendCommand
from engine.core.ladder import LEAD_OFFICE, SUPERVISES
from engine.core.paper_form import read_paper
from engine.core.recusal import in_the_case
from engine.core.refusals import Reason, Refusal
from engine.core.strict_json import parsed
from engine.core.visibility import sees, sees_department
from engine.desk import Desk
from engine.files import file_of_message
from engine.projections.instants import recorded
from engine.projections.sources import words
from engine.second_person import check_role
from engine.undelivered import DEAD, LATE
from models import delivering, exchange_reading, linked_reading
from models.exchange_reading import AT_ONCE, CRIMINAL_QUEUE
from models.second_wall import as_house

SUBJECT = "message"
RESENT, ON_PAPER = "resend_message", "message_on_paper"
"""The entries on the timeline of what the message is about: they stand in its audit chain and are never changed."""
MAY_ACT = frozenset({"duty_clerk", "department_head"})
OPEN = ("dead", "waiting")
TASKS = (DEAD, LATE, "paper_message")
WORDS = Path(__file__).with_name("message_acts.yaml")


@dataclass(frozen=True, slots=True)
class MessageActs:
    """The one way in which persons act on messages; what the message says and its id stay."""

    desk: Desk

    def handle(self, command: Command) -> Outcome:
        """It was done, durable before it is answered; sent again under its key, it is not repeated.

        Raises `not_found`, `not_yours`, `key_reused`, `facts_invalid`, or `step_shut` where there is nothing to be done.
        """
        self.desk.ring_after_jump()
        return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who = command.asked, command.principal
        assert isinstance(asked, ResendCommand | PaperCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        check_may_act(self.desk, connection, who, asked.id)
        if bound is not None:
            return bound
        file = file_of_message(
            connection, self.desk.office, exchange_reading.message_row(connection, asked.id)
        )
        in_the_case(who, file.snapshot.recused)
        message = delivering.locked_message(connection, asked.id)
        assert message is not None, "messages are never deleted"
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        if isinstance(asked, ResendCommand):
            trigger, said = RESENT, self._resend(connection, message, now)
        else:
            trigger, said = ON_PAPER, self._on_paper(connection, message, who, asked.body, now)
        self.desk.last_recorded_at = now
        about = {"message": message.id, "message_kind": message.kind, "recipient": message.recipient}
        self.desk.scribe.note(connection, file, trigger, {"facts": {**about, **said}}, who, now)
        exchange_reading.settle_tasks(connection, [f"{task}:{asked.id}" for task in TASKS], who.login, now)
        outcome = Outcome(SUBJECT, asked.id, "recorded", {"trigger": trigger, "replayed": False})
        bind_key(connection, self.desk.office.office_id, command, outcome, now)
        return outcome

    def message(self, who: Principal, id: str) -> dict[str, Any]:
        """The message as it stands, for those who may act on it; raises `not_found` or `not_yours`."""
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            check_may_act(self.desk, connection, who, id)
            row = exchange_reading.message_row(connection, id)
        assert row is not None, "whoever may act on a message has one"
        criminal = row.queue == CRIMINAL_QUEUE
        return {
            **{name: getattr(row, name) for name in ("id", "kind", "queue", "recipient", "state", "tries")},
            "system": row.system_id,
            "outcome": row.outcome,
            "finding": row.finding_id,
            "inspection": row.inspection_id if row.finding_id is None else None,
            "referral": row.proceeding_id if criminal else None,
            "due_at": recorded(row.due_at) if row.due_at else None,
            "recorded_at": recorded(row.recorded_at),
            "delivered_at": recorded(row.delivered_at) if row.delivered_at else None,
        }

    def _resend(self, connection: Connection, message: Any, now: datetime) -> dict[str, Any]:
        """The same id and body go out once more, as if for the first time."""
        system = linked_reading.system_row(connection, message.system_id) if message.system_id else None
        if message.state not in OPEN:
            raise shut("arrived_already" if message.state == "delivered" else "on_paper_already")
        if system is None or system.disabled:
            raise shut("no_system" if system is None else "disabled")
        ahead = message.due_at is not None and message.due_at > now
        afresh = {
            "state": "waiting",
            "tries": 0,
            "next_try_at": AT_ONCE,
            "waiting_since": None,
            "alarm_at": now + (message.due_at - now) / 2 if ahead else None,
        }
        delivering.change_message(connection, message.id, afresh)
        delivering.try_at_once(connection, message.system_id)
        return {"tries": message.tries, "outcome": message.outcome or ""}

    def _on_paper(
        self, connection: Connection, message: Any, who: Principal, body: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        """The message is sent no more; how it reached its receiver is entered by name."""
        entered_before = message.state == "paper" and (message.system_id or message.delivered_at)
        if message.state == "delivered" or entered_before:
            raise shut("arrived_already" if message.state == "delivered" else "on_paper_already")
        said = read_paper(body, civil_date(message.recorded_at), civil_date(now))
        told = f"on paper: {said['how']}, {said['delivered_on']}, {who.login}"
        gone = {"state": "paper", "outcome": told, "delivered_at": now, "alarm_at": None}
        delivering.change_message(connection, message.id, {**gone, "lease": None, "leased_until": None})
        return said


def may_act(who: Principal, sender: str) -> bool:
    """True for clerks and heads of the department that sends."""
    roles = MAY_ACT | ({SUPERVISES} if sender == LEAD_OFFICE else set())
    return who.department == sender and not who.all_roles.isdisjoint(roles)


def check_may_act(desk: Desk, connection: Connection, who: Principal, id: str) -> None:
    """Returns when the person may act on the message.

    Raises `not_found` where they see no such exchange, of a criminal referral always unless they are on its list, and
    `not_yours` where they see it and are neither clerk nor head of the department that sends.
    """
    row = desk.referrals.message(connection, who, id)
    if row is None or row.office_id != desk.office.office_id:
        raise Refusal("not_found")
    if row.queue == CRIMINAL_QUEUE:
        return
    with as_house(connection):  # the sender may act on a message about a case of others
        department = exchange_reading.department_of(connection, row)
    sender = parsed(row.body)["sender"]
    if department is None or not (sees(who, department) or sees_department(who) == sender):
        raise Refusal("not_found")
    if not may_act(who, sender):
        check_role(who, MAY_ACT)
        raise Refusal("not_yours", roles=sorted(MAY_ACT))


def shut(code: str) -> Refusal:
    """Why nothing can be done with the message, as a refusal."""
    word = words(WORDS)[code]
    return Refusal("step_shut", reasons=[Reason("no_such_step", word.zh, word.en)])
