"""Inbound matters (来件): kinds, states and acts as declared, and the clocks that run on one, pure functions of its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.core.calendar import civil_date
from engine.core.receipt_form import Member

RECEIVED, SIGNED_FOR, ACCEPTED, RETURNED = "received", "signed_for", "accepted", "returned"
STAYS = "="
NONE, ANONYMOUS, NAMED = "none", "anonymous", "named"
"""What is known of an informant: nobody belongs to the matter, somebody without a name, somebody by name."""
DERIVED = ("filing_decided", "informant_told", "finding_closed")
"""Events that the finding of an accepted matter tells of."""
NOTE, ACCEPT, FEED_BACK, TELL = "note", "accept", "feed_back", "tell_informant"


@dataclass(frozen=True, slots=True)
class Clock:
    """A term that runs from an event until the first of some others; `named`: only where the informant is named.

    set_by: the member of the matter that may state a day of its own.
    """

    term: str
    start: str
    until: tuple[str, ...]
    named: bool = False
    set_by: str | None = None


@dataclass(frozen=True, slots=True)
class IncomingKind:
    """A kind of matter, as rules/incoming.yaml declares it."""

    kind: str
    zh: str
    en: str
    case_source: str
    sender_kinds: frozenset[str]
    senders: frozenset[str]
    own: bool
    confidential: bool
    readers: frozenset[str]
    informant: str
    needs_clue: bool
    referral_rows: tuple[str, ...]
    members: tuple[Member, ...]
    returns: tuple[str, ...]
    forwards: tuple[str, ...]
    clocks: tuple[Clock, ...]

    def sent_by(self, department: str, department_kind: str | None, recipient: str | None) -> bool:
        """True when that department may send this kind to the recipient."""
        if department == recipient and not self.own:
            return False
        return department in self.senders or department_kind in self.sender_kinds


@dataclass(frozen=True, slots=True)
class IncomingState:
    """Where a matter stands and who has it in hand; an ended one has no owner."""

    state: str
    zh: str
    en: str
    owner: str | None = None
    owner_confidential: str | None = None
    why_no_clock: Mapping[str, str] | None = None

    @property
    def ended(self) -> bool:
        """True when nobody has to do anything any more."""
        return self.owner is None


@dataclass(frozen=True, slots=True)
class IncomingAct:
    """What may be done with a matter, from which states, by whom, and where it leads."""

    act: str
    zh: str
    en: str
    sources: tuple[str, ...]
    to: str
    by: frozenset[str]
    at_once: bool
    tells: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A code with its words."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class IncomingBook:
    """All that is declared of inbound matters."""

    kinds: Mapping[str, IncomingKind]
    states: Mapping[str, IncomingState]
    acts: Mapping[str, IncomingAct]
    reasons: Mapping[str, Told]
    noted: tuple[str, ...]
    channels: Mapping[str, Told]
    ways: Mapping[str, Told]

    def owner(self, state: str, confidential: bool) -> str | None:
        """The role that has a matter in hand; None once it has ended."""
        told = self.states[state]
        return told.owner_confidential if confidential else told.owner


@dataclass(frozen=True, slots=True)
class Running:
    """A term that began on that day, and the day on which it was settled, if it was."""

    clock: Clock
    start: date
    settled: datetime | None
    begun: datetime


def clocks_of(kind: IncomingKind, events: Mapping[str, datetime], named: bool) -> Iterator[Running]:
    """The terms that these events begin, each settled by the first event that ends it; replayed, they are the same."""
    for clock in kind.clocks:
        begun = events.get(clock.start)
        if begun is None or (clock.named and not named):
            continue
        ends = [events[name] for name in clock.until if name in events]
        yield Running(clock, civil_date(begun), min(ends, default=None), begun)
