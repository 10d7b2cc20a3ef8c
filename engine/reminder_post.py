"""Reminders to linked systems: the message beside the notice, in its transaction, once for each rung, end and recipient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.deadlines import begins, light
from engine.core.ladder import Rung
from engine.core.law2 import WAITING
from engine.core.lawbook import Lawbook
from engine.core.messages import REMINDER, compose
from engine.core.referral_messages import REFERRAL
from engine.core.reminding import OWN, RECEIVER, Addressed, Turn, addressed
from engine.referral_vault import ReferralVault
from engine.reminder_words import ReminderWords, asked_in, copied_to_lead_office, receivers_turn
from engine.snapshots import dates_of
from models import exchange_reading, reminding
from rules.offices import Office

NAMES = UUID("6f1d8c1e-6c0a-5d0e-9a53-5b1f3c0d7e21")
"""What the ids of reminders are made from, so that the same reminder has the same id wherever and whenever it is told."""
PENALTY, OF_CRIMES = "penalty", "criminal"


@dataclass(frozen=True, slots=True)
class Told:
    """A deadline of a finding, and the rungs of it that are told now, in their order."""

    deadline: Any
    passed: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class _About:
    """What a reminder speaks of; a referral has no finding here (law 9)."""

    deadline: Any
    ledger_no: str | None
    sequence: int
    chart: str | None
    finding: str | None
    proceeding: str | None
    subject: str
    turn: Turn


@dataclass(frozen=True, slots=True)
class _Letter:
    id: str
    to: Addressed
    about: _About
    system_id: str


@dataclass(frozen=True, slots=True)
class ReminderPost:
    """Knows which linked systems take a reminder; whoever has none is told in the house alone, and no paper goes out."""

    office: Office
    law: Lawbook
    words: ReminderWords
    vault: ReferralVault
    prefix: str = ""
    """What the subject of every message begins with: that it was made in a sandbox."""

    def send(self, connection: Connection, told: Sequence[Told], now: datetime) -> int:
        """How many reminders stand in the outbox now that did not stand there before.

        To be called when the transaction has locked all its records: the queues are taken last and in one order, so that
        two transactions never wait for each other. Of inspections nothing goes out: the contract's reminder names a finding.
        """
        of_findings = [one for one in told if one.deadline.finding_id is not None]
        if not of_findings:
            return 0
        known = reminding.subjects(connection, {one.deadline.id for one in of_findings})
        wanted = [
            (about, to)
            for one in of_findings
            if (about := self._about(one.deadline, known[one.deadline.id])) is not None
            for to in addressed(one.passed, about.turn)
        ]
        return self._put_in(connection, wanted, now)

    def send_to_police(
        self, connection: Connection, file: CaseFile, deadline: Any, rung: Rung, police: str, now: datetime
    ) -> None:
        """The police are reminded, on the queue of the referral, of what the catalogue says they are reminded of."""
        if not receivers_turn(REFERRAL, deadline.term):
            return
        number = file.doc_numbers[-1] if file.doc_numbers else None
        about = _About(
            deadline,
            ledger_no=file.ledger_no,
            sequence=file.snapshot.sequence,
            chart=REFERRAL,
            finding=None,
            proceeding=file.snapshot.id,
            subject=number or file.ledger_no or file.snapshot.id,
            turn=Turn(deadline.department, police),
        )
        self._put_in(connection, [(about, Addressed(police, RECEIVER, rung))], now)

    def _about(self, deadline: Any, known: Any) -> _About | None:
        """None of what nobody in the ordinary queue may hear of: the criminal route, and a penalty that waits for it."""
        term = self.law.terms[deadline.term]
        if term.route == OF_CRIMES or (known.kind == PENALTY and known.state in WAITING):
            return None
        silent = receivers_turn(known.kind, deadline.term)
        receiver = known.target_department if silent else None
        return _About(
            deadline,
            ledger_no=known.ledger_no,
            sequence=known.sequence,
            chart=known.kind,
            finding=deadline.finding_id,
            proceeding=deadline.proceeding_id,
            subject=known.ledger_no or deadline.finding_id,
            turn=Turn(
                deadline.department,
                receiver,
                receiver is not None and copied_to_lead_office(term.on_expiry),
            ),
        )

    def _put_in(
        self, connection: Connection, wanted: Sequence[tuple[_About, Addressed]], now: datetime
    ) -> int:
        letters = list(self._letters(connection, wanted))
        there = reminding.in_outbox(connection, {one.id for one in letters}) if letters else set()
        fresh = sorted((one for one in letters if one.id not in there), key=lambda one: one.system_id)
        for letter in fresh:
            self._enqueue(connection, letter, now)
        return len(fresh)

    def _letters(
        self, connection: Connection, wanted: Sequence[tuple[_About, Addressed]]
    ) -> Iterator[_Letter]:
        """Those of the reminders whose recipient takes them and has a system that does."""
        office = self.office.office_id
        systems = {
            recipient: exchange_reading.receiving_system(connection, office, recipient, REMINDER)
            for recipient in {to.recipient for _, to in wanted}
            if recipient in self.office.departments
            and REMINDER in self.office.departments[recipient].receives
        }
        for about, to in wanted:
            system = systems.get(to.recipient)
            if system is not None:
                yield _Letter(_id(about.deadline, to), to, about, system.id)

    def _enqueue(self, connection: Connection, letter: _Letter, now: datetime) -> None:
        about, deadline, recipient = letter.about, letter.about.deadline, letter.to.recipient
        kind, queue, data = compose(REMINDER, self._content(connection, letter, now))
        exchange_reading.enqueue(
            connection,
            office_id=self.office.office_id,
            recipient=recipient,
            chart_name=REMINDER,
            kind=kind,
            queue=queue,
            data=data,
            finding_id=about.finding,
            inspection_id=deadline.inspection_id if about.finding else None,
            proceeding_id=about.proceeding,
            step_sequence=about.sequence,
            now=now,
            subject=self.prefix + about.subject,
            message_id=letter.id,
            sender=deadline.department,
            department=deadline.department,
            kept=self.vault.seal_message,
        )

    def _content(self, connection: Connection, letter: _Letter, now: datetime) -> dict[str, Any]:
        about, deadline, to = letter.about, letter.about.deadline, letter.to
        term, turn = self.law.terms[deadline.term], letter.about.turn
        return {
            "chart": about.chart,
            "ledger_no": about.ledger_no,
            "finding_id": about.finding or about.proceeding,
            "proceeding_id": about.proceeding,
            "requirement": self.words.message(
                to.voice,
                to.rung.when,
                deadline.term,
                deadline.nature,
                deadline.due_effective,
                self.office.departments[turn.holder].short,
            ),
            "term": {
                "id": deadline.term,
                "title": term.zh,
                "due_effective": deadline.due_effective,
                "light": light(dates_of(deadline.spec, deadline.provisional), now),
                "nature": deadline.nature,
            },
            "number": exchange_reading.count_reminders(
                connection, about.finding, about.proceeding, to.recipient
            )
            + 1,
            "resend_of": _asked_in(connection, about, to),
            "now": now.isoformat(timespec="seconds"),
        }


def _id(deadline: Any, to: Addressed) -> str:
    return str(uuid5(NAMES, f"{deadline.id}:{to.rung.name}:{to.recipient}:{deadline.due_effective}"))


def _asked_in(connection: Connection, about: _About, to: Addressed) -> str | None:
    """The message to the recipient that the deadline waits for an answer to."""
    if to.voice == RECEIVER:
        return reminding.letter_awaited(connection, to.recipient, about.finding, about.proceeding)
    name, start = asked_in(about.deadline.term), dates_of(about.deadline.spec, False).start
    if name is None or about.finding is None or to.voice != OWN:
        return None
    return reminding.order_sent(connection, to.recipient, about.finding, name, begins(start))
