"""The courier brings messages to the systems that are called: signed, in order, again until somebody takes them."""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
from uuid_utils.compat import uuid7

from engine.addresses import AddressRefused, Resolver, addresses_of, resolved
from engine.clock import Clock
from engine.core.backoff import wait_after
from engine.core.envelope import MEDIA_TYPE
from engine.core.strict_json import parsed
from engine.sealed_post import outer
from engine.signing import in_force, signature
from engine.writer import Writer
from models import exchange_reading, linked_reading

ATTEMPT_SECONDS = 10.0
"""2xx within this time is delivery; the contract says so."""
LEASE = timedelta(seconds=30)
PARALLEL = 8
ROUNDS_MAX = 200
GONE = 410
IDLE_SECONDS = 1.0

log = logging.getLogger("bihuan.courier")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended: delivered or not, the status if there was one, and words for people."""

    delivered: bool
    told: str
    status: int | None = None


@dataclass
class Courier:
    """Due messages go out; each attempt holds a lease that nobody else can use.

    Back-off, leases and the time allowed run on real time; the webhook-timestamp is the clock's of the house.
    """

    writer: Writer
    clock: Clock
    resolve: Resolver = resolved
    attempt_seconds: float = ATTEMPT_SECONDS
    jitter: Callable[[], float] = field(default=random.random)

    def run_once(self, now: datetime) -> int:
        """Every message due at that real instant was attempted; how many were delivered."""
        delivered = 0
        for _ in range(ROUNDS_MAX):
            lease = str(uuid7())
            claimed = self._claim(lease, now)
            if not claimed:
                break
            attempts = asyncio.run(self._bring(outer(self.writer, self.clock.now(), claimed)))
            for message, attempt in zip(claimed, attempts, strict=True):
                delivered += self._keep(message, lease, attempt, now)
        return delivered

    def _claim(self, lease: str, now: datetime) -> list[dict[str, Any]]:
        return self.writer.submit(
            lambda connection: exchange_reading.claim(connection, lease, now, now + LEASE, PARALLEL)
        )

    def ping(self, system: Mapping[str, Any]) -> Attempt:
        """Whether the system takes a signed event that says nothing but that somebody is here."""
        id = str(uuid7())
        body = b'{"specversion":"1.0","id":"%s","type":"bihuan.ping.v1","source":"/offices/%s"}'
        spoken = body % (id.encode(), str(system["office_id"]).encode())
        return asyncio.run(self._bring([{**system, "id": id, "body": spoken}]))[0]

    async def _bring(self, messages: list[dict[str, Any]]) -> list[Attempt]:
        async with httpx.AsyncClient(
            verify=self._trusted, trust_env=False, follow_redirects=False, timeout=self.attempt_seconds
        ) as client:
            return await asyncio.gather(*(self._attempt(client, message) for message in messages))

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _attempt(self, client: httpx.AsyncClient, message: Mapping[str, Any]) -> Attempt:
        try:
            async with asyncio.timeout(self.attempt_seconds):
                addresses = await addresses_of(message["url"], message["allow_private"], self.resolve)
                return await self._post(client, message, addresses)
        except TimeoutError:
            return Attempt(False, f"no answer within {self.attempt_seconds:g} s")
        except AddressRefused as fault:
            return Attempt(False, f"not called: {fault}")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            return Attempt(False, f"{type(fault).__name__}: {fault}")

    async def _post(
        self, client: httpx.AsyncClient, message: Mapping[str, Any], addresses: list[str]
    ) -> Attempt:
        """The first address that lets itself be connected to gets the message; the answer's body is not read."""
        fault: httpx.ConnectError = httpx.ConnectError("the name has no address")
        for address in addresses:
            url, headers, host = _pinned(message["url"], address)
            sent = {**headers, **self._signed(message)}
            asked = client.stream(
                "POST", url, content=message["body"], headers=sent, extensions={"sni_hostname": host}
            )
            try:
                async with asked as answer:
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
        }

    def _keep(self, message: Mapping[str, Any], lease: str, attempt: Attempt, now: datetime) -> bool:
        """How the attempt ended is durable; where the lease was lost meanwhile, nothing is."""
        wait = None if attempt.status == GONE else wait_after(message["tries"], self.jitter())
        values: dict[str, Any] = {"outcome": attempt.told}
        if attempt.delivered:
            values |= {"state": "delivered", "delivered_at": self.clock.now()}
        elif wait is None:
            values |= {"state": "dead"}
        else:
            values |= {"next_try_at": now + wait}
        level = logging.INFO if attempt.delivered else logging.WARNING
        log.log(level, "message %s to %s: %s", message["id"], message["system_id"], attempt.told)

        def keep(connection: Any) -> bool:
            kept = exchange_reading.settle(connection, message["id"], lease, values)
            if kept and values.get("state") == "dead":
                self._hand_over(connection, message, attempt)
            return kept and attempt.delivered

        return self.writer.submit(keep)

    def _hand_over(self, connection: Any, message: Mapping[str, Any], attempt: Attempt) -> None:
        """A person of the sending department must act; a system that is gone is called no more."""
        words = {
            "zh": f"报文未能送达：{attempt.told}",
            "en": f"the message could not be delivered: {attempt.told}",
        }
        if attempt.status == GONE:
            linked_reading.change_system(connection, message["system_id"], {"disabled": True})
            words["zh"] += "（对方已停用接口，不再发送）"
            words["en"] += " (the receiver is gone; nothing more is sent there)"
        sender = parsed(message["body"])["sender"]
        now = self.clock.now()
        exchange_reading.tell(connection, message, "message_dead", sender, "duty_clerk", words, now)


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
