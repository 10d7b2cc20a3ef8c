"""The line to the house: signed requests of one linked system, over plain HTTP or TLS, through no proxy."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from uuid_utils.compat import uuid7

from engine.carrier.envelope import PRIVATE, private_jwk_of
from engine.clock import Clock
from engine.core.envelope import MEDIA_TYPE, in_window
from engine.sealing import MEDIA_TYPE as JOSE
from engine.sealing import Jwk, SealFault
from engine.sealing import open as unsealed
from engine.signing import public_key_of, signature, verified

TIMEOUT_SECONDS = 30
UNREADABLE = 415
KEY = re.compile(r"(?:wh(?:sec|sk|pk)|bhdk)_[A-Za-z0-9+/]+={0,2}")
DIGITS = re.compile(r"[0-9]{1,12}", re.ASCII)
Keys = Sequence[Mapping[str, Any]]


class Sealed(ValueError):
    """The body is sealed, and not to a key of this partner."""


class NoKeys(ValueError):
    """The text holds nothing to sign or to check with."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the house answered; no status when it could not be reached, and then why."""

    status: int | None
    body: Any = None
    why: str = ""

    @property
    def may_pass(self) -> bool:
        """True when the same request may succeed later."""
        return self.status is None or self.status == 429 or self.status >= 500

    @property
    def code(self) -> str:
        """The code of the answer or refusal, or why there is none."""
        named = self.body.get("code") if isinstance(self.body, dict) else None
        return str(named or self.why or "")


def opening_in(text: str) -> tuple[Jwk, ...]:
    """The keys `bhdk_…` that the text names, as JWK, which open what is sealed to this partner; raises KeyTextFault."""
    return tuple(private_jwk_of(key) for key in KEY.findall(text) if key.startswith(PRIVATE))


def keys_in(text: str) -> Keys:
    """The keys that the text names, newest first: `whsec_…`, or a private `whsk_…` and the public `whpk_…` of the house.

    Raises NoKeys. JSON as `system add --json` prints it will do, and so will one key a line.
    """
    found = KEY.findall(text)
    public = [key for key in found if key.startswith("whpk_")]
    private = [key for key in found if key.startswith("whsk_")]
    keys: list[dict[str, Any]] = [{"secret": key} for key in found if key.startswith("whsec_")]
    keys += [{"private": key} for key in private] + [{"public": key} for key in public]
    if not any("secret" in key for key in keys) and not (private and public):
        raise NoKeys("whsec_… · whsk_… + whpk_…")
    for key in private:
        public_key_of(key)
    return keys


@dataclass(frozen=True, slots=True)
class Line:
    """Speaks with the house as that system; holds the keys and shows them to nobody."""

    house: SplitResult
    system: str
    keys: Keys
    clock: Clock
    opening: Sequence[Jwk] = ()

    @classmethod
    def to(cls, house: str, system: str, keys: Keys, clock: Clock, opening: Sequence[Jwk] = ()) -> Line:
        """The line to the house at that URL; `opening` are private JWK, which open what is sealed."""
        return cls(urlsplit(house.rstrip("/")), system, keys, clock, opening)

    def __repr__(self) -> str:
        return f"Line({self.system} → {self.house.netloc})"

    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """True when the house signed these bytes a moment ago."""
        id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        given = headers.get("webhook-signature", "")
        if not DIGITS.fullmatch(timestamp) or not in_window(int(timestamp), self.clock.now()):
            return False
        return verified(self.keys, given, id, int(timestamp), body)

    def opened(self, body: bytes, media_type: str) -> bytes:
        """What lies in the body; of one that is not sealed the body itself. Raises Sealed."""
        if media_type != JOSE:
            return body
        for key in self.opening:
            with suppress(SealFault):
                return unsealed(body, key)
        raise Sealed("sealed to another key")

    def messages(self, queue: str, after: str | None = None) -> Told:
        """A page of the queue: beyond that sequence, or from the first message that is not acknowledged."""
        path = self._path(f"messages?queue={queue}" + (f"&after={after}" if after else ""))
        return self._call("GET", path, b"", f"GET {path}".encode())

    def acknowledge(self, message: str) -> Told:
        """The message counts as delivered."""
        path = self._path(f"messages/{quote(message, safe='')}/ack")
        return self._call("POST", path, b"", f"POST {path}".encode())

    def receipt(
        self, id: str, body: bytes, *, seconds_ago: int = 0, signed: bytes | None = None, keys: Keys = ()
    ) -> Told:
        """The receipt was sent; signed so long ago, over other bytes or with other keys where that is meant."""
        path = self._path("receipts")
        return self._call("POST", path, body, body if signed is None else signed, id, seconds_ago, keys)

    def _path(self, rest: str) -> str:
        return f"{self.house.path}/api/v1/exchange/{self.system}/{rest}"

    def _call(
        self,
        method: str,
        path: str,
        body: bytes,
        signed: bytes,
        id: str | None = None,
        seconds_ago: int = 0,
        keys: Keys = (),
    ) -> Told:
        id = id or str(uuid7())
        timestamp = int(self.clock.now().timestamp()) - seconds_ago
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(keys or self.keys, id, timestamp, signed),
        }
        if method == "POST":
            headers |= {"content-type": MEDIA_TYPE, "content-length": str(len(body))}
        connection = self._connection()
        try:
            connection.request(method, path, body if method == "POST" else None, headers)
            answer = connection.getresponse()
            media_type = answer.headers.get_content_type()
            return Told(answer.status, _read(self.opened(answer.read(), media_type)))
        except Sealed as fault:
            return Told(UNREADABLE, why=str(fault))
        except (OSError, HTTPException) as fault:
            return Told(None, why=f"{type(fault).__name__}: {fault}")
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port = self.house.hostname or "", self.house.port
        if self.house.scheme == "https":
            trusted = ssl.create_default_context()
            return HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=trusted)
        return HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)


def _read(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
