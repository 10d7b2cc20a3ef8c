"""The closed-loop ledger: the conservation line, figures that each lead to their list, and the list itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Response

from engine.core.refusals import Refusal
from models.reading.findings import NO_ROUTE
from models.reading.publicity import NOT_ON_TIME, ON_TIME, OWED
from web.approving import Result, approve_all, may_approve, waiting_approval
from web.asking import Asked, Asking, Form, check_form_token
from web.commanding import fresh_key
from web.fields import Choice
from web.lists import finding_rows
from web.look import page, query_path
from web.naming import Names
from web.narrowed import narrowed
from web.problems import told
from web.publicity_page import number as set_number
from web.routing import PageRoute
from web.states import state_of
from web.stuck_page import stuck_number

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PERIOD = ("from", "to", "department")
PARTS = ("found", "open", "closed")
LIGHTS = ("severe", "overdue", "red", "yellow", "green", "none")


@router.get("/ledger")
def ledger_page(asking: Asked) -> Response:
    """The figures and the list that the filters ask for."""
    return show_ledger(asking)


@router.post("/ledger")
def decide(asking: Asked, posted: Form) -> Response:
    """The selected findings are approved one by one; the page says what became of each."""
    check_form_token(asking, posted)
    return show_ledger(asking, approve_all(asking, posted.typed), decided=True)


def show_ledger(asking: Asking, results: Sequence[Result] = (), decided: bool = False) -> Response:
    """The page; wrong filters are told and leave the figures of everything."""
    reader, who, now = asking.house.reader, asking.who, asking.house.clock.now()
    query, problem = asking.query, None
    try:
        figures = reader.ledger(who, {name: query[name] for name in PERIOD if name in query})
        listed = reader.findings(who, query)
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        problem = told(refusal, asking.words)
        figures, listed = reader.ledger(who, {}), reader.findings(who, {})
        query = {}
    approves = may_approve(asking)
    rows = finding_rows(asking, listed["items"], now)
    for row in rows:
        row["approval"] = waiting_approval(asking, row) if approves else ""
        row["approval_title"] = (
            asking.words.of(asking.house.charts["finding"].any_row(row["approval"]))
            if row["approval"]
            else ""
        )
    return page(
        asking,
        "ledger.html",
        status=problem.status if problem else 200,
        problem=problem,
        figures=shown_figures(asking, figures),
        publicity=_publicity(asking, figures["publicity"], query),
        stuck=stuck_number(asking, "".join(query.get("department", []))),
        as_of=figures["as_of"],
        rows=rows,
        next=query_path("/ledger", query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path("/ledger", query, cursor="") if "cursor" in query else "",
        cut="cut" in listed,
        filters=filters(asking, query),
        given=query,
        narrowed=narrowed(asking, query),
        here=query_path("/ledger", query),
        approves=approves,
        results=results,
        decided=decided,
        key=fresh_key(),
    )


PUBLICITY = {"due": OWED, "on_time": ON_TIME, "late": NOT_ON_TIME}
"""The numbers of the ledger's publicity, each with the set behind it."""


def _publicity(asking: Asking, figures: Mapping[str, int], query: Mapping[str, list[str]]) -> dict[str, Any]:
    period = {name: query[name] for name in PERIOD if name in query}
    each = {name: set_number(asking, PUBLICITY[name], count, period) for name, count in figures.items()}
    return {name: {**one, "name": f"publicity.{name}"} for name, one in each.items()}


def number(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """A figure with the page that lists exactly it."""
    asked = parse_qsl(urlsplit(told["filter"]).query)
    query: dict[str, list[str]] = {}
    for key, value in asked:
        query.setdefault(key, []).append(value)
    return {"name": name, "count": told["count"], "path": query_path("/ledger", query)}


def shown_figures(asking: Asking, figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of the ledger, each named as `data-number` names it."""
    names, words = Names(asking.house, asking.words), asking.words

    def lines(part: str, code: str, title: Any) -> list[dict[str, Any]]:
        return [
            {
                "code": line[code],
                "title": title(line[code]),
                "numbers": {
                    one: number(f"{part}.{line[code]}" + ("" if one == "found" else f".{one}"), line[one])
                    for one in PARTS
                },
            }
            for line in figures[part]
        ]

    return {
        **{one: number(one, figures[one]) for one in PARTS},
        "by_department": lines("by_department", "department", names.department),
        "by_light": lines("by_light", "light", lambda code: words(f"light.{code}")),
        "by_state": [
            {**line, "term": state_of(asking, "finding", line["code"])["term"]}
            for line in lines("by_state", "state", lambda code: names.state("finding", code))
        ],
        "by_route": lines("by_route", "route", names.route),
    }


def filters(asking: Asking, query: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The inputs that narrow the list, with what they hold."""
    house, words = asking.house, asking.words
    names = Names(house, words)
    chart, vocabulary = house.charts["finding"], house.facts.vocabulary
    states = [Choice("open", words("ledger.state_open"))]
    states += [Choice(state.name, words.of(state)) for state in chart.states.values()]
    lists = {
        "state": states,
        "light": [Choice(code, words(f"light.{code}")) for code in LIGHTS],
        "route": [
            *(Choice(code, names.route(code)) for code in house.charts.kinds),
            Choice(NO_ROUTE, words("board.no_route")),
        ],
        "domain": [Choice(code, words.of(word)) for code, word in vocabulary.domains.items()],
        "department": names.member_departments(),
    }
    return [
        {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
        for name, choices in lists.items()
    ]
