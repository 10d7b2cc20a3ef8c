"""A reckoning as data: the `reckoning` of answers and of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.core.counting import Exclusion
from engine.core.days_left import Left
from engine.core.reckoning import Reckoning
from engine.core.stretch import Stretch, each_day
from rules.counting_rules import rules_of
from rules.reckoning_teller import LANGUAGES, ReckoningTeller, basis_of_rule, rule_words

_TELLERS = {language: ReckoningTeller(language) for language in LANGUAGES}
OTHERWISE = ("due_raw", "due_rolled", "due_effective")
"""The dates that are told of the other way of counting exclusions."""


def reckoning_answer(reckoning: Reckoning, *, by_day: bool = False) -> dict[str, Any]:
    """The period, its stretches (or days) in order, and its notes, in both languages.

    `units` and `total` count in `counted_in`, null where a day is fixed; `otherwise` is what comes out when exclusions
    are counted the other way.
    """
    told = reckoning.stretches
    if by_day:
        told = tuple(day for one in told for day in each_day(one, reckoning.backward))
    other = reckoning.otherwise
    notes = {language: teller.notes(reckoning) for language, teller in _TELLERS.items()}
    return {
        "length": reckoning.dates.length,
        "unit": reckoning.dates.unit,
        "own_length": reckoning.own,
        "counted_in": reckoning.counted_in,
        "counts": reckoning.counts,
        "exclusions": "half_open" if reckoning.half_open else "closed",
        "otherwise": None
        if other is None
        else {name: getattr(other, name).isoformat() for name in OTHERWISE},
        "rules": [rule_answer(name, rule_words(name)) for name in rules_of(reckoning)],
        "stretches": [dict(_stretch(reckoning, one)) for one in told],
        "notes": [{"zh": zh, "en": en} for zh, en in zip(*notes.values(), strict=True)],
    }


def left_answer(reckoning: Reckoning, left: Left, now: datetime) -> dict[str, Any]:
    """How much is left, with the days that are still to come (or have passed since), in order."""
    return {
        "unit": left.unit,
        "count": left.count,
        "over": left.over,
        "stretches": [dict(_stretch(reckoning, one)) for one in left.stretches],
        **{language: teller.left(reckoning, left, now) for language, teller in _TELLERS.items()},
    }


def _stretch(reckoning: Reckoning, one: Stretch) -> Iterator[tuple[str, Any]]:
    yield "first", one.first.isoformat()
    yield "last", one.last.isoformat()
    yield "kind", one.kind
    yield "why", one.why
    yield "units", one.units
    yield "total", one.total
    if one.named is not None:
        yield "name", {"zh": one.named.zh, "en": one.named.en}
    if one.exclusions:
        yield "excluded", [excluded_answer(each) for each in one.exclusions]
        if one.lost is not None:
            yield "lost", one.lost
    for name in ("provisional", "added"):
        if getattr(one, name):
            yield name, True
    for language, teller in _TELLERS.items():
        yield language, teller.line(reckoning, one).said


def rule_answer(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule by its name, with the article it stands in where there is one."""
    basis = basis_of_rule(rule)
    said = {language: teller.rule(rule) for language, teller in _TELLERS.items()}
    return {"rule": name, **said} | ({} if basis is None else {"basis": basis})


def excluded_answer(one: Exclusion) -> dict[str, Any]:
    """An exclusion with its ground and paper, as far as there are any."""
    said = {"from": one.first.isoformat(), "to": one.last.isoformat(), "ground": one.ground}
    return {name: value for name, value in {**said, "document": one.document}.items() if value is not None}
