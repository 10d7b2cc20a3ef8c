"""Administration: proposals that a second administrator confirms, and where the rest of it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.administration import Administration
from engine.core.policies import may
from engine.core.refusals import Refusal
from web import account_view
from web.asking import Asked, Asking, Form, check_form_token, prove, see
from web.finding_page import names_of
from web.look import page
from web.people import people_of
from web.problems import Told, told
from web.proposing import whose
from web.routing import PageRoute
from web.system_view import acts, shown_proposals

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/admin"
OF_THE_HOUSE = re.compile(r"/systems(/[a-z0-9-]{1,56})?|/admin/accounts(/[\w.@-]{1,64})?")
ONCE = ("secret", "token", "our_public_key")
"""What an act gives that is shown once, where it is carried out."""


@router.get(PATH)
def admin_page(asking: Asked) -> Response:
    """What administrators see; others are refused."""
    return show_admin(asking)


@router.post(PATH + "/proposals/{proposal}")
def confirm(asking: Asked, posted: Form, proposal: str) -> Response:
    """The proposal was confirmed, and what it gives is shown once; a refusal comes back on the page."""
    check_form_token(asking, posted)
    prove(asking, "confirm_proposal")
    try:
        result = Administration(asking.house).confirm(proposal, asking.who)
    except Refusal as refusal:
        return show_admin(asking, told(refusal, asking.words))
    back = _back(posted.typed.first("back"))
    return shown_once(asking, result, back) or see(f"{back}?flash=recorded")


@router.post(PATH + "/withdrawals/{proposal}")
def withdraw(asking: Asked, posted: Form, proposal: str) -> Response:
    """The person's own proposal was taken back; a refusal comes back on the page."""
    check_form_token(asking, posted)
    try:
        Administration(asking.house).withdraw(proposal, asking.who)
    except Refusal as refusal:
        return show_admin(asking, told(refusal, asking.words))
    return see(f"{_back(posted.typed.first('back'))}?flash=recorded")


def shown_once(asking: Asking, result: Mapping[str, Any], back: str) -> Response | None:
    """The page with the keys that the act gave, which no other page shows; None where it gave none."""
    given = [(name, result[name]) for name in ONCE if name in result]
    if not given:
        return None
    return page(asking, "shown_once.html", given=given, about=result.get("id", ""), back=back)


def _back(path: str) -> str:
    """The page of the house on which the button stood."""
    return path if OF_THE_HOUSE.fullmatch(path) else PATH


def waiting_for(asking: Asking) -> list[dict[str, Any]]:
    """The proposals that wait for somebody with one of the person's roles, their own among them."""
    proposed = Administration(asking.house).waiting()
    return [one for one in proposed if not asking.who.roles.isdisjoint(one["roles"])]


def show_admin(asking: Asking, problem: Told | None = None) -> Response:
    """What waits for a second administrator, and the ways to accounts, linked systems and the administrative record."""
    house, names, waiting = asking.house, names_of(asking), waiting_for(asking)
    of_systems = [one for one in waiting if one["act"].startswith("system.")]
    of_accounts = [one for one in waiting if one["act"].startswith(("user.", "token."))]
    plain = [one for one in waiting if one not in of_systems and one not in of_accounts]
    return page(
        asking,
        "admin.html",
        status=problem.status if problem else 200,
        problem=problem,
        waiting=[{**one, **whose(asking, one["by"])} for one in plain],
        proposals=[
            *shown_proposals(asking, names, people_of(house), of_systems),
            *account_view.shown_proposals(asking, names, people_of(house), of_accounts),
        ],
        manages_systems=acts(asking.who),
        manages_accounts=may(asking.who, "account.change"),
        names=names,
    )
