"""The outbox as receivers see it: they pull their messages in order and acknowledge each one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from engine.clock import Clock
from engine.core.envelope import SEQUENCE_DIGITS, sequence_text
from engine.core.refusals import Faults, Refusal
from engine.referral_vault import ReferralVault
from engine.travelling import checkpoint_header
from engine.writer import Writer
from models import delivering, exchange_reading, linked_reading
from models.database import Database
from models.second_wall import of_system

QUEUES = ("ordinary", "criminal")
LIMIT, LIMIT_MAX = 50, 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a queue is asked for: everything beyond `after`, or from the first not acknowledged."""

    queue: str = QUEUES[0]
    after: int | None = None
    limit: int = LIMIT


def asked_for(query: Mapping[str, list[str]]) -> Asked:
    """What the query parameters ask for; refuses unknown, repeated and unreadable ones."""
    faults, said = Faults(), {}
    for name, values in query.items():
        if name not in ("after", "queue", "limit"):
            faults.add(f"/?{name}", "unknown_field")
        elif len(values) != 1:
            faults.add(f"/?{name}", "too_many")
        else:
            said[name] = values[0]
    after, limit = said.get("after"), said.get("limit", str(LIMIT))
    if after is not None and not (_digits(after) and len(after) <= SEQUENCE_DIGITS):
        faults.add("/?after", "format")
    if not _digits(limit) or len(limit) > 3 or not 1 <= int(limit) <= LIMIT_MAX:
        faults.add("/?limit", "range", f"1至{LIMIT_MAX}", f"1 to {LIMIT_MAX}")
    if said.get("queue", QUEUES[0]) not in QUEUES:
        faults.add("/?queue", "vocabulary")
    if faults.errors:
        raise Refusal("parameter_invalid", errors=faults.errors)
    return Asked(said.get("queue", QUEUES[0]), _bounded(after), int(limit))


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _bounded(after: str | None) -> int | None:
    """The number, as far as a database counts."""
    return None if after is None else min(int(after), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages wait here until their receiver acknowledges them; getting one is not delivery."""

    database: Database
    writer: Writer
    clock: Clock
    vault: ReferralVault

    def feed(self, system: Row[Any], asked: Asked) -> dict[str, Any]:
        """A page of the system's queue in order: {"items", "next", "more"}."""
        with self.database.read(of_system(system)) as connection:
            rows = exchange_reading.feed(connection, system.id, asked.queue, asked.after, asked.limit + 1)
        page = rows[: asked.limit]
        return {
            "items": [self.vault.said(row) for row in page],
            "next": sequence_text(page[-1].sequence) if page else None,
            "more": len(rows) > len(page),
        }

    def beside(self) -> dict[str, str]:
        """The headers that go with a page: the newest checkpoint of the log."""
        with self.database.read() as connection:
            return checkpoint_header(connection)

    def counts(self) -> tuple[int, int]:
        """How many messages of the ordinary queue wait, and how many destinations that one waits for are left alone."""
        with self.database.read() as connection:
            known, waiting = delivering.destinations(connection), linked_reading.waiting_by_system(connection)
            left_alone = sum(one.openings > 0 for id, one in known.items() if id in waiting)
            return exchange_reading.due_count(connection), left_alone

    def acknowledge(self, system: Row[Any], id: str) -> None:
        """The message is delivered, now or before; `not_found` when it is not one of that system."""
        now = self.clock.now()
        known = self.writer.submit(
            lambda connection: exchange_reading.acknowledge(connection, system.id, id, now)
        )
        if not known:
            raise Refusal("not_found")
