"""The exchange with other departments: what needs a person first, then what went out and what came back."""

from __future__ import annotations

from fastapi import APIRouter, Response

from engine.carrier.rights import carries_for
from engine.core.refusals import Refusal
from engine.exchanged import exchanged
from web.asking import Asked
from web.finding_page import names_of
from web.look import CLERKS, page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/exchange")
def exchange_page(asking: Asked) -> Response:
    """Messages and receipts about what the person sees; others than those who deal with them are refused."""
    if not asking.who.all_roles & CLERKS:
        raise Refusal("not_yours", roles=sorted(CLERKS))
    house = asking.house
    told = exchanged(house.database, house.office.office_id, asking.who)
    return page(
        asking,
        "exchange.html",
        told=told,
        names=names_of(asking),
        carries=carries_for(asking.who) is not None,
    )
