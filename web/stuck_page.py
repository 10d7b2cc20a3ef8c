"""What stands still: open records without a clock, an owner or a step; a good day shows none."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from engine.core.stuck import LACKS
from engine.core.visibility import reads_findings
from web.asking import Asked, Asking
from web.fields import Choice
from web.list_sheet import SHEET, list_sheet, taken_along
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute
from web.states import state_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/stuck"


@router.get(PATH)
def stuck_page(asking: Asked) -> Response:
    """The records that the filters ask for, each with why it stands still and who can do something."""
    reader = asking.house.stuck_reader
    listed, query, problem = read_filtered(
        asking.query, asking.words, lambda query: reader.page(asking.who, query)
    )
    names = Names(asking.house, asking.words)
    lists = {
        "lacks": [Choice(code, asking.words(f"stuck.lacks_{code}")) for code in LACKS],
        "department": names.member_departments(),
    }
    return page(
        asking,
        "stuck.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=[_row(asking, names, item) for item in listed["items"]],
        as_of=listed["as_of"],
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        along=taken_along(PATH, query),
        filtered=any(name in query for name in lists),
        filters=[
            {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
            for name, choices in lists.items()
        ],
    )


@router.get(PATH + SHEET)
def sheet(asking: Asked) -> Response:
    """The same records for programs of tables."""
    return list_sheet(asking, "stuck")


def stuck_number(asking: Asking, department: str) -> dict[str, Any] | None:
    """How many stand still of what the person sees, with their page; None for whoever reads no findings."""
    if not reads_findings(asking.who):
        return None
    path = query_path(PATH, {"department": [department]} if department else {})
    return {
        "name": "stuck",
        "path": path,
        "count": asking.house.stuck_reader.count(asking.who, department or None),
    }


def _row(asking: Asking, names: Names, item: dict[str, Any]) -> dict[str, Any]:
    words = asking.words
    return {
        **item,
        "chart_title": words.of(asking.house.charts[item["chart"]]),
        "shown_state": state_of(asking, item["chart"], item["state"]),
        "department_title": names.department(item["department"]),
        "shown_reasons": [
            {
                "code": reason["code"],
                "lacks": words(f"stuck.lacks_{reason['code']}"),
                "why": words.of(reason),
                "remedy": words.of(reason["remedy"]),
            }
            for reason in item["reasons"]
        ],
    }
