"""A bureau with its exchange, and the systems of other departments that it is linked to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.exchange import Exchange
from engine.systems import NewSystem
from models import exchange_reading, linked_reading
from tests.builders import Town
from tests.partner import Ed25519Key, HmacKey, Key, Partner

TRANSFER = {
    "target_department": "fire_rescue",
    "receiver_kind": "vertical",
    "legal_ground": "《消防法》第五十四条、第六十条",
    "competence_basis": "权责清单",
    "facts_summary": "安全出口堆放啤酒箱约四十箱。",
    "evidence_list": "现场照片",
    "seized_items_included": False,
}


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
        told = self.exchange.systems.add(asked)
        if isinstance(key, Ed25519Key):
            key.house_public = told["our_public_key"]
        used = key or HmacKey(told["secret"])
        return Partner(id, department, self.base, used, lambda: self.town.house.clock.now().timestamp())

    def sent(self, sent_on: str = "2024-04-26", **given: Any) -> tuple[str, str]:
        """The ids of a finding and of its transfer, whose letter has just gone out."""
        finding = self.town.finding(violation="fire_exit_blocked", domain="fire", item="安全出口")
        self.town.step("C01", finding, "open_transfer", urgent_ground="danger", legal_ground="消防法")
        transfer = self.town.proceedings(finding)[-1].id
        self.town.step("C01", finding, "propose_transfer", transfer, **{**TRANSFER, **given})
        self.town.step("H01", finding, "approve_transfer", transfer)
        self.town.step("D01", finding, "send", transfer, sent_on=sent_on)
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
