"""Who has how much on the table, and handing over many findings at once, each with its own result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response

from models.reading.findings import NOBODY
from web.approving import Result
from web.asking import Asked, Asking, Form, check_form_token
from web.board_numbers import PATH, PERIOD, frame, number
from web.bulk_acts import REASSIGN, act_on_all, may_act, open_in
from web.commanding import fresh_key
from web.lists import finding_rows
from web.look import page, query_path
from web.naming import Names
from web.people import People, people_of
from web.problems import Query, read_filtered
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
HERE = f"{PATH}/load"
OF_THE_LIST = ("handler", "cursor")


@router.get(HERE)
def load_page(asking: Asked) -> Response:
    """The load of every officer, and the open findings of the one who is named."""
    return show_load(asking)


@router.post(PATH + "/assignment")
def hand_over(asking: Asked, posted: Form) -> Response:
    """The findings that were chosen are handed to one officer one by one; the page says what became of each."""
    check_form_token(asking, posted)
    return show_load(asking, act_on_all(asking, REASSIGN, posted.typed), decided=True)


def show_load(asking: Asking, results: Sequence[Result] = (), decided: bool = False) -> Response:
    """The page; `results` are what became of a form that was sent."""
    house, who, words = asking.house, asking.who, asking.words

    def read(query: Query) -> tuple[dict[str, Any], dict[str, Any]]:
        base = {name: values for name, values in query.items() if name not in OF_THE_LIST}
        loads = house.reader.board.loads(who, base)
        if not query.get("handler"):
            return loads, {"items": [], "next": None}
        return loads, house.reader.findings(who, {**query, "state": ["open"]})

    (loads, listed), query, problem = read_filtered(asking.query, words, read)
    names, people, now = Names(house, words), people_of(house), house.clock.now()
    chosen = (query.get("handler") or [""])[0]
    hands_over = may_act(asking, REASSIGN)
    rows = finding_rows(asking, listed["items"], now)
    for row in rows:
        row["may_hand_over"] = hands_over and open_in(asking, REASSIGN, row["state"])
    kept = {name: query[name] for name in PERIOD if name in query}
    return page(
        asking,
        "load.html",
        status=problem.status if problem else 200,
        problem=problem,
        **frame(asking, query, loads["as_of"]),
        here=query_path(PATH + "/assignment", query),
        last_day=loads["before"] - timedelta(days=1),
        loads=[_line(names, people, words("board.nobody"), kept, one) for one in loads["loads"]],
        chosen=chosen,
        chosen_name=words("board.nobody") if chosen == NOBODY else people.name(chosen),
        rows=rows,
        sheet=query_path("/ledger", {**query, "state": ["open"]}, cursor="", limit=""),
        hands_over=hands_over and any(row["may_hand_over"] for row in rows),
        officers=people.offered(who.department or ""),
        next=query_path(HERE, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(HERE, query, cursor="") if "cursor" in query else "",
        results=results,
        decided=decided,
        key=fresh_key(),
    )


def _line(names: Names, people: People, nobody: str, kept: Query, one: Mapping[str, Any]) -> dict[str, Any]:
    handler = one["handler"]
    return {
        "department_title": names.department(one["department"]),
        "handler": handler or NOBODY,
        "title": people.name(handler) if handler else nobody,
        "path": query_path(HERE, {**kept, "department": [one["department"]]}, handler=handler or NOBODY),
        **{part: number(one[part]) for part in ("open", "overdue", "due")},
    }
