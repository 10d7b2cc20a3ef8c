"""The other side of the exchange: a department's system that speaks real HTTP on loopback.

It signs and checks for itself, so that house and partner do not agree by sharing a mistake.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MEDIA_TYPE = "application/cloudevents+json"
SCHEMAS = "https://bihuan.example/schemas/1"


class HmacKey:
    """A secret that both sides share."""

    def __init__(self, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))

    def sign(self, base: bytes) -> str:
        """The signature with its version."""
        return "v1," + base64.b64encode(hmac.new(self._key, base, hashlib.sha256).digest()).decode()

    def fits(self, signature: str, base: bytes) -> bool:
        """True when the house made the signature."""
        return hmac.compare_digest(signature, self.sign(base))


class Ed25519Key:
    """A key pair of the partner, and the public key of the house."""

    def __init__(self, house_public: str | None = None) -> None:
        self._own = Ed25519PrivateKey.generate()
        self.house_public = house_public

    @property
    def public(self) -> str:
        """What the house is given."""
        return "whpk_" + base64.b64encode(self._own.public_key().public_bytes_raw()).decode()

    def sign(self, base: bytes) -> str:
        """The signature with its version."""
        return "v1a," + base64.b64encode(self._own.sign(base)).decode()

    def fits(self, signature: str, base: bytes) -> bool:
        """True when the house made the signature."""
        version, _, encoded = signature.partition(",")
        house = Ed25519PublicKey.from_public_bytes(
            base64.b64decode((self.house_public or "").removeprefix("whpk_"))
        )
        try:
            house.verify(base64.b64decode(encoded), base)
        except InvalidSignature:
            return False
        return version == "v1a"


Key = HmacKey | Ed25519Key


class SealingKey:
    """A key pair that the house seals the criminal queue to."""

    def __init__(self, curve: str = "P-256", kid: str | None = None) -> None:
        self.kid = kid
        self._own: ec.EllipticCurvePrivateKey | X25519PrivateKey = (
            X25519PrivateKey.generate() if curve == "X25519" else ec.generate_private_key(ec.SECP256R1())
        )

    @property
    def public(self) -> dict[str, str]:
        """The JWK that the house is given."""
        return self._numbers() | ({"kid": self.kid} if self.kid else {})

    @property
    def private(self) -> dict[str, str]:
        """The JWK that nobody else has."""
        if isinstance(self._own, X25519PrivateKey):
            return {**self.public, "d": _b64(self._own.private_bytes_raw())}
        return {**self.public, "d": _b64(self._own.private_numbers().private_value.to_bytes(32, "big"))}

    def header(self, sealed: bytes) -> Any:
        """What the sealed bytes say of themselves."""
        return json.loads(_unb64(sealed.decode().split(".")[0]))

    def open(self, sealed: bytes) -> bytes:
        """What the house sealed."""
        protected, none, iv, ciphertext, tag = sealed.decode().split(".")
        header = self.header(sealed)
        assert (none, header["alg"], header["enc"]) == ("", "ECDH-ES", "A256GCM")
        agreed = self._agreed(header["epk"])
        told = len(b"A256GCM").to_bytes(4, "big") + b"A256GCM" + bytes(8) + (256).to_bytes(4, "big")
        key = hashlib.sha256(b"\0\0\0\1" + agreed + told).digest()
        return AESGCM(key).decrypt(_unb64(iv), _unb64(ciphertext) + _unb64(tag), protected.encode())

    def _agreed(self, epk: Any) -> bytes:
        if isinstance(self._own, X25519PrivateKey):
            return self._own.exchange(X25519PublicKey.from_public_bytes(_unb64(epk["x"])))
        x, y = (int.from_bytes(_unb64(epk[name]), "big") for name in "xy")
        return self._own.exchange(ec.ECDH(), ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())

    def _numbers(self) -> dict[str, str]:
        if isinstance(self._own, X25519PrivateKey):
            return {"kty": "OKP", "crv": "X25519", "x": _b64(self._own.public_key().public_bytes_raw())}
        numbers = self._own.public_key().public_numbers()
        x, y = (_b64(one.to_bytes(32, "big")) for one in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True)
class Received:
    """One request that came to the partner."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The webhook-id."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """The event in the body."""
        return json.loads(self.body)

    def signed_by(self, key: Key) -> bool:
        """True when one signature of the header fits."""
        base = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        return any(key.fits(one, base) for one in self.headers["webhook-signature"].split(" "))


@dataclass
class Desk:
    """The partner's own server; `answers` decides the status of each request, 204 unless told otherwise."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: Callable[[Received], int] = lambda _: 204
    location: str = ""


@contextmanager
def serving() -> Iterator[Desk]:
    """A server on loopback that writes down what it is sent."""
    desk = Desk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.path, headers, body)
            desk.received.append(received)
            self.send_response(desk.answers(received))
            if desk.location:
                self.send_header("location", desk.location)
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    desk.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Partner:
    """A linked system as its own department programs it; `now` is its clock, in Unix seconds."""

    system: str
    department: str
    house: str
    key: Key
    now: Callable[[], float]

    def pull(self, query: str = "") -> Any:
        """The answer to a pull of its messages."""
        path = self._path("messages") + (f"?{query}" if query else "")
        return self._call("GET", path, f"GET {path}".encode(), None)[1]

    def pull_raw(self, query: str = "", **headers: str) -> tuple[str, bytes]:
        """Media type and bytes of the answer to a pull."""
        path = self._path("messages") + (f"?{query}" if query else "")
        asked = self._asked("GET", path, f"GET {path}".encode(), None, headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.headers.get_content_type(), answer.read()

    def acknowledge(self, message: str) -> int:
        """The status of an acknowledgement without body."""
        path = self._path(f"messages/{message}/ack")
        return self._call("POST", path, f"POST {path}".encode(), b"")[0]

    def receipt(self, kind: str, message: Any, **data: Any) -> tuple[int, Any]:
        """Status and answer for a fresh receipt to the message."""
        return self.send(self.event(kind, message, **data))

    def event(self, kind: str, message: Any, **data: Any) -> dict[str, Any]:
        """A receipt to the message, not sent yet."""
        return {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": f"/systems/{self.system}",
            "type": f"bihuan.receipt.{kind}.v1",
            "subject": message["subject"],
            "time": "2024-05-08T15:40:00+08:00",
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}/receipt_{kind}.json#/properties/data",
            "sender": self.department,
            "recipient": message["sender"],
            "data": {"in_reply_to": message["id"], **data},
        }

    def send(self, event: Any, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """Status and answer for this event; `body` stands in for its JSON, headers for the right ones."""
        raw = json.dumps(event, ensure_ascii=False).encode() if body is None else body
        return self._call("POST", self._path("receipts"), raw, raw, id=event["id"], **headers)

    def hand_in(self, receipt: str, name: str, content: bytes) -> tuple[int, Any]:
        """Status and answer for the paper of a receipt."""
        edge = "edge-of-a-part"
        head = f'--{edge}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        raw = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        digest = hashlib.sha256(raw).hexdigest()
        more = {
            "content-type": f"multipart/form-data; boundary={edge}",
            "webhook-body-digest": f"sha256:{digest}",
        }
        return self._call("POST", self._path(f"receipts/{receipt}/documents"), digest.encode(), raw, **more)

    def _path(self, rest: str) -> str:
        return f"/api/v1/exchange/{self.system}/{rest}"

    def _call(
        self, method: str, path: str, signed: bytes, raw: bytes | None, **given: str
    ) -> tuple[int, Any]:
        asked = self._asked(method, path, signed, raw, given)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, _json(refusal.read())

    def _asked(
        self, method: str, path: str, signed: bytes, raw: bytes | None, given: dict[str, str]
    ) -> urllib.request.Request:
        id, timestamp = given.pop("id", str(uuid4())), given.pop("timestamp", str(int(self.now())))
        headers = {
            "content-type": MEDIA_TYPE,
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": self.key.sign(f"{id}.{timestamp}.".encode() + signed),
            **{name.replace("_", "-"): value for name, value in given.items()},
        }
        return urllib.request.Request(self.house + path, data=raw, headers=headers, method=method)


def _json(raw: bytes) -> Any:
    return json.loads(raw) if raw else None
