"""A ruling tried out on a page: what fired and why, what did not, and what would have to be different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.house import House
from rules.arbiter import Decision, Undecided
from rules.conditions import comparisons
from rules.facts import FactsInvalid
from rules.proof.nearest import WhatIf, what_ifs
from rules.reasons import deciding_facts
from rules.schema import Rule
from web.fields import Typed
from web.rule_words import RuleWords
from web.trial_form import CRIMINAL, DAY, WITH_CRIMES, TrialForm, day_of
from web.wording import Words

FIRED, SUPPRESSED, OPEN, QUIET = "fired", "suppressed", "open", "quiet"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of the facts that were typed: a ruling, two evaluators that differ, or faults by input name."""

    decision: Decision | None = None
    nearest: Sequence[WhatIf] = ()
    undecided: bool = False
    errors: Mapping[str, Sequence[str]] | None = None


def try_out(house: House, form: TrialForm, typed: Typed) -> Trial:
    """The trial of what stands in the form; nothing is kept. Without the tick the criminal part does not exist."""
    on, facts = day_of(typed), form.facts(typed)
    confidential = typed.ticked(CRIMINAL, WITH_CRIMES)
    errors = _errors(house, form, facts)
    if on is None:
        errors = {DAY: [form.words("trial.no_day")], **errors}
    if on is None or errors:
        return Trial(errors=errors)
    try:
        decision = house.arbiter.decide(facts, on, confidential=confidential)
    except Undecided:
        return Trial(undecided=True)
    book = house.rulebook
    return Trial(decision, what_ifs(book, decision.facts, on, confidential=confidential))


def _errors(house: House, form: TrialForm, facts: Mapping[str, Any]) -> dict[str, list[str]]:
    try:
        house.facts.complete(facts)
    except FactsInvalid as invalid:
        told: dict[str, list[str]] = {}
        for error in invalid.errors:
            name = error["pointer"].rpartition("/")[2]
            said = told.setdefault(form.fields[name].input_name, [])
            said.append(form.words.of(error))
        return told
    return {}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule as the simulator shows it; `state` is fired, suppressed, open or quiet.

    facts: those by which it fired; missing: those that keep it open.
    """

    rule: Rule
    title: str
    state: str
    facts: Sequence[str]
    missing: str


def lines(house: House, trial: Decision, words: Words, *, confidential: bool) -> list[Line]:
    """The rules of the domain that stand on the day: those that fired first, then open ones, then the others."""
    said = RuleWords(house, words)
    found = [
        _line(rule, trial, said)
        for rule in house.rulebook.in_force(trial.on)
        if (confidential or not rule.confidential) and _of_domain(rule, str(trial.facts["domain"]))
    ]
    order = (FIRED, SUPPRESSED, OPEN, QUIET)
    return sorted(found, key=lambda line: order.index(line.state))


def _line(rule: Rule, trial: Decision, said: RuleWords) -> Line:
    state, missing = QUIET, ""
    facts: tuple[str, ...] = ()
    if rule in trial.rules:
        state = SUPPRESSED if rule.id in trial.ruling.suppressed else FIRED
        facts = deciding_facts(rule.when, trial.facts)
    elif rule.id in trial.open:
        state, missing = OPEN, said.facts(trial.open[rule.id])
    return Line(
        rule, said.title(rule), state, [said.stated(name, trial.facts[name]) for name in facts], missing
    )


def _of_domain(rule: Rule, domain: str) -> bool:
    """True when the rule is for that domain, or for every one."""
    named = [one.value for one in comparisons(rule.when) if one.fact == "domain"]
    return not named or any(domain == one or (isinstance(one, tuple) and domain in one) for one in named)


def changes(nearest: Sequence[WhatIf], said: RuleWords, words: Words) -> list[dict[str, Any]]:
    """What would have to be different, in words, nearest first; what the same change does stands together."""
    told: dict[str, dict[str, Any]] = {}
    for one in nearest:
        line = told.setdefault(
            repr(one.changes),
            {
                "comes": [],
                "goes": [],
                "changes": [
                    {
                        "fact": said.fact(name),
                        "before": said.value(name, before),
                        "after": said.value(name, after),
                    }
                    for name, (before, after) in one.changes.items()
                ],
                "then": words.semicolon.join(filter(None, (said.routes(one.routes), said.flags(one.flags)))),
            },
        )
        line["comes" if one.comes else "goes"].append((one.word, said.outcome(one.word)))
    return list(told.values())


def set_aside(trial: Decision, said: RuleWords, words: Words) -> list[tuple[str, str]]:
    """What was proposed and does not count, with the reason."""
    return [
        (one.code if one.kind == "rule" else said.outcome(one.code), words(f"set_aside.{one.reason}"))
        for one in trial.ruling.set_aside
    ]
