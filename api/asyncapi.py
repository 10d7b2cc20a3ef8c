"""The exchange described as AsyncAPI 3: made from the contract's schemas and examples and from what the house itself reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.contract_schemas import CONTRACT, PARTS, common_parts, read_schema, turned, undialected
from api.incoming_schemas import incoming_schemas
from engine.core.envelope import MEDIA_TYPE, WINDOW_SECONDS
from engine.core.messages import ROUTES
from rules.exchange import load_receipts
from rules.incoming import load_incoming

INCOMING_EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "incoming"
FEED = "/api/v1/exchange/{system}/messages"
RECEIPTS = "/api/v1/exchange/{system}/receipts"
INCOMING = "/api/v1/exchange/{system}/incoming"
HEADERS = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {
            "type": "string",
            "pattern": "^[0-9A-Za-z_-]{1,64}$",
            "description": "The id of the event; it stays the same however often it is sent.",
        },
        "webhook-timestamp": {
            "type": "string",
            "pattern": "^[0-9]{1,12}$",
            "description": f"Unix seconds, at most {WINDOW_SECONDS} off.",
        },
        "webhook-signature": {
            "type": "string",
            "maxLength": 2000,
            "description": "`v1,BASE64(HMAC-SHA256)` or `v1a,BASE64(Ed25519)` over id.timestamp.body, several with spaces.",
        },
    },
}


def description(version: str, contract: Path = CONTRACT) -> dict[str, Any]:
    """The document: two ways out (brought, or pulled), two ways in, and every message, receipt and matter with its examples."""
    kinds = {"message": _messages(), "receipt": _receipts()}
    named = {
        f"{way}_{kind}": _message(f"{way}_{kind}", told, contract)
        for way, those in kinds.items()
        for kind, told in those.items()
    }
    schemas = {name: read_schema(name, contract) for name in named}
    matters = incoming_schemas(load_incoming())
    named |= {name: _matter(name, schema) for name, schema in matters.items()}
    schemas |= {name: turned(undialected(schema)) for name, schema in matters.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "闭环 Bihuan: exchange",
            "version": version,
            "description": "CloudEvents 1.0 in structured mode, signed as Standard Webhooks.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            "brought": _channel(None, "The system's own URL: one event in each POST.", named, "message"),
            "feed": _channel(
                FEED, "Messages in order, fetched and acknowledged by the system.", named, "message"
            ),
            "receipts": _channel(RECEIPTS, "What the system answers.", named, "receipt"),
            "incoming": _channel(INCOMING, "Matters that the system sends of its own.", named, "incoming"),
        },
        "operations": {
            "bring": _operation("send", "brought", "The house brings a message to the system."),
            "offer": _operation(
                "send", "feed", "The house keeps messages until the system acknowledges them."
            ),
            "answer": _operation("receive", "receipts", "The house takes a receipt in."),
            "submit": _operation("receive", "incoming", "The house takes a matter in and numbers it."),
        },
        "components": {
            "messages": named,
            "schemas": {**common_parts(contract), **schemas, "headers": HEADERS},
        },
    }


def _messages() -> dict[str, dict[str, Any]]:
    """Each kind of message with what the charts send as it."""
    told: dict[str, dict[str, Any]] = {}
    for name, route in ROUTES.items():
        kind = told.setdefault(route.kind, {"titles": [], "sent": []})
        kind["titles"].append(route.title)
        kind["sent"].append({"name": name, "queue": route.queue, "asksForReceipt": route.answerable})
    return {
        kind: {
            "title": "、".join(dict.fromkeys(one["titles"])),
            "more": {"x-bihuan-sent-as": one["sent"]},
        }
        for kind, one in told.items()
    }


def _receipts() -> dict[str, dict[str, Any]]:
    """Each kind of receipt with the rows of the charts that it may take."""
    return {
        kind.kind: {
            "title": kind.zh,
            "more": {
                "x-bihuan-rows": list(dict.fromkeys(f"{one.chart}.{one.trigger}" for one in kind.lines))
            },
        }
        for kind in load_receipts().values()
    }


def _matter(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A kind of inbound matter with its example."""
    return {
        "name": name,
        "title": schema["title"],
        "contentType": MEDIA_TYPE,
        "headers": {"$ref": f"{PARTS}headers"},
        "payload": {"$ref": PARTS + name},
        "examples": [{"name": f"{name}_1", "payload": _read(INCOMING_EXAMPLES / f"{name}.json")}],
    }


def _message(name: str, told: Mapping[str, Any], contract: Path) -> dict[str, Any]:
    samples = [
        _read(path)
        for path in sorted((contract / "examples").glob(f"{name}*.json"))
        if _read(path)["schema"].removesuffix(".json") == name
    ]
    return {
        "name": name,
        "title": told["title"],
        "contentType": MEDIA_TYPE,
        "headers": {"$ref": f"{PARTS}headers"},
        "payload": {"$ref": PARTS + name},
        "examples": [
            {"name": f"{name}_{place}", "payload": one["example"]} for place, one in enumerate(samples, 1)
        ],
        **told["more"],
    }


def _channel(address: str | None, said: str, named: Mapping[str, Any], way: str) -> dict[str, Any]:
    channel: dict[str, Any] = {
        "address": address,
        "description": said,
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"} for name in named if name.startswith(f"{way}_")
        },
    }
    if address is not None:
        channel["parameters"] = {"system": {"description": "The id under which the system is linked."}}
    return channel


def _operation(action: str, channel: str, said: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": said}


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
