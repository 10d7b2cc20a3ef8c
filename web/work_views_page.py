"""Filters of /work are given a name, or forgotten."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Response

from engine.work_views import KEPT, WorkViews
from web.asking import Asked, Form, check_form_token, see
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
NOTHING = "\x00"


@router.post("/work/views")
def save_view(asking: Asked, posted: Form) -> Response:
    """The filters in the address of the work page have that name, or the name is forgotten."""
    check_form_token(asking, posted)
    typed, views = posted.typed, WorkViews.of(asking.house)
    name = typed.first("name").strip().replace(NOTHING, "")
    pairs = parse_qsl(typed.first("query").replace(NOTHING, ""))
    query = urlencode([(key, value) for key, value in pairs if key in KEPT])
    if typed.first("forget"):
        views.forget(asking.who, typed.first("forget").replace(NOTHING, ""))
    else:
        views.save(asking.who, name, query)
    return see(f"/work?{query}" if query else "/work")
