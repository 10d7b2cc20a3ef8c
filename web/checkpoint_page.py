"""The newest signed checkpoint of the record: what to print, keep elsewhere and hold the ledger against later."""

from __future__ import annotations

from fastapi import APIRouter, Response

from web.asking import Asked
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/admin/checkpoint")
def checkpoint_page(asking: Asked) -> Response:
    """What was signed last, and whether the database still holds it; others than administrators are refused."""
    known = asking.house.witness.newest()
    signed = known and {
        "at": known.at,
        "size": known.checkpoint.size,
        "root": known.checkpoint.root.hex(),
        "note": known.note,
    }
    return page(asking, "checkpoint.html", signed=signed)
