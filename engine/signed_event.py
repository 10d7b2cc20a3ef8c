"""What a linked system sends of itself, receipt or matter: one signed event, checked alike whichever it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.callers import ID_HEADER, SIGNATURE_HEADER, Callers, System
from engine.core.envelope import MEDIA_TYPE
from engine.core.refusals import FieldError, Refusal
from engine.core.strict_json import Malformed, parsed


@dataclass(frozen=True, slots=True)
class SignedEvent:
    """The JSON of a body that this system signed, under which id, and the SHA-256 (hex) of its bytes."""

    system: System
    id: str
    digest: str
    signature: str
    event: Any


def signed_event(
    callers: Callers, system_id: str, headers: Mapping[str, str], raw: bytes, since: datetime | None = None
) -> SignedEvent:
    """The event that the system signed now or, of what was carried, since that instant. Header names in lower case.

    Raises `signature_invalid`, `signature_expired`, `media_type_unsupported` or `body_malformed`.
    """
    system = callers.verified(system_id, headers, raw, since)
    if headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Refusal("media_type_unsupported")
    try:
        event = parsed(raw)
    except Malformed as fault:
        raise Refusal("body_malformed") from fault
    digest = hashlib.sha256(raw).hexdigest()
    return SignedEvent(system, headers[ID_HEADER], digest, headers[SIGNATURE_HEADER], event)


def check_own(event: Mapping[str, Any], id: str, system: System) -> None:
    """Returns when the event has the id it was signed under and is the system's own; raises `facts_invalid`."""
    own = {"id": id, "source": f"/systems/{system.id}", "sender": system.department}
    errors = [
        FieldError(f"/{name}", "inconsistent", f"应为 {value}", f"{value} expected")
        for name, value in own.items()
        if event[name] != value
    ]
    if errors:
        raise Refusal("facts_invalid", errors=errors)


def check_same_bytes(kept: str, digest: str) -> None:
    """Returns when what was kept under the id is what came again; raises `key_reused`."""
    if kept != digest:
        raise Refusal("key_reused")
