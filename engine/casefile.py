"""The file of one case as the scribe and the papers see it: the rows around a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.snapshot import Snapshot
from engine.core.standing import Standing


@dataclass(slots=True)
class CaseFile:
    """A snapshot with the intake of its finding and inspection, and its party; `fresh` when it is being created."""

    snapshot: Snapshot
    inspection_id: str
    inspection: Mapping[str, Any]
    party_id: str
    party: Mapping[str, Any]
    finding: dict[str, Any] = field(default_factory=dict)
    rulings: list[dict[str, Any]] = field(default_factory=list)
    rule_facts: Mapping[str, Any] = field(default_factory=dict)
    doc_numbers: list[str] = field(default_factory=list)
    ledger_no: str | None = None
    reference: str | None = None
    digest: str | None = None
    whole_ruling: Mapping[str, Any] | None = None
    """The ruling made before this step, with its confidential part: kept with the referral alone."""
    referral_rulings: list[dict[str, Any]] = field(default_factory=list)
    """Of a criminal referral: the rulings that its readers may see, oldest first."""
    finding_id: str | None = None
    """The finding that a criminal referral belongs to."""
    found: Standing | None = None
    """The rows as they stood before this step; None where there were none."""
    carried: bool = False
    fresh: bool = False
    recast: bool = False
    """True when what came in was corrected, so that the columns made from it are written again."""

    @property
    def record_id(self) -> str:
        """The record whose audit chain the entries belong to."""
        return self.snapshot.id
