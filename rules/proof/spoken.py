"""The symbolic ruling of each region, made once for all proofs over a rulebook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rules.proof.regions import Region
from rules.proof.space import Space
from rules.proof.symbolic import SymbolicRuling, symbolic_ruling
from rules.rulebook import Rulebook
from rules.schema import Rule


class Spoken:
    """What a rulebook says, region by region."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._made: dict[tuple[str, str, date], tuple[Space, SymbolicRuling]] = {}

    def of(self, region: Region) -> tuple[Space, SymbolicRuling]:
        """The space of the region and the ruling for all of it."""
        key = (region.domain, region.violation, region.on)
        if key not in self._made:
            space = region.space(self.book)
            self._made[key] = space, self.by(region.rules, space)
        return self._made[key]

    def by(self, rules: Sequence[Rule], space: Space) -> SymbolicRuling:
        """What these rules say in the space."""
        return symbolic_ruling(rules, space, self.book.office, self.book.facts.vocabulary)
