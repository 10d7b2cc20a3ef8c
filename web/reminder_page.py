"""Reminders: the panel on the work page, all of them on a page of their own, and the button that says they were seen."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from web.asking import Asked, Asking, Form, check_form_token, local_path, see
from web.look import page, query_path
from web.naming import Names
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
SHOWN = "5"
"""How many the work page shows before it leads to all."""


@router.get("/reminders")
def reminders_page(asking: Asked) -> Response:
    """Every reminder that waits for the person, or was seen, page by page."""
    done = asking.query.get("done", [""])[0] == "true"
    return page(asking, "reminders.html", panel=reminder_panel(asking, {}), done=done)


@router.post("/reminders/seen")
def seen(asking: Asked, posted: Form) -> Response:
    """The reminder was seen; the browser goes back to where the button stood."""
    check_form_token(asking, posted)
    asking.house.reminders.seen(asking.who, posted.typed.first("key"))
    return see(local_path(posted.typed.first("back") or "/work"))


def reminder_panel(asking: Asking, overview: dict[str, list[str]]) -> dict[str, Any]:
    """The reminders with their words, where more of them are, and where the page is to go back to."""
    query = overview or asking.query
    answer = asking.house.reader.reminders.reminders(asking.who, query)
    following = query_path("/reminders", dict(query), cursor=answer["next"]) if answer["next"] else ""
    rows = [_row(asking, item) for item in answer["items"]]
    return {
        "rows": rows,
        "more": "/reminders" if overview and following else following,
        "back": asking.request.url.path if asking.request.method == "GET" else "/work",
    }


def _row(asking: Asking, item: dict[str, Any]) -> dict[str, Any]:
    names = Names(asking.house, asking.words)
    path = f"/findings/{item['finding']}" if item["finding"] else ""
    if item["inspection"]:
        path = f"/inspections/{item['inspection']}"
    return {**item, "path": path, "said": asking.words.of(item), "to": names.role(item["role"])}
