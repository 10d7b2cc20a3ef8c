"""What is refused before any work is done: other sites, other hosts, too many requests, bodies that never come.

A browser says of itself which site a request comes from; programs and linked systems carry no cookie that another site
could borrow, and are let through. The session's CSRF value is asked for all the same, by whoever reads the session.
"""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import refused, told
from api.calls import SAFE_METHODS, SESSION_COOKIE
from engine.core.refusals import Refusal
from engine.pace import Pace
from engine.settings import Settings, is_loopback

OWN_SITES = frozenset({"same-origin", "none"})
EXCHANGE = "/api/v1/exchange/"
WATCHED = frozenset({"/healthz", "/readyz"})
"""What machines ask to learn whether the house lives; never refused for being asked often."""
PIECE_SECONDS_MAX = 30
"""How long the next piece of a body may take."""
BODY_SECONDS_MAX = 900
"""How long the whole of it may take: 50 MiB over half a megabit a second."""
OTHER_SITE = "请求来自其他网站。 · The request comes from another site."
OTHER_HOST = "这个地址不是本系统的地址。 · This house is not served under that host name."
TOO_SLOW = "正文迟迟没有送到。 · The body did not arrive in time."


class Turnstile:
    """Stands before the application; each refusal is a problem like any other."""

    def __init__(
        self, app: ASGIApp, settings: Settings, piece_seconds_max: float = PIECE_SECONDS_MAX
    ) -> None:
        self.app, self.settings, self.piece_seconds_max = app, settings, piece_seconds_max
        self.callers, self.addresses = Pace(settings.caller_rate), Pace(settings.address_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or answers why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, self.piece_seconds_max)
        try:
            self._check(scope, Headers(scope=scope))
            await self.app(scope, body, send)
        except Refusal as refusal:
            answer = await run_in_threadpool(told, Request(scope), refusal)
            await answer(scope, receive, send)
        except ClientDisconnect:
            if not body.late:
                raise
            answer = refused(
                Refusal("body_malformed", detail=TOO_SLOW),
                scope["state"]["request_id"],
                {"Connection": "close"},
            )
            await answer(scope, receive, send)

    def _check(self, scope: Scope, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        if self.settings.hosts and _name_of(host) not in self.settings.hosts:
            raise Refusal("session_check_failed", detail=OTHER_HOST)
        if scope["method"] not in SAFE_METHODS and from_elsewhere(
            scope["path"], headers, self.settings.hosts
        ):
            raise Refusal("session_check_failed", detail=OTHER_SITE)
        if scope["path"] in WATCHED:
            return
        address = scope["client"][0] if scope.get("client") else ""
        if not is_loopback(address):  # there a proxy speaks for everybody
            self.addresses.take(address)
        caller = headers.get("authorization") or _session_in(headers.get("cookie", ""))
        if caller:
            self.callers.take(hashlib.sha256(caller.encode("latin-1", "replace")).digest())


def from_elsewhere(path: str, headers: Headers, hosts: frozenset[str]) -> bool:
    """True when a browser says that a page of another site sent the request.

    Where it says nothing of the site its Origin is held against the host; `hosts` are further names of this one.
    """
    if "authorization" in headers or path.startswith(EXCHANGE):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site.lower() not in OWN_SITES
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        named = urlsplit(origin).netloc.lower()
    except ValueError:
        return True
    return named != headers.get("host", "").lower() and _name_of(named) not in hosts


def _name_of(host: str) -> str:
    """The host without its port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


def _session_in(cookies: str) -> str:
    """The session cookie among the cookies, empty where there is none."""
    named = (one.strip().partition("=") for one in cookies.split(";"))
    return next((value for name, _, value in named if name == SESSION_COOKIE), "")


class _Body:
    """Hands on the pieces of a body; where the next or the last one is too long in coming, the client counts as gone."""

    def __init__(self, receive: Receive, seconds_max: float) -> None:
        self._receive, self._seconds_max = receive, seconds_max
        self._whole = self.late = False
        self._until: float | None = None

    async def __call__(self) -> Message:
        if self._whole:
            return await self._receive()
        now = asyncio.get_running_loop().time()
        self._until = self._until or now + BODY_SECONDS_MAX
        try:
            message = await asyncio.wait_for(self._receive(), min(self._seconds_max, self._until - now))
        except TimeoutError:
            self._whole = self.late = True
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        return message
