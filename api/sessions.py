"""Officers sign in and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer, no_content
from api.calls import CSRF_COOKIE, SESSION_COOKIE, Received, no_query
from api.documented import body_of
from engine.accounts import SignedIn
from engine.core.commands import Principal
from engine.core.intake_forms import check_form
from engine.core.refusals import Faults

router = APIRouter(prefix="/api/v1", tags=["session"])


class SignInForm(BaseModel):
    """What an officer types to sign in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    login: Annotated[str, Field(max_length=1000)]
    password: Annotated[str, Field(max_length=10_000)]


@router.post("/session", status_code=204, openapi_extra=body_of(SignInForm))
def sign_in(call: Received) -> Response:
    """Opens a session: cookies are set, nothing is answered."""
    no_query(call.request)
    body, faults = call.body(), Faults()
    check_form(SignInForm, body, faults)
    faults.refuse()
    signed_in = call.house.accounts.sign_in(body["login"], body["password"], address_of(call.request))
    done = no_content()
    set_cookies(done, signed_in, secure=call.house.settings.cookie_secure)
    return done


@router.get("/session")
def session(call: Received) -> Response:
    """Who is signed in."""
    no_query(call.request)
    return answer(person(call.who))


@router.delete("/session", status_code=204)
def sign_out(call: Received) -> Response:
    """Ends the session."""
    no_query(call.request)
    call.visit()
    call.house.accounts.sign_out(call.request.cookies.get(SESSION_COOKIE, ""))
    done = no_content()
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        done.delete_cookie(name, path="/", secure=call.house.settings.cookie_secure, samesite="strict")
    return done


def set_cookies(response: Response, signed_in: SignedIn, *, secure: bool) -> None:
    """The browser keeps the session, which no script reads, and the value that its unsafe requests carry."""
    response.set_cookie(
        SESSION_COOKIE, signed_in.token, path="/", httponly=True, samesite="strict", secure=secure
    )
    response.set_cookie(CSRF_COOKIE, signed_in.csrf, path="/", samesite="strict", secure=secure)


def person(who: Principal) -> dict[str, Any]:
    """The signed-in person as the contract tells it, and whom they stand in for where they do."""
    told = {
        "login": who.login,
        "name": who.name,
        "department": who.department,
        "roles": sorted(who.roles),
    }
    lent = [
        {"login": one.login, "name": one.name, "roles": sorted(one.roles), "to": one.last_on.isoformat()}
        for one in who.acting_for
    ]
    return told | ({"acting_for": lent} if lent else {})


def address_of(request: Request) -> str:
    """The network address that the request came from."""
    return request.client.host if request.client else ""
