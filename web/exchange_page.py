"""The exchange with other departments: how many need a person, by receiver; each number opens exactly its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.carrier.rights import carries_for
from engine.core.policies import may
from engine.exchange_reader import COUNTED, SETS
from engine.message_acts import MAY_ACT
from models.reading.exchanged import FOR_A_PERSON, OF_RECEIPTS, PARKED, SENT
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.fields import Choice
from web.letters import PAPER, RESEND, RefusedLetter, act_on, letters, paper_fields
from web.list_sheet import SHEET, list_sheet, taken_along
from web.look import page, query_path
from web.naming import Names
from web.problems import read_filtered
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/exchange"


@router.get(PATH)
def exchange_page(asking: Asked) -> Response:
    """Messages and receipts about what the person sees; others than those who deal with them are refused."""
    return show_exchange(asking)


@router.get(PATH + SHEET)
def sheet(asking: Asked) -> Response:
    """The set that is asked for, else all that was sent, for programs of tables."""
    return list_sheet(asking, "exchange")


@router.post(PATH + "/{id}/resend")
def resent(asking: Asked, posted: Form, id: str) -> Response:
    """The message is sent again as it is; a refusal comes back on the page."""
    return _done(asking, posted, id, RESEND)


@router.post(PATH + "/{id}/paper")
def gone_on_paper(asking: Asked, posted: Form, id: str) -> Response:
    """How the message was delivered on paper is entered; a refused form comes back with what was typed."""
    return _done(asking, posted, id, PAPER)


def _done(asking: Asking, posted: Posted, id: str, act: str) -> Response:
    check_form_token(asking, posted)
    refused = act_on(asking, posted.typed, id, act)
    if refused is not None:
        return show_exchange(asking, refused)
    return see(query_path(PATH, asking.query, flash="recorded"))


def show_exchange(asking: Asking, refused: RefusedLetter | None = None) -> Response:
    """The page: the set that is asked for, else the first in which something needs a person, else all that was sent."""
    reader, words = asking.house.exchange_reader, asking.words
    figures = reader.figures(asking.who)
    counted = figures["sets"]
    pressing = next((name for name in (*FOR_A_PERSON, PARKED) if counted[name]), SENT)
    listed, query, wrong = read_filtered(
        asking.query, words, lambda query: reader.page(asking.who, query, pressing)
    )
    chosen = (query.get("set") or [pressing])[0]
    problem, names = refused.problem if refused else wrong, Names(asking.house, words)
    acts = not asking.who.all_roles.isdisjoint(MAY_ACT)
    rows = listed["items"]
    if chosen not in OF_RECEIPTS:
        rows = letters(
            rows, lambda id, act: query_path(f"{PATH}/{id}/{act}", asking.query), refused, acts=acts
        )
    return page(
        asking,
        "exchange.html",
        status=problem.status if problem else 200,
        problem=problem,
        wrong=wrong,
        names=names,
        here=PATH,
        as_of=figures["as_of"],
        sets=[_figure(asking, name, counted.get(name), {}) for name in SETS],
        counted=COUNTED,
        recipients=[_recipient(asking, names, row) for row in figures["recipients"]],
        chosen=chosen,
        count=counted.get(chosen) if "recipient" not in query else None,
        rows=rows,
        of_receipts=chosen in OF_RECEIPTS,
        fields=paper_fields(asking),
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
        along=taken_along(PATH, query, set=chosen),
        filters=_filters(asking, names, query, chosen),
        carries=carries_for(asking.who) is not None,
        reads_systems=may(asking.who, "system.read"),
    )


def _filters(
    asking: Asking, names: Names, query: Mapping[str, list[str]], chosen: str
) -> list[dict[str, Any]]:
    departments = asking.house.office.departments
    lists = {
        "set": ([Choice(name, asking.words(f"exchange.set_{name}")) for name in SETS], chosen),
        "recipient": (
            [Choice(code, names.department(code)) for code in departments],
            (query.get("recipient") or [""])[0],
        ),
    }
    return [{"name": name, "choices": choices, "value": value} for name, (choices, value) in lists.items()]


def _figure(asking: Asking, name: str, count: int | None, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """A set with its number, where it is counted, and the page that lists exactly it."""
    path = query_path(PATH, {**query, "set": [name]})
    title = asking.words(f"exchange.set_{name}")
    return {"name": name, "title": title, "count": count, "path": path}


def _recipient(asking: Asking, names: Names, row: Mapping[str, Any]) -> dict[str, Any]:
    asked = {"recipient": [row["recipient"]]}
    sets = [name for name in COUNTED if name != PARKED]
    return {
        "department": row["recipient"],
        "title": names.department(row["recipient"]),
        "numbers": [_figure(asking, name, row[name], asked) for name in sets],
    }
