"""Officers sign in and out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer, no_content
from api.calls import BROWSER_COOKIE, CSRF_COOKIE, SESSION_COOKIE, Call, Received, no_query
from api.documented import body_of
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.identity.visit import SignedIn

ONE_PROOF = "密码和验证码填一项", "either password or code"
router = APIRouter(prefix="/api/v1", tags=["session"])


class SignInForm(BaseModel):
    """What an officer types to sign in."""

    model_config = ConfigDict(extra="forbid", strict=True)
    login: Annotated[str, Field(max_length=1000)]
    password: Annotated[str, Field(max_length=10_000)]
    code: Annotated[str, Field(max_length=100)] | None = None


@router.post("/session", status_code=204, openapi_extra=body_of(SignInForm))
def sign_in(call: Received) -> Response:
    """Opens a session: cookies are set, nothing is answered."""
    no_query(call.request)
    body = call.checked(SignInForm)
    signed_in = call.house.accounts.sign_in(
        body["login"],
        body["password"],
        address_of(call.request),
        browser_of(call.request),
        code=body.get("code") or "",
    )
    return _opened(call, signed_in)


@router.get("/session")
def session(call: Received) -> Response:
    """Who is signed in."""
    no_query(call.request)
    return answer(person(call.visit().principal))


@router.delete("/session", status_code=204)
def sign_out(call: Received) -> Response:
    """Ends the session."""
    no_query(call.request)
    call.visit()
    call.house.accounts.sessions.end(session_token(call.request))
    done = no_content()
    delete_cookies(done, secure=call.house.settings.cookie_secure)
    return done


class PasswordForm(BaseModel):
    """The present password, and the one that the person chooses."""

    model_config = ConfigDict(extra="forbid", strict=True)
    password: Annotated[str, Field(max_length=10_000)]
    new_password: Annotated[str, Field(max_length=10_000)]


@router.post("/session/password", status_code=204, openapi_extra=body_of(PasswordForm))
def change_password(call: Received) -> Response:
    """The person has another password; the session goes on under a new id, every other one is over."""
    no_query(call.request)
    visit = call.session_visit()
    body = call.checked(PasswordForm)
    signed_in = call.house.accounts.change_password(
        visit.principal, session_token(call.request), body["password"], body["new_password"]
    )
    return _opened(call, signed_in)


class StepUpForm(BaseModel):
    """The password again, or the code of the second factor."""

    model_config = ConfigDict(extra="forbid", strict=True)
    password: Annotated[str, Field(max_length=10_000)] | None = None
    code: Annotated[str, Field(max_length=100)] | None = None


@router.post("/session/step-up", status_code=204, openapi_extra=body_of(StepUpForm))
def step_up(call: Received) -> Response:
    """The person has proven again who they are; the session goes on under a new id."""
    no_query(call.request)
    visit = call.session_visit()
    body = call.checked(StepUpForm)
    password, code = body.get("password"), body.get("code")
    if (password is None) == (code is None):
        raise Refusal("facts_invalid", errors=[FieldError("", "exclusive", *ONE_PROOF)])
    token = session_token(call.request)
    return _opened(call, call.house.accounts.step_up(visit.principal, token, password, code))


def _opened(call: Call, signed_in: SignedIn) -> Response:
    """Nothing is answered but the cookies of a fresh session."""
    done = no_content()
    set_cookies(done, signed_in, secure=call.house.settings.cookie_secure)
    return done


def session_token(request: Request) -> str:
    """The session's cookie, empty when there is none."""
    return str(request.cookies.get(SESSION_COOKIE, ""))


def browser_of(request: Request) -> str:
    """The token by which the browser is known, empty when it has none."""
    return str(request.cookies.get(BROWSER_COOKIE, ""))


def set_cookies(response: Response, signed_in: SignedIn, *, secure: bool) -> None:
    """The browser keeps the session, which no script reads, and the value that its unsafe requests carry."""
    response.set_cookie(
        SESSION_COOKIE, signed_in.token, path="/", httponly=True, samesite="strict", secure=secure
    )
    response.set_cookie(CSRF_COOKIE, signed_in.csrf, path="/", samesite="strict", secure=secure)


def delete_cookies(response: Response, *, secure: bool) -> None:
    """The browser forgets the session; it stays known as a browser."""
    for name in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(name, path="/", secure=secure, samesite="strict")


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
