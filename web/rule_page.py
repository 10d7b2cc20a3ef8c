"""One rule: every version of it, what it asks, what follows, its law and its examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from engine.core.refusals import Refusal
from rules.schema import Rule
from web.asking import Asked, Asking
from web.look import page
from web.naming import Names
from web.routing import PageRoute
from web.rule_words import RuleWords
from web.trial_form import TrialForm

router = APIRouter(route_class=PageRoute, include_in_schema=False)
CREDIT_FLAG = "credit_flag"


@router.get("/rulebook/{id}")
def rule_page(asking: Asked, id: str) -> Response:
    """The rule of that id, its latest version first; an unknown one is the page of what is not there."""
    rulebook = asking.house.rulebook
    versions = [rule for rule in reversed(rulebook.rules) if rule.id == id]
    if not versions:
        raise Refusal("not_found")
    today = civil_date(asking.house.clock.now())
    said, form = RuleWords(asking.house, asking.words), TrialForm(asking.house, asking.words)
    return page(
        asking,
        "rule.html",
        rule=versions[0],
        title=said.title(versions[0]),
        versions=[_told(asking, rule, said, form) | {"now": rule.in_force(today)} for rule in versions],
    )


def _told(asking: Asking, rule: Rule, said: RuleWords, form: TrialForm) -> dict[str, Any]:
    """One version in words."""
    return {
        "rule": rule,
        "title": said.title(rule),
        "when": said.condition(rule.when),
        "follows": _follows(asking, rule, said),
        "flags": [
            (said.flags([flag.flag]), said.condition(flag.condition) if flag.condition else None)
            for flag in rule.flags
        ],
        "urgent": None if isinstance(rule.urgent, bool) else said.condition(rule.urgent),
        "for_flag": {basis.for_flag: said.flags([basis.for_flag]) for basis in rule.basis if basis.for_flag},
        "parameters": [
            (said.stated(one.name, one.value), [said.value(one.name, end) for end in one.range])
            for one in rule.parameters
        ],
        "examples": [
            {
                "on": example.on.isoformat(),
                "fired": example.fired,
                "facts": [said.stated(name, value) for name, value in example.facts.items()],
                "path": form.path(example.facts, example.on.isoformat(), with_crimes=True),
            }
            for example in rule.examples
        ],
    }


def _first_deadlines(asking: Asking, rule: Rule) -> Iterator[str]:
    """The clocks that begin when what the rule proposes is opened: those of the first state of each proceeding."""
    charts, names = asking.house.charts, Names(asking.house, asking.words)
    kinds = [*rule.routes, *([CREDIT_FLAG] if rule.flags else [])]
    for kind in kinds:
        for term in charts[kind].states[charts[kind].initial].clock:
            yield f"{names.term(term)} {term}"


def _follows(asking: Asking, rule: Rule, said: RuleWords) -> Mapping[str, str]:
    """What the rule proposes and shuts, by the name of the line; lines that say nothing are left out."""
    words = asking.words
    lines = {
        "routes": said.routes(rule.routes),
        "to": said.departments(rule.to),
        "grounds": said.grounds([rule.ground] if rule.ground else []),
        "shut": said.shut(rule.shut),
        "rectify_first": "" if rule.rectify_first == "none" else words(f"rectify_first.{rule.rectify_first}"),
        "notes": words.semicolon.join(said.notes(rule.notes)),
        "deadlines": words.semicolon.join(_first_deadlines(asking, rule)),
        "urgent": words("common.yes") if rule.urgent is True else "",
        "yields": words("rule.yields_to_criminal") if rule.yields_to_criminal else "",
        "lighter": words.comma.join(rule.lighter_than),
    }
    return {name: line for name, line in lines.items() if line}
