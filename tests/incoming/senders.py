"""Others who send matters to the bureau: what they say, how they sign it, and what officers do with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.core.commands import Command, EnterIncomingCommand, IncomingActCommand, Outcome
from engine.incoming.arriving import IncomingAnswer
from models import incoming_reading
from tests.builders import OFFICERS, PARTY, Town, item
from tests.exchange.linked import Linked
from tests.partner import MEDIA_TYPE, SCHEMAS, Ed25519Key, Partner

NAME, PHONE, ADDRESS = "韩秀芝", "13900350117", "原平市永康南路9号"
INFORMANT = {"name": NAME, "phone": PHONE, "address": ADDRESS}
COMMON = {
    "title": "关于滏香火锅店有关问题",
    "facts_summary": "后厨凉菜间紫外线灯损坏，操作人员未更换工作服。",
    "party_name": "原平市前进西街滏香火锅店",
}
SAID: Mapping[str, dict[str, Any]] = {
    "department_transfer": {**COMMON, "doc_no": "原消移〔2024〕7号", "legal_ground": "食品安全法"},
    "police_return": {**COMMON, "doc_no": "原公退〔2024〕2号", "ground": "not_filed"},
    "procuratorial_opinion": {**COMMON, "doc_no": "原检意〔2024〕1号", "ground": "non_prosecution"},
    "complaint": {**COMMON, "informant": INFORMANT, "claim": "退还餐费。"},
    "report": {**COMMON, "informant": INFORMANT},
}
SENDER = {
    "department_transfer": ("yuanping-fire", "fire_rescue"),
    "police_return": ("yuanping-psb", "public_security"),
    "procuratorial_opinion": ("yuanping-procuratorate", "procuratorate"),
    "complaint": ("yuanping-hotline", "city_government"),
    "report": ("yuanping-hotline", "city_government"),
}
TOLD = {"told_how": "letter", "told_on": "2024-04-26"}
RETURNED = {
    "reason": "no_power",
    "explanation": "属城市管理职权。",
    "suggested_department": "housing",
    **TOLD,
}


def event_of(
    partner: Partner, kind: str, recipient: str = "market_regulation", **more: Any
) -> dict[str, Any]:
    """A matter of the kind, not sent yet; `more` are members of its data, None for one left out."""
    data = {name: value for name, value in {**SAID[kind], **more}.items() if value is not None}
    return {
        "specversion": "1.0",
        "id": uuid4().hex,
        "source": f"/systems/{partner.system}",
        "type": f"bihuan.incoming.{kind}.v1",
        "subject": "来件",
        "time": "2024-04-26T16:40:00+08:00",
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/incoming_{kind}.json#/properties/data",
        "sender": partner.department,
        "recipient": recipient,
        "data": data,
    }


def headers_for(partner: Partner, id: str, raw: bytes, timestamp: int | None = None) -> dict[str, str]:
    """The headers by which these bytes are signed now."""
    said = str(int(partner.now()) if timestamp is None else timestamp)
    return {
        ID_HEADER: id,
        TIMESTAMP_HEADER: said,
        SIGNATURE_HEADER: partner.key.sign(f"{id}.{said}.".encode() + raw),
        "content-type": MEDIA_TYPE,
    }


def into(town: Town, partner: Partner, event: Any) -> IncomingAnswer:
    """The event, signed now, is handed to the house."""
    raw = json.dumps(event, ensure_ascii=False).encode()
    return town.house.incoming.arriving.receive(partner.system, headers_for(partner, event["id"], raw), raw)


@dataclass
class Senders:
    """The bureau, the systems that send to it, and acts on what they sent in one line."""

    linked: Linked
    partners: dict[str, Partner] = field(default_factory=dict)

    @property
    def town(self) -> Town:
        """The bureau."""
        return self.linked.town

    def partner(self, kind: str, key: Ed25519Key | None = None) -> Partner:
        """The system of a department that may send the kind, linked on first use."""
        system, department = SENDER[kind]
        if system not in self.partners:
            self.partners[system] = self.linked.link(system, department, key=key)
        return self.partners[system]

    def send(self, partner: Partner, event: Any) -> IncomingAnswer:
        """The event, signed now, is handed to the house."""
        return into(self.town, partner, event)

    def sent(self, kind: str, **more: Any) -> str:
        """The id of a matter of the kind that has just been sent."""
        partner = self.partner(kind)
        event = event_of(partner, kind, **more)
        assert self.send(partner, event).code == "recorded"
        with self.town.house.database.read() as connection:
            row = incoming_reading.arrival_row(connection, partner.system, event["id"])
        assert row is not None
        return str(row.incoming_id)

    def entered(self, login: str, kind: str, **more: Any) -> str:
        """The id of a matter of the kind that the person enters; `more` stand beside its data."""
        sender = {} if "informant" in SAID[kind] else {"sender_department": SENDER[kind][1]}
        body = {
            "kind": kind,
            "channel": "paper",
            "received_at": self.town.house.clock.now().isoformat(),
            "data": SAID[kind],
            **sender,
            **more,
        }
        return self._handle(login, EnterIncomingCommand(body)).id

    def act(self, login: str, id: str, act: str, at: datetime | None = None, **facts: Any) -> Outcome:
        """The person deals with the matter."""
        return self._handle(login, IncomingActCommand(id, act, facts, at))

    def accept(self, login: str, id: str, **facts: Any) -> str:
        """The matter is accepted with an inspection of one finding; the finding's id."""
        self.act(login, id, "accept", inspection=inspection(self.town), **facts)
        return str(self.row(id).finding_id)

    def row(self, id: str) -> Any:
        """The matter as it stands."""
        with self.town.house.database.read() as connection:
            return incoming_reading.matter_row(connection, id)

    def clocks(self, id: str) -> dict[str, tuple[str, str]]:
        """Term → state and day of each clock of the matter."""
        with self.town.house.database.read() as connection:
            rows = incoming_reading.clock_rows(connection, [id])
        return {row.term: (row.state, row.due_effective) for row in rows}

    def shown(self, login: str, id: str) -> dict[str, Any]:
        """The matter as the person reads it."""
        return self.town.house.incoming.reader.matter(self.town.people[login], id)

    def listed(self, login: str, **query: str) -> dict[str, Any]:
        """The list as the person reads it."""
        asked = {name: [value] for name, value in query.items()}
        return self.town.house.incoming.reader.page(self.town.people[login], asked)

    def _handle(self, login: str, asked: Any) -> Outcome:
        key = f"matter-{next(self.town.keys)}"
        return self.town.house.incoming.dealing.handle(Command(self.town.people[login], key, key, asked))


def inspection(town: Town, *findings: Mapping[str, Any]) -> dict[str, Any]:
    """An inspection of the party with one finding, or these."""
    return {
        "task_no": "YP2024-017",
        "check_type": "internal",
        "department": "market_regulation",
        "party": PARTY,
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": town.house.clock.now().isoformat(),
        "officers": OFFICERS,
        "recusal_told": True,
        "publication": PUBLISHED,
        "findings": list(findings) or [item(town)],
    }


def closed(town: Town, finding: str) -> None:
    """The finding is closed as not worth pursuing."""
    register = {"ledger_no": "原台1", "department": "market_regulation", "handler": "W01"}
    town.step("W01", finding, "register", **register)
    town.step("C02", finding, "propose_no_action", no_action_ground="duplicate", reason="重复登记。")
    town.step("H01", finding, "approve_no_action", reason="同意。")
    town.step("U01", finding, "verify", verification_text="属实。", officer="U01")
    town.step("C02", finding, "propose_close", credit_result="不适用。")
    town.step("H01", finding, "approve_close")


PUBLISHED = {"published_on": "2024-04-26", "publication_url": "https://example.gov.cn/1"}


def days_after(town: Town, days: int) -> str:
    """That many days after the town's clock, at nine, as `Town.at` takes it."""
    return f"{(town.house.clock.now() + timedelta(days=days)).date().isoformat()}T09:00"
