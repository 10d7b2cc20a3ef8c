"""What a walk may do next, and what it does it for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.casefile import CaseFile
from engine.core.chart import Row
from engine.core.snapshot import Record


@dataclass(frozen=True, slots=True)
class Act:
    """One row to be taken on one record by somebody; `says` are facts that it has to state."""

    file: CaseFile
    record: Record
    row: Row
    login: str
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """The clock is to stand at this instant, and to ring; what waits for it is this file."""

    until: datetime
    file: CaseFile


Move = Act | Wait


@dataclass(frozen=True, slots=True)
class Need:
    """A row that is to be taken on a record, now or after others."""

    row: Row
    file: CaseFile
    record: Record
    depth: int


@dataclass(frozen=True, slots=True)
class Aim:
    """A row that is wanted for the sake of another, and how often it had been taken when it was first wanted."""

    row: Row
    file_id: str
    record_id: str
    taken: int
