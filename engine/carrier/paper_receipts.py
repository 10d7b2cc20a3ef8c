"""Receipts on paper: an officer types the code that stood in the bundle, and the row is taken as if a receipt had come.

It is the officer's step, not the system's: the code proves that the bundle was opened, the scan shows who signed, and
the officer answers for both. The chart's own rows say which officers may enter it and until when.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.attachments import AttachmentFile, Attachments
from engine.carrier.contents import coded_kinds
from engine.carrier.packing import record_named
from engine.carrier.rights import CRIMINAL, ORDINARY, referrals_known
from engine.core import carrier_codes
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.envelope import SCHEMAS, wire_instant
from engine.core.paper_receipt_form import OnPaper
from engine.core.receipt_form import read_event
from engine.core.receipts import LATE_REASON, ReceiptKind
from engine.core.refusals import FieldError, Refusal
from engine.core.visibility import sees_department
from engine.desk import Desk
from engine.receipt_effects import Arrived, ReceiptEffects
from engine.throttle import Throttle
from models import carrier_reading, exchange_reading, linked_reading
from models.reading import entries

ENTERED = "paper_receipt"
FAILURES_MAX, FAILURES_WINDOW_SECONDS = 10, 900
MISTYPED = ("签收码有误，请核对（16位）", "not a code: sixteen letters and digits")
UNKNOWN = ("没有这个签收码", "no such code")
USED = ("这个签收码已经登记过", "this code was entered before")
NOT_YET = ("前一步还没有登记", "a step before it has not been entered yet")
NO_SCAN = ("请附纸质回执的扫描件", "a scan of the paper is needed")


@dataclass(frozen=True, slots=True)
class Entered:
    """What the code was for, and what became of it: recorded, noted (timeline only) or duplicate."""

    code: str
    kind: str
    message: str
    subject: str
    id: str


@dataclass(frozen=True, slots=True)
class PaperReceipts:
    """Takes codes within the rights of whoever types them; wrong ones are counted against that person."""

    desk: Desk
    kinds: Mapping[str, ReceiptKind]
    throttle: Throttle = field(default_factory=lambda: Throttle(FAILURES_MAX, FAILURES_WINDOW_SECONDS))

    def enter(self, who: Principal, paper: OnPaper, scans: Sequence[AttachmentFile] = ()) -> Entered:
        """The row was taken, with code and scan on record; a refusal keeps nothing."""
        self.throttle.check(who.login)
        code = carrier_codes.typed(paper.code)
        if code is None:
            raise Refusal("facts_invalid", errors=[FieldError("/code", "format", *MISTYPED)])
        found = self._found(who, code)
        if found is None:
            self.throttle.failed(who.login)
            raise Refusal("facts_invalid", errors=[FieldError("/code", "inconsistent", *UNKNOWN)])
        message_id, kind = found
        if not scans and paper.document is None:
            raise Refusal("facts_invalid", errors=[FieldError("/document", "missing", *NO_SCAN)])
        self.desk.ring_after_jump()
        return self.desk.writer.submit(
            lambda connection: self._enter(connection, who, message_id, self.kinds[kind], code, paper, scans)
        )

    def _found(self, who: Principal, code: str) -> tuple[str, str] | None:
        """Message and kind of the code, among those of the person's department and referrals; every one is compared."""
        office, found = self.desk.office.office_id, None
        with self.desk.database.read(self.desk.referrals.behalf(who)) as connection:
            known = referrals_known(connection, self.desk.referrals, who)
            rows = [
                *_ordinary(carrier_reading.carried_messages(connection, office, ORDINARY), who),
                *carrier_reading.carried_messages(connection, office, CRIMINAL, known),
            ]
        for row in rows:
            for kind in coded_kinds(row):
                if carrier_codes.same(carrier_codes.code_for(bytes(row.secret), row.message_id, kind), code):
                    found = (str(row.message_id), kind)
        return found

    def _enter(
        self,
        connection: Connection,
        who: Principal,
        message_id: str,
        kind: ReceiptKind,
        code: str,
        paper: OnPaper,
        scans: Sequence[AttachmentFile],
    ) -> Entered:
        message = exchange_reading.message_row(connection, message_id)
        assert message is not None, "bundles bring messages that are kept"
        system = linked_reading.system_row(connection, message.system_id)
        subject, id = record_named(message)
        self.desk.open_file(connection, who, subject, id, lock=True)
        event = self._event(message, system, kind, paper)
        body = json.dumps(event, ensure_ascii=False).encode()
        digest = hashlib.sha256(body).hexdigest()
        told = Entered("recorded", kind.kind, message_id, subject, id)
        before = linked_reading.receipt_row(connection, message.system_id, event["id"])
        if before is not None:
            if before.digest != digest:
                raise Refusal("facts_invalid", errors=[FieldError("/code", "inconsistent", *USED)])
            return Entered("duplicate", kind.kind, message_id, subject, id)
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        self._keep(connection, message, kind, event["id"], digest, body, code, now)
        shown = self._scans(connection, who, subject, id, paper, scans)
        self._note(connection, who, subject, id, kind, code, event, shown, now)
        state = self._effect(connection, who, message, kind, event, digest, paper, now)
        linked_reading.change_receipt(connection, message.system_id, event["id"], state, None)
        carrier_reading.arrived(connection, [message_id], "carried: code entered", now)
        return told if state == "recorded" else Entered(state, kind.kind, message_id, subject, id)

    def _effect(
        self,
        connection: Connection,
        who: Principal,
        message: Row[Any],
        kind: ReceiptKind,
        event: Mapping[str, Any],
        digest: str,
        paper: OnPaper,
        now: datetime,
    ) -> str:
        """What the receipt does at once; a person waits for nothing and contradicts nothing."""
        beside = {LATE_REASON: paper.late_reason} if paper.late_reason else {}
        arrived = Arrived(message.system_id, event["id"], digest, kind, event["data"], message.id, beside)
        try:
            state, _ = ReceiptEffects(self.desk, self.kinds).of(connection, who, arrived, now)
        except Refusal as refusal:
            raise _in_words_of_the_form(refusal) from refusal
        if state not in ("recorded", "noted"):
            raise Refusal("facts_invalid", errors=[FieldError("/code", "inconsistent", *NOT_YET)])
        return state

    def _event(self, message: Row[Any], system: Any, kind: ReceiptKind, paper: OnPaper) -> dict[str, Any]:
        """The receipt that the paper amounts to, read as strictly as one that is sent."""
        sent = self.desk.vault.said(message)
        data = {"in_reply_to": message.id, **_data(kind.kind, paper, system.department)}
        event = {
            "specversion": "1.0",
            "id": f"paper-{kind.kind}-{message.id}",
            "source": f"/systems/{system.id}",
            "type": f"bihuan.receipt.{kind.kind}.v1",
            "subject": sent["subject"],
            "time": wire_instant(paper.received_at),
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}/receipt_{kind.kind}.json#/properties/data",
            "sender": system.department,
            "recipient": sent["sender"],
            "data": data,
        }
        try:
            read_event(event, kind.kind, kind.members, self.desk.office.departments)
        except Refusal as refusal:
            raise _in_words_of_the_form(refusal) from refusal
        return event

    def _keep(
        self,
        connection: Connection,
        message: Row[Any],
        kind: ReceiptKind,
        id: str,
        digest: str,
        body: bytes,
        code: str,
        now: datetime,
    ) -> None:
        row = {
            "system_id": message.system_id,
            "id": id,
            "office_id": message.office_id,
            "digest": digest,
            "kind": kind.kind,
            "message_id": message.id,
            "finding_id": message.finding_id,
            "proceeding_id": message.proceeding_id,
            "state": "recorded",
            "waiting_for": None,
            "body": body,
            "signature": f"code {carrier_codes.shown(code)}",
            "received_at": now,
        }
        linked_reading.keep_receipt(connection, {**row, "body": self.desk.vault.seal_receipt(row)})

    def _scans(
        self,
        connection: Connection,
        who: Principal,
        subject: str,
        id: str,
        paper: OnPaper,
        scans: Sequence[AttachmentFile],
    ) -> list[str]:
        """The digests of the scans, which are kept with the record."""
        if scans:
            Attachments(self.desk).take_within(connection, who, subject, id, scans)
            return [one.digest for one in scans]
        if entries.attachment_row(connection, id, str(paper.document)) is None:
            raise Refusal("facts_invalid", errors=[FieldError("/document", "inconsistent", *NO_SCAN)])
        return [str(paper.document)]

    def _note(
        self,
        connection: Connection,
        who: Principal,
        subject: str,
        id: str,
        kind: ReceiptKind,
        code: str,
        event: Mapping[str, Any],
        scans: Sequence[str],
        now: datetime,
    ) -> None:
        """The entry on which the step rests."""
        file = self.desk.open_file(connection, who, subject, id, lock=True)
        facts = {
            "receipt_kind": kind.kind,
            "receipt": event["id"],
            "code": carrier_codes.shown(code),
            "scans": list(scans),
            **event["data"],
        }
        self.desk.scribe.note(connection, file, ENTERED, {"facts": facts}, who, now)


def _ordinary(rows: Sequence[Row[Any]], who: Principal) -> list[Row[Any]]:
    department = sees_department(who)
    return [row for row in rows if row.department == department]


def _data(kind: str, paper: OnPaper, department: str) -> dict[str, Any]:
    if kind == "accepted":
        handler = {"name": paper.signer, "department": department}
        said = {"accepted_on": civil_date(paper.received_at).isoformat(), "handler": handler}
        return {**said, **({"case_no": paper.case_no} if paper.case_no else {})}
    said = {"received_at": wire_instant(paper.received_at), "signer": paper.signer}
    return {**said, **({"receipt_no": paper.receipt_no} if paper.receipt_no else {})}


FORM_NAMES = {"accepted_on": "received_at", "handler": "signer"}


def _in_words_of_the_form(refusal: Refusal) -> Refusal:
    """The refusal with pointers into what the officer typed."""
    errors = []
    for one in refusal.errors:
        parts = [part for part in one.pointer.split("/") if part not in ("", "data")]
        name = parts[0] if parts else "code"
        errors.append(FieldError(f"/{FORM_NAMES.get(name, name)}", one.code, one.zh, one.en))
    return Refusal(
        refusal.code, errors=errors, reasons=refusal.reasons, detail=refusal.detail, **refusal.carries
    )
