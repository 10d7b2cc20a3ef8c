"""What if: the smallest change of facts under which the ruling would be another one, found exactly and then checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import z3

from rules.facts import Value
from rules.proof.space import Space, differ
from rules.proof.symbolic import SymbolicRuling, symbolic_ruling
from rules.rulebook import Rulebook
from rules.schema import Rule

STAYS = ("domain", "violation", "party_kind", "own_power", "result_undisclosed", "result_uncooperative")
"""What makes the finding this one: another party, matter, department or inspection would be another finding."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One word of the ruling that would come or go, the facts that change for it (from → to), and what then stands.

    word: a route or a flag.
    """

    word: str
    comes: bool
    changes: Mapping[str, tuple[Value, Value]]
    facts: Mapping[str, Value]
    routes: tuple[str, ...]
    flags: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """The shape in which pages and the command line print it."""
        return {
            "word": self.word,
            "comes": self.comes,
            "changes": [
                {"fact": name, "from": before, "to": after} for name, (before, after) in self.changes.items()
            ],
            "routes": list(self.routes),
            "flags": list(self.flags),
        }


def what_ifs(
    book: Rulebook, facts: Mapping[str, Value], on: date, *, confidential: bool = True
) -> list[WhatIf]:
    """For each route and flag that can come or go the smallest change of facts that does it, the nearest first.

    facts are complete. Smallest: the fewest facts, of these the least steps, where a step of a figure is one fen or
    piece. confidential=False: as if every confidential rule and fact did not exist. Each was decided anew by plain
    evaluation before it is told.
    """
    rules = [rule for rule in book.in_force(on) if confidential or not rule.confidential]
    now = _ruled(rules, Space(book.facts, facts), book)
    stays = {*STAYS, *(() if confidential else book.facts.confidential)}
    fixed = {name: facts[name] for name in stays}
    found = []
    for member in ("routes", "flags"):
        for word, stands in getattr(now, member).items():
            space = Space(book.facts, fixed)
            said = getattr(_ruled(rules, space, book), member).get(word, False)
            otherwise = differ(said, stands)
            then = None if isinstance(otherwise, bool) else _smallest(space, otherwise, facts)
            if then is not None:
                found.append(_told(book, rules, member, word, facts, then))
    return sorted(found, key=_far)


def _told(
    book: Rulebook,
    rules: Sequence[Rule],
    member: str,
    word: str,
    facts: Mapping[str, Value],
    then: Mapping[str, Value],
) -> WhatIf:
    before, after = (_ruled(rules, Space(book.facts, given), book) for given in (facts, then))
    comes = bool(getattr(after, member)[word])
    if comes == bool(getattr(before, member)[word]):
        raise AssertionError(f"{word} is the same when what was found is decided anew")
    changes = {name: (facts[name], value) for name, value in then.items() if facts[name] != value}
    routes, flags = (
        tuple(name for name, when in said.items() if when) for said in (after.routes, after.flags)
    )
    return WhatIf(word, comes, changes, then, routes, flags)


def _far(one: WhatIf) -> tuple[int, int]:
    """How many facts change, and by how many steps those that are figures do."""
    figures = [(a, b) for a, b in one.changes.values() if type(a) is int and type(b) is int]
    return len(one.changes), sum(abs(after - before) for before, after in figures)


def _ruled(rules: Sequence[Rule], space: Space, book: Rulebook) -> SymbolicRuling:
    return symbolic_ruling(rules, space, book.office, book.facts.vocabulary)


def _smallest(space: Space, otherwise: z3.BoolRef, facts: Mapping[str, Value]) -> dict[str, Value] | None:
    """Facts under which it is otherwise: the fewest changed, then by the least steps; None when it never is."""
    search = space.optimize()
    search.add(otherwise, *space.within())
    changed, steps = [], []
    for name in space.asked:
        same = space.equals(name, facts[name])
        assert not isinstance(same, bool), "an open fact is not decided"
        changed.append(z3.If(same, 0, 1))
        if space.dictionary.by_name[name].type == "integer":
            distance = space.variable(name) - space.number(name, facts[name])
            steps.append(z3.If(distance >= 0, distance, -distance))
    search.minimize(z3.Sum(changed))
    if steps:
        search.minimize(z3.Sum(steps))
    if search.check() != z3.sat:
        return None
    found = space.facts_of(search.model())
    return {name: found[name] if name in space.asked else facts[name] for name in facts}
