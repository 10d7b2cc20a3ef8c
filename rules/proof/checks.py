"""No dead or shadowed rule, no contradictory overlap, never a milder route for more, the criminal threshold first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import z3

from rules.conditions import comparisons
from rules.facts import Value
from rules.proof.declared import Declared
from rules.proof.faults import ProofFault, fault
from rules.proof.regions import Region
from rules.proof.space import Proposition, Space, any_of, negated
from rules.proof.spoken import Spoken
from rules.proof.symbolic import SymbolicRuling, say_otherwise, severity
from rules.rulebook import Rulebook
from rules.ruling import HELD_FLAGS, PENDING_OUTCOMES
from rules.schema import CRIMINAL_REFERRAL, Rule


def idle_faults(spoken: Spoken, around: list[Region]) -> Iterator[ProofFault]:
    """Rules whose condition never holds, and rules without which every ruling is the same."""
    fires: set[str] = set()
    matters: set[str] = set()
    for region in around:
        for rule in region.rules:
            if rule.key in matters:
                continue
            space, whole = spoken.of(region)
            if not space.possible(whole.fired[rule.key]):
                continue
            fires.add(rule.key)
            without = spoken.by([other for other in region.rules if other is not rule], space)
            if space.possible(say_otherwise(whole, without)):
                matters.add(rule.key)
    standing = {rule.key for region in around for rule in region.rules}
    book = spoken.book
    for rule in book.rules:
        if rule.in_force_until is not None and rule.in_force_until < min(one.on for one in around):
            continue
        if rule.key not in standing or rule.key not in fires:
            yield fault("dead", book, rules=(rule.key,))
        elif rule.key not in matters:
            yield fault("shadowed", book, rules=(rule.key,))


def overlap_faults(spoken: Spoken, declared: Declared, around: list[Region]) -> Iterator[ProofFault]:
    """Two rules that fire together and contradict each other, unless the law wants it so."""
    told: set[tuple[str, str]] = set()
    book = spoken.book
    for region in around:
        space, ruling = spoken.of(region)
        for one, other in combinations(region.rules, 2):
            member = _contradicts(one, other)
            if member is None or (one.key, other.key) in told or declared.overlap(one.id, other.id):
                continue
            facts = space.example(ruling.effective[one.key], ruling.effective[other.key])
            if facts is not None:
                told.add((one.key, other.key))
                yield fault("overlap", book, region, facts, rules=(one.key, other.key), member=member)


def _contradicts(one: Rule, other: Rule) -> str | None:
    """On what the two do not agree: the order to correct, or whether there is a penalty at all."""
    both_penal = all("penalty" in rule.routes for rule in (one, other))
    orders_first = [rule.rectify_first == "required" for rule in (one, other)]
    if (both_penal or one.rule == other.rule) and orders_first[0] != orders_first[1]:
        return "rectify_first"
    for rule, against in ((one, other), (other, one)):
        if "penalty" in rule.routes and {"penalty", "impose"} & {*against.shut}:
            return "penalty"
    if one.rule == other.rule and one.id != other.id and not {*one.routes} & {*other.routes}:
        return "routes"
    return None


def milder_faults(spoken: Spoken, declared: Declared, around: list[Region]) -> Iterator[ProofFault]:
    """More money, more repeats: never a milder route in the declared order, but for the exceptions of the law."""
    book, vocabulary = spoken.book, spoken.book.facts.vocabulary
    named = {number: route for route, number in vocabulary.severity.items()}
    named[vocabulary.urgent_transfer_severity] = "transfer (urgent)"
    told: set[str] = set()
    for region in around:
        space, ruling = spoken.of(region)
        weight = severity(ruling, vocabulary)
        if isinstance(weight, int):
            continue
        for name in space.asked:
            if book.facts.by_name[name].type != "integer" or name in told:
                continue
            facts = _milder(space, name, weight, declared)
            if facts is not None:
                told.add(name)
                before, after = _before_and_after(spoken, region, name, facts)
                yield fault(
                    "milder",
                    book,
                    region,
                    facts,
                    fact=book.facts.by_name[name].title,
                    before=named[before],
                    after=named[after],
                )


def _milder(space: Space, name: str, weight: z3.ArithRef, declared: Declared) -> Mapping[str, Value] | None:
    """Facts under which less of the one named would lead to a graver route."""
    variable = space.variable(name)
    less = z3.Int(f"less {name}", variable.ctx)
    graver = z3.substitute(weight, (variable, less)) > weight
    lawful = any_of([space.holds(when) for when in declared.milder(name)])
    return space.example(z3.And(less >= 0, less < variable, graver), negated(lawful))


def _before_and_after(
    spoken: Spoken, region: Region, name: str, facts: Mapping[str, Value]
) -> tuple[int, int]:
    """The severity with less of the fact, the nearest that is graver, and with what the facts say."""
    asked = (c for rule in region.rules for c in comparisons(rule.when) if c.fact == name)
    figures = {c.value for c in asked if isinstance(c.value, int)}
    lower = {figure + step for figure in figures | {0} for step in (-1, 0, 1)}
    after = _weight(spoken, region, facts)
    graver = (
        _weight(spoken, region, {**facts, name: value})
        for value in sorted(lower, reverse=True)
        if 0 <= value < int(facts[name])
    )
    return next(weight for weight in graver if weight > after), after


def _weight(spoken: Spoken, region: Region, facts: Mapping[str, Value]) -> int:
    weight = severity(spoken.by(region.rules, Space(spoken.book.facts, facts)), spoken.book.facts.vocabulary)
    assert isinstance(weight, int), "every fact is fixed"
    return weight


def criminal_faults(spoken: Spoken, around: list[Region]) -> Iterator[ProofFault]:
    """While a threshold is reached and the criminal case is open: referred, and neither fined, closed nor flagged."""
    told: set[str] = set()
    book = spoken.book
    for rule in book.rules:
        if rule.confidential and rule.yields_to_criminal:
            yield fault("waivable", book, rules=(rule.key,))
    for region in around:
        for rule in region.rules:
            if CRIMINAL_REFERRAL not in rule.routes or rule.key in told:
                continue
            space, ruling = spoken.of(region)
            pending = any_of(
                space.equals("criminal_outcome", outcome) for outcome in sorted(PENDING_OUTCOMES)
            )
            for words, broken in _undone(ruling):
                facts = space.example(space.holds(rule.when), pending, broken)
                if facts is not None:
                    told.add(rule.key)
                    yield fault("criminal", book, region, facts, rules=(rule.key,), words=words)


def _undone(ruling: SymbolicRuling) -> Iterator[tuple[str, Proposition]]:
    """What must not be while a crime is suspected, by the sentence that tells it."""
    yield "criminal_fine", negated(ruling.shut["fine"])
    yield "criminal_close", negated(ruling.shut["close"])
    yield "criminal_referral", negated(ruling.routes[CRIMINAL_REFERRAL])
    yield "criminal_flag", any_of(ruling.flags[flag] for flag in sorted(HELD_FLAGS))


def basis_faults(book: Rulebook) -> Iterator[ProofFault]:
    """Every route, flag and closure rests on an article."""
    for rule in book.rules:
        carrying = [basis for basis in rule.basis if basis.for_flag is None]
        for word in (*rule.routes, *rule.shut):
            if not carrying:
                yield fault("basis", book, rules=(rule.key,), member=word)
        for flag in rule.flags:
            if not carrying and all(basis.for_flag != flag.flag for basis in rule.basis):
                yield fault("basis", book, rules=(rule.key,), member=flag.flag)
