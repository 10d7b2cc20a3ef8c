"""The one sequencer: what has no leaf yet gets one, in shuffled order and made whole with fillers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.core.log_leaf import FILLER, FILLER_DIGEST, blind, fillers
from engine.writer import Writer
from models import log_reading
from models.database import Database
from models.lease import lease

BATCH_MAX = 2_048
"""Commands wait no longer than this many leaves take."""
SALT_BYTES = 16
_DICE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Sequencer:
    """Works under a lease, so that of several nodes one gives out the places of the log."""

    database: Database
    writer: Writer
    office_id: str

    def run(self) -> int:
        """How many entries got a leaf: all that had none, unless another node is at it."""
        done = 0
        with lease(self.database, f"log {self.office_id}", wait=True):
            while taken := self.writer.submit(self.batch, always=True):
                done += taken
        return done

    def batch(self, connection: Connection) -> int:
        """One batch is written within the transaction; how many of its leaves are entries."""
        found = log_reading.unsequenced(connection, BATCH_MAX)
        if not found:
            return 0
        filler = {"kind": FILLER, "record_id": None, "sequence": None, "digest": FILLER_DIGEST}
        batch = [*found, *(filler for _ in range(fillers(len(found))))]
        _DICE.shuffle(batch)
        first = log_reading.size_of(connection)
        rows = [self._leaf(first + place, one) for place, one in enumerate(batch)]
        log_reading.add_leaves(connection, rows)
        return len(found)

    def _leaf(self, place: int, source: dict[str, Any]) -> dict[str, Any]:
        salt = secrets.token_hex(SALT_BYTES)
        return {
            "place": place,
            "office_id": self.office_id,
            "leaf": blind(salt, source["digest"]),
            "salt": salt,
            **{name: source[name] for name in ("kind", "record_id", "sequence")},
        }
