"""A bureau with its exchange, and the systems of other departments that it is linked to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.courier import Courier
from engine.exchange import Exchange
from engine.inbox import ReceiptAnswer
from engine.system_checks import NewSystem
from models import exchange_reading, linked_reading
from tests.builders import Town
from tests.partner import MEDIA_TYPE, Desk, Ed25519Key, HmacKey, Key, Partner

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TRANSFER = {
    "target_department": "fire_rescue",
    "receiver_kind": "vertical",
    "legal_ground": "《消防法》第五十四条、第六十条",
    "competence_basis": "权责清单",
    "facts_summary": "安全出口堆放啤酒箱约四十箱。",
    "evidence_list": "现场照片",
    "seized_items_included": False,
}
SIGNED = {"received_at": "2024-04-26T17:00:00+08:00", "signer": "值班员"}
HANDLER = {"name": "消防员", "department": "fire_rescue"}
ACCEPTED = {"case_no": "原消立〔2024〕3号", "accepted_on": "2024-04-26", "handler": HANDLER}
CONCLUDED = {
    "case_no": "原消立〔2024〕3号",
    "concluded_on": "2024-04-26",
    "result": "rectified",
    "text": "出口已清理。",
}
FEEDBACK = {"feedback_on": "2024-04-26", "text": "安全出口已清理。", "result": "rectified"}
RETURNED = {"reasons": "未附现场照片。", "returned_on": "2024-04-26", "missing": ["现场照片"]}


@dataclass
class Linked:
    """A town with its exchange; findings of it are transferred and answered in one line."""

    town: Town
    exchange: Exchange
    base: str = ""

    def link(self, id: str, department: str, *kinds: str, key: Key | None = None, **given: Any) -> Partner:
        """The other side of a system just linked."""
        public = key.public if isinstance(key, Ed25519Key) else None
        scheme = "ed25519" if public else "hmac"
        asked = NewSystem(id, department, kinds or ("all",), scheme, public_key=public, **given)
        told = self.town.link(asked)
        if isinstance(key, Ed25519Key):
            key.house_public = told["our_public_key"]
        used = key or HmacKey(told["secret"])
        return Partner(id, department, self.base, used, lambda: self.town.house.clock.now().timestamp())

    def sent(self, sent_on: str = "2024-04-26", **given: Any) -> tuple[str, str]:
        """The ids of a finding and of its transfer, whose letter has just gone out."""
        finding, transfer = self.approved(**given)
        self.town.step("D01", finding, "send", transfer, sent_on=sent_on)
        return finding, transfer

    def approved(self, **given: Any) -> tuple[str, str]:
        """The ids of a finding and of its transfer, whose letter may go out."""
        finding = self.town.finding(violation="fire_exit_blocked", domain="fire", item="安全出口")
        self.town.step("C01", finding, "open_transfer", urgent_ground="danger", legal_ground="消防法")
        transfer = self.town.proceedings(finding)[-1].id
        self.town.step("C01", finding, "propose_transfer", transfer, **{**TRANSFER, **given})
        self.town.step("H01", finding, "approve_transfer", transfer)
        return finding, transfer

    def messages(self, finding: str) -> list[Any]:
        """The messages of a finding with their bodies, oldest first."""
        with self.town.house.database.read() as connection:
            rows = exchange_reading.messages_of(connection, finding)
            return [exchange_reading.message_row(connection, row.id) for row in rows]

    def receipts(self, finding: str) -> list[Any]:
        """The receipts about a finding, oldest first."""
        with self.town.house.database.read() as connection:
            return list(linked_reading.receipts_of(connection, finding))

    def state(self, finding: str) -> str:
        """The state of the finding's last proceeding."""
        return str(self.town.proceedings(finding)[-1].state)


class Post:
    """Hands receipts of a partner to the inbox without HTTP."""

    def __init__(self, linked: Linked, partner: Partner, message: Any) -> None:
        self.linked, self.partner, self.message = linked, partner, message

    def __call__(self, kind: str, _message: Any = None, **data: Any) -> ReceiptAnswer:
        return self.send(self.partner.event(kind, self.message, **data))

    def send(self, event: Any, timestamp: int | None = None, body: bytes | None = None) -> ReceiptAnswer:
        """The event, signed now."""
        raw = json.dumps(event, ensure_ascii=False).encode() if body is None else body
        said = str(timestamp if timestamp is not None else int(self.partner.now()))
        headers = {
            ID_HEADER: event["id"],
            TIMESTAMP_HEADER: said,
            SIGNATURE_HEADER: self.partner.key.sign(f"{event['id']}.{said}.".encode() + raw),
            "content-type": MEDIA_TYPE,
        }
        return self.linked.exchange.inbox.receive(self.partner.system, headers, raw)


def sent(linked: Linked, partner: Partner, **given: Any) -> tuple[str, str, Post]:
    """A finding, its transfer, and how the partner answers the letter."""
    finding, transfer = linked.sent(**given)
    return finding, transfer, Post(linked, partner, json.loads(linked.messages(finding)[-1].body))


def tasks(linked: Linked, finding: str, *kinds: str) -> list[Any]:
    """The tasks about a finding, of these kinds when some are named."""
    with linked.town.house.database.read() as connection:
        return [
            one for one in linked_reading.notices_of(connection, finding) if one.kind in kinds or not kinds
        ]


def courier(linked: Linked, **given: Any) -> Courier:
    """A courier without chance in its waits."""
    house = linked.town.house
    known = {"jitter": lambda: 0.0, "vault": house.desk.vault, **given}
    return Courier(house.writer, house.clock, **known)


def called(linked: Linked, hook: Desk, **given: Any):
    """The fire brigade's system, which is called there."""
    return linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True, **given)


def message(linked: Linked, finding: str) -> Any:
    """The last message of the finding."""
    return linked.messages(finding)[-1]
