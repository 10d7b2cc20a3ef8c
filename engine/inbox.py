"""The inbox: receipts are verified, kept once, and handed to the desk; early ones are parked, none is thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.callers import Callers, principal_of
from engine.core.commands import CLOCK
from engine.core.receipt_form import kind_named, read_event
from engine.core.receipts import ReceiptKind
from engine.core.refusals import FieldError, Refusal
from engine.desk import Desk
from engine.files import file_of_message
from engine.receipt_effects import Arrived, ReceiptEffects
from engine.signed_event import check_own, check_same_bytes, signed_event
from models import exchange_reading, linked_reading
from models.exchange_reading import CRIMINAL_QUEUE
from models.second_wall import of_system

RECORDED, NOTED, PARKED, CONTRADICTORY = "recorded", "noted", "parked", "contradicts"
CONTRADICTS = "receipt_contradictory"
"""The task, and the entry on the timeline of a criminal referral."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The bundle that a carried receipt answers: when it was packed, and the ids of its messages."""

    packed_at: datetime
    messages: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReceiptAnswer:
    """What the sender is told: recorded, duplicate or parked, and then what the receipt waits for."""

    code: str
    receipt: str
    waiting_for: str | None = None

    @property
    def status(self) -> int:
        """202 while it waits, else 200."""
        return 202 if self.code == PARKED else 200


class Inbox:
    """Takes receipts in, each in one transaction with what it does."""

    def __init__(self, desk: Desk, kinds: Mapping[str, ReceiptKind], callers: Callers) -> None:
        self.callers = callers
        self._desk = desk
        self._kinds = kinds
        self._effects = ReceiptEffects(desk, kinds)

    def receive(
        self, system_id: str, headers: Mapping[str, str], raw: bytes, bundle: Brought | None = None
    ) -> ReceiptAnswer:
        """The receipt is kept and has had its effect, or waits; a refusal keeps nothing. Header names in lower case.

        One that was carried answers a message of its bundle and was signed after that was packed; the hour is open.
        """
        sent = signed_event(self.callers, system_id, headers, raw, bundle.packed_at if bundle else None)
        system, event, id, digest = sent.system, sent.event, sent.id, sent.digest
        with self._desk.database.read(of_system(system)) as connection:
            known = linked_reading.receipt_row(connection, system_id, id)
        if known is not None:
            return _repeated(known, digest)
        kind = self._read(event, id, system)
        if bundle is not None and event["data"]["in_reply_to"] not in bundle.messages:
            raise Refusal("message_unknown")
        row = {
            "system_id": system_id,
            "id": id,
            "office_id": self._desk.office.office_id,
            "digest": digest,
            "kind": kind.kind,
            "message_id": event["data"]["in_reply_to"],
            "body": raw,
            "signature": sent.signature,
        }
        self._desk.ring_after_jump()
        return self._desk.writer.submit(lambda connection: self._take_in(connection, system, event, row))

    def announced(self, system: Row[Any], receipt_id: str) -> tuple[str, str, Mapping[str, Any]]:
        """Subject and id of what a receipt of that system is about, and the paper it announced; else `not_found`."""
        with self._desk.database.read(of_system(system)) as connection:
            row = linked_reading.receipt_row(connection, system.id, receipt_id)
        paper = self._desk.vault.receipt_said(row)["data"].get("document") if row is not None else None
        if row is None or paper is None:
            raise Refusal("not_found")
        if row.finding_id is not None:
            return "finding", row.finding_id, paper
        if row.proceeding_id is not None:  # a proceeding of no finding is a criminal referral
            return "referral", row.proceeding_id, paper
        raise Refusal("not_found")

    def retry_parked(self, connection: Connection, subject: str, id: str) -> None:
        """Receipts that waited for a step of the record have had their turn; contradictory ones are a task now."""
        for waiting in linked_reading.parked_receipts(connection, subject, id):
            row = linked_reading.receipt_row(connection, waiting.system_id, waiting.id)
            if row is not None and row.state == PARKED:  # one that went before may have brought it along
                self._retry(connection, row)

    def _read(self, event: Any, id: str, system: Row[Any]) -> ReceiptKind:
        """The kind of the receipt, when it is one to the letter and the sender's own; else every fault is told."""
        kind = self._kinds.get(kind_named(event) or "")
        if not isinstance(event, dict):
            raise Refusal("facts_invalid", errors=[FieldError("", "type")])
        if kind is None:
            words = ("没有这种回执", "there is no such kind of receipt")
            raise Refusal("facts_invalid", errors=[FieldError("/type", "vocabulary", *words)])
        read_event(event, kind.kind, kind.members, self._desk.office.departments)
        check_own(event, id, system)
        return kind

    def _take_in(
        self, connection: Connection, system: Row[Any], event: Mapping[str, Any], row: Mapping[str, Any]
    ) -> ReceiptAnswer:
        message = exchange_reading.message_row(connection, row["message_id"])
        if message is None or message.system_id != system.id:
            raise Refusal("message_unknown")
        if event["recipient"] != self._desk.vault.said(message)["sender"]:
            words = ("不是发出该报文的部门", "not the department that sent the message")
            raise Refusal("facts_invalid", errors=[FieldError("/recipient", "inconsistent", *words)])
        now = self._now()
        about = {"finding_id": message.finding_id, "proceeding_id": message.proceeding_id}
        kept = {**row, **about, "state": RECORDED, "waiting_for": None, "received_at": now}
        kept["body"] = self._desk.vault.seal_receipt(kept)
        if not linked_reading.keep_receipt(connection, kept):
            known = linked_reading.receipt_row(connection, system.id, row["id"])
            return _repeated(known, row["digest"])
        arrived = Arrived(
            system.id, row["id"], row["digest"], self._kinds[row["kind"]], event["data"], message.id
        )
        state, waiting_for = self._effects.of(connection, principal_of(system), arrived, now)
        self._keep_state(connection, arrived, state, waiting_for, message, now)
        if state == NOTED and message.queue == CRIMINAL_QUEUE:
            self.retry_parked(connection, "referral", message.proceeding_id)
        elif state == NOTED and message.finding_id:
            self.retry_parked(connection, "finding", message.finding_id)
        if state in (PARKED, CONTRADICTORY):
            return ReceiptAnswer(PARKED, row["id"], waiting_for)
        return ReceiptAnswer(RECORDED, row["id"])

    def _retry(self, connection: Connection, row: Row[Any]) -> None:
        system = linked_reading.system_row(connection, row.system_id)
        message = exchange_reading.message_row(connection, row.message_id)
        assert system is not None, "systems are never deleted"
        data = self._desk.vault.receipt_said(row)["data"]
        arrived = Arrived(row.system_id, row.id, row.digest, self._kinds[row.kind], data, row.message_id)
        now = self._now()
        linked_reading.change_receipt(connection, row.system_id, row.id, RECORDED, None)
        try:
            with connection.begin_nested():
                state, waiting_for = self._effects.of(connection, principal_of(system), arrived, now)
        except Refusal as refusal:
            state, waiting_for = CONTRADICTORY, refusal.code
        self._keep_state(connection, arrived, state, waiting_for, message, now)

    def _now(self) -> datetime:
        return self._desk.clock.now_after(self._desk.last_recorded_at)

    def _keep_state(
        self,
        connection: Connection,
        arrived: Arrived,
        state: str,
        waiting_for: str | None,
        message: Any,
        now: datetime,
    ) -> None:
        if state != RECORDED:
            linked_reading.change_receipt(connection, arrived.system_id, arrived.id, state, waiting_for)
        if state == CONTRADICTORY:
            self._tell(connection, arrived, waiting_for, message, now)

    def _tell(
        self, connection: Connection, arrived: Arrived, why: str | None, message: Any, now: datetime
    ) -> None:
        """The clerk has a task; of a criminal referral its list is told on its own timeline and nobody else (law 9)."""
        words = {
            "zh": f"回执与台账现状矛盾，请核实：{arrived.kind.zh}",
            "en": f"the receipt contradicts the record, please check: {arrived.kind.en}",
            "receipt": arrived.id,
            "system": arrived.system_id,
            "why": why or "",
        }
        if message.queue == CRIMINAL_QUEUE:
            file = file_of_message(connection, self._desk.office, message)
            told = {"receipt_kind": arrived.kind.kind, "receipt": arrived.id, "requirement": words["zh"]}
            self._desk.scribe.note(connection, file, CONTRADICTS, {"facts": told}, CLOCK, now)
            return
        sender = self._desk.vault.said(message)["sender"]
        about = {**message._mapping, "id": f"{arrived.system_id}:{arrived.id}"}
        exchange_reading.tell(connection, about, CONTRADICTS, sender, "duty_clerk", words, now)


def _repeated(known: Any, digest: str) -> ReceiptAnswer:
    check_same_bytes(known.digest, digest)
    return ReceiptAnswer("duplicate", known.id)
