"""To which departments' systems a reminder goes: each once, of the highest rung that has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.core.ladder import ENDED, LEAD_OFFICE, SUPERVISES, Rung

OWN, CHASING, RECEIVER, LEAD = "own", "chasing", "receiver", "lead"
"""How a recipient is spoken to: as the one who is to act, as the one who waits for a receiver, as the receiver who is
silent, as the one who supervises."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is while a deadline runs: the department of the finding, or a `receiver` whose answer it waits for.

    copied: the lead office has a copy of what the receiver is told from the end on, as the catalogue says of the term.
    """

    department: str
    receiver: str | None = None
    copied: bool = False

    @property
    def holder(self) -> str:
        """The department that is to act."""
        return self.receiver or self.department

    def voice(self, recipient: str) -> str:
        """How this recipient is spoken to."""
        if recipient == self.receiver:
            return RECEIVER
        if recipient == LEAD_OFFICE != self.department:
            return LEAD
        return OWN if self.receiver is None else CHASING


@dataclass(frozen=True, slots=True)
class Addressed:
    """One reminder: to whom, how they are spoken to, and of which rung."""

    recipient: str
    voice: str
    rung: Rung


def addressed(passed: Iterable[Rung], turn: Turn) -> list[Addressed]:
    """Of rungs that lie behind, in their order: each recipient once, with the highest rung that reaches it.

    Where that one stays in the house nothing goes out: a lower one would say what has been overtaken since.
    """
    highest: dict[str, Rung] = {}
    for rung in passed:
        highest.update(dict.fromkeys(_recipients(rung, turn), rung))
    return [
        Addressed(recipient, turn.voice(recipient), rung)
        for recipient, rung in highest.items()
        if rung.message
    ]


def _recipients(rung: Rung, turn: Turn) -> Iterator[str]:
    if any(role != SUPERVISES for role in rung.roles):
        yield turn.department
    if turn.receiver is not None:
        yield turn.receiver
    if SUPERVISES in rung.roles or (turn.copied and rung.when in ENDED):
        yield LEAD_OFFICE
