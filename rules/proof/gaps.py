"""No gap: where no rule applies, a region is signed as by hand, and nothing is signed in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rules.facts import Value
from rules.proof.declared import ByHand, Declared
from rules.proof.faults import ProofFault, fault
from rules.proof.regions import Region, shown
from rules.proof.space import Proposition, Space, all_of, any_of, negated
from rules.proof.symbolic import symbolic_ruling
from rules.rulebook import Rulebook

ORDINARY: Mapping[str, Value] = {
    "own_power": True,
    "limitation": "within",
    "criminal_outcome": "none",
    "result_undisclosed": False,
    "result_uncooperative": False,
}
"""What would lead somewhere by itself is set aside: a gap is looked for in the violation alone."""
RESULTS = ("result_undisclosed", "result_uncooperative")


def gap_faults(book: Rulebook, declared: Declared, around: list[Region]) -> Iterator[ProofFault]:
    """Every gap that is not signed, with a case that falls into it, and every signature for no gap."""
    none = book.facts.vocabulary.no_violation.code
    used: set[int] = set()
    for region in around:
        if region.violation == none:
            yield from _results(book, region)
            continue
        space, gap = _gap(book, region)
        hands = list(declared.hands(region.domain, region.violation))
        signed = [_signed(space, hand) for hand in hands]
        used |= {
            id(hand)
            for hand, here in zip(hands, signed, strict=True)
            if space.possible(gap, here, space.determined())
        }
        facts = space.example(gap, negated(any_of(signed)), space.determined())
        if facts is not None:
            yield fault("gap", book, region, facts)
    for hand in declared.by_hand:
        if id(hand) not in used:
            yield fault("no_gap", book, domain=hand.domain, violations="、".join(hand.violations))


def gaps_by_hand(book: Rulebook, declared: Declared, around: list[Region]) -> Iterator[dict[str, Any]]:
    """What only the default covers: each signed region with an example case, its reason and its signature."""
    for region in around:
        for hand in declared.hands(region.domain, region.violation):
            space, gap = _gap(book, region)
            facts = space.example(gap, _signed(space, hand), space.determined())
            if facts is not None:
                yield {
                    **region.as_data(),
                    "example": shown(book, facts),
                    "reason": hand.reason,
                    "signed_by": hand.signed_by,
                    "signed_on": hand.signed_on and hand.signed_on.isoformat(),
                    "verified": hand.verified,
                }


def _gap(book: Rulebook, region: Region) -> tuple[Space, Proposition]:
    space = region.space(book, **ORDINARY)
    ruling = symbolic_ruling(region.rules, space, book.office, book.facts.vocabulary)
    return space, ruling.routes["ledger_only"]


def _signed(space: Space, hand: ByHand) -> Proposition:
    return hand.when is None or space.holds(hand.when)


def _results(book: Rulebook, region: Region) -> Iterator[ProofFault]:
    """A result of an inspection that calls for something leads somewhere by itself."""
    for name in RESULTS:
        space = region.space(book, **{**ORDINARY, name: True})
        ruling = symbolic_ruling(region.rules, space, book.office, book.facts.vocabulary)
        facts = space.example(all_of([ruling.routes["ledger_only"], space.determined()]))
        if facts is not None:
            yield fault("gap", book, region, facts, words="gap_result", result=name)
