"""`bihuan rules prove`: every proof over one rulebook, and over the charts that its rulings meet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.core.prove import faults_of
from rules.charts import load_charts
from rules.proof.checks import (
    basis_faults,
    criminal_faults,
    idle_faults,
    milder_faults,
    overlap_faults,
)
from rules.proof.declared import Declared, load_declared
from rules.proof.faults import ProofFault, fault
from rules.proof.gaps import gap_faults, gaps_by_hand
from rules.proof.pinned import unpinned
from rules.proof.regions import PROVEN_FROM, Region, regions
from rules.proof.spoken import Spoken
from rules.proof.worked import Worked, broken, load_worked, unheard
from rules.rulebook import ROOT, Rulebook, load_rulebook
from rules.terms import load_terms

WORKED = ROOT.parent / "tests" / "rulings"
"""The rulings that the office's lawyers have worked out."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven of which rulebook; it stands when there are no faults."""

    version: str
    digest: str
    rules: int
    regions: int
    since: date
    faults: tuple[ProofFault, ...]
    by_hand: tuple[dict[str, Any], ...]

    def as_data(self) -> dict[str, Any]:
        """The proof in the shape that the command line and the pages print."""
        return {
            "version": self.version,
            "digest": self.digest,
            "rules": self.rules,
            "regions": self.regions,
            "since": self.since.isoformat(),
            "proven": not self.faults,
            "faults": [one.as_data() for one in self.faults],
            "by_hand": list(self.by_hand),
        }


def prove(
    root: Path = ROOT,
    worked: Path = WORKED,
    since: date = PROVEN_FROM,
    told: Callable[[str], None] = lambda step: None,
) -> Proof:
    """Every proof was tried on the rulebook of the folder; `told` hears which one begins. Raises DataFault."""
    told("load")
    book = load_rulebook(root)
    declared = load_declared(root, book.sets, book.facts)
    return proof_of(book, declared, load_worked(worked, book.facts), since, told)


def proof_of(
    book: Rulebook,
    declared: Declared,
    worked: Sequence[Worked],
    since: date = PROVEN_FROM,
    told: Callable[[str], None] = lambda step: None,
) -> Proof:
    """The same for a rulebook that is read already."""
    around, spoken = list(regions(book, since)), Spoken(book)
    found: list[ProofFault] = []
    proofs: tuple[tuple[str, Callable[[], Iterator[ProofFault]]], ...] = (
        ("gap", lambda: gap_faults(book, declared, around)),
        ("overlap", lambda: overlap_faults(spoken, declared, around)),
        ("dead", lambda: idle_faults(spoken, around)),
        ("milder", lambda: milder_faults(spoken, declared, around)),
        ("criminal", lambda: criminal_faults(spoken, around)),
        ("basis", lambda: basis_faults(book)),
        ("worked", lambda: worked_faults(book, worked)),
        ("pinned", lambda: pinned_faults(spoken, worked, around)),
        ("charts", lambda: _charts(book)),
    )
    for name, faults in proofs:
        told(name)
        found += faults()
    told("by_hand")
    by_hand = tuple(gaps_by_hand(book, declared, around))
    return Proof(book.version, book.digest, len(book.rules), len(around), since, tuple(found), by_hand)


def worked_faults(book: Rulebook, worked: Sequence[Worked]) -> Iterator[ProofFault]:
    """Every worked ruling that comes out otherwise, and what the rulebook says instead."""
    for one, said in broken(book, worked):
        yield fault(
            "worked",
            book,
            facts=one.facts,
            on=one.on.isoformat(),
            at=one.at,
            title=one.title,
            expected=_list_of({name: one.expect[name] for name in said}),
            said=_list_of(said),
        )


def pinned_faults(spoken: Spoken, worked: Sequence[Worked], around: Sequence[Region]) -> Iterator[ProofFault]:
    """Every slip in a rule that no example and no worked ruling would notice, with one that would."""
    book = spoken.book
    for rule in book.rules:
        for slip in unpinned(book, rule):
            yield fault(
                "unpinned",
                book,
                facts=slip.facts,
                rules=(slip.rule,),
                slip=slip.slip,
                on=slip.on,
                fired=str(slip.fired).lower(),
            )
    for miss in unheard(spoken, worked, around):
        yield fault("unheard", book, facts=miss.facts, rules=(miss.rule,), slip=miss.slip, on=miss.on)


def _list_of(said: Mapping[str, Any]) -> str:
    return "；".join(
        f"{name}: {'、'.join(value) if isinstance(value, tuple) else value}" for name, value in said.items()
    )


def _charts(book: Rulebook) -> Iterator[ProofFault]:
    """Law 2 from the threshold to the last row: while one is reached, no path of any chart leads to a fine.

    What a threshold shuts, the charts keep shut until the outcome of the criminal case opens it again.
    """
    for one in faults_of(load_charts(), load_terms(ROOT)):
        yield fault("charts", book, member=str(one))
