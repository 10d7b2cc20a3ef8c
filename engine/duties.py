"""Reports are handed in: each member department for itself, each report once, and corrected by a newer one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.administrative_record import enter
from engine.command_keys import bind_key, bound_outcome
from engine.core.calendar import civil_date
from engine.core.commands import Command, HandInCommand, Outcome, Principal
from engine.core.duties import DutyPeriod
from engine.core.refusals import Reason, Refusal
from engine.core.report_form import read_report
from engine.core.visibility import hands_in_for
from engine.desk import Desk
from engine.duty_bell import keys_of
from engine.duty_book import DutyBook, period_words, said
from engine.outcomes import new_id
from engine.second_person import behalf, check_role
from models import duty_reading, records

SUBJECT = "duty_report"


@dataclass(frozen=True, slots=True)
class HandingIn:
    """The one way in which a report comes in; keys, replays and times are those of the desk."""

    book: DutyBook
    desk: Desk

    def handle(self, command: Command) -> Outcome:
        """The report stands, durable before it is answered; sent again under its key, it is answered and not repeated.

        Raises `not_found` for what nobody owes or the person may not know, `not_yours`, `key_reused`, `step_shut` before
        the period begins, and `facts_invalid`.
        """
        self.desk.ring_after_jump()
        return self.desk.writer.submit(lambda connection: self.handle_within(connection, command))

    def handle_within(self, connection: Connection, command: Command) -> Outcome:
        """The same inside a transaction that is already open."""
        asked, who = command.asked, command.principal
        assert isinstance(asked, HandInCommand), "other commands go to the desk"
        bound = bound_outcome(connection, command)
        period = self.book.period(asked.duty, asked.period)
        if period is None:
            raise Refusal("not_found")
        department = self._department(who)
        if bound is not None:
            return bound
        duty_reading.lock_duties(connection, self.book.office.office_id)
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        _check_begun(period, now)
        report = read_report(asked.body)
        self.desk.last_recorded_at = now
        return self._keep(connection, command, period, department, report, now)

    def _department(self, who: Principal) -> str:
        """The department that the person hands in for; raises `not_yours`."""
        rules = self.book.rules
        department = hands_in_for(who, rules.hands_in, self.book.members)
        if department is None:
            check_role(who, rules.hands_in)
            word = said("owes_none")
            raise Refusal("not_yours", reasons=[Reason("owes_none", word.zh, word.en)])
        return department

    def _keep(
        self,
        connection: Connection,
        command: Command,
        period: DutyPeriod,
        department: str,
        report: dict[str, str | None],
        now: datetime,
    ) -> Outcome:
        office, duty = self.book.office.office_id, period.duty.id
        earlier = duty_reading.reports_on(connection, office, duty, period.key, department)
        row: dict[str, Any] = {
            "id": new_id(),
            "office_id": office,
            "duty": duty,
            "period": period.key,
            "department": department,
            "ordinal": len(earlier) + 1,
            **report,
            "due_on": earlier[0].due_on if earlier else period.due_on,
            "late": earlier[0].late if earlier else period.overdue(now),
            "handed_in_by": command.principal.login,
            "handed_in_at": now,
        }
        records.add(connection, duty_reading.REPORT, [row])
        duty_reading.settle(connection, keys_of(self.book, period, department))
        named = behalf(command.principal, self.book.rules.hands_in)
        if named:  # the report names the person alone
            told = {"duty": duty, "period": period.key, "report": row["id"], **named}
            enter(connection, office, "duty.hand_in", command.principal.login, told, now)
        outcome = _outcome(row)
        bind_key(connection, office, command, outcome, now)
        return outcome


def _check_begun(period: DutyPeriod, now: datetime) -> None:
    if civil_date(now) < period.begins_on:
        named = period_words(period.key)
        zh = said("not_begun", duty=period.duty.zh, period=named.zh).zh
        en = said("not_begun", duty=period.duty.en, period=named.en).en
        raise Refusal("step_shut", reasons=[Reason("not_begun", zh, en, not_before=period.begins_on)])


def _outcome(row: dict[str, Any]) -> Outcome:
    decision = {"ordinal": row["ordinal"], "late": row["late"], "replayed": False}
    return Outcome(SUBJECT, row["id"], "created", decision)
