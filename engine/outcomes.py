"""Outcomes of commands, and fresh ids."""

from __future__ import annotations

from typing import Any

from uuid_utils.compat import uuid7

from engine.casefile import CaseFile
from engine.core.commands import Outcome
from engine.core.effects import Decision


def new_id() -> str:
    """A fresh id, sortable by time."""
    return str(uuid7())


def outcome_of(file: CaseFile, decision: Decision, status: str) -> Outcome:
    """What the command did to the record of the file, as it is answered and kept."""
    told = {
        "version": file.snapshot.version,
        "triggers": [taken.row.trigger for taken in decision.taken],
        "sequence_from": decision.taken[0].sequence,
        "sequence_to": decision.taken[-1].sequence,
        "replayed": False,
    }
    if decision.referral_version is not None:
        told["referral_version"] = decision.referral_version
    return Outcome(file.snapshot.subject, file.snapshot.id, status, told)


def unchanged(row: Any, subject: str) -> Outcome:
    """The record was there already with the same content; nothing happened."""
    kept = {"version": row.version, "sequence_from": row.sequence, "sequence_to": row.sequence}
    created = "record_finding" if subject == "finding" else "record_result"
    return Outcome(subject, row.id, "unchanged", {**kept, "triggers": [created], "replayed": False})
