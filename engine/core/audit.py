"""The audit chain: salted commitments of payloads, chained by SHA-256 per record."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
DESTROYED = re.compile(r"(\d{1,9}) ([0-9a-f]{64})", re.ASCII)
ERASED = "erasure_carried_out"
"""The entry of a record that names payloads before it which the law had destroyed: sequence and commitment of each."""
CHAINED = (
    "record_id",
    "sequence",
    "version",
    "chart",
    "trigger",
    "proceeding_id",
    "state",
    "by",
    "role",
    "occurred_at",
    "recorded_at",
    "late",
    "commitment",
)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    """The value as JSON with sorted names and no blanks; equal values give equal text."""
    return _ENCODER.encode(value)


def utc_text(instant: datetime) -> str:
    """The instant as the chain keeps it: ISO text in UTC, always with microseconds."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def commitment(salt: str, body: str) -> str:
    """What the chain keeps of a payload: SHA-256 (hex) over salt and body; hides the body, binds to it."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def chained(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash (hex) of an entry on top of the hash before it; times are ISO texts in UTC."""
    spoken = [previous, *(entry[name] for name in CHAINED)]
    return hashlib.sha256(canonical(spoken).encode()).hexdigest()


def says_what_was_committed(entry: Mapping[str, Any]) -> bool:
    """True where the payload is there, as `salt` and `body`, and is what the entry committed to."""
    body = entry["body"]
    return body is not None and commitment(entry["salt"], body) == entry["commitment"]


def payload_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What the entry says, which has `salt` and `body`, or None.

    An entry says nothing, {}, where its payload is gone, is not what was committed to, or cannot be read: somebody may
    have written anything into the database.
    """
    if not says_what_was_committed(entry):
        return {}
    try:
        said = json.loads(entry["body"])
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def listed(said: Mapping[str, Any], name: str) -> list[Any]:
    """The list that stands under this name, or [] where nothing of the kind does."""
    found = said.get(name)
    return found if isinstance(found, list) else []


def erased_by(entries: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The commitments, by sequence, that entries of the record say were destroyed; each has `salt` and `body`, or None."""
    named: dict[int, str] = {}
    for entry in entries:
        facts = payload_of(entry).get("facts") if entry["trigger"] == ERASED else None
        if isinstance(facts, dict):
            said = [DESTROYED.fullmatch(one) for one in listed(facts, "destroyed") if isinstance(one, str)]
            named |= {int(one[1]): one[2] for one in said if one and int(one[1]) < entry["sequence"]}
    return named


def broken_at(entries: Iterable[Mapping[str, Any]]) -> int | None:
    """The sequence of the first entry whose hash or place does not follow from the ones before, or None."""
    previous, expected = GENESIS, 1
    for entry in entries:
        if (
            entry["sequence"] != expected
            or entry["previous"] != previous
            or entry["hash"] != chained(previous, entry)
        ):
            return int(entry["sequence"])
        previous, expected = entry["hash"], expected + 1
    return None
