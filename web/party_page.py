"""A party: who it is, and what was found with it, as far as the person may see."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.calls import an_id
from web.asking import Asked
from web.finding_page import names_of
from web.lists import finding_rows
from web.look import page, query_path
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/parties/{id}")
def party_page(asking: Asked, id: str) -> Response:
    """The party with the first page of its findings."""
    party = asking.house.reader.party(asking.who, an_id(id))
    return page(
        asking,
        "party.html",
        party=party,
        rows=finding_rows(asking, party["findings"], asking.house.clock.now()),
        more=query_path("/ledger", {}, party=id) if party["next"] else "",
        names=names_of(asking),
    )
