"""The draft of intake: what an inspector typed and has not sent, one for the form itself and one for each matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.commands import Principal
from engine.drafts import Drafts, Kept
from engine.drafts import Form as FormOf
from engine.house import House
from web.accepting import NAMED
from web.asking import Asked, Asking, Form, check_form_token, see
from web.drafts_page import what_was_typed
from web.fields import Typed
from web.intake_view import intake_form
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
INTAKE = "intake"
STEPS = "record_result record_finding"
"""What the form does when it is sent."""


@router.post("/intake/drafts")
def keep_for_intake(asking: Asked, posted: Form) -> Response:
    """What was typed is kept, or thrown away; refuses `not_yours` to those who do not inspect."""
    check_form_token(asking, posted)
    intake_form(asking)
    typed = posted.typed
    if typed.first("discard"):
        forget_intake(asking, typed)
    else:
        keep_intake(asking.house, asking.who, typed)
    if typed.first("quiet"):
        return Response(status_code=204)
    matter = typed.first(NAMED)
    return see("/intake" + (f"?{urlencode({NAMED: matter})}" if matter else ""))


def keep_intake(house: House, who: Principal, typed: Typed) -> None:
    """The form stands as it is, but of a confidential matter nothing is kept (law 9).

    Raises `not_found` where it names a matter that the person does not see.
    """
    matter = typed.first(NAMED)
    if matter and house.incoming.reader.matter(who, an_id(matter))["confidential"]:
        return
    Drafts.of(house).keep(who, _form(matter), what_was_typed(typed), 0)


def kept_intake(asking: Asking, matter: Mapping[str, Any] | None) -> Kept | None:
    """What the person had typed, of that matter or of none."""
    form = _form(matter["id"] if matter else "")
    return Drafts.of(asking.house).of_records(asking.who, form[0]).get(form)


def forget_intake(asking: Asking, typed: Typed) -> None:
    """Nothing is kept of the form any more."""
    Drafts.of(asking.house).forget(asking.who, _form(typed.first(NAMED)))


def _form(matter: str) -> FormOf:
    return an_id(matter) if matter else INTAKE, STEPS, ""
