"""Who sends generated requests: a role, a token, a linked system or nobody; every answer is looked at as it passes."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import anyio.to_thread

from api.rights import ROUTES
from engine.core.policies import POLICIES, Caller
from tests.generated.normative import SCHEMA_OF
from tests.hostile.fort import Fort, change_account
from tests.hostile.wire import Answer
from tests.schemas import faults

NOBODY, TOKEN, SYSTEM = "nobody", "token", "yuanping-fire"
BEARER = "W01"
"""Whose token it is."""
OWN_SESSION = ("/api/v1/session", "/api/v1/session/step-up", "/api/v1/session/password")
SIGNS = (b"webhook-id", b"webhook-timestamp", b"webhook-signature")
CREDENTIALS = frozenset({b"cookie", b"authorization", b"x-csrf-token"})


@dataclass(slots=True)
class Seen:
    """What came back over all callers."""

    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """Operation → how often it was answered with success."""
    broken: dict[str, str] = field(default_factory=dict)
    """Operation and what was wrong → the first answer that it was wrong of."""
    accepted: list[tuple[str, str, Any]] = field(default_factory=list)
    """Login, key and answer of each command that was carried out."""
    pages: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    """Path of a list → a query and the cursor that it was answered with; of the present caller."""

    @property
    def requests(self) -> int:
        """How many were answered."""
        return self.statuses.total()


@dataclass(slots=True)
class SignedBy:
    """The application as one caller reaches it: whatever credentials a request was generated with give way to theirs."""

    fort: Fort
    who: str
    seen: Seen
    hashed: str

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """The request goes on as the caller's; the answer is looked at and passed back."""
        if scope["type"] != "http":
            await self.fort.app(scope, receive, send)
            return
        body = await _whole(receive)
        if self.who in self.fort.town.people:
            await anyio.to_thread.run_sync(self.fort.sign_in, self.who)
        headers = [one for one in scope["headers"] if one[0] not in CREDENTIALS]
        told: list[Any] = []
        given = [body]

        async def again() -> Any:
            if not given:  # a client who waits for the answer says nothing more
                await anyio.sleep_forever()
            return {"type": "http.request", "body": given.pop(), "more_body": False}

        async def kept(message: Any) -> None:
            told.append(message)
            await send(message)

        asked = {**scope, "headers": [*self._signed(scope, headers, body)], "client": ("127.0.0.1", 50_000)}
        await self.fort.app(asked, again, kept)
        content = b"".join(one.get("body", b"") for one in told[1:])
        self._look(asked, Answer(told[0]["status"], told[0]["headers"], content))

    def _signed(
        self, scope: Any, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> list[tuple[bytes, bytes]]:
        if self.who == NOBODY:
            return headers
        if self.who == TOKEN:
            return [*headers, (b"authorization", b"Bearer " + self.fort.tokens["write"].encode())]
        if self.who == SYSTEM:
            return self._with_signature(scope, headers, body)
        own = self.fort.signed(self.who, scope["method"])
        return [*headers, *((name.encode(), value.encode()) for name, value in own.items())]

    def _with_signature(
        self, scope: Any, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> list[tuple[bytes, bytes]]:
        """The request signed where it was generated with all that a signature needs."""
        given, partner = dict(headers), self.fort.partner
        assert partner is not None
        if not all(given.get(name) for name in SIGNS) or not given[SIGNS[2]].startswith(b"v1"):
            return headers
        path = scope["raw_path"].decode("latin-1") + ("?" if scope["query_string"] else "")
        target = path + scope["query_string"].decode("latin-1")
        signs = body
        if scope["method"] == "GET" or (path.endswith("/ack") and not body):
            signs = f"{scope['method']} {target}".encode("latin-1")
        if path.endswith("/documents"):
            digest = hashlib.sha256(body).hexdigest()
            signs, given[b"webhook-body-digest"] = digest.encode(), f"sha256:{digest}".encode()
        if path.endswith(("/receipts", "/incoming")):
            given[b"webhook-id"] = _event_id(body) or given[b"webhook-id"]
        given[b"webhook-timestamp"] = str(int(partner.now())).encode()
        id, stamp = given[b"webhook-id"].decode("latin-1"), given[b"webhook-timestamp"].decode()
        given[b"webhook-signature"] = partner.key.sign(f"{id}.{stamp}.".encode("latin-1") + signs).encode()
        return list(given.items())

    def _look(self, scope: Any, answer: Answer) -> None:
        route = getattr(scope.get("route"), "path", None)
        name = f"{scope['method']} {route}" if route else "(none)"
        self.seen.statuses[answer.status] += 1
        try:
            self._hold(name, scope["method"], answer)
        except AssertionError as fault:
            self.seen.broken.setdefault(
                f"{name} by {self.who}: {str(fault)[:300]}", answer.body[:600].decode("utf-8", "replace")
            )
        if route and answer.status < 300:
            self.seen.done[name] += 1
            self._go_on(route, scope, answer)

    def _hold(self, name: str, method: str, answer: Answer) -> None:
        """What must hold of every answer, beside what the OpenAPI document says of it."""
        if answer.status >= 400:
            if answer.status >= 500:
                raise AssertionError(f"{answer.status}: {self.fort.journal.faults()}")
            if method == "HEAD":
                return
            self.fort.refused(answer)
        else:
            self.fort.careful(answer)
            schema = SCHEMA_OF.get(name)
            if schema and answer.header("content-type") == "application/json" and method != "HEAD":
                wrong = faults(schema, answer.json)
                assert wrong == [], (schema, wrong[:3])
        policy = POLICIES.get(ROUTES.get(name, ""))
        if self.who == NOBODY and policy is not None and policy.caller is not Caller.ANYBODY:
            earlier = () if policy.caller is Caller.PERSON else (400, 413)  # a signature is over the body
            assert answer.status in (401, *earlier), "nobody was let in"

    def _go_on(self, route: str, scope: Any, answer: Answer) -> None:
        """The caller stays signed in, whatever their own requests did to the session; a command is remembered."""
        headers = dict(scope["headers"])
        if scope["method"] == "GET" and answer.header("content-type") == "application/json":
            told = answer.json
            if isinstance(told, dict) and isinstance(told.get("next"), str):
                self.seen.pages[route] = (parse_qs(scope["query_string"].decode("latin-1")), told["next"])
        if b"idempotency-key" in headers and answer.header("idempotent-replay") is None:
            key = headers[b"idempotency-key"].decode("latin-1")
            self.seen.accepted.append((self.who, key, json.loads(answer.body)))
        if route not in OWN_SESSION or scope["method"] == "GET" or self.who in (NOBODY, TOKEN, SYSTEM):
            return
        if route == OWN_SESSION[2]:
            change_account(self.fort.town, self.who, password_hash=self.hashed)
        fresh = answer.cookies()
        if fresh.get("bihuan_session", '""') != '""' and route != OWN_SESSION[0]:
            self.fort.cookies[self.who] = fresh
        else:
            self.fort.cookies.pop(self.who)


async def _whole(receive: Callable[[], Any]) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _event_id(body: bytes) -> bytes | None:
    try:
        named = json.loads(body)["id"]
        return str(named).encode("ascii") if isinstance(named, str) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
