"""Signing in and out; the address that was asked for is shown after."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from api.calls import BROWSER_COOKIE
from api.sessions import address_of, browser_of, delete_cookies, session_token, set_cookies
from engine.core.refusals import Refusal
from engine.identity.visit import SignedIn
from web.asking import Asked, Form, check_form_token, house_of, local_path, see
from web.look import open_page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
BROWSER_SECONDS = 180 * 24 * 3600
"""So long after the last sign-in the browser is forgotten."""


@router.get("/")
def start() -> Response:
    """The first page is one's own work."""
    return see("/work")


@router.get("/login")
def login_page(request: Request, next: str = "/work", left: str = "") -> Response:
    """The form for signing in."""
    return open_page(request, "login.html", next=local_path(next), login="", refused="", left=left == "yes")


@router.post("/login")
def sign_in(request: Request, posted: Form) -> Response:
    """The person is signed in and goes where they wanted to; a wrong password comes back with the login kept."""
    house, typed = house_of(request), posted.typed
    browser = browser_of(request) or secrets.token_urlsafe(32)
    wanted, login = local_path(typed.first("next") or "/work"), typed.first("login").strip()
    try:
        proof = house.accounts.first_step(
            login, typed.first("password"), address_of(request), browser_of(request), browser
        )
    except Refusal as refusal:
        status = _status(refusal)
        return open_page(
            request, "login.html", status=status, next=wanted, login=login, refused=refusal.code, left=False
        )
    if isinstance(proof, str):
        return ask_code(request, proof, wanted)
    return _signed_in(request, proof, browser, wanted)


@router.post("/login/code")
def sign_in_with_code(request: Request, posted: Form) -> Response:
    """The second step: the person is signed in by the code; a wrong one comes back."""
    house, typed = house_of(request), posted.typed
    browser = browser_of(request) or secrets.token_urlsafe(32)
    wanted, ticket = local_path(typed.first("next") or "/work"), typed.first("ticket")
    try:
        signed_in = house.accounts.second_step(
            ticket, typed.first("code"), address_of(request), browser_of(request), browser
        )
    except Refusal as refusal:
        return ask_code(request, ticket, wanted, refusal)
    return _signed_in(request, signed_in, browser, wanted)


def _signed_in(request: Request, signed_in: SignedIn, browser: str, wanted: str) -> Response:
    response, secure = see(wanted), house_of(request).settings.cookie_secure
    set_cookies(response, signed_in, secure=secure)
    remember_browser(response, browser, secure=secure)
    return response


def ask_code(request: Request, ticket: str, wanted: str, refused: Refusal | None = None) -> Response:
    """The form for the code that the ticket waits for."""
    status = _status(refused) if refused is not None else 200
    code = refused.code if refused is not None else ""
    return open_page(request, "code.html", status=status, next=wanted, ticket=ticket[:2000], refused=code)


def _status(refusal: Refusal) -> int:
    """The status of the form that comes back; raises what no form answers."""
    if refusal.code not in ("authentication_required", "rate_limited"):
        raise refusal
    return 422 if refusal.code == "authentication_required" else 429


@router.post("/logout")
def sign_out(asking: Asked, posted: Form) -> Response:
    """The session is over."""
    check_form_token(asking, posted)
    asking.house.accounts.sessions.end(session_token(asking.request))
    response = see("/login?left=yes" if asking.house.single_sign_on else "/login")
    delete_cookies(response, secure=asking.house.settings.cookie_secure)
    return response


def remember_browser(response: Response, browser: str, *, secure: bool) -> None:
    """The browser says from now on that somebody has signed in from it; the cookie opens nothing by itself."""
    response.set_cookie(
        BROWSER_COOKIE, browser, BROWSER_SECONDS, path="/", httponly=True, samesite="strict", secure=secure
    )
