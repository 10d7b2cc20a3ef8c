"""The supervisor's board: whether the loop is closed, on one screen; every number opens exactly its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from engine.core.policies import may
from engine.projections.board import LATE_PAIRS
from models.reading.exchanged import FOR_A_PERSON
from models.reading.findings import NO_ROUTE
from web.approving import Result
from web.asking import Asked, Asking, Form, check_form_token
from web.board_numbers import PATH, frame, number
from web.bulk_acts import SUPERVISE, act_on_all, may_act, open_in
from web.commanding import fresh_key
from web.lists import finding_rows
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.publicity_page import number as set_number
from web.routing import PageRoute
from web.stuck_page import stuck_number
from web.wording import Words

router = APIRouter(route_class=PageRoute, include_in_schema=False)
WORST = "10"
"""How many overdue findings stand on the board itself."""
DAYS_TO_ACT = 5
"""Working days that a supervision order gives unless another day is typed."""


@router.get(PATH)
def board_page(asking: Asked) -> Response:
    """The whole board for the period and department asked for; wrong ones are told."""
    return show_board(asking)


@router.post(PATH + "/supervision")
def supervise(asking: Asked, posted: Form) -> Response:
    """The overdue findings that were chosen are put under supervision one by one; the page says what became of each."""
    check_form_token(asking, posted)
    return show_board(asking, act_on_all(asking, SUPERVISE, posted.typed), decided=True)


def show_board(asking: Asking, results: Sequence[Result] = (), decided: bool = False) -> Response:
    """The page; `results` are what became of a form that was sent."""
    house, who, words = asking.house, asking.who, asking.words
    figures, query, problem = read_filtered(
        asking.query, words, lambda query: house.reader.board.overview(who, query)
    )
    names, now = Names(house, words), house.clock.now()
    supervises = may_act(asking, SUPERVISE)
    late = {**query, "light": [light for _, light in LATE_PAIRS], "limit": [WORST]}
    rows = finding_rows(asking, house.reader.findings(who, late)["items"], now)
    for row in rows:
        row["may_supervise"] = supervises and open_in(asking, SUPERVISE, row["state"])
    return page(
        asking,
        "board.html",
        status=problem.status if problem else 200,
        problem=problem,
        **frame(asking, query, figures["as_of"]),
        here=query_path(PATH + "/supervision", query),
        line={name: number(one) for name, one in figures["conservation"].items()},
        heat=_heat(names, figures["heat"]),
        flow=_flow(names, figures["flow"], words),
        ages=_ages(figures["ages"], words),
        trend=[
            {name: value if name == "month" else number(value) for name, value in line.items()}
            for line in figures["trend"]
        ],
        rate=_rate(asking, query),
        watched=_watched(asking, query),
        rows=rows,
        supervises=supervises,
        due_on=house.law.calendar.add(civil_date(now), DAYS_TO_ACT).isoformat(),
        said=Words("zh"),
        results=results,
        decided=decided,
        key=fresh_key(),
    )


def _heat(names: Names, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each cell with a shade from 0 to 4, against the largest number of its light."""
    largest: dict[str, int] = {}
    for line in lines:
        for light, one in line["lights"].items():
            largest[light] = max(largest.get(light, 0), one.count)
    return [
        {
            "department": line["department"],
            "title": names.department(line["department"]),
            **{part: number(line[part]) for part in ("found", "open", "closed")},
            "lights": {
                light: number(one) | {"shade": -(-4 * one.count // largest[light]) if one.count else 0}
                for light, one in line["lights"].items()
            },
        }
        for line in lines
    ]


def _flow(names: Names, lines: Sequence[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "route": line["route"],
            "title": words("board.no_route") if line["route"] == NO_ROUTE else names.route(line["route"]),
            "found": number(line["found"]),
            "states": [
                number(one["number"]) | {"state": one["state"], "title": names.state("finding", one["state"])}
                for one in line["states"]
            ],
        }
        for line in lines
    ]


def _ages(lines: Sequence[Mapping[str, Any]], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "title": words("board.age_over", low=line["low"] - 1)
            if line["high"] is None
            else words("board.age_days", low=line["low"], high=line["high"]),
            "open": number(line["open"]),
            "overdue": number(line["overdue"]),
        }
        for line in lines
    ]


def _rate(asking: Asking, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """公示率 with the sets behind it."""
    figures = asking.house.publicity_reader.figures(asking.who, query)
    rate = figures["rate"]
    sets = [set_number(asking, name, figures[name], query) for name in ("owed", "on_time", "late", "missing")]
    return {"told": "" if rate is None else f"{rate / 100:.2f}%", "sets": sets}


def _watched(asking: Asking, query: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """What must be nought on a good day: stuck records, letters that fail, reports that are late."""
    house, who, words = asking.house, asking.who, asking.words
    stuck = stuck_number(asking, "".join(query.get("department", [])))
    shown = [stuck | {"title": words("ledger.stuck")}] if stuck else []
    if may(who, "exchange.read"):
        sets = house.exchange_reader.figures(who)["sets"]
        shown += [
            {
                "name": f"exchange.{name}",
                "title": words(f"exchange.set_{name}"),
                "count": sets[name],
                "path": query_path("/exchange", {"set": [name]}),
            }
            for name in FOR_A_PERSON
        ]
    if house.duty_reader.open_to(who):
        year = house.duty_reader.this_year()
        late = [one for one in house.duty_reader.overview(who, year) if one["state"] == "late"]
        path = query_path("/duties", {"year": [str(year)], "state": ["late"]})
        shown.append(
            {"name": "duties.late", "title": words("board.duties"), "count": len(late), "path": path}
        )
    return shown
