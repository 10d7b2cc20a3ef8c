"""`bihuan rules review`: all that a draft of the rulebook must pass before it may be published, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.backtest import check_draft
from rules.data_file import DataFault
from rules.edition import read_edition, worked_of
from rules.examination import example_faults
from rules.fence.smoke import safe_to_publish
from rules.notice import notice
from rules.proof.declared import Declared, load_declared
from rules.proof.faults import sentence
from rules.proof.prove import Proof, proof_of
from rules.proof.weaker import weaker_faults
from rules.proof.worked import load_worked
from rules.rulebook import Rulebook, load_rulebook


@dataclass(frozen=True, slots=True)
class Review:
    """What speaks against a draft, one sentence each, and what it changes; publishable when nothing does."""

    draft: Rulebook
    faults: tuple[str, ...]
    notice: tuple[Mapping[str, str], ...]
    proof: Proof | None
    """What was proven; None where something spoke against the draft before."""

    def as_data(self) -> dict[str, Any]:
        """The review in the shape that the command line prints."""
        return {
            "version": self.draft.version,
            "digest": self.draft.digest,
            "publishable": not self.faults,
            "faults": list(self.faults),
            "notice": [dict(one) for one in self.notice],
        }


def review(
    root: Path, live: Rulebook, told: Callable[[str], None] = lambda step: None, since: date | None = None
) -> Review:
    """The draft of the folder was put through every check; the costly ones only once the cheap ones are content.

    since: the day from which it is to stand; what it says otherwise of days before that is then told.

    The last is the proof: a draft that would let a fine take the place of a criminal referral never passes, whoever
    asks (law 2). Raises DataFault for a draft that cannot even be read, or brings what is no part of an edition.
    """
    told("load")
    read_edition(root)
    draft = load_rulebook(root)
    declared = load_declared(root, draft.sets, draft.facts)
    for name, check in _checks(draft, live, declared):
        told(name)
        if faults := check():
            return Review(draft, tuple(faults), tuple(notice(draft, live, since)), None)
    told("proof")
    proof = proof_of(draft, declared, load_worked(worked_of(root), draft.facts), told=told)
    faults = [str(fault) for fault in proof.faults]
    return Review(draft, tuple(faults), tuple(notice(draft, live, since)), proof)


def _checks(
    draft: Rulebook, live: Rulebook, declared: Declared
) -> Iterator[tuple[str, Callable[[], list[str]]]]:
    yield "version", lambda: _new_version(draft, live)
    yield "house", lambda: _for_the_house(draft, live)
    yield "examples", lambda: [str(fault) for fault in example_faults(draft)]
    yield "evaluators", lambda: safe_to_publish(draft)
    yield "thresholds", lambda: [str(fault) for fault in weaker_faults(draft, live, declared)]


def _new_version(draft: Rulebook, live: Rulebook) -> list[str]:
    """Whoever changes the law of the house raises its version: old rulings name theirs."""
    if draft.digest != live.digest and draft.version == live.version:
        return [str(sentence("same_version", version=live.version))]
    return []


def _for_the_house(draft: Rulebook, live: Rulebook) -> list[str]:
    try:
        check_draft(draft, live)
    except DataFault as fault:
        return [str(fault)]
    return []
