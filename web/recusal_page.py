"""Forms of recusals are sent: somebody steps back, or a head decides; a refusal comes back on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from engine.core.refusals import Refusal
from web.asking import Asked, Asking, Form, Posted, check_form_token, see
from web.commanding import decide_recusal, enter_recusal
from web.fields import ABSENT, Field, Typed, read_field
from web.finding_page import show_finding
from web.problems import told
from web.records import Folder, open_finding, open_referral
from web.recusals import decision_fields, entry_fields
from web.referral_page import show_referral
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/findings/{id}/recusals")
def entered(asking: Asked, posted: Form, id: str) -> Response:
    """Somebody steps back from the finding, or is asked to."""
    return _entered(asking, posted, "finding", an_id(id))


@router.post("/findings/{id}/recusals/{rid}/decision")
def decided(asking: Asked, posted: Form, id: str, rid: str) -> Response:
    """A recusal on the finding is decided."""
    return _decided(asking, posted, "finding", an_id(id), an_id(rid))


@router.post("/referrals/{id}/recusals")
def entered_on_referral(asking: Asked, posted: Form, id: str) -> Response:
    """Somebody steps back from the referral, or is asked to."""
    return _entered(asking, posted, "referral", an_id(id))


@router.post("/referrals/{id}/recusals/{rid}/decision")
def decided_on_referral(asking: Asked, posted: Form, id: str, rid: str) -> Response:
    """A recusal on the referral is decided."""
    return _decided(asking, posted, "referral", an_id(id), an_id(rid))


def _entered(asking: Asking, posted: Posted, subject: str, id: str) -> Response:
    check_form_token(asking, posted)
    folder, typed = _opened(asking, subject, id), posted.typed
    body = _body(entry_fields(folder), typed)
    return _done(
        folder,
        subject,
        lambda: enter_recusal(asking, subject, id, body, typed.first("idempotency_key")),
        typed,
    )


def _decided(asking: Asking, posted: Posted, subject: str, id: str, rid: str) -> Response:
    check_form_token(asking, posted)
    folder, typed = _opened(asking, subject, id), posted.typed
    body = _body(decision_fields(folder, {"may": ("decide", "withdraw")}), typed)
    key = typed.first("idempotency_key")
    return _done(folder, subject, lambda: decide_recusal(asking, subject, id, rid, body, key), None)


def _opened(asking: Asking, subject: str, id: str) -> Folder:
    return open_finding(asking, id) if subject == "finding" else open_referral(asking, id)


def _body(fields: tuple[Field, ...], typed: Typed) -> dict[str, Any]:
    read = {one.name: read_field(one, typed) for one in fields}
    return {name: value for name, value in read.items() if value is not ABSENT}


def _done(folder: Folder, subject: str, act: Callable[[], object], typed: Typed | None) -> Response:
    try:
        act()
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise
        said = told(refusal, folder.asking.words)
        show = show_finding if subject == "finding" else show_referral
        return show(folder, problem=said, recusal=typed)
    return see(f"{folder.home}?flash=recorded")
