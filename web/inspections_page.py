"""The inspections that the person sees, newest first: what a number of the map of charts opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.core.policies import may
from models.reading.inspections import PUBLICATIONS
from web.asking import Asked, Asking
from web.fields import Choice
from web.list_sheet import SHEET, list_sheet, taken_along
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute
from web.states import state_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/inspections"


@router.get(PATH)
def inspections_page(asking: Asked) -> Response:
    """The inspections that the filters ask for; wrong ones are told."""
    listed, query, problem = read_filtered(
        asking.query, asking.words, lambda query: asking.house.reader.inspections(asking.who, query)
    )
    names = Names(asking.house, asking.words)
    return page(
        asking,
        "inspections.html",
        status=problem.status if problem else 200,
        problem=problem,
        as_of=listed["as_of"],
        rows=[inspection_row(asking, names, item) for item in listed["items"]],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        filters=_filters(asking, names, query),
        given=query,
        along=taken_along(PATH, query) if may(asking.who, "ledger.export") else None,
    )


@router.get(PATH + SHEET)
def sheet(asking: Asked) -> Response:
    """The same inspections for programs of tables."""
    return list_sheet(asking, "inspections")


def inspection_row(asking: Asking, names: Names, item: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a list of inspections with its words."""
    return {
        **item,
        "shown_state": state_of(asking, "inspection", item["state"]),
        "department_title": names.department(item["department"]),
        "results": [names.value("result_codes", code) for code in item["result_codes"] or ()],
    }


def _filters(asking: Asking, names: Names, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    words = asking.words
    states = asking.house.charts["inspection"].states
    lists = {
        "state": [Choice(code, words.of(state)) for code, state in states.items()],
        "publication": [Choice(code, words(f"inspections.publication_{code}")) for code in PUBLICATIONS],
        "department": names.member_departments(),
    }
    return [
        {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
        for name, choices in lists.items()
    ]
