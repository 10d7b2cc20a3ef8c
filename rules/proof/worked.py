"""Rulings that lawyers have worked out: given these facts, on that day, the ruling says this and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rules.conditions import Condition
from rules.data_file import Fields, read_as
from rules.facts import FactDictionary, Value
from rules.faults import Sentence
from rules.predicates import predicate
from rules.proof.pinned import condition_slips
from rules.proof.regions import Region
from rules.proof.spoken import Spoken
from rules.proof.symbolic import say_otherwise
from rules.rulebook import Rulebook
from rules.ruling import Ruling, resolve
from rules.schema import RECTIFY_FIRST, Rule

MEMBERS = ("fired", "suppressed", "routes", "flags", "shut", "to", "grounds", "notes")
"""What a worked ruling states in full, as lists; beside them `urgent` and `rectify_first`."""


@dataclass(frozen=True, slots=True)
class Worked:
    """One worked ruling; facts are complete, and `expect` has every member."""

    title: str
    at: str
    facts: Mapping[str, Value]
    on: date
    expect: Mapping[str, Any]


def load_worked(folder: Path, facts: FactDictionary) -> tuple[Worked, ...]:
    """Every worked ruling of the folder's files, in order; raises DataFault."""
    read: list[Worked] = []
    for file in sorted(folder.glob("*.yaml")):
        read += read_as(file, partial(_worked, file=file, facts=facts))
    return tuple(read)


def _worked(data: Any, file: Path, facts: FactDictionary) -> list[Worked]:
    fields = Fields(data)
    read = []
    for position, item in enumerate(fields.items("rulings")):
        at = f"/rulings/{position}"
        entry = Fields(item, at)
        given = entry.take("given")
        for error in facts.check(given, entered_only=False, pointer="given"):
            raise entry.fault(error["pointer"], "example_facts", said=Sentence(error["zh"], error["en"]))
        said = Fields(entry.take("expect"), f"{at}/expect")
        expect: dict[str, Any] = {member: said.codes(member) for member in MEMBERS}
        expect["urgent"] = said.boolean("urgent", False)
        expect["rectify_first"] = said.code("rectify_first", RECTIFY_FIRST)
        said.done()
        read.append(
            Worked(entry.text("title"), f"{file.name}{at}", facts.complete(given), entry.day("on"), expect)
        )
        entry.done()
    fields.done()
    return read


def ruled(rules: Sequence[Rule], book: Rulebook, facts: Mapping[str, Value], on: date) -> Ruling:
    """What these rules say, evaluated plainly."""
    fired = sorted((r for r in rules if r.in_force(on) and predicate(r.when)(facts)), key=lambda r: r.key)
    return resolve(tuple(fired), facts, book.office, book.facts.vocabulary)


def as_worked(ruling: Ruling) -> dict[str, Any]:
    """The ruling as a worked one states it."""
    said: dict[str, Any] = {member: getattr(ruling, member) for member in MEMBERS}
    return {**said, "urgent": ruling.urgent, "rectify_first": ruling.rectify_first}


def broken(book: Rulebook, worked: Sequence[Worked]) -> Iterator[tuple[Worked, dict[str, Any]]]:
    """Every worked ruling that comes out otherwise, with what the rulebook says instead."""
    for one in worked:
        said = as_worked(ruled(book.rules, book, one.facts, one.on))
        if said != dict(one.expect):
            yield one, {name: value for name, value in said.items() if value != one.expect[name]}


@dataclass(frozen=True, slots=True)
class Unheard:
    """A slip in what a rule brings about that no worked ruling notices, and facts that would show it."""

    rule: str
    slip: str
    on: date
    facts: Mapping[str, Value]


def unheard(spoken: Spoken, worked: Sequence[Worked], around: Sequence[Region]) -> Iterator[Unheard]:
    """Every slip in a rule's consequences that all worked rulings let pass; slips without effect aside."""
    book = spoken.book
    for rule in book.rules:
        for slip, other in consequence_slips(rule):
            rules = [other if one is rule else one for one in book.rules]
            concerned = (one for one in worked if rule.id in one.expect["fired"] and rule.in_force(one.on))
            if any(as_worked(ruled(rules, book, one.facts, one.on)) != dict(one.expect) for one in concerned):
                continue
            found = _shown(spoken, rule, other, around)
            if found is not None:
                yield Unheard(rule.key, slip, *found)


def consequence_slips(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """The rule with one slip in what it brings about."""
    for member in ("routes", "flags", "shut", "to", "notes"):
        words: tuple[Any, ...] = getattr(rule, member)
        for word in words:
            fewer: Any = tuple(other for other in words if other is not word)
            yield f"without {getattr(word, 'flag', word)}", replace(rule, **{member: fewer})
    for position, flag in enumerate(rule.flags):
        if flag.condition is not None:
            for slip, condition in [*condition_slips(flag.condition), ("always", None)]:
                changed = replace(flag, condition=condition)
                flags = (*rule.flags[:position], changed, *rule.flags[position + 1 :])
                yield f"{flag.flag} if {slip}", replace(rule, flags=flags)
    for word in RECTIFY_FIRST:
        if word != rule.rectify_first and {"penalty", "rectification"} & {*rule.routes}:
            yield f"rectify_first {word}", replace(rule, rectify_first=word)
    yield from _smaller_slips(rule)


def _smaller_slips(rule: Rule) -> Iterator[tuple[str, Rule]]:
    if rule.ground is not None:
        yield "without its ground", replace(rule, ground=None)
    if "transfer" in rule.routes:
        others: list[bool | Condition] = [one for one in (True, False) if one is not rule.urgent]
        for urgent in others:
            yield f"urgent {urgent}", replace(rule, urgent=urgent)
    yield "yields_to_criminal", replace(rule, yields_to_criminal=not rule.yields_to_criminal)


def _shown(
    spoken: Spoken, rule: Rule, other: Rule, around: Sequence[Region]
) -> tuple[date, Mapping[str, Value]] | None:
    """A day and facts on which the slip shows in the ruling; None when it never does."""
    for region in around:
        if rule not in region.rules:
            continue
        space, whole = spoken.of(region)
        slipped = spoken.by([other if one is rule else one for one in region.rules], space)
        facts = space.example(say_otherwise(whole, slipped))
        if facts is not None:
            return region.on, facts
    return None
