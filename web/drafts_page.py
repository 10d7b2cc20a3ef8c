"""Drafts are kept on the server, by a button without script and by script while somebody types."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.drafts import Drafts
from engine.drafts import Form as FormOf
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.fields import Typed
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
OF_THE_FORM = frozenset(
    {
        "csrf",
        "idempotency_key",
        "expected_version",
        "proceeding",
        "triggers",
        "back",
        "quiet",
        "discard",
        "edit",
    }
)
"""What a form carries beside what somebody typed."""
NOTHING = "\x00"


@router.post("/findings/{id}/drafts")
def keep_for_finding(asking: Asked, posted: Form, id: str) -> Response:
    """What was typed into a form of the finding's page is kept, or thrown away."""
    asking.house.reader.party_of(asking.who, an_id(id))
    return _keep(asking, posted, f"/findings/{id}", id)


@router.post("/inspections/{id}/drafts")
def keep_for_inspection(asking: Asked, posted: Form, id: str) -> Response:
    """The same of an inspection."""
    asking.house.reader.inspection(asking.who, an_id(id))
    return _keep(asking, posted, f"/inspections/{id}", id)


def _keep(asking: Asking, posted: Posted, home: str, record: str) -> Response:
    check_form_token(asking, posted)
    typed, drafts = posted.typed, Drafts.of(asking.house)
    form = form_of(record, typed)
    if typed.first("discard"):
        drafts.forget(asking.who, form)
    else:
        drafts.keep(asking.who, form, what_was_typed(typed), version_of(typed))
    if typed.first("quiet"):
        return Response(status_code=204)
    return see(f"{home}?{urlencode({'step': form[1], 'of': form[2]})}")


def form_of(record: str, typed: Typed) -> FormOf:
    """Which form of the record it is; raises `not_found` where the proceeding can be none."""
    proceeding = typed.first("proceeding")
    triggers = " ".join(typed.first("triggers").replace(NOTHING, "").split())
    return record, triggers, an_id(proceeding) if proceeding else ""


def what_was_typed(typed: Typed) -> Typed:
    """The inputs of the form alone, without the one character that no database keeps."""
    return Typed(
        {
            name.replace(NOTHING, ""): [value.replace(NOTHING, "") for value in values]
            for name, values in typed.items()
            if name not in OF_THE_FORM
        }
    )


def version_of(typed: Typed) -> int:
    """The version of the record that the form was made for; 0 where it names none."""
    said = typed.first("expected_version")
    return int(said) if said.isdecimal() and len(said) < 10 else 0
