"""Entries of the audit chain: what was done to a record, committed to with salt and chained to the entry before it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.audit import GENESIS, canonical, chained, commitment, utc_text


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry to be: of which chart and record, which trigger, from when, and by whom in which role."""

    record_id: str
    sequence: int
    version: int
    chart: str
    trigger: str
    proceeding_id: str | None
    state: str
    by: str
    role: str | None
    occurred_at: datetime
    recorded_at: datetime
    late: bool


def chain_entry(
    office_id: str, head: str, deed: Deed, said: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rows of the entry, whose `hash` is the record's new head, and of its payload; `head` is "" for a first entry."""
    salt, body = secrets.token_hex(16), canonical(dict(said))
    spoken: dict[str, Any] = {
        "record_id": deed.record_id,
        "sequence": deed.sequence,
        "version": deed.version,
        "chart": deed.chart,
        "trigger": deed.trigger,
        "proceeding_id": deed.proceeding_id,
        "state": deed.state,
        "by": deed.by,
        "role": deed.role,
        "occurred_at": utc_text(deed.occurred_at),
        "recorded_at": utc_text(deed.recorded_at),
        "late": deed.late,
        "commitment": commitment(salt, body),
    }
    entry: dict[str, Any] = {
        **spoken,
        "office_id": office_id,
        "occurred_at": deed.occurred_at,
        "recorded_at": deed.recorded_at,
        "previous": head or GENESIS,
    }
    entry["hash"] = chained(entry["previous"], spoken)
    payload = {
        "record_id": deed.record_id,
        "sequence": deed.sequence,
        "office_id": office_id,
        "salt": salt,
        "body": body,
    }
    return entry, payload


def role_of(roles: frozenset[str]) -> str | None:
    """Roles as an entry names them where no single one was used."""
    return ",".join(sorted(roles)) if roles else None
