"""What goes over the wire: CloudEvents 1.0 in structured mode, signed as Standard Webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.core.calendar import SHANGHAI

MEDIA_TYPE = "application/cloudevents+json"
SCHEMAS = "https://bihuan.example/schemas/1"
WINDOW_SECONDS = 300
"""How far a webhook-timestamp may lie from the clock of the house, either way."""
SEQUENCE_DIGITS = 20
SUBJECT_LENGTH_MAX = 100


def wire_instant(instant: datetime) -> str:
    """The instant as the wire writes it: RFC 3339 to the second with the offset of Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")


def message_event(
    *,
    office_id: str,
    message_id: str,
    kind: str,
    queue: str,
    sequence: int | None,
    sender: str,
    recipient: str,
    subject: str,
    now: datetime,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """The event of one message; without a sequence (it goes on paper) the twenty digits are zeros."""
    return {
        "specversion": "1.0",
        "id": message_id,
        "source": f"/offices/{office_id}",
        "type": f"bihuan.message.{kind}.v1",
        "subject": subject[:SUBJECT_LENGTH_MAX],
        "time": wire_instant(now),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/message_{kind}.json#/properties/data",
        "sender": sender,
        "recipient": recipient,
        "sequence": sequence_text(sequence or 0),
        "queue": queue,
        "data": dict(data),
    }


def sequence_text(sequence: int) -> str:
    """The place in a queue as twenty digits, so that text order is number order."""
    return f"{sequence:0{SEQUENCE_DIGITS}d}"


def event_bytes(event: Mapping[str, Any]) -> bytes:
    """The bytes that are kept, signed and sent; every attempt sends the same ones."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signing_base(message_id: str, timestamp: int, body: bytes) -> bytes:
    """What a signature covers: id.timestamp.body, the body to the byte."""
    return b".".join((message_id.encode(), str(timestamp).encode(), body))


def hmac_v1(key: bytes, base: bytes) -> str:
    """The symmetric signature of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256."""
    return "v1," + base64.b64encode(hmac.new(key, base, hashlib.sha256).digest()).decode()


def in_window(timestamp: int, now: datetime) -> bool:
    """True when the webhook-timestamp is near enough to the clock of the house."""
    return abs(timestamp - now.timestamp()) <= WINDOW_SECONDS


def in_span(timestamp: int, since: datetime, now: datetime) -> bool:
    """True when the instant of a signature that was carried lies between the two, by clocks as far apart as the window."""
    return since.timestamp() - WINDOW_SECONDS <= timestamp <= now.timestamp() + WINDOW_SECONDS
