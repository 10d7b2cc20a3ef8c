"""Clocks that run, soonest due first."""

from __future__ import annotations

from fastapi import APIRouter, Response

from web.asking import Asked
from web.clocks import clock_line
from web.fields import Choice
from web.ledger_page import LIGHTS
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
NATURES = ("statutory", "internal")


@router.get("/deadlines")
def deadlines_page(asking: Asked) -> Response:
    """The running deadlines that the filters ask for."""
    house, words = asking.house, asking.words
    listed, query, problem = read_filtered(
        asking.query, words, lambda query: house.reader.deadlines(asking.who, query)
    )
    now, law = house.clock.now(), house.law
    names = Names(house, words)
    of = house.reader.named(asking.who, {one["finding"] for one in listed["items"]})
    rows = [
        clock_line(one, now, law.calendar, words, names.term(one["term"]))
        | {
            "department_title": names.department(one["department"]),
            "owner": names.role(one.get("owner_role")),
            "of": of.get(one["finding"]),
        }
        for one in listed["items"]
    ]
    lists = {
        "light": [Choice(code, words(f"light.{code}")) for code in LIGHTS if code != "none"],
        "nature": [Choice(code, words(f"clock.{code}")) for code in NATURES],
        "term": [Choice(code, f"{code} {words.of(term)}") for code, term in law.terms.items()],
        "department": names.member_departments(),
    }
    return page(
        asking,
        "deadlines.html",
        status=problem.status if problem else 200,
        problem=problem,
        rows=rows,
        next=query_path("/deadlines", query, cursor=listed["next"]) if listed["next"] else "",
        filters=[
            {"name": name, "choices": choices, "value": (query.get(name) or [""])[0]}
            for name, choices in lists.items()
        ],
        given=query,
    )
