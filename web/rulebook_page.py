"""The rulebook as it stands on a date."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from web.asking import Asked
from web.finding_page import names_of
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/rulebook")
def rulebook_page(asking: Asked) -> Response:
    """The rules in force, with their articles and what is not verified."""
    on = _date(asking.parameter("on")) or civil_date(asking.house.clock.now())
    rulebook = asking.house.rulebook
    rules = [rule for rule in rulebook.in_force(on) if not rule.confidential]
    return page(
        asking,
        "rulebook.html",
        on=on.isoformat(),
        version=rulebook.version,
        digest=rulebook.digest,
        rules=[rule.as_data() for rule in rules],
        names=names_of(asking),
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
