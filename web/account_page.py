"""One's own account: the password, the open sessions."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.sessions import session_token, set_cookies
from engine.core.refusals import Refusal
from engine.identity.password_rules import LENGTH_MIN
from engine.identity.visit import PASSWORD as OWED_PASSWORD
from web.asking import Asking, EarlyAsked, Form, check_form_token, local_path, see
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
ACCOUNT, PASSWORD = "/account", "/password"
REFUSED = {"authentication_required": "account.wrong_password", "rate_limited": "login.too_many"}
"""Words for what is refused with the password that was typed."""


@router.get(ACCOUNT)
def account_page(asking: EarlyAsked) -> Response:
    """Who is signed in, with which sessions."""
    sessions = asking.house.accounts.sessions.of(asking.who.login, session_token(asking.request))
    return page(asking, "account.html", sessions=sessions)


@router.post(ACCOUNT + "/sessions")
def end_others(asking: EarlyAsked, posted: Form) -> Response:
    """Every other session of the person is over."""
    check_form_token(asking, posted)
    asking.house.accounts.sessions.end_others(asking.who.login, session_token(asking.request))
    return see(f"{ACCOUNT}?flash=recorded")


@router.get(PASSWORD)
def password_page(asking: EarlyAsked, next: str = "/work") -> Response:
    """The form for another password."""
    return _form(asking, next)


@router.post(PASSWORD)
def change_password(asking: EarlyAsked, posted: Form) -> Response:
    """The person has another password; what is wrong with it comes back on the page."""
    check_form_token(asking, posted)
    typed, request = posted.typed, asking.request
    wanted, chosen = typed.first("next") or "/work", typed.first("new_password")
    if chosen != typed.first("new_password_again"):
        return _form(asking, wanted, 422, again=asking.words("account.not_the_same"))
    try:
        signed_in = asking.house.accounts.change_password(
            asking.who, session_token(request), typed.first("password"), chosen
        )
    except Refusal as refusal:
        return _refused(asking, wanted, refusal)
    response = see(f"{local_path(wanted)}{'&' if '?' in wanted else '?'}flash=recorded")
    set_cookies(response, signed_in, secure=asking.house.settings.cookie_secure)
    return response


def _refused(asking: Asking, wanted: str, refusal: Refusal) -> Response:
    words = asking.words
    if refusal.code in REFUSED:
        status = 429 if refusal.code == "rate_limited" else 422
        return _form(asking, wanted, status, present=words(REFUSED[refusal.code]))
    if refusal.code != "facts_invalid":
        raise refusal
    return _form(asking, wanted, 422, chosen=words.of(refusal.errors[0]))


def _form(asking: Asking, wanted: str, status: int = 200, **faults: str) -> Response:
    """The form with what is wrong with each field; nothing that was typed in it comes back."""
    return page(
        asking,
        "password.html",
        status=status,
        next=local_path(wanted),
        owed=asking.visit.owes == OWED_PASSWORD,
        length=LENGTH_MIN,
        faults=faults,
    )
