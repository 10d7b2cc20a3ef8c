"""Matters that a linked system sends: verified like receipts, kept once, and recorded in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.callers import Callers, principal_of
from engine.core.incoming import IncomingBook, IncomingKind
from engine.core.incoming_form import SYSTEM, members_of
from engine.core.incoming_rights import ENTERS
from engine.core.receipt_form import INCOMING, kind_named, read_event
from engine.core.refusals import FieldError, Refusal
from engine.desk import Desk
from engine.incoming.keeping import Intake, Keeping
from engine.incoming.said import refused, said
from engine.outcomes import new_id
from engine.projections.instants import recorded
from engine.signed_event import SignedEvent, check_own, check_same_bytes, signed_event
from models import exchange_reading, incoming_reading, referral_reading
from models.second_wall import of_system

RECORDED, DUPLICATE = "recorded", "duplicate"


@dataclass(frozen=True, slots=True)
class IncomingAnswer:
    """What the sender is told: recorded or duplicate, and the number of the matter."""

    code: str
    incoming: str


@dataclass(frozen=True, slots=True)
class Arriving:
    """Takes matters in from linked systems, and tells these what became of what they sent."""

    desk: Desk
    book: IncomingBook
    callers: Callers
    keeping: Keeping

    def receive(self, system_id: str, headers: Mapping[str, str], raw: bytes) -> IncomingAnswer:
        """The matter stands; a refusal keeps nothing. Header names in lower case.

        Raises what `signed_event` raises, `facts_invalid`, `not_yours` for a kind that the department may not send,
        `message_unknown`, or `key_reused` for other bytes under an id that was here before.
        """
        sent = signed_event(self.callers, system_id, headers, raw)
        with self.desk.database.read(of_system(sent.system)) as connection:
            known = incoming_reading.arrival_row(connection, system_id, sent.id)
        if known is not None:
            return _repeated(known, sent.digest)
        kind = self._read(sent)
        self.desk.ring_after_jump()
        return self.desk.writer.submit(lambda connection: self._take_in(connection, sent, kind, raw))

    def told(self, system_id: str, headers: Mapping[str, str], signed: bytes, id: str) -> dict[str, Any]:
        """What became of the matter that the system sent under that id; raises `not_found` for any other."""
        system = self.callers.verified(system_id, headers, signed)
        with self.desk.database.read(of_system(system)) as connection:
            row = incoming_reading.arrival_row(connection, system.id, id)
        if row is None:
            raise Refusal("not_found")
        state, words = self.book.states[row.state], row.said
        shown = {name: words[name] for name in TOLD_OF[row.state] if name in words}
        instants = {name: recorded(datetime.fromisoformat(at)) for name, at in row.events.items()}
        at = instants[ACT_OF[row.state]]
        return {"incoming": row.number, "state": row.state, "zh": state.zh, "en": state.en, "at": at, **shown}

    def _read(self, sent: SignedEvent) -> IncomingKind:
        """The kind of the matter, when it is one to the letter and the sender's own to send; else every fault is told."""
        event, system = sent.event, sent.system
        if not isinstance(event, dict):
            raise Refusal("facts_invalid", errors=[FieldError("", "type")])
        kind = self.book.kinds.get(kind_named(event, INCOMING) or "")
        if kind is None:
            raise refused("/type", "vocabulary", "no_such_kind")
        departments = self.desk.office.departments
        if not kind.sent_by(system.department, departments[system.department].kind, None):
            word = said("kind_not_sent")
            raise Refusal("not_yours", detail=f"{word.zh}。 · {word.en}.")
        read_event(event, kind.kind, members_of(kind), departments, INCOMING)
        check_own(event, sent.id, system)
        informant = event["data"].get("informant") or {}
        if kind.informant == "required" and not informant.get("name"):
            raise Refusal("facts_invalid", errors=[FieldError("/data/informant/name", "missing")])
        if not kind.own and event["recipient"] == system.department:
            raise refused("/recipient", "inconsistent", "own_department")
        return kind

    def _take_in(
        self, connection: Connection, sent: SignedEvent, kind: IncomingKind, raw: bytes
    ) -> IncomingAnswer:
        event, system, office = sent.event, sent.system, self.desk.office.office_id
        if not incoming_reading.takes_matters(connection, office, event["recipient"], ENTERS):
            raise refused("/recipient", "vocabulary", "nobody_there")
        self.desk.calendars.keep_up_within(connection)
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        intake = Intake(
            id=new_id(),
            kind=kind,
            department=event["recipient"],
            channel=SYSTEM,
            sender_department=system.department,
            sender_name=None,
            data=event["data"],
            received_at=now,
            system_id=system.id,
            body=raw,
            referral=self._referral(connection, sent, kind),
        )
        arrival = {
            "system_id": system.id,
            "id": sent.id,
            "office_id": office,
            "incoming_id": intake.id,
            "digest": sent.digest,
            "signature": sent.signature,
            "received_at": now,
        }
        if not incoming_reading.keep_arrival(connection, arrival):
            return _repeated(incoming_reading.arrival_row(connection, system.id, sent.id), sent.digest)
        self.desk.last_recorded_at = now
        matter = self.keeping.take_in(connection, intake, principal_of(system), now)
        return IncomingAnswer(RECORDED, matter["number"])

    def _referral(self, connection: Connection, sent: SignedEvent, kind: IncomingKind) -> str | None:
        """The criminal referral that the matter answers; raises `message_unknown` for what the system was never sent."""
        data = sent.event["data"]
        named = data.get("in_reply_to")
        if named is not None and not exchange_reading.sent_to(connection, sent.system.id, named):
            raise Refusal("message_unknown")
        if not kind.confidential:
            return None
        found = incoming_reading.referral_named(
            connection, sent.system.department, named, data.get("our_doc_no")
        )
        row = None if found is None else referral_reading.referral_row(connection, found)
        mine = row is not None and row.department == sent.event["recipient"]
        return found if mine else None


ACT_OF: Mapping[str, str] = {
    "received": "received",
    "signed_for": "sign_for",
    "accepted": "accept",
    "returned": "return",
    "forwarded": "forward",
    "noted": "note",
    "fed_back": "feed_back",
}
"""The event that led to a state."""
TOLD_OF: Mapping[str, tuple[str, ...]] = {
    "received": (),
    "signed_for": (),
    "accepted": (),
    "returned": ("reason", "explanation", "suggested_department"),
    "forwarded": ("reason", "explanation", "to_department"),
    "noted": ("reason",),
    "fed_back": ("result",),
}
"""What of an act the sender is told, by the state it led to."""


def _repeated(known: Any, digest: str) -> IncomingAnswer:
    check_same_bytes(known.digest, digest)
    return IncomingAnswer(DUPLICATE, known.number)
