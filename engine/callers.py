"""Linked systems that call the house: known by a signature and by nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from engine.clock import Clock
from engine.core.commands import Principal
from engine.core.envelope import in_span, in_window
from engine.core.fact_types import CONTROL
from engine.core.refusals import Refusal
from engine.signing import in_force, verified
from models import linked_reading
from models.database import Database

ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER = "webhook-id", "webhook-timestamp", "webhook-signature"
ID = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
"""No dots: where the id ends and the timestamp begins must be certain."""
TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
SIGNATURE_LENGTH_MAX = 2000

System = Row[Any]
"""A linked system as it is registered."""


@dataclass(frozen=True, slots=True)
class Callers:
    """Tells who signed a request."""

    database: Database
    clock: Clock

    def verified(
        self, system_id: str, headers: Mapping[str, str], signed: bytes, since: datetime | None = None
    ) -> System:
        """The system that signed these bytes; `signature_invalid` for unknown and suspended systems as for wrong signatures.

        Signed now, or, of what was carried, not before the instant `since`.
        """
        id, timestamp = headers.get(ID_HEADER, ""), headers.get(TIMESTAMP_HEADER, "")
        signature = headers.get(SIGNATURE_HEADER, "")
        if (
            CONTROL.search(system_id)
            or not ID.fullmatch(id)
            or not TIMESTAMP.fullmatch(timestamp)
            or len(signature) > SIGNATURE_LENGTH_MAX
        ):
            raise Refusal("signature_invalid")
        now = self.clock.now()
        if not (in_window(int(timestamp), now) if since is None else in_span(int(timestamp), since, now)):
            raise Refusal("signature_expired")
        with self.database.read() as connection:
            system = linked_reading.system_row(connection, system_id)
        keys = in_force(system.secrets, now) if system is not None else []
        if not verified(keys, signature, id, int(timestamp), signed) or system is None or system.suspended:
            raise Refusal("signature_invalid")
        return system


def principal_of(system: System) -> Principal:
    """The system as one who acts: it may take the rows of a linked system, on what it was sent, and nothing else."""
    return Principal(
        login=f"system:{system.id}",
        name=system.id,
        roles=frozenset({"linked_system"}),
        department=system.department,
        kind="system",
        system_id=system.id,
    )
