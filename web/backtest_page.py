"""Back-tests of drafts of the rulebook: the runs, and what one of them would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from engine.core.visibility import may_read_backtests
from web.asking import Asked, Asking
from web.changes import change_row, turn_groups
from web.fields import Choice
from web.look import page, query_path
from web.naming import Names
from web.problems import told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/rulebook/backtests"


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
        groups=turn_groups(asking, run["turns"]),
        departments=[(names.department(one["department"]), one["findings"]) for one in run["departments"]],
        rows=[change_row(asking, item, names) for item in listed["items"]],
        filters=_filters(asking, query, names),
        next=query_path(here, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(here, query, cursor="") if "cursor" in query else "",
    )


def _filters(asking: Asking, query: Mapping[str, Sequence[str]], names: Names) -> list[dict[str, Any]]:
    """The inputs that narrow the list, with what they hold."""
    house, words = asking.house, asking.words
    vocabulary = house.facts.vocabulary
    routes = [Choice(code, names.route(code)) for code in vocabulary.routes]
    lists = {
        "route_from": routes,
        "route_to": routes,
        "flag": [Choice(code, words.of(word)) for code, word in vocabulary.flags.items()],
        "department": names.member_departments(),
        "domain": [Choice(code, words.of(word)) for code, word in vocabulary.domains.items()],
    }
    return [
        {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
        for name, choices in lists.items()
    ]
