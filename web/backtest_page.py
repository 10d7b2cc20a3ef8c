"""Back-tests of drafts of the rulebook: the runs, and what one of them would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from engine.core.visibility import may_read_backtests
from web.asking import Asked, Asking
from web.fields import Choice
from web.look import page, query_path
from web.naming import AMOUNT, Names
from web.problems import told
from web.routing import PageRoute
from web.rule_words import RuleWords

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/rulebook/backtests"
OWN_GROUPS = ("route", "flag")
"""What turns most often has a table of its own; all else stands together."""


@router.get(PATH)
def runs_page(asking: Asked) -> Response:
    """The runs, newest first; for whoever may read none the page is not there."""
    if not may_read_backtests(asking.who):
        raise Refusal("not_found")
    query = asking.query
    listed = asking.house.reader.backtests.runs(asking.who, query)
    return page(
        asking,
        "backtests.html",
        runs=listed["items"],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
    )


@router.get(PATH + "/{id}")
def run_page(asking: Asked, id: str) -> Response:
    """What the run would change: figures, and its findings as the filters ask; wrong filters are told."""
    reader, who, here = asking.house.reader.backtests, asking.who, f"{PATH}/{an_id(id)}"
    run, query, problem = reader.run(who, id), asking.query, None
    try:
        listed = reader.changes(who, id, query)
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        problem, query = told(refusal, asking.words), {}
        listed = reader.changes(who, id, query)
    names = Names(asking.house, asking.words)
    return page(
        asking,
        "backtest.html",
        status=problem.status if problem else 200,
        problem=problem,
        run=run,
        here=here,
        groups=_groups(asking, run["turns"]),
        departments=[(names.department(one["department"]), one["findings"]) for one in run["departments"]],
        rows=[_row(asking, item, names) for item in listed["items"]],
        filters=_filters(asking, query, names),
        next=query_path(here, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(here, query, cursor="") if "cursor" in query else "",
    )


def _groups(asking: Asking, turns: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """What is lost and gained, by the name of the table it stands in."""
    said, words = RuleWords(asking.house, asking.words), asking.words
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in turns:
        own = one["subject"] in OWN_GROUPS
        title = _code(one["subject"], one["code"], said, asking)
        if not own:
            subject = words(f"backtest.subject_{one['subject']}")
            title = f"{subject}{words.colon}{title}" if title else subject
        line = {**one, "title": title, "said": words(f"backtest.{one['turn']}")}
        groups.setdefault(one["subject"] if own else "other", []).append(line)
    return groups


def _code(subject: str, code: str, said: RuleWords, asking: Asking) -> str:
    """The code of a turn in words; empty where the subject says it all."""
    if subject == "rectify_first":
        return asking.words(f"rectify_first.{code}")
    named = {"route": said.routes, "flag": said.flags, "shut": said.shut, "to": said.departments}
    return named[subject]([code]) if subject in named else ""


def _row(asking: Asking, item: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """One finding that is decided otherwise, both outcomes in words."""
    money = item["fine_fen"] or item["amount_fen"]
    return {
        **item,
        "department_title": names.department(item["department"]),
        "domain_title": names.domain(item["domain"]),
        "was_said": _outcome(asking, item["was"]),
        "becomes_said": _outcome(asking, item["becomes"]),
        "money": names.value("sum" + AMOUNT, money) if money else "",
    }


def _outcome(asking: Asking, outcome: Mapping[str, Any] | None) -> list[str]:
    """What an outcome says, a line for each thing that it says."""
    words, said = asking.words, RuleWords(asking.house, asking.words)
    if outcome is None:
        return [words("backtest.none")]
    lines = [said.routes(outcome["routes"]), said.departments(outcome["to"]), said.flags(outcome["flags"])]
    if outcome["shut"]:
        lines.append(f"{words('trial.shut')}{words.colon}{said.shut(outcome['shut'])}")
    if outcome["rectify_first"] != "none":
        lines.append(words(f"rectify_first.{outcome['rectify_first']}"))
    if outcome["urgent"]:
        lines.append(words("finding.urgent"))
    return [line for line in lines if line]


def _filters(asking: Asking, query: Mapping[str, Sequence[str]], names: Names) -> list[dict[str, Any]]:
    """The inputs that narrow the list, with what they hold."""
    house, words = asking.house, asking.words
    vocabulary = house.facts.vocabulary
    routes = [Choice(code, names.route(code)) for code in vocabulary.routes]
    lists = {
        "route_from": routes,
        "route_to": routes,
        "flag": [Choice(code, words.of(word)) for code, word in vocabulary.flags.items()],
        "department": [
            Choice(one.code, names.department(one.code))
            for one in house.office.departments.values()
            if one.member
        ],
        "domain": [Choice(code, words.of(word)) for code, word in vocabulary.domains.items()],
    }
    return [
        {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
        for name, choices in lists.items()
    ]
