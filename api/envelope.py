"""What every answer carries, whatever happened: request id, clock, and headers that keep browsers careful."""

from __future__ import annotations

import logging
import time
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from api.answers import refused
from engine.core.refusals import Refusal
from engine.house import House
from engine.journal import request_id

log = logging.getLogger("bihuan.http")
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS = {
    "cache-control": "no-store",
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-permitted-cross-domain-policies": "none",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
"""Outside the loopback there is TLS in front of the house, and browsers are to ask for nothing else."""
CONFIDENTIAL = "/referrals/"
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"})


class Envelope:
    """Wraps the application: ids, headers, figures and the journal; HEAD is GET without the body."""

    def __init__(self, app: ASGIApp, house: House, figures: Any) -> None:
        self.app, self.house, self.figures = app, house, figures
        self.always = [(name.encode(), value.encode()) for name, value in ALWAYS.items()]
        if house.settings.cookie_secure:
            self.always.append(STRICT_TRANSPORT)
        if house.clock.is_test:
            self.always.append((b"x-bihuan-clock", b"test"))
        if house.sandbox:
            self.always.append((b"x-bihuan-sandbox", b"1"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or passes on what is none."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        id, started, status = str(uuid7()), time.perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = id
        marker = request_id.set(id)

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                more = [one for one in self.always if one[0] not in own]
                message = {**message, "headers": [*message["headers"], *more, (b"x-request-id", id.encode())]}
            await send(message)

        head = scope["method"] == "HEAD"
        scope["state"]["head"] = head
        inner = {**scope, "method": "GET"} if head else scope
        try:
            await self.app(inner, receive, send_wrapped)
        except ClientDisconnect:
            log.info("the client went away", extra={"route": _route(inner)})
        except Exception:
            log.exception("the request failed", extra={"route": _route(inner)})
            if status == 0:
                failed = refused(Refusal("internal_error"), id)
                await failed(inner, receive, send_wrapped)
        finally:
            request_id.reset(marker)
            self._count(scope, inner, status, time.perf_counter() - started)

    def _count(self, scope: Scope, inner: Scope, status: int, seconds: float) -> None:
        route = _route(inner)
        if CONFIDENTIAL in route:
            return  # figures are read by people who may not know that there is a referral (law 9)
        method = scope["method"] if scope["method"] in METHODS else "(other)"
        self.figures.count(method, route, status, seconds)


def _route(scope: Scope) -> str:
    """The path as it is declared: what somebody typed in its place may be anything."""
    return str(getattr(scope.get("route"), "path", "(none)"))
