"""What a decision asks of the shell beside the new state of its records; a closed list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.chart import Row
from engine.core.commands import Principal
from engine.core.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class IssueDocument:
    """A document of the house is numbered and entered, or a paper of others is noted with the step."""

    kind: str
    given: Mapping[str, Any] | None
    """The attachment the caller named instead, if any."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A message goes into the outbox; `name` is the chart's name of it."""

    name: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Somebody of that role is reminded."""

    role: str


@dataclass(frozen=True, slots=True)
class ReopenFindings:
    """The findings of the inspection that wait to be closed, or are closed, are open again."""


@dataclass(frozen=True, slots=True)
class Confide:
    """What was stated belongs to the record of the finding's criminal referral; `opens` begins the referral."""

    facts: Mapping[str, Any]
    opens: bool


Effect = IssueDocument | Dispatch | Remind | ReopenFindings | Confide


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as it was decided; becomes one audit entry."""

    row: Row
    proceeding: str | None
    facts: Mapping[str, Any]
    occurred_at: datetime
    late: bool
    sequence: int
    opened: str | None = None
    """The proceeding that this step opened."""
    effects: tuple[Effect, ...] = ()
    by: Principal | None = None
    """Who took it, when it is not the one who sent the command."""
    confided: bool = False
    """True when nothing of it stands on the finding itself."""


@dataclass(slots=True)
class Decision:
    """The snapshot as it now stands, and the steps that led there; `raised` tells whether the version counts it."""

    snapshot: Snapshot
    taken: list[Taken] = field(default_factory=list)
    raised: bool = True
    referral_version: int | None = None
    """The version of the criminal referral that something was confided to."""

    @property
    def standing(self) -> list[Taken]:
        """The steps that stand on the record itself."""
        return [taken for taken in self.taken if not taken.confided]
