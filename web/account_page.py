"""One's own account: the password, the open sessions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.calls import an_id
from api.sessions import session_token, set_cookies
from engine.core.refusals import Refusal
from engine.identity.password_rules import LENGTH_MIN
from engine.identity.visit import PASSWORD as OWED_PASSWORD
from engine.identity.visit import SECOND_FACTOR
from web.asking import Asked, Asking, Form, check_form_token, local_path, prove, see
from web.look import page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
ACCOUNT, PASSWORD = "/account", "/password"
REFUSED = {"authentication_required": "account.wrong_password", "rate_limited": "login.too_many"}
"""Words for what is refused with the password that was typed."""
PROOF_REFUSED = {**REFUSED, "authentication_required": "account.wrong_proof"}


@router.get(ACCOUNT)
def account_page(asking: Asked) -> Response:
    """Who is signed in, with which sessions."""
    return _show(asking)


@router.post(ACCOUNT + "/sessions")
def end_others(asking: Asked, posted: Form) -> Response:
    """Every other session of the person is over."""
    check_form_token(asking, posted)
    asking.house.accounts.sessions.end_others(asking.who.login, session_token(asking.request))
    return see(f"{ACCOUNT}?flash=recorded")


@router.post(ACCOUNT + "/tokens/{id}/revoke")
def revoke_token(asking: Asked, posted: Form, id: str) -> Response:
    """One's own token opens nothing any more."""
    check_form_token(asking, posted)
    asking.house.accounts.tokens.revoke(an_id(id), asking.who)
    return see(f"{ACCOUNT}?flash=recorded")


@router.post(ACCOUNT + "/second-factor")
def begin_second_factor(asking: Asked, posted: Form) -> Response:
    """A fresh secret is shown, which waits for its first code; for that, and for nothing else, the page shows it."""
    check_form_token(asking, posted)
    prove(asking, "change_second_factor")
    return _show(asking, begun=asking.house.accounts.prover.factors.begin(asking.who.login))


@router.post(ACCOUNT + "/second-factor/confirm")
def confirm_second_factor(asking: Asked, posted: Form) -> Response:
    """The second factor is in use; the recovery codes are shown, this once."""
    check_form_token(asking, posted)
    prove(asking, "change_second_factor")
    factors, token = asking.house.accounts.prover.factors, session_token(asking.request)
    try:
        codes = factors.confirm(asking.who.login, posted.typed.first("code"), token)
    except Refusal as refusal:
        if refusal.code != "facts_invalid":
            raise
        begun = factors.waiting(asking.who.login)
        return _show(asking, 422, begun=begun, fault=asking.words.of(refusal.errors[0]))
    return page(asking, "recovery_codes.html", codes=codes)


@router.post(ACCOUNT + "/second-factor/off")
def drop_second_factor(asking: Asked, posted: Form) -> Response:
    """The second factor is off, where password and code were right."""
    check_form_token(asking, posted)
    password, code = posted.typed.first("password"), posted.typed.first("code")
    if not password or not code:
        return _show(asking, 422, off_fault=asking.words("account.wrong_proof"))
    token = session_token(asking.request)
    try:
        asking.house.accounts.drop_second_factor(asking.who, token, password, code)
    except Refusal as refusal:
        if refusal.code not in REFUSED:
            raise
        status = 429 if refusal.code == "rate_limited" else 422
        return _show(asking, status, off_fault=asking.words(PROOF_REFUSED[refusal.code]))
    return see(f"{ACCOUNT}?flash=recorded")


def _show(asking: Asking, status: int = 200, **shown: Any) -> Response:
    sessions = asking.house.accounts.sessions.of(asking.who.login, session_token(asking.request))
    tokens = asking.house.accounts.tokens.listed(asking.who.login)
    told = {
        "tokens": [one for one in tokens if not one["revoked"]],
        "begun": None,
        "fault": "",
        "off_fault": "",
        **shown,
    }
    owed = asking.visit.owes == SECOND_FACTOR
    has = asking.visit.has_second_factor
    return page(asking, "account.html", status=status, sessions=sessions, owed=owed, has_code=has, **told)


@router.get(PASSWORD)
def password_page(asking: Asked, next: str = "/work") -> Response:
    """The form for another password."""
    return _form(asking, next)


@router.post(PASSWORD)
def change_password(asking: Asked, posted: Form) -> Response:
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
