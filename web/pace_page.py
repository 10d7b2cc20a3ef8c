"""Where time goes: how long findings and proceedings stay in each state, the slowest first."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from web.asking import Asked
from web.board_numbers import PATH, frame, number
from web.look import page
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get(PATH + "/pace")
def pace_page(asking: Asked) -> Response:
    """The states with half and nine tenths of their stays, and how many findings are in each now."""
    reader, names = asking.house.reader.board, Names(asking.house, asking.words)
    told, query, problem = read_filtered(
        asking.query, asking.words, lambda query: reader.pace(asking.who, query)
    )
    states: list[dict[str, Any]] = [
        {
            **one,
            "chart_title": asking.words.of(asking.house.charts[one["chart"]]),
            "title": names.state(one["chart"], one["state"]),
            "now": number(one["now"]),
        }
        for one in told["states"]
    ]
    return page(
        asking,
        "pace.html",
        status=problem.status if problem else 200,
        problem=problem,
        **frame(asking, query, told["as_of"]),
        since=told["since"],
        of_latest=told["of_latest"],
        states=states,
    )
