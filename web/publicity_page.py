"""公示率: what had to be public, what is in time, late or missing; each number opens exactly its inspections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from models.reading.publicity import SETS
from web.asking import Asked, Asking
from web.fields import Choice
from web.inspections_page import inspection_row
from web.list_sheet import SHEET, list_sheet, taken_along
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/publicity"
FIGURES = ("department", "from", "to")


@router.get(PATH)
def publicity_page(asking: Asked) -> Response:
    """The rate with its numbers, and the inspections of the set that is asked for."""
    reader = asking.house.publicity_reader
    listed, query, problem = read_filtered(
        asking.query, asking.words, lambda query: reader.page(asking.who, query)
    )
    period = {name: query[name] for name in FIGURES if name in query}
    figures = reader.figures(asking.who, period)
    names = Names(asking.house, asking.words)
    chosen = (query.get("set") or [SETS[0]])[0]
    sets = [Choice(code, asking.words(f"publicity.{code}")) for code in SETS]
    lists = {"set": sets, "department": names.member_departments()}
    rate = figures["rate"]
    return page(
        asking,
        "publicity.html",
        status=problem.status if problem else 200,
        problem=problem,
        as_of=figures["as_of"],
        rate="" if rate is None else f"{rate / 100:.2f}%",
        numbers={name: number(asking, name, figures[name], period) for name in SETS},
        chosen=chosen,
        rows=[inspection_row(asking, names, item) for item in listed["items"]],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        filters=[
            {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
            for name, choices in lists.items()
        ],
        given=query,
        along=taken_along(PATH, query),
    )


@router.get(PATH + SHEET)
def sheet(asking: Asked) -> Response:
    """The inspections of the set that is asked for, for programs of tables."""
    return list_sheet(asking, "publicity")


def number(asking: Asking, name: str, count: int, period: Mapping[str, list[str]]) -> dict[str, Any]:
    """A number of the rate with the page that lists exactly it."""
    path = query_path(PATH, {**period, "set": [name]})
    return {
        "name": f"publicity.{name}",
        "title": asking.words(f"publicity.{name}"),
        "count": count,
        "path": path,
    }
