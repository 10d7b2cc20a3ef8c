"""Proving again who one is, before a grave act; what was about to be sent is kept on the page meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from api.sessions import session_token, set_cookies
from engine.core.refusals import Refusal
from engine.identity.visit import SignedIn
from web.asking import Asked, Asking, Form, check_form_token, local_path, see, wanted_after_signing_in
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/step-up"
LEFT_OUT = frozenset({"csrf"})
"""What the form that is sent on gets anew."""
Sent = Sequence[tuple[str, str]]


@router.get(PATH)
def step_up_page(asking: Asked, next: str = "/work") -> Response:
    """The form for a password or a code."""
    return _form(asking, local_path(next))


@router.post(PATH)
def step_up(asking: Asked, posted: Form) -> Response:
    """The person was proven again and goes on, with what they were about to send; a wrong proof comes back."""
    check_form_token(asking, posted)
    typed = posted.typed
    wanted, action = local_path(typed.first("next") or "/work"), typed.first("action")
    kept, code = _kept(typed.first("kept")), typed.first("code").strip()
    if not code and not typed.first("password"):
        return _form(asking, wanted, action, kept, "authentication_required")
    try:
        signed_in = asking.house.accounts.step_up(
            asking.who, session_token(asking.request), None if code else typed.first("password"), code or None
        )
    except Refusal as refusal:
        if refusal.code not in ("authentication_required", "rate_limited"):
            raise
        return _form(asking, wanted, action, kept, refusal.code)
    response = _going_on(asking, signed_in, local_path(action), kept) if action else see(wanted)
    set_cookies(response, signed_in, secure=asking.house.settings.cookie_secure)
    return response


def ask_proof(request: Request, asking: Asking) -> Response:
    """The page that asks for a proof instead of carrying out what was sent."""
    sent: Sent = getattr(request.state, "sent", [])
    kept = [(name, value) for name, value in sent if name not in LEFT_OUT]
    return _form(asking, wanted_after_signing_in(request), request.url.path, kept)


def _form(asking: Asking, wanted: str, action: str = "", kept: Sent = (), refused: str = "") -> Response:
    return page(
        asking,
        "step_up.html",
        status={"": 200, "rate_limited": 429}.get(refused, 422),
        next=wanted,
        action=action,
        kept=json.dumps(list(kept), ensure_ascii=False),
        refused=refused,
        has_code=asking.visit.has_second_factor,
    )


def _going_on(asking: Asking, signed_in: SignedIn, action: str, kept: Sent) -> Response:
    """The form as it was sent, with the value of the fresh session, behind one button."""
    return page(asking, "step_up_done.html", csrf=signed_in.csrf, action=action, kept=kept)


def _kept(text: str) -> Sent:
    """What the page kept; nothing where somebody changed it."""
    try:
        pairs = json.loads(text or "[]")
        return [(str(name), str(value)) for name, value in pairs if name not in LEFT_OUT]
    except (ValueError, TypeError, RecursionError):
        return []
