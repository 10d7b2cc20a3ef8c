"""Signing in at the provider of the authority, and coming back."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.sessions import browser_of, set_cookies
from engine.core.refusals import Refusal
from web.asking import Form, house_of, local_path
from web.look import open_page
from web.routing import PageRoute
from web.sign_in_page import ask_code, remember_browser

if TYPE_CHECKING:
    from engine.single_sign_on import SingleSignOn

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/login/sso"
COOKIE, COOKIE_SECONDS = "bihuan_sso", 600


@router.get(PATH)
def begin(request: Request, next: str = "/work") -> Response:
    """The browser goes to the provider, with a ticket that only this browser has."""
    provider, secure = _provider(request), house_of(request).settings.cookie_secure
    address, ticket = provider.begin(local_path(next))
    response = RedirectResponse(address, status_code=303)
    # lax, as the provider sends the browser back from another site
    response.set_cookie(
        COOKIE, ticket, COOKIE_SECONDS, path=PATH, httponly=True, samesite="lax", secure=secure
    )
    return response


@router.get(PATH + "/back")
def come_back(request: Request) -> Response:
    """The person is signed in, or asked for the code of their second factor; else the form for signing in comes back."""
    house, said = house_of(request), dict(request.query_params)
    browser = browser_of(request) or secrets.token_urlsafe(32)
    try:
        vouched, wanted = _provider(request).come_back(request.cookies.get(COOKIE, ""), said)
        proof = house.accounts.vouched_for(vouched, browser)
    except Refusal as refusal:
        if refusal.code != "authentication_required":
            raise
        response = open_page(
            request, "login.html", status=422, next="/work", login="", refused="single_sign_on", left=False
        )
    else:
        if isinstance(proof, str):
            response = ask_code(request, proof, local_path(wanted))
        else:
            # a page, as browsers keep strict cookies back from redirects that began at another site
            response = open_page(request, "signed_in.html", next=local_path(wanted))
            set_cookies(response, proof, secure=house.settings.cookie_secure)
            remember_browser(response, browser, secure=house.settings.cookie_secure)
    response.delete_cookie(COOKIE, path=PATH, secure=house.settings.cookie_secure, samesite="lax")
    return response


@router.get("/logout/sso")
def sign_out_there(request: Request) -> Response:
    """The browser goes to where one signs out at the provider too."""
    return RedirectResponse(_provider(request).way_out() or "/login", status_code=303)


@router.post("/logout/sso/back-channel")
def signed_out_there(request: Request, posted: Form) -> Response:
    """The provider says by a signed logout token that somebody has signed out there: their sessions here are over.

    Asked by the provider itself, without a browser; one that says nothing that holds is answered 400.
    """
    subject, session = _provider(request).signed_out(posted.typed.first("logout_token"))
    house_of(request).accounts.sessions.end_vouched(subject, session)
    return Response(status_code=200)


def _provider(request: Request) -> SingleSignOn:
    """The provider; a house without one has none of these pages."""
    provider = house_of(request).single_sign_on
    if provider is None:
        raise Refusal("not_found")
    return provider
