"""Random fact sets before both evaluators, along the path of a live decision."""

from __future__ import annotations

from collections import Counter
from random import Random

from rules.arbiter import Arbiter, Undecided
from rules.rulebook import load_rulebook
from tests.rules.edges import Edges


def compare(share: tuple[int, int]) -> tuple[int, Counter[str]]:
    """So many fact sets of that seed were decided alike by both; how often each rule fired.

    Raises AssertionError with the first fact set that was not, or when a worker was lost.
    """
    count, seed = share
    book, chance, fired = load_rulebook(), Random(seed), Counter[str]()
    edges = Edges(book)
    arbiter = Arbiter(book, book.facts, book.office, timeout_seconds=20)
    try:
        arbiter.start()
        for number in range(count):
            facts, on = edges.case(chance)
            try:
                fired.update(rule.key for rule in arbiter.decide(facts, on).rules)
            except Undecided as undecided:
                raise AssertionError(f"fact set {number} of seed {seed}: {undecided}: {facts}") from undecided
        lost = arbiter.tally.deaths + arbiter.tally.time_outs
        assert not lost, f"{lost} workers were lost, seed {seed}"
    finally:
        arbiter.close()
    return count, fired
