"""The courier brings messages to the systems that are called: signed, in order, again until somebody takes them."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from engine.addresses import AddressRefused, Resolver, addresses_of, resolved
from engine.clock import Clock
from engine.core.backoff import PATIENCE, Patience
from engine.core.envelope import MEDIA_TYPE
from engine.courier_book import LEASE, Attempt, CourierBook, Ended, Instants, answers_again
from engine.referral_vault import ReferralVault
from engine.sealed_post import outer
from engine.settings import COURIER_PARALLEL
from engine.signing import in_force, signature
from engine.travelling import checkpoint_header
from engine.undelivered import Undelivered
from engine.writer import Writer
from models import delivering

ATTEMPT_SECONDS = 10.0
"""2xx within this time is delivery; the contract says so."""
LOOK_SECONDS = 0.5
"""While messages are under way, how often it is looked for new ones to every destination."""
DRAINED_BYTES_MAX = 16_384
DRAINED_SECONDS_MAX = 0.2
"""So much of an answer's body is thrown away to use the connection again; it is never looked at."""

UNREADABLE = "not sent: what it says cannot be read"

log = logging.getLogger("bihuan.courier")


@dataclass
class Courier:
    """Due messages go out; each attempt holds a lease that nobody else can use.

    Back-off, leases and the time allowed run on real time; the webhook-timestamp and deadlines are the clock's of the house.
    """

    writer: Writer
    clock: Clock
    resolve: Resolver = resolved
    attempt_seconds: float = ATTEMPT_SECONDS
    jitter: Callable[[], float] = field(default=random.random)
    parallel: int = COURIER_PARALLEL
    patience: Patience = PATIENCE
    lease: timedelta = LEASE
    undelivered: Undelivered = field(default_factory=Undelivered)
    vault: ReferralVault = field(default_factory=ReferralVault)
    _stopping: threading.Event = field(default_factory=threading.Event, repr=False)

    def run_once(self, now: datetime) -> int:
        """Every message due at that real instant or while it ran was attempted; how many were delivered.

        An attempt that ends is kept at once and its place goes to the next message, whatever the others do. Persons are
        told of what did not arrive while it runs, for on a busy day it does not end, and once more at its end.
        """
        delivered = asyncio.run(self._round(now))
        self.undelivered.tell(self.writer, self.clock.now())
        return delivered

    def begin(self) -> None:
        """Messages are taken out again, after a stop."""
        self._stopping.clear()

    def stop(self) -> None:
        """Nothing new is taken out; what is under way comes to its end."""
        self._stopping.set()

    async def _round(self, begun: datetime) -> int:
        started, last_look, delivered, under_way = time.monotonic(), 0.0, 0, 0
        ends: asyncio.Queue[Ended] = asyncio.Queue()
        ended: list[Ended] = []
        everywhere, first = True, True
        telling: asyncio.Task[None] | None = None
        async with Clients(self._trusted, self.attempt_seconds) as clients, asyncio.TaskGroup() as group:
            while True:
                now = begun if first else begun + timedelta(seconds=time.monotonic() - started)
                looked_at = None if everywhere else {message["system_id"] for message, _ in ended}
                kept, claimed = await asyncio.to_thread(self._turn, ended, looked_at, now)
                delivered, under_way, first = delivered + kept, under_way + len(claimed), False
                for message in claimed:
                    group.create_task(self._carry(clients, message, ends))
                if everywhere:
                    last_look = time.monotonic()
                if not under_way and everywhere:
                    return delivered
                if everywhere and (telling is None or telling.done()):
                    telling = group.create_task(asyncio.to_thread(self._tell_meanwhile))
                ended = await _ended(ends, LOOK_SECONDS if under_way else 0)
                under_way -= len(ended)
                everywhere = not ended or time.monotonic() - last_look >= LOOK_SECONDS

    def _tell_meanwhile(self) -> None:
        """Persons are told; a fault in that ends no attempt, for it comes again when the round is over."""
        try:
            self.undelivered.tell(self.writer, self.clock.now())
        except Exception:
            log.exception("persons could not be told of messages that did not arrive")

    def _turn(
        self, ended: list[Ended], looked_at: set[str] | None, real: datetime
    ) -> tuple[int, list[dict[str, Any]]]:
        """One transaction: what ended is kept, what is due is claimed, and sealed where its receiver has a key."""
        now = Instants(real, self.clock.now())
        wanted: set[str] | None = set() if self._stopping.is_set() else looked_at

        def turn(connection: Connection) -> tuple[int, list[dict[str, Any]]]:
            delivered, claimed = self._book.turn(connection, ended, wanted, now)
            leaving = outer(connection, now.house, claimed, self.vault)
            beside = checkpoint_header(connection) if leaving else {}
            return delivered, [{**message, "beside": beside} for message in leaving]

        return self.writer.submit(turn)

    @cached_property
    def _book(self) -> CourierBook:
        return CourierBook(self.parallel, self.patience, self.jitter, self.lease)

    async def _carry(self, clients: Clients, message: dict[str, Any], ends: asyncio.Queue[Ended]) -> None:
        ends.put_nowait((message, await self._attempt(clients, message)))

    def ping(self, system: Mapping[str, Any]) -> Attempt:
        """Whether the system takes a signed event that says nothing but that somebody is here; one that does is called."""
        id = str(uuid7())
        body = b'{"specversion":"1.0","id":"%s","type":"bihuan.ping.v1","source":"/offices/%s"}'
        spoken = body % (id.encode(), str(system["office_id"]).encode())
        allowed = self.writer.submit(
            lambda connection: delivering.destination(connection, system["id"])
        ).allowed
        message = {**system, "system_id": system["id"], "id": id, "body": spoken, "allowed": allowed}
        attempt = asyncio.run(self._ping(message))
        if attempt.alive:
            self.writer.submit(lambda connection: answers_again(connection, system["id"]))
        return attempt

    async def _ping(self, message: Mapping[str, Any]) -> Attempt:
        async with Clients(self._trusted, self.attempt_seconds) as clients:
            return await self._attempt(clients, message)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _attempt(self, clients: Clients, message: Mapping[str, Any]) -> Attempt:
        if message["body"] is None:
            return Attempt(False, UNREADABLE, called=False)
        try:
            async with asyncio.timeout(self.attempt_seconds):
                url, allowed = message["url"], message["allowed"]
                addresses = await addresses_of(url, message["allow_private"], self.resolve, allowed)
                return await self._post(await clients.of(message["system_id"]), message, addresses)
        except TimeoutError:
            return Attempt(False, f"no answer within {self.attempt_seconds:g} s")
        except AddressRefused as fault:
            return Attempt(False, f"not called: {fault}")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            return Attempt(False, f"{type(fault).__name__}: {fault}")

    async def _post(
        self, client: httpx.AsyncClient, message: Mapping[str, Any], addresses: list[str]
    ) -> Attempt:
        """The first address that lets itself be connected to gets the message; the answer's body is not looked at."""
        fault: httpx.ConnectError = httpx.ConnectError("the name has no address")
        for address in addresses:
            url, headers, host = _pinned(message["url"], address)
            sent = {**headers, **self._signed(message)}
            asked = client.stream(
                "POST", url, content=message["body"], headers=sent, extensions={"sni_hostname": host}
            )
            try:
                async with asked as answer:
                    await _drained(answer)
                    return _judged(answer.status_code)
            except httpx.ConnectError as refused:
                fault = refused
        raise fault

    def _signed(self, message: Mapping[str, Any]) -> dict[str, str]:
        now = self.clock.now()
        timestamp, keys = int(now.timestamp()), in_force(message["secrets"], now)
        return {
            "content-type": message.get("media_type", MEDIA_TYPE),
            "webhook-id": message["id"],
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(keys, message["id"], timestamp, message["body"]),
            **message.get("beside", {}),
        }


class Clients(AsyncExitStack):
    """One client for each destination: none is ever called over a connection that was made for another's name."""

    def __init__(self, trusted: ssl.SSLContext, seconds: float) -> None:
        super().__init__()
        self._trusted, self._seconds = trusted, seconds
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def of(self, system_id: str) -> httpx.AsyncClient:
        """The client for that system; it follows no redirect and asks no proxy."""
        if system_id not in self._clients:
            self._clients[system_id] = made = httpx.AsyncClient(
                verify=self._trusted, trust_env=False, follow_redirects=False, timeout=self._seconds
            )
            await self.enter_async_context(made)
        return self._clients[system_id]


async def _ended(ends: asyncio.Queue[Ended], seconds: float) -> list[Ended]:
    """All attempts that have ended, waiting for one at most so long."""
    ended = []
    if seconds:
        with suppress(TimeoutError):
            ended.append(await asyncio.wait_for(ends.get(), seconds))
    while not ends.empty():
        ended.append(ends.get_nowait())
    return ended


async def _drained(answer: httpx.Response) -> None:
    """The connection may be used again, when little enough follows soon enough; what follows changes nothing."""
    read = 0
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(DRAINED_SECONDS_MAX):
            async for part in answer.aiter_raw():
                read += len(part)
                if read > DRAINED_BYTES_MAX:
                    return


def _judged(status: int) -> Attempt:
    delivered = 200 <= status < 300
    words = "delivered" if delivered else "redirected, not followed" if 300 <= status < 400 else "refused"
    return Attempt(delivered, f"{words} (HTTP {status})", status)


def _pinned(url: str, address: str) -> tuple[str, dict[str, str], str]:
    """The URL with the checked address in place of the name, the Host header that names it, and the name."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    literal = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    pinned = urlunsplit((parts.scheme, literal + port, parts.path or "/", parts.query, ""))
    return pinned, {"host": parts.netloc}, host
