"""The rulebook as it stands on a date: rules by route, how often they fire, and what is left to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from engine.core.visibility import may_read_backtests
from rules.open_questions import Setting, load_open_questions
from rules.proof.declared import ByHand, load_declared
from rules.schema import Rule
from web.asking import Asked, Asking
from web.look import page
from web.naming import AMOUNT, Names
from web.routing import PageRoute
from web.rule_words import RuleWords

router = APIRouter(route_class=PageRoute, include_in_schema=False)
NO_ROUTE = ""


@router.get("/rulebook")
def rulebook_page(asking: Asked) -> Response:
    """The rules in force by their heaviest route, with articles, hits and what is not verified."""
    on = _date(asking.parameter("on")) or civil_date(asking.house.clock.now())
    rulebook = asking.house.rulebook
    return page(
        asking,
        "rulebook.html",
        on=on.isoformat(),
        version=rulebook.version,
        digest=rulebook.digest,
        groups=_groups(asking, rulebook.in_force(on)),
        by_hand=_by_hand(asking),
        questions=_open_questions(asking),
        proof=asking.house.reader.editions.proof(asking.house.in_force.proof_digest()),
        coming=coming_edition(asking),
        backtests=may_read_backtests(asking.who),
    )


def _groups(asking: Asking, rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """The rules under the heaviest of their routes, the heaviest first; those without a route last."""
    said, hits = RuleWords(asking.house, asking.words), asking.house.reader.rules.hits(asking.who)
    severity = asking.house.facts.vocabulary.severity
    routes: dict[str, list[dict[str, Any]]] = {
        code: [] for code in (*sorted(severity, key=lambda code: -severity[code]), NO_ROUTE)
    }
    for rule in rules:
        heaviest = max(rule.routes, key=lambda code: severity[code], default=NO_ROUTE)
        routes[heaviest].append(_line(rule, said, hits))
    return [
        {
            "code": code or "none",
            "title": said.routes([code]) if code else asking.words("rulebook.no_route"),
            "rules": lines,
        }
        for code, lines in routes.items()
        if lines
    ]


def _line(rule: Rule, said: RuleWords, hits: Mapping[str, int]) -> dict[str, Any]:
    """One rule; where a confidential one fired is told to nobody here, not even that it never did."""
    return {
        "rule": rule,
        "title": said.title(rule),
        "routes": said.routes(rule.routes),
        "flags": said.flags(flag.flag for flag in rule.flags),
        "shut": said.shut(rule.shut),
        "to": said.departments(rule.to),
        "hits": None if rule.confidential else hits.get(rule.id, 0),
    }


def coming_edition(asking: Asking) -> dict[str, str] | None:
    """The edition that is approved and not in force yet: what everybody is told before it comes."""
    today = civil_date(asking.house.clock.now())
    row = asking.house.in_force.shelf.coming(today)
    if row is None:
        return None
    return {"id": row.id, "version": row.version, "since": row.in_force_from.isoformat()}


def _open_questions(asking: Asking) -> list[dict[str, Any]]:
    """What of the law is not settled, what is done meanwhile, and what the settings that decide it say."""
    words, names = asking.words, Names(asking.house, asking.words)

    def value(setting: Setting) -> str:
        if setting.unit == "fen":
            return names.value(AMOUNT, setting.value)
        unit, way = f"term_unit.{setting.unit}", f"rulebook.way_{setting.value}"
        if words.has(way):
            return words(way)
        return words(unit, n=setting.value) if words.has(unit) else str(setting.value)

    return [
        {
            "id": one.id,
            "question": words.of(one.question),
            "meanwhile": words.of(one.meanwhile),
            "settings": [{"title": words.of(said.title), "value": value(said)} for said in one.settings],
        }
        for one in load_open_questions(asking.house.rulebook, asking.house.law.terms)
    ]


def _by_hand(asking: Asking) -> list[dict[str, Any]]:
    """What no rule decides, and who signed that a person does; what was signed in the same words stands together."""
    house = asking.house
    said, names = RuleWords(house, asking.words), Names(house, asking.words)
    told: dict[ByHand, dict[str, Any]] = {}
    for one in load_declared(house.rulebook.root, house.rulebook.sets, house.facts).by_hand:
        line = told.setdefault(
            replace(one, domain="", violations=()),
            {"signed": one, "when": said.condition(one.when) if one.when else None, "matters": []},
        )
        violations = (names.violation(one.domain, code) for code in one.violations)
        line["matters"].append((names.domain(one.domain), asking.words.comma.join(violations)))
    return list(told.values())


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
