"""A house on a stage: its people speak to it over HTTP, and stories of data are played and judged by the contract."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi.testclient import TestClient

from engine.system_checks import NewSystem
from models import account_reading
from tests.builders import PARTY, Town
from tests.partner import MEDIA_TYPE, HmacKey
from tests.schemas import faults

PASSWORD = "原平-2024-Bihuan"
SOME_TEXT = "如实填写。"
API = "/api/v1"
IN_FORCE = "running"


@dataclass
class Stage:
    """The application over a town; everybody has signed in once, linked systems sign for themselves."""

    town: Town
    app: Any
    password_hash: str
    clients: dict[str, TestClient] = field(default_factory=dict)
    systems: dict[str, tuple[str, HmacKey]] = field(default_factory=dict)
    keys: Any = field(default_factory=lambda: itertools.count(1))

    def client(self, login: str) -> TestClient:
        """The browser of that person, signed in."""
        if login not in self.clients:
            change = {"password_hash": self.password_hash}
            self.town.house.writer.submit(
                lambda connection: account_reading.change_user(connection, login.casefold(), change)
            )
            client = TestClient(self.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
            answer = client.post(f"{API}/session", json={"login": login, "password": PASSWORD})
            assert answer.status_code == 204, answer.text
            client.headers["X-CSRF-Token"] = client.cookies["bihuan_csrf"]
            self.clients[login] = client
        return self.clients[login]

    def get(self, login: str, path: str, **query: Any) -> Any:
        """The JSON that the read answers."""
        answer = self.client(login).get(API + path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, login: str, path: str, body: Any, key: str | None = None) -> Any:
        """The answer to the command, under a fresh key unless one is given."""
        headers = {"Idempotency-Key": key or f"stage-{next(self.keys)}"}
        return self.client(login).post(API + path, json=body, headers=headers)

    def link(self, system: str, department: str, *kinds: str) -> None:
        """The system pulls its messages and signs its receipts."""
        told = self.town.house.exchange.systems.add(NewSystem(system, department, kinds or ("all",), "hmac"))
        self.systems[system] = (department, HmacKey(told["secret"]))

    def pull(self, system: str) -> list[Any]:
        """Every ordinary message to the system, oldest first."""
        path = f"{API}/exchange/{system}/messages?after={'0' * 20}&limit=200"
        answer = self._anonymous().get(path, headers=self._signed(system, str(uuid4()), f"GET {path}"))
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def receipt(self, system: str, kind: str, message: Mapping[str, Any], **data: Any) -> Any:
        """The answer to a receipt for that message."""
        department, _ = self.systems[system]
        event = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": f"/systems/{system}",
            "type": f"bihuan.receipt.{kind}.v1",
            "subject": message["subject"],
            "time": self.town.house.clock.now().isoformat(timespec="seconds"),
            "datacontenttype": "application/json",
            "dataschema": f"https://bihuan.example/schemas/1/receipt_{kind}.json#/properties/data",
            "sender": department,
            "recipient": message["sender"],
            "data": {"in_reply_to": message["id"], **data},
        }
        assert faults(f"receipt_{kind}", event) == []
        raw = json.dumps(event, ensure_ascii=False)
        headers = {**self._signed(system, event["id"], raw), "content-type": MEDIA_TYPE}
        path = f"{API}/exchange/{system}/receipts"
        return self._anonymous().post(path, content=raw.encode(), headers=headers)

    def _anonymous(self) -> TestClient:
        if "" not in self.clients:
            self.clients[""] = TestClient(
                self.app, base_url="http://127.0.0.1", raise_server_exceptions=False
            )
        return self.clients[""]

    def _signed(self, system: str, id: str, said: str) -> dict[str, str]:
        timestamp = str(int(self.town.house.clock.now().timestamp()))
        signature = self.systems[system][1].sign(f"{id}.{timestamp}.{said}".encode())
        return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature}

    def attach(self, login: str, finding: str, name: str, content: bytes) -> Any:
        """The answer to an upload of one file."""
        files = {"file": (name, content, "application/octet-stream")}
        return self.client(login).post(f"{API}/findings/{finding}/attachments", files=files)


def inspection_body(at: str, **given: Any) -> dict[str, Any]:
    """An inspection as the bureau records it."""
    return {
        "task_no": "YP2024-001",
        "check_type": "internal",
        "department": "market_regulation",
        "party": PARTY,
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": f"{at}:00+08:00",
        "officers": ["W01", "W02"],
        "recusal_told": True,
    } | given


def finding_body(at: str, **given: Any) -> dict[str, Any]:
    """A finding as the bureau records it."""
    return {
        "domain": "food",
        "violation": "food_item_failed",
        "item": "加工制作过程",
        "facts_summary": "凉菜间紫外线灯损坏。",
        "discovered_at": f"{at}:00+08:00",
    } | given


def civil(at: str) -> datetime:
    """The instant of a civil time such as 2024-05-01T09:00."""
    return datetime.fromisoformat(f"{at}:00+08:00")


def quoted(text: str) -> str:
    """The text as it stands in a path."""
    return quote(text, safe="")
