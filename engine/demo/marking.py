"""Marks: what the demonstration leaves in the database and in every entry, so that nobody takes it for real."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from engine.casefile import CaseFile
from engine.core.commands import Principal
from engine.scribe import Scribe

DEMO = "demo"
"""The database holds the demonstration office, for ever; pages say so."""
BEGUN = "demo_begun"
"""The instant at which its findings began to be told; an interrupted build goes on from the same day."""
BUILT = "demo_built"
"""Its counts, once everything is told."""


@dataclass(frozen=True, slots=True)
class MarkedScribe(Scribe):
    """Writes as the scribe does; every entry says, within its audit chain, that it belongs to the demonstration."""

    @classmethod
    def like(cls, scribe: Scribe) -> MarkedScribe:
        """A marked scribe at the same desk."""
        return cls(**{one.name: getattr(scribe, one.name) for one in fields(Scribe)})

    def _chained(
        self,
        file: CaseFile,
        chart: str,
        trigger: str,
        proceeding: str | None,
        state: str,
        sequence: int,
        said: Mapping[str, Any],
        who: Principal,
        occurred_at: datetime,
        now: datetime,
        late: bool,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        marked = {**said, DEMO: True}
        # slots make a new class, so the short form of super() is not at hand
        return super(MarkedScribe, self)._chained(
            file, chart, trigger, proceeding, state, sequence, marked, who, occurred_at, now, late
        )
