"""A small OpenID Connect provider on this machine, with faults that a test switches on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
CLIENT, SECRET = "bihuan", "s3cret-of-the-client"


@dataclass(slots=True)
class SmallProvider:
    """Knows one person at a time, and gives each code once."""

    issuer: str
    rsa: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "r1", "use": "sig"}))
    ec: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "e1", "use": "sig"}))
    person: dict[str, Any] = field(default_factory=dict)
    claims: Callable[[dict[str, Any]], dict[str, Any]] = field(default=dict)
    """What becomes of the claims of the next ID token."""
    sign: Callable[[dict[str, Any]], str] | None = None
    """How the next ID token is signed, where not by the RSA key."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: int = 0

    def consent(self, address: str) -> dict[str, str]:
        """The person signs in at that address: the parameters with which the browser is sent back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT and "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def described(self) -> dict[str, Any]:
        """What the provider says of itself."""
        places = {
            name: f"{self.issuer}/{name}"
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint")
        }
        return {"issuer": self.issuer, **places}

    def keys(self) -> dict[str, Any]:
        """Its public keys."""
        return {"keys": [self.rsa.as_dict(private=False), self.ec.as_dict(private=False)]}

    def token(self, form: Mapping[str, str], authorization: str) -> dict[str, Any] | None:
        """What the code gives, once, to the client with the verifier; None for anybody else."""
        self.asked += 1
        asked = self.codes.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {basic}":
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if _text(digest) != asked["code_challenge"]:
            return None
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "42", "iat": now, "exp": now + 300}
        claims = self.claims({**said, "nonce": asked["nonce"], **self.person})
        signed = self.sign(claims) if self.sign is not None else self.by_rsa(claims)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}

    def logout_claims(self, **changed: Any) -> dict[str, Any]:
        """What a logout token of the person says; with changes, and without what is None."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8)}
        said |= {"sub": "42", "sid": "s-1", "events": {LOGOUT: {}}}
        return {name: value for name, value in {**said, **changed}.items() if value is not None}

    def by_rsa(self, claims: dict[str, Any]) -> str:
        """Signed with the RSA key."""
        return jwt.encode({"alg": "RS256", "kid": "r1"}, claims, self.rsa, ["RS256"])

    def by_ec(self, claims: dict[str, Any]) -> str:
        """Signed with the other key."""
        return jwt.encode({"alg": "ES256", "kid": "e1"}, claims, self.ec, ["ES256"])

    def by_public_key(self, claims: dict[str, Any]) -> str:
        """Signed with what everybody knows, as if it were a secret."""
        signed = _parts({"alg": "HS256", "kid": "r1"}, claims)
        return f"{signed}.{_text(hmac.digest(self.rsa.as_pem(private=False), signed.encode(), 'sha256'))}"

    def by_a_stranger(self, claims: dict[str, Any]) -> str:
        """Signed with a key that is not the provider's and says that it is."""
        key = RSAKey.generate_key(2048, {"kid": "r1"})
        return jwt.encode({"alg": "RS256", "kid": "r1"}, claims, key, ["RS256"])


def unsigned(claims: dict[str, Any]) -> str:
    """Not signed at all."""
    return _parts({"alg": "none", "typ": "JWT"}, claims) + "."


def _parts(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(_text(json.dumps(part).encode()) for part in (header, claims))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[SmallProvider]:
    """The provider answers on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = {
                "/.well-known/openid-configuration": provider.described,
                "/jwks_uri": provider.keys,
            }.get(self.path)
            self._answer(told() if told is not None else None)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            self._answer(provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, told: Any) -> None:
            self.send_response(200 if told is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(told or {"error": "invalid_grant"}).encode())

        def log_message(self, *_: Any) -> None:
            """Nothing is written."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = SmallProvider(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield provider
        server.shutdown()
