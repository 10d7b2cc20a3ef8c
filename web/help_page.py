"""Help: what each page, light, role and key is for; the terms of the trade; a first day, step by step."""

from __future__ import annotations

from fastapi import APIRouter, Response

from web.asking import Asked
from web.first_day import steps_for
from web.glossary import glossary, sought_terms
from web.look import navigation, page
from web.naming import Names
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LIGHTS = ("severe", "overdue", "red", "yellow", "green", "none")
KEYS = ("search", "tab", "skip", "space", "enter")


@router.get("/help")
def help_page(asking: Asked) -> Response:
    """What there is, for the person who asks."""
    names = Names(asking.house, asking.words)
    roles = sorted(asking.who.all_roles)
    return page(
        asking,
        "help.html",
        pages=[one for one in navigation(asking) if asking.words.has(f"help.page_{one['name']}")],
        lights=LIGHTS,
        keys=KEYS,
        roles=[(names.role(role), asking.words(f"help.role_{role}")) for role in roles],
    )


@router.get("/help/terms")
def terms_page(asking: Asked) -> Response:
    """The terms of the trade, all or those that hold what was typed."""
    typed = asking.parameter("q")[:200]
    groups = sought_terms(typed) if typed.strip() else glossary()
    return page(asking, "terms.html", groups=groups, typed=typed)


@router.get("/help/first-day")
def first_day_page(asking: Asked) -> Response:
    """What to click on a first day, for the roles of the person."""
    return page(asking, "first_day.html", chapters=steps_for(asking.who))
