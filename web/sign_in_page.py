"""Signing in and out; the address that was asked for is shown after."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, Request, Response

from api.calls import BROWSER_COOKIE
from api.sessions import address_of, browser_of, delete_cookies, session_token, set_cookies
from engine.core.refusals import Refusal
from web.asking import EarlyAsked, Form, check_form_token, house_of, local_path, see
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
def login_page(request: Request, next: str = "/work") -> Response:
    """The form for signing in."""
    return open_page(request, "login.html", next=local_path(next), login="", refused="")


@router.post("/login")
def sign_in(request: Request, posted: Form) -> Response:
    """The person is signed in and goes where they wanted to; a wrong password comes back with the login kept."""
    house, typed = house_of(request), posted.typed
    browser = browser_of(request) or secrets.token_urlsafe(32)
    wanted, login = local_path(typed.first("next") or "/work"), typed.first("login").strip()
    try:
        signed_in = house.accounts.sign_in(
            login, typed.first("password"), address_of(request), browser_of(request), remember=browser
        )
    except Refusal as refusal:
        if refusal.code not in ("authentication_required", "rate_limited"):
            raise
        status = 422 if refusal.code == "authentication_required" else 429
        return open_page(request, "login.html", status=status, next=wanted, login=login, refused=refusal.code)
    response = see(wanted)
    set_cookies(response, signed_in, secure=house.settings.cookie_secure)
    remember_browser(response, browser, secure=house.settings.cookie_secure)
    return response


@router.post("/logout")
def sign_out(asking: EarlyAsked, posted: Form) -> Response:
    """The session is over."""
    check_form_token(asking, posted)
    asking.house.accounts.sessions.end(session_token(asking.request))
    response = see("/login")
    delete_cookies(response, secure=asking.house.settings.cookie_secure)
    return response


def remember_browser(response: Response, browser: str, *, secure: bool) -> None:
    """The browser says from now on that somebody has signed in from it; the cookie opens nothing by itself."""
    response.set_cookie(
        BROWSER_COOKIE, browser, BROWSER_SECONDS, path="/", httponly=True, samesite="strict", secure=secure
    )
