"""What takes publications back: which message is meant, on which ground, by which decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.core.calendar import civil_date
from engine.core.credit_guards import REPAIR_RULE_FROM
from engine.core.decided_penalty import flags_of, penalty_behind, undoing
from engine.core.penalty_guards import SHOWN
from engine.core.snapshot import Record
from engine.step_in_hand import StepInHand
from models import exchange_reading

PUBLISHING = ("credit_flag", "penalty_publication")
"""Kinds of messages by which a flag is made public."""
ONCE_SHOWN = SHOWN | {"withdrawn"}


def withdrawal(step: StepInHand) -> dict[str, Any] | None:
    """The withdrawal of a flag, or of the penalty behind it; None where nothing was ever made public.

    What no system shows, none can take back: a decision that is revoked before its publication needs no message.
    """
    snapshot, record = step.file.snapshot, step.record
    of_penalty = record.chart == "penalty"
    publication = _published(step, flags_of(snapshot, record) if of_penalty else [record])
    if publication is None:
        return None
    penalty = record if of_penalty else penalty_behind(snapshot, record)
    undone = undoing(penalty) if penalty else None
    told = {
        "publication": publication,
        "due_on": step.due(record.id, "DL39"),
        "doc_no": None,
        "decided_on": None,
    }
    if penalty is None or undone is None:
        return {**told, "ground": "revoked", "reason": step.fact("reason")}
    return {
        "publication": publication,
        "doc_no": undone.doc_no,
        "paper": step.paper(penalty.id, undone.papers),
        "ground": undone.ground,
        "reason": step.taken.facts.get("reason") or undone.text,
        "decided_on": undone.decided_on,
        "due_on": told["due_on"] or step.due(penalty.id, "DL39"),
    }


def removal(step: StepInHand) -> dict[str, Any]:
    """The removal of a flag, decided or by the end of its time, and the results of the inspection that go with it."""
    record, expired = step.record, step.taken.row.by_clock_only
    paper = None if expired else step.paper(record.id, ("removal_decision",))
    return {
        "flag": str(record.facts.get("flag_kind")),
        "publication": _published(step, [record]) or record.id,
        "ground": "expired" if expired else record.facts.get("removal_ground") or "withdrawn",
        "decided_on": step.day if expired else step.fact("decided_on"),
        "doc_no": None,
        "paper": {"title": step.taken.row.zh} if expired else paper,
        "also_withdraw": _results_to_go(step),
    }


def takedown(step: StepInHand) -> dict[str, Any] | None:
    """The result of the inspection is taken down, for itself or with the flag that is linked to it."""
    with_flag = step.record.chart == "credit_flag"
    going = _results_to_go(step) if with_flag else _results(step)
    if not going:
        return None
    return {
        "publication": going[-1],
        "ground": "linked_flag_removed" if with_flag else "repaired",
        "reason": step.fact("reason"),
        "decided_on": step.fact("decided_on") if with_flag else step.day,
        "due_on": None,
        "doc_no": None,
        "paper": step.paper(step.taken.proceeding, ("removal_decision",)),
    }


def _published(step: StepInHand, flags: Sequence[Record]) -> str | None:
    """The latest message that made one of the flags public; an old flag that was shown stands for its own."""
    ids = [flag.id for flag in flags]
    sent = exchange_reading.last_publication(step.connection, ids, PUBLISHING) if ids else None
    carried = [flag.id for flag in flags if flag.carried and flag.state in ONCE_SHOWN]
    return sent or next(iter(carried), None)


def _results_to_go(step: StepInHand) -> list[str]:
    """What goes when the flag goes: nothing before the rule of 2025, and nothing where no result is public."""
    on = civil_date(step.taken.occurred_at)
    public = step.file.snapshot.inspection_state == "published"
    return _results(step) if public and on >= REPAIR_RULE_FROM else []


def _results(step: StepInHand) -> list[str]:
    """The messages by which the result was made public, oldest first; an old result stands for its own."""
    sent = exchange_reading.result_publications(step.connection, step.file.inspection_id)
    return sent or [step.file.inspection_id]
