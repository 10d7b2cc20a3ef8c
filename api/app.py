"""The web application over one house."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from functools import cache

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match

from api import (
    attachments,
    backtests,
    delegations,
    duties,
    exchange,
    findings,
    health,
    incoming,
    inspections,
    ledger,
    messages,
    receipt_codes,
    recusals,
    referrals,
    reminders,
    rulebook,
    sessions,
)
from api.answers import refused
from api.envelope import Envelope
from api.figures import Figures
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
    duties.router,
    delegations.router,
    recusals.router,
    incoming.router,
    reminders.router,
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

    app = FastAPI(
        title="闭环 Bihuan",
        version="1.0.0",
        summary="Tracks every finding of an inspection until its loop is closed.",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.house, app.state.figures = house, Figures(house)
    app.state.exchange = house.exchange
    app.router.routes.extend(_routes())
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Envelope, house=house, figures=app.state.figures)
    return app


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the interface: made once, and shared by all applications of this process."""
    return routes_of(ROUTERS)


def routes_of(routers: Iterable[APIRouter]) -> tuple[BaseRoute, ...]:
    """The routes of these routers, to be put into applications."""
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        made.include_router(router)
    return tuple(made.router.routes)


def _refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refused(refusal, request.state.request_id)


def _http(request: Request, fault: Exception) -> Response:
    """What the router itself refuses: no such path, no such method there, a body that breaks off."""
    assert isinstance(fault, HTTPException)
    if fault.status_code == 405:
        allowed = {"Allow": ", ".join(sorted(methods_at(request)))}
        return refused(Refusal("method_not_allowed"), request.state.request_id, allowed)
    code = "not_found" if fault.status_code == 404 else "body_malformed"
    return refused(Refusal(code), request.state.request_id)


def methods_at(request: Request) -> set[str]:
    """Every method that some route takes at the path of the request."""
    methods: set[str] = set()
    for route in each_route(request.app.routes):
        if route.matches(request.scope)[0] is not Match.NONE:
            methods |= getattr(route, "methods", None) or set()
    return methods | ({"HEAD"} if "GET" in methods else set())


def each_route(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from each_route(inner.routes)
