"""The publishing desk: editions of the rulebook, what one changes for whom, and who may approve or take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from engine.core.visibility import APPROVES_EDITIONS, PROPOSES_EDITIONS, may_read_backtests
from web.asking import Asked, Asking, Form, check_form_token, prove, see
from web.changes import change_row, turn_groups
from web.look import page, query_path
from web.naming import Names
from web.problems import Told, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/rulebook/editions"
CHANGES_SHOWN = "20"


@router.get(PATH)
def editions_page(asking: Asked) -> Response:
    """The editions that this person may see, latest proposal first."""
    query = asking.query
    listed = asking.house.reader.editions.editions(asking.who, query)
    return page(
        asking,
        "editions.html",
        editions=listed["items"],
        standing=asking.house.rulebook,
        drafts=bool(asking.who.roles & PROPOSES_EDITIONS),
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
    )


@router.get(PATH + "/{id}")
def edition_page(asking: Asked, id: str) -> Response:
    """What the edition changes, what was proven of it, and what this person may do about it."""
    return _show(asking, an_id(id))


@router.post(PATH + "/{id}/approve")
def approve(asking: Asked, posted: Form, id: str) -> Response:
    """The edition is approved; a refusal comes back on its page."""
    check_form_token(asking, posted)
    id = an_id(id)
    asking.house.reader.editions.edition(asking.who, id)
    prove(asking, "publish_rulebook")
    try:
        asking.house.editions.approve(id, asking.who)
    except Refusal as refusal:
        return _show(asking, id, told(refusal, asking.words))
    return see(f"{PATH}/{id}?flash=recorded")


@router.post(PATH + "/{id}/withdraw")
def withdraw(asking: Asked, posted: Form, id: str) -> Response:
    """The edition is taken back; a refusal comes back on its page, with what was typed."""
    check_form_token(asking, posted)
    id, reason = an_id(id), posted.typed.first("reason")
    asking.house.reader.editions.edition(asking.who, id)
    prove(asking, "publish_rulebook")
    try:
        asking.house.editions.withdraw(id, reason, asking.who)
    except Refusal as refusal:
        return _show(asking, id, told(refusal, asking.words), reason)
    return see(f"{PATH}/{id}?flash=recorded")


def _show(asking: Asking, id: str, problem: Told | None = None, reason: str = "") -> Response:
    edition = asking.house.reader.editions.edition(asking.who, id)
    return page(
        asking,
        "edition.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=Names(asking.house, asking.words),
        edition=edition,
        here=f"{PATH}/{id}",
        notice=[asking.words.of(line) for line in edition["notice"]],
        effects=_effects(asking, edition),
        reason=reason,
        **_offers(asking, edition),
    )


def _offers(asking: Asking, edition: Mapping[str, Any]) -> dict[str, bool]:
    """What the person may do now; `own` says why an approval is not offered to whoever proposed."""
    roles, waits = asking.who.all_roles, edition["state"] == "proposed"
    own = edition["proposed_by"].casefold() in asking.who.persons
    takes_back = bool(roles & (PROPOSES_EDITIONS | APPROVES_EDITIONS))
    return {
        "approves": waits and bool(roles & APPROVES_EDITIONS) and not own,
        "own": waits and own,
        "withdraws": takes_back and edition["state"] in ("proposed", "lapsed", "coming"),
    }


def _effects(asking: Asking, edition: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of the findings that this person sees: which would be decided otherwise. None for those who judge no drafts."""
    if not may_read_backtests(asking.who):
        return None
    reader, names = asking.house.reader.backtests, Names(asking.house, asking.words)
    run = reader.run(asking.who, edition["backtest"])
    first = reader.changes(asking.who, edition["backtest"], {"limit": [CHANGES_SHOWN]})
    return {
        "run": run,
        "groups": turn_groups(asking, run["turns"]),
        "departments": [(names.department(one["department"]), one["findings"]) for one in run["departments"]],
        "rows": [change_row(asking, item, names) for item in first["items"]],
        "more": bool(first["next"]),
    }
