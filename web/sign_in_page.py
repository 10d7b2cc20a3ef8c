"""Signing in and out; the address that was asked for is shown after."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.calls import CSRF_COOKIE, SESSION_COOKIE
from api.sessions import address_of, set_cookies
from engine.core.refusals import Refusal
from web.asking import Asked, Form, check_form_token, house_of, local_path, see
from web.look import open_page
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


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
    wanted, login = local_path(typed.first("next") or "/work"), typed.first("login").strip()
    try:
        signed_in = house.accounts.sign_in(login, typed.first("password"), address_of(request))
    except Refusal as refusal:
        if refusal.code not in ("authentication_required", "rate_limited"):
            raise
        status = 422 if refusal.code == "authentication_required" else 429
        return open_page(request, "login.html", status=status, next=wanted, login=login, refused=refusal.code)
    response = see(wanted)
    set_cookies(response, signed_in, secure=house.settings.cookie_secure)
    return response


@router.post("/logout")
def sign_out(asking: Asked, posted: Form) -> Response:
    """The session is over."""
    check_form_token(asking, posted)
    asking.house.accounts.sign_out(asking.request.cookies.get(SESSION_COOKIE, ""))
    response = see("/login")
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", secure=asking.house.settings.cookie_secure, samesite="strict")
    return response
