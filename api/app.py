"""The web application over one house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from functools import cache

import anyio.to_thread
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from api import (
    archive,
    attachments,
    backtests,
    delegations,
    duties,
    exchange,
    findings,
    health,
    incoming,
    inspections,
    jobs,
    ledger,
    messages,
    receipt_codes,
    recusals,
    referrals,
    reminders,
    reports,
    rulebook,
    search,
    sessions,
    sheets,
    workbench,
)
from api.answers import no_page, told
from api.envelope import Envelope
from api.figures import Figures
from api.openapi import Described
from api.rights import ROUTES, check_policies, each_route, gate
from api.turnstile import Turnstile
from engine.core.refusals import Refusal
from engine.house import House

ROUTERS = (
    sessions.router,
    inspections.router,
    attachments.router,
    findings.router,
    attachments.referral_router,
    referrals.router,
    ledger.router,
    workbench.router,
    sheets.router,
    reports.router,
    jobs.router,
    duties.router,
    delegations.router,
    recusals.router,
    archive.router,
    incoming.router,
    reminders.router,
    search.router,
    rulebook.router,
    backtests.router,
    exchange.router,
    incoming.exchange_router,
    messages.router,
    receipt_codes.router,
    health.router,
)
Background = Callable[[House], AbstractContextManager[None]]
"""What runs beside the requests while the house is served: bells and courier."""


def create_app(house: House, background: Background | None = None) -> FastAPI:
    """The application; the house stays open when the application ends."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = house.settings.threads
        with background(house) if background is not None else nullcontext():
            yield

    app = Described(
        title="闭环 Bihuan",
        version="1.0.0",
        summary="Tracks every finding of an inspection until its loop is closed.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.house, app.state.figures = house, Figures(house)
    app.state.exchange, app.state.refusal_page = house.exchange, no_page
    house.serves = True
    app.router.routes.extend(_routes())
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Turnstile, settings=house.settings)
    app.add_middleware(Envelope, house=house, figures=app.state.figures)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the interface: made once, and shared by all applications of this process."""
    return routes_of(ROUTERS, ROUTES, gate)


def routes_of(
    routers: Iterable[APIRouter], policies: Mapping[str, str], gate: Callable[[Request], None]
) -> tuple[BaseRoute, ...]:
    """The routes of these routers behind their gate, to be put into applications; each has a policy."""
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        made.include_router(router, dependencies=[Depends(gate)])
    check_policies(made.router.routes, policies)
    return tuple(made.router.routes)


def _refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return told(request, refusal)


def _http(request: Request, fault: Exception) -> Response:
    """What the router itself refuses: no such path, no such method there, a body that breaks off."""
    assert isinstance(fault, HTTPException)
    if fault.status_code == 405:
        allowed = {"Allow": ", ".join(sorted(methods_at(request)))}
        return told(request, Refusal("method_not_allowed"), allowed)
    return told(request, Refusal("not_found" if fault.status_code == 404 else "body_malformed"))


def methods_at(request: Request) -> set[str]:
    """Every method that some route takes at the path of the request."""
    methods: set[str] = set()
    for route in each_route(request.app.routes):
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return methods | ({"HEAD"} if "GET" in methods else set())
