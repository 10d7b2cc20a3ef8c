"""A small share of the soak `canaries`: what is secret or personal reaches neither the journal nor the figures."""

from __future__ import annotations

from tests.hostile.canaries import WAYS, planted
from tests.hostile.fort import Fort

N, SEED = 96, 20261128


def test_nothing_that_was_planted_is_told(fort: Fort) -> None:
    told = planted(fort, N, SEED)

    assert {told[way] for way in WAYS} == {N // len(WAYS)}
    assert told["lines_of_the_journal"] >= told["fault"]
    fort.journal.lines.clear()
