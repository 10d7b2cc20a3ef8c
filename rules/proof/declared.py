"""What the lawyers have signed: regions that a person decides by hand, and exceptions that the law itself makes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.basis import Basis, read_basis
from rules.condition_file import read_condition
from rules.conditions import Condition
from rules.data_file import Fields, read_as
from rules.facts import FactDictionary

KINDS = ("overlap", "milder", "threshold")


@dataclass(frozen=True, slots=True)
class ByHand:
    """A region in which no rule fires, and a person decides: named, reasoned and signed.

    verified: the legal section, or the contract, has signed; else the region is known and waits for it (待核).
    """

    domain: str
    violations: tuple[str, ...]
    when: Condition | None
    reason: str
    signed_by: str
    signed_on: date | None
    verified: bool

    def covers(self, domain: str, violation: str) -> bool:
        """True when the region may lie here."""
        return domain == self.domain and violation in self.violations


@dataclass(frozen=True, slots=True)
class Lawful:
    """What a proof would call a fault and the law wants so.

    kind: `overlap` of two rules, of one with any other (`*`); `milder`: more of a fact, a milder route; `threshold`: a
    criminal rule that a draft narrows or leaves out.
    """

    kind: str
    rules: tuple[str, ...]
    fact: str | None
    when: Condition | None
    reason: str
    basis: tuple[Basis, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """All that is signed for one rulebook."""

    by_hand: tuple[ByHand, ...]
    lawful: tuple[Lawful, ...]

    def hands(self, domain: str, violation: str) -> Iterator[ByHand]:
        """What is signed for the violation."""
        return (one for one in self.by_hand if one.covers(domain, violation))

    def overlap(self, one: str, other: str) -> bool:
        """True when the two rules (ids, no versions) may fire together."""
        pairs = ((one, other), (other, one), (one, "*"), (other, "*"))
        return any(exception.rules in pairs for exception in self.lawful if exception.kind == "overlap")

    def threshold(self, rule: str) -> bool:
        """True when the criminal rule (its id) may suspect less than it did: a basis that was read says so."""
        return any(
            exception.kind == "threshold" and rule in exception.rules
            for exception in self.lawful
            if any(basis.verified for basis in exception.basis)
        )

    def milder(self, fact: str) -> Iterator[Condition]:
        """Where more of the fact may lead to a milder route."""
        for exception in self.lawful:
            if exception.kind == "milder" and exception.fact in (None, fact) and exception.when is not None:
                yield exception.when


def load_declared(root: Path, sets: tuple[str, ...], facts: FactDictionary) -> Declared:
    """What the files sets/*/proof/by_hand.yaml and lawful.yaml declare; raises DataFault."""
    by_hand: list[ByHand] = []
    lawful: list[Lawful] = []
    for name in sets:
        folder = root / "sets" / name / "proof"
        if (folder / "by_hand.yaml").is_file():
            by_hand += read_as(folder / "by_hand.yaml", lambda data: list(_by_hand(data, facts)))
        if (folder / "lawful.yaml").is_file():
            lawful += read_as(folder / "lawful.yaml", lambda data: list(_lawful(data, facts)))
    return Declared(tuple(by_hand), tuple(lawful))


def _by_hand(data: Any, facts: FactDictionary) -> Iterator[ByHand]:
    fields = Fields(data)
    for position, item in enumerate(fields.items("by_hand")):
        at = f"/by_hand/{position}"
        entry = Fields(item, at)
        domain = entry.code("domain", facts.vocabulary.domains)
        yield ByHand(
            domain=domain,
            violations=entry.codes("violations", facts.vocabulary.violations[domain]),
            when=_condition(entry, facts),
            reason=entry.text("reason"),
            signed_by=entry.text("signed_by"),
            signed_on=entry.day_or_none("signed_on"),
            verified=entry.boolean("verified"),
        )
        entry.done()
    fields.done()


def _lawful(data: Any, facts: FactDictionary) -> Iterator[Lawful]:
    fields = Fields(data)
    for position, item in enumerate(fields.items("lawful")):
        entry = Fields(item, f"/lawful/{position}")
        yield Lawful(
            kind=entry.code("kind", KINDS),
            rules=entry.codes("rules"),
            fact=entry.code("fact", facts.by_name) if entry.has("fact") else None,
            when=_condition(entry, facts),
            reason=entry.text("reason"),
            basis=read_basis(entry),
        )
        entry.done()
    fields.done()


def _condition(entry: Fields, facts: FactDictionary) -> Condition | None:
    return read_condition(entry.take("when"), entry.where("when"), facts) if entry.has("when") else None
