"""Administration: accounts, linked systems, and proposals that a second administrator confirms."""

from __future__ import annotations

from fastapi import APIRouter, Response

from engine.administration import Administration
from engine.core.refusals import Refusal
from web.asking import Asked, Asking, Form, check_form_token, see
from web.finding_page import names_of
from web.look import ADMINISTRATORS, page
from web.problems import Told, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/admin")
def admin_page(asking: Asked) -> Response:
    """What administrators see; others are refused."""
    return show_admin(asking)


@router.post("/admin/proposals/{proposal}")
def confirm(asking: Asked, posted: Form, proposal: str) -> Response:
    """The proposal was confirmed; a refusal comes back on the page."""
    check_form_token(asking, posted)
    _check_administrator(asking)
    try:
        Administration(asking.house).confirm(proposal, asking.who)
    except Refusal as refusal:
        return show_admin(asking, told(refusal, asking.words))
    return see("/admin?flash=recorded")


def show_admin(asking: Asking, problem: Told | None = None) -> Response:
    """The page: accounts for security administrators, linked systems for system administrators."""
    _check_administrator(asking)
    house, roles = asking.house, asking.who.roles
    waiting = [one for one in Administration(house).waiting() if one["role"] in roles]
    return page(
        asking,
        "admin.html",
        status=problem.status if problem else 200,
        problem=problem,
        waiting=waiting,
        users=house.accounts.users() if "security_admin" in roles else [],
        systems=house.exchange.systems.list() if "system_admin" in roles else [],
        names=names_of(asking),
    )


def _check_administrator(asking: Asking) -> None:
    if not asking.who.roles & ADMINISTRATORS:
        raise Refusal("not_yours", roles=sorted(ADMINISTRATORS))
