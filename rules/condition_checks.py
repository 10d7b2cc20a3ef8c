"""What a condition may not say although every word of it is known: what is idle, doubled, or can never be."""

from __future__ import annotations

from rules.conditions import All, Comparison, Condition
from rules.data_file import DataFault
from rules.facts import LARGEST_INTEGER, FactDictionary
from rules.predicates import COMPARE

Domains = frozenset[str]


def check_each_says_something(condition: Condition, at: str, facts: FactDictionary) -> None:
    """A fault when a comparison holds for every value of its fact, or for none."""
    if not isinstance(condition, Comparison):
        for part, place in _parts(condition, at):
            check_each_says_something(part, place, facts)
        return
    fact = facts.by_name[condition.fact]
    said: dict[str, object] = {"fact": fact.name, "title": fact.title}
    if isinstance(condition.value, tuple):
        if set(condition.value) == set(fact.vocabulary):
            raise DataFault("every_code_listed", said, field=f"{at}/2")
    elif fact.type == "integer" and condition.operator not in ("==", "!="):
        # What is ordered and holds at both ends of the range, or at neither, does so between them too.
        least, compare = fact.minimum or 0, COMPARE[condition.operator]
        ends = {compare(least, condition.value), compare(LARGEST_INTEGER, condition.value)}
        said |= {"least": least, "most": LARGEST_INTEGER}
        if ends == {True}:
            raise DataFault("always_holds", said, field=at)
        if ends == {False}:
            raise DataFault("never_holds", said, field=at)


def check_none_stands_twice(condition: Condition, at: str, above: tuple[Condition, ...] = ()) -> None:
    """A fault when a part is stated again beside itself, or below an `all` that states it."""
    if isinstance(condition, Comparison):
        return
    for number, (part, place) in enumerate(_parts(condition, at)):
        if part in above or part in condition.parts[:number]:
            raise DataFault("condition_twice", field=place)
    known = (*above, *condition.parts) if isinstance(condition, All) else above
    for part, place in _parts(condition, at):
        check_none_stands_twice(part, place, tuple(one for one in known if one is not part))


def check_domains(condition: Condition, at: str, facts: FactDictionary, within: Domains) -> Domains:
    """The domains out of `within` in which the condition may hold.

    A fault when there is none, or when a violation of another domain is compared.
    """
    if isinstance(condition, Comparison):
        return _compared(condition, at, facts, within)
    if not isinstance(condition, All):
        kept = [check_domains(part, place, facts, within) for part, place in _parts(condition, at)]
        return frozenset().union(*kept)
    # The domain first: the violations are then held against it, in whatever order they are written.
    for part, place in sorted(_parts(condition, at), key=lambda one: not _is_of_domain(one[0])):
        within = check_domains(part, place, facts, within)
    return within


def _is_of_domain(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and condition.fact == "domain"


def _compared(c: Comparison, at: str, facts: FactDictionary, within: Domains) -> Domains:
    if c.fact == "domain":
        kept = frozenset(one for one in within if COMPARE[c.operator](one, c.value))
        if not kept:
            raise DataFault("no_domain_left", field=at)
        return kept
    if c.fact != "violation" or c.operator == "!=":
        return within
    several = isinstance(c.value, tuple)
    codes = c.value if isinstance(c.value, tuple) else (str(c.value),)
    kept = frozenset()
    for position, code in enumerate(codes):
        theirs = [domain for domain in facts.vocabulary.domains if facts.belongs(domain, code)]
        if within.isdisjoint(theirs):
            here = tuple(domain for domain in facts.vocabulary.domains if domain in within)
            place = f"{at}/2/{position}" if several else f"{at}/2"
            raise DataFault("other_domain", field=place, value=code, theirs=tuple(theirs), here=here)
        kept |= within.intersection(theirs)
    return kept


def _parts(condition: Condition, at: str) -> list[tuple[Condition, str]]:
    """The parts of an `all` or `any`, each with its pointer."""
    if isinstance(condition, Comparison):
        return []
    name = "all" if isinstance(condition, All) else "any"
    return [(part, f"{at}/{name}/{number}") for number, part in enumerate(condition.parts)]
