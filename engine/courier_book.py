"""The courier's book: what is taken out and how it went, in one transaction a turn; every node reads the same book."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.core.backoff import Patience
from models import delivering, linked_reading
from models.exchange_reading import AT_ONCE, CRIMINAL_QUEUE

LEASE = timedelta(seconds=30)
PLACES = 256
"""How many messages are brought at a time to all destinations together: shared evenly, one each at least."""
LAST_CALL = timedelta(minutes=30)
"""So long before its deadline a message is tried however the receiver fared before."""
GIVEN_UP_MAX = 200
GONE = 410
OPEN, CLOSED = "open", "closed"
ALIVE_STATUSES = range(200, 300), range(400, 500)
NOT_ALIVE = frozenset({408, 429})
"""The receiver says itself that it cannot at the moment."""

log = logging.getLogger("bihuan.courier")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended: delivered or not, the status if there was one, and words for people."""

    delivered: bool
    told: str
    status: int | None = None
    called: bool = True
    """False where it ended in the house: of the receiver it says nothing."""

    @property
    def alive(self) -> bool:
        """True when the receiver has judged the message, whatever it said of it."""
        status = self.status
        return (
            status is not None and status not in NOT_ALIVE and any(status in some for some in ALIVE_STATUSES)
        )


Ended = tuple[Mapping[str, Any], Attempt]
"""A message that was claimed, and how the attempt ended."""


@dataclass(frozen=True, slots=True)
class Instants:
    """Now: real time, by which waits and leases run, and the time of the house, by which deadlines run."""

    real: datetime
    house: datetime


@dataclass(frozen=True, slots=True)
class CourierBook:
    """Claims and settles; `parallel` is how many messages are brought to one destination at a time, by all nodes."""

    parallel: int
    patience: Patience
    jitter: Callable[[], float]
    lease: timedelta = LEASE

    def turn(
        self, connection: Connection, ended: Sequence[Ended], looked_at: Collection[str] | None, now: Instants
    ) -> tuple[int, list[dict[str, Any]]]:
        """What ended is kept, and new messages are claimed to these systems, or to all: how many were delivered, and which.

        Of a destination that another node claims for at this moment nothing is claimed.
        """
        delivered = sum(self._keep(connection, message, attempt, now) for message, attempt in ended)
        self._judge(connection, ended, now.real)
        systems = {row.id: row for row in delivering.called_systems(connection, looked_at)}
        share = min(self.parallel, max(1, PLACES // max(1, delivering.count_called(connection))))
        free = delivering.free_destinations(connection, systems)
        claimed: list[dict[str, Any]] = []
        for id in sorted(free):
            claimed += self._claim(connection, systems[id], share, now)
        return delivered, claimed

    def _claim(self, connection: Connection, system: Any, share: int, now: Instants) -> list[dict[str, Any]]:
        """Those of the system's messages that have a place; while it does not answer, one at a time and only now and then."""
        places = share - delivering.in_hand(connection, system.id, now.real)
        lease, until = str(uuid7()), now.real + self.lease
        if places <= 0:
            return []
        if not system.openings:
            rows = delivering.claim(connection, system.id, lease, now.real, until, places)
        elif system.open_until > now.real:
            last_call = (now.house, now.house + LAST_CALL)
            rows = delivering.claim(connection, system.id, lease, now.real, until, places, last_call)
        elif places == share:
            rows = delivering.claim_probe(connection, system.id, lease, now.real, until)
        else:
            return []
        known = {
            name: getattr(system, name) for name in ("url", "allow_private", "secrets", "allowed", "failures")
        }
        return [{**row, **known} for row in rows]

    def _keep(
        self, connection: Connection, message: Mapping[str, Any], attempt: Attempt, now: Instants
    ) -> bool:
        """How the attempt ended is in the book; where the lease was lost meanwhile, nothing is."""
        values: dict[str, Any] = {"outcome": attempt.told}
        left = message["due_at"] - now.house if message["due_at"] is not None else None
        wait = self.patience.wait_after(message["tries"], self.jitter(), left)
        if attempt.delivered:
            values |= {"state": "delivered", "delivered_at": now.house, "alarm_at": None}
        elif wait is None or attempt.status == GONE:
            values |= {"state": "dead", "alarm_at": AT_ONCE}
        else:
            values |= {"next_try_at": now.real + wait}
        if message["queue"] != CRIMINAL_QUEUE:  # who reads the journal may not know of a referral (law 9)
            level = logging.INFO if attempt.delivered else logging.WARNING
            log.log(level, "message %s to %s: %s", message["id"], message["system_id"], attempt.told)
        kept = delivering.settle(connection, message["id"], message["lease"], values)
        if kept and attempt.status == GONE:
            linked_reading.change_system(connection, message["system_id"], {"disabled": True})
        return kept and attempt.delivered

    def _judge(self, connection: Connection, ended: Sequence[Ended], now: datetime) -> None:
        """Receivers that gave a sign of life are called as always; those that fail too often are left alone for a while."""
        of_system: dict[str, list[Ended]] = defaultdict(list)
        for message, attempt in ended:
            if attempt.called:
                of_system[message["system_id"]].append((message, attempt))
        for id, some in sorted(of_system.items()):
            if not any(attempt.alive for _, attempt in some):
                self._failed(connection, id, len(some), now)
            elif any(message["failures"] or not attempt.alive for message, attempt in some):
                answers_again(connection, id)

    def _failed(self, connection: Connection, id: str, count: int, now: datetime) -> None:
        known = delivering.destination(connection, id)
        since = known.failing_since or now
        values: dict[str, Any] = {"failures": known.failures + count, "failing_since": since}
        open_already = known.open_until is not None and known.open_until > now
        if known.failures + count >= self.patience.failures_max and not open_already:
            rest = self.patience.rest_after(known.openings + 1, self.jitter())
            values |= {"openings": known.openings + 1, "open_until": now + rest}
            if id in linked_reading.waiting_by_system(connection):  # else only a referral waits for it
                log.warning("destination %s does not answer and is left alone for %s", id, rest)
            self._give_up(connection, id, since, now)
        delivering.change_destination(connection, id, values)

    def _give_up(self, connection: Connection, id: str, failing_since: datetime, now: datetime) -> None:
        """What has waited too long for a destination that has not answered all the while becomes a task of a person."""
        delivering.begin_waiting(connection, id, now)
        before, days = now - self.patience.given_up_after, (now - failing_since).days
        if failing_since > before:
            return
        outcome = f"the receiver has not answered for {days} days"
        delivering.give_up(connection, id, now, before, outcome, GIVEN_UP_MAX)


def answers_again(connection: Connection, system_id: str) -> None:
    """The destination gave a sign of life: it is called as always."""
    delivering.destination(connection, system_id)
    calm = {"failures": 0, "openings": 0, "open_until": None, "failing_since": None}
    delivering.change_destination(connection, system_id, calm)


def as_destination(known: Any | None, *, rests: bool) -> dict[str, Any]:
    """What people are told of a destination: whether it is left alone, since when it fails, and where it may be called.

    Without a message of the ordinary queue that waits (`rests` false) its circuit is told as closed: that it was called in
    vain would tell of a criminal referral (law 9).
    """
    allowed = None if known is None else known.allowed
    if known is None or not rests:
        return {"circuit": CLOSED, "open_until": None, "failing_since": None, "allowed": allowed}
    instants = {
        name: getattr(known, name) and getattr(known, name).isoformat(timespec="seconds")
        for name in ("open_until", "failing_since")
    }
    return {"circuit": OPEN if known.openings else CLOSED, **instants, "allowed": allowed}
