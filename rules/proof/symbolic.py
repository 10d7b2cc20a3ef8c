"""Rulings for whole regions of facts: the contract's thirteen steps over propositions instead of values.

It says the same as `rules.ruling.resolve`: where every fact is fixed the two are compared, test by test.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import z3

from rules.offices import Office
from rules.proof.space import Proposition, Space, all_of, any_of, differ, negated
from rules.ruling import HELD_FLAGS, NO_COMPETENCE, OPENING_OUTCOMES, PENDING_OUTCOMES
from rules.schema import CRIMINAL_REFERRAL, RECTIFY_FIRST, Rule
from rules.vocabulary import Vocabulary

Said: TypeAlias = dict[str, Proposition]


@dataclass(slots=True)
class SymbolicRuling:
    """For each word that a ruling may say, the proposition under which it says it."""

    fired: Said
    effective: Said
    criminal: Proposition
    routes: Said
    flags: Said
    shut: Said
    to: Said = field(default_factory=dict)
    notes: Said = field(default_factory=dict)
    grounds: Said = field(default_factory=dict)
    rectify_first: Said = field(default_factory=dict)
    urgent: Proposition = False

    def said(self) -> Iterator[tuple[str, str, Proposition]]:
        """All that the ruling says but which rules fired: member, word, proposition."""
        members = ("routes", "flags", "shut", "to", "notes", "grounds", "rectify_first")
        for member in members:
            for word, when in getattr(self, member).items():
                yield member, word, when
        yield "urgent", "urgent", self.urgent


def symbolic_ruling(
    rules: Sequence[Rule], space: Space, office: Office, vocabulary: Vocabulary
) -> SymbolicRuling:
    """The ruling of these rules for every set of facts in the space; domain and violation must be fixed."""
    fired = {rule.key: space.holds(rule.when) for rule in rules}
    rules = [rule for rule in rules if fired[rule.key] is not False]
    criminal = any_of(fired[rule.key] for rule in rules if rule.confidential)
    held = negated(criminal)
    effective = {
        rule.key: all_of([fired[rule.key], held]) if rule.yields_to_criminal else fired[rule.key]
        for rule in rules
    }
    ruling = _united(rules, fired, effective, criminal, space, vocabulary)
    reopened = _criminal_outcome(ruling, space)
    _limitation(ruling)
    _power(ruling, space, office)
    _criminal_hold(ruling, space)
    _drop_flags(ruling, ruling.shut["impose"])
    _order_first(ruling, rules, reopened)
    ruling.routes["credit_flag"] = any_of(ruling.flags.values())
    ruling.routes["ledger_only"] = negated(any_of(ruling.routes.values()))
    return ruling


def say_otherwise(one: SymbolicRuling, other: SymbolicRuling) -> Proposition:
    """True where the two rulings differ in anything but the rules that fired."""
    mine, said = ({(member, word): when for member, word, when in ruling.said()} for ruling in (one, other))
    return any_of(differ(mine.get(key, False), said.get(key, False)) for key in mine.keys() | said.keys())


def severity(ruling: SymbolicRuling, vocabulary: Vocabulary) -> z3.ArithRef | int:
    """The severity of the gravest route, an urgent transfer in its own place."""
    urgent = all_of([ruling.routes["transfer"], ruling.urgent])
    weighed = [(vocabulary.severity[route], when) for route, when in ruling.routes.items()]
    weighed.append((vocabulary.urgent_transfer_severity, urgent))
    value: z3.ArithRef | int = 0
    for weight, when in sorted(weighed, key=lambda pair: pair[0]):
        if when is True:
            value = weight
        elif when is not False:
            value = z3.If(when, z3.IntVal(weight, when.ctx), value)
    return value


def _united(
    rules: Sequence[Rule],
    fired: Said,
    effective: Said,
    criminal: Proposition,
    space: Space,
    vocabulary: Vocabulary,
) -> SymbolicRuling:
    def when(words: Iterable[tuple[str, Proposition]], known: Iterable[str] = ()) -> Said:
        union: dict[str, list[Proposition]] = {word: [] for word in known}
        for word, holds in words:
            union.setdefault(word, []).append(holds)
        return {word: any_of(holds) for word, holds in union.items()}

    def each(member: str) -> Iterator[tuple[str, Proposition]]:
        return ((word, effective[rule.key]) for rule in rules for word in getattr(rule, member))

    flags = (
        (flag.flag, all_of([effective[rule.key], flag.condition is None or space.holds(flag.condition)]))
        for rule in rules
        for flag in rule.flags
    )
    urgent = (
        all_of([effective[r.key], r.urgent if isinstance(r.urgent, bool) else space.holds(r.urgent)])
        for r in rules
        if "transfer" in r.routes
    )
    return SymbolicRuling(
        fired=fired,
        effective=effective,
        criminal=criminal,
        routes=when(each("routes"), (route for route in vocabulary.routes if route != "ledger_only")),
        flags=when(flags, vocabulary.flags),
        shut=when(each("shut"), vocabulary.shut),
        to=when(each("to")),
        notes=when(each("notes")),
        grounds=when(((r.ground, effective[r.key]) for r in rules if r.ground), (NO_COMPETENCE,)),
        urgent=any_of(urgent),
    )


def _outcome(space: Space, outcomes: Iterable[str]) -> Proposition:
    return any_of(space.equals("criminal_outcome", outcome) for outcome in sorted(outcomes))


def _criminal_outcome(ruling: SymbolicRuling, space: Space) -> Proposition:
    """Step 4; what is returned says when the criminal case's end calls for the penalty."""
    ended = all_of([ruling.criminal, negated(_outcome(space, PENDING_OUTCOMES))])
    ruling.routes[CRIMINAL_REFERRAL] = all_of([ruling.routes[CRIMINAL_REFERRAL], negated(ended)])
    reopened = all_of([ruling.criminal, _outcome(space, OPENING_OUTCOMES)])
    ruling.routes["penalty"] = any_of([ruling.routes["penalty"], reopened])
    return reopened


def _drop_flags(ruling: SymbolicRuling, when: Proposition) -> None:
    for flag in HELD_FLAGS:
        ruling.flags[flag] = all_of([ruling.flags[flag], negated(when)])


def _limitation(ruling: SymbolicRuling) -> None:
    """Step 5."""
    too_old = ruling.shut["penalty"]
    ruling.routes["penalty"] = all_of([ruling.routes["penalty"], negated(too_old)])
    _drop_flags(ruling, too_old)


def _power(ruling: SymbolicRuling, space: Space, office: Office) -> None:
    """Step 6."""
    own = space.equals("own_power", True)
    kept = any_of([ruling.routes["penalty"], ruling.routes["rectification"]])
    passed_on = any_of(ruling.routes[route] for route in ("transfer", "copy_notice", CRIMINAL_REFERRAL))
    violated = space.fixed["violation"] != "none"
    sent = all_of([negated(own), any_of([kept, all_of([violated, negated(passed_on)])])])
    for word in ("penalty", "rectification"):
        ruling.shut[word] = any_of([ruling.shut[word], negated(own)])
        ruling.routes[word] = all_of([ruling.routes[word], own])
    ruling.flags = {flag: all_of([when, own]) for flag, when in ruling.flags.items()}
    ruling.routes["transfer"] = any_of([ruling.routes["transfer"], sent])
    ruling.grounds[NO_COMPETENCE] = any_of([ruling.grounds[NO_COMPETENCE], sent])
    for department in office.competent(str(space.fixed["domain"]), str(space.fixed["violation"])):
        ruling.to[department] = any_of([ruling.to.get(department, False), sent])


def _criminal_hold(ruling: SymbolicRuling, space: Space) -> None:
    """Step 7."""
    pending = all_of([ruling.criminal, _outcome(space, PENDING_OUTCOMES)])
    shut_fine = all_of([ruling.criminal, negated(_outcome(space, OPENING_OUTCOMES))])
    ruling.shut["fine"] = any_of([ruling.shut["fine"], shut_fine])
    ruling.shut["close"] = any_of([ruling.shut["close"], pending])
    _drop_flags(ruling, pending)


def _order_first(ruling: SymbolicRuling, rules: Sequence[Rule], reopened: Proposition) -> None:
    """Steps 9 and 13: whether a fine waits for the order to correct, and what the answer says of it."""
    by_strictness = {
        route: {
            word: any_of(
                ruling.effective[r.key] for r in rules if route in r.routes and r.rectify_first == word
            )
            for word in RECTIFY_FIRST
        }
        for route in ("penalty", "rectification")
    }
    penalty = by_strictness["penalty"]
    required_alone = all_of([penalty["required"], negated(penalty["parallel"]), negated(penalty["none"])])
    waits = all_of([ruling.routes["penalty"], required_alone, negated(reopened)])
    ruling.shut["fine"] = any_of([ruling.shut["fine"], waits])
    some = any_of(penalty.values())
    milder: list[Proposition] = []
    for word in RECTIFY_FIRST:
        order = by_strictness["rectification"][word]
        proposed = any_of([penalty[word], all_of([negated(some), order])])
        ruling.rectify_first[word] = all_of([proposed, negated(any_of(milder))])
        milder.append(proposed)
    nobody = negated(any_of(milder))
    ruling.rectify_first["none"] = any_of([ruling.rectify_first["none"], nobody])
