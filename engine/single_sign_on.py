"""Signing in where the authority signs in for all its programs: OpenID Connect, by authorization code with PKCE.

The provider says who somebody is, by a login that has an account here; what they may do stands in the ledger. Whatever is
wrong is refused alike, and written to the log by its kind alone.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.clock import Clock
from engine.core.fact_types import CONTROL
from engine.core.refusals import Refusal
from engine.identity.provider import Provider, Vouched, is_safe
from engine.identity.sealer import Sealer, SealerFault
from models.columns import ID_LENGTH

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""Signatures alone: whoever knows the public key, or no key at all, makes none of them."""
KEY_KINDS = frozenset({"RSA", "EC", "OKP"})
SCOPE = "openid profile email"
TIMEOUT_SECONDS = 5.0
LEEWAY_SECONDS = 60
LASTS = timedelta(minutes=10)
"""How long somebody may take to sign in there."""
FRESH = timedelta(hours=1)
"""How long what the provider says of itself is taken for so."""
USED_MAX = 10_000
ANSWER_BYTES_MAX = 256 * 1024
TICKET = "single sign-on"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
"""The event that makes a token one of signing out."""
_log = logging.getLogger(__name__)


class NotProven(Exception):
    """The provider did not say who it is, or what it said does not hold; the text names the kind of fault."""


@dataclass(frozen=True, slots=True)
class Described:
    """What the provider says of itself, and its keys."""

    metadata: Mapping[str, Any]
    keys: KeySet
    read_at: datetime


@dataclass(slots=True)
class SingleSignOn:
    """One provider; tickets bind what it answers to the browser that asked."""

    provider: Provider
    sealer: Sealer
    clock: Clock
    _described: Described | None = None
    _used: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, wanted: str) -> tuple[str, str]:
        """The provider's address at which to sign in, and the ticket that the browser keeps meanwhile.

        Raises `not_ready` while the provider cannot be reached.
        """
        try:
            metadata = self._describe().metadata
        except NotProven as fault:
            _log.warning("single sign-on: %s", fault)
            raise Refusal("not_ready", retry_after=30) from fault
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
            )
        said = {"state": state, "nonce": nonce, "verifier": verifier, "wanted": wanted}
        until = (self.clock.real_now() + LASTS).isoformat()
        return str(address), self.sealer.ticket({**said, "until": until}, TICKET)

    def come_back(self, ticket: str, said: Mapping[str, str]) -> tuple[Vouched, str]:
        """Whom the provider vouches for, and the page that was wanted; raises `authentication_required`.

        `said` are the parameters with which the browser came back.
        """
        try:
            kept = self._kept(ticket, said)
            claims = self._claims(said["code"], kept)
            session = claims.get("sid")
            names = self._digest("sub", claims["sub"]), session and self._digest("sid", session)
            return Vouched(self._login(claims), *names), str(kept["wanted"])
        except (NotProven, JoseError, AuthlibBaseError) as fault:
            _log.warning(
                "single sign-on refused: %s", fault if isinstance(fault, NotProven) else type(fault).__name__
            )
            raise Refusal("authentication_required") from fault

    def signed_out(self, text: str) -> tuple[str | None, str | None]:
        """Whose session at the provider is over, by its signed logout token: digests of person and session, or one of them.

        As OpenID Connect Back-Channel Logout 1.0 asks it of who receives one; raises `body_malformed`.
        """
        try:
            if len(text) > ANSWER_BYTES_MAX:
                raise NotProven("the logout token is too long")
            return self._logout_claims(self._signed(text))
        except (NotProven, JoseError, AuthlibBaseError) as fault:
            _log.warning(
                "logout refused: %s", fault if isinstance(fault, NotProven) else type(fault).__name__
            )
            raise Refusal("body_malformed") from fault

    def _logout_claims(self, token: jwt.Token) -> tuple[str | None, str | None]:
        needed = {"iat": {"essential": True}, "exp": {"essential": True}, "jti": {"essential": True}}
        claims = JWTClaims(token.claims, token.header, {**self._ours(), **needed})
        claims.validate(int(self.clock.real_now().timestamp()), LEEWAY_SECONDS)
        events, names = claims.get("events"), [claims.get(name) for name in ("sub", "sid")]
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict) or "nonce" in claims:
            raise NotProven("no logout token")
        if names == [None, None] or not all(one is None or isinstance(one, str) for one in names):
            raise NotProven("the logout token names nobody")
        self._use(f"logout {claims['jti']}")
        subject, session = names
        return subject and self._digest("sub", subject), session and self._digest("sid", session)

    def _ours(self) -> dict[str, Any]:
        """Who must have issued a token, and for whom."""
        return {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }

    def _digest(self, kind: str, name: str) -> str:
        return hashlib.sha256(f"{self.provider.issuer}\n{kind}\n{name}".encode()).hexdigest()

    def way_out(self) -> str | None:
        """The provider's address at which one signs out there too; None where it has none."""
        try:
            place = self._describe().metadata.get("end_session_endpoint")
        except NotProven:
            return None
        if not isinstance(place, str) or not is_safe(place):
            return None
        back = self.provider.public_url.rstrip("/") + "/login"
        mark = "&" if "?" in place else "?"
        return f"{place}{mark}{urlencode({'client_id': self.provider.client_id, 'post_logout_redirect_uri': back})}"

    def _kept(self, ticket: str, said: Mapping[str, str]) -> dict[str, Any]:
        """What the ticket holds, which is used once, by the browser that has it, for the answer it was made for."""
        try:
            kept = self.sealer.read_ticket(ticket, TICKET)
        except SealerFault as fault:
            raise NotProven("the browser has no ticket") from fault
        if not hmac.compare_digest(
            said.get("state", "").encode("utf-8", "surrogatepass"), kept["state"].encode()
        ):
            raise NotProven("the state is another one")
        if self.clock.real_now() > datetime.fromisoformat(kept["until"]):
            raise NotProven("the ticket is too old")
        if said.get("iss", self.provider.issuer) != self.provider.issuer:
            raise NotProven("another issuer answers")
        self._use(kept["state"])
        if "error" in said or not said.get("code"):
            raise NotProven("the provider gave no code")
        return kept

    def _use(self, state: str) -> None:
        with self._lock:
            if state in self._used:
                raise NotProven("the state was used before")
            self._used[state] = None
            if len(self._used) > USED_MAX:
                self._used.popitem(last=False)

    def _claims(self, code: str, kept: Mapping[str, Any]) -> CodeIDToken:
        """The claims of the ID token that the code gives, when everything about it holds."""
        described = self._describe()
        try:
            with self._client() as client:
                told = client.fetch_token(
                    described.metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=kept["verifier"],
                )
        except Exception as fault:  # whatever the network or a strange answer brings
            raise NotProven(f"the code was not taken: {type(fault).__name__}") from fault
        text = told.get("id_token")
        if not isinstance(text, str) or len(text) > ANSWER_BYTES_MAX:
            raise NotProven("there is no ID token")
        token = self._signed(text)
        params = {"nonce": kept["nonce"], "client_id": self.provider.client_id}
        claims = CodeIDToken(
            token.claims, token.header, self._ours(), {**params, "access_token": told.get("access_token")}
        )
        claims.validate(int(self.clock.real_now().timestamp()), LEEWAY_SECONDS)
        return claims

    def _signed(self, text: str) -> jwt.Token:
        """The ID token, signed with one of the provider's keys; keys are read anew once where none fits."""
        try:
            return jwt.decode(text, self._describe().keys, list(ALGORITHMS))
        except (JoseError, ValueError):
            return _decoded(text, self._describe(anew=True).keys)

    def _login(self, claims: Mapping[str, Any]) -> str:
        name = self.provider.login_claim
        login = claims.get(name)
        if not isinstance(login, str) or not login or len(login) > ID_LENGTH or CONTROL.search(login):
            raise NotProven("the claim of the login is no login")
        if name == "email" and claims.get("email_verified") is not True:
            raise NotProven("the address was not verified")
        return login

    def _describe(self, anew: bool = False) -> Described:
        """What the provider says of itself; raises NotProven where it cannot be read or is of another issuer."""
        now, described = self.clock.real_now(), self._described
        if described is not None and now - described.read_at < (timedelta(minutes=1) if anew else FRESH):
            return described
        issuer = self.provider.issuer
        try:
            with self._client() as client:
                metadata = _read(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
                places = [
                    metadata.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
                ]
                if metadata.get("issuer") != issuer or not all(
                    isinstance(place, str) and is_safe(place) for place in places
                ):
                    raise NotProven("the provider describes another one, or addresses without https")
                keys = [key for key in _read(client, str(places[2]))["keys"] if key.get("kty") in KEY_KINDS]
            self._described = Described(metadata, KeySet.import_key_set({"keys": keys}), now)
        except NotProven:
            raise
        except Exception as fault:  # whatever the network or a strange answer brings
            raise NotProven(f"the provider cannot be read: {type(fault).__name__}") from fault
        return self._described

    def _client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self.provider.client_id,
            client_secret=self.provider.secret(),
            scope=SCOPE,
            redirect_uri=self.provider.comes_back_to,
            code_challenge_method="S256",
            timeout=TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )


def _decoded(text: str, keys: KeySet) -> jwt.Token:
    try:
        return jwt.decode(text, keys, list(ALGORITHMS))
    except ValueError as fault:
        raise NotProven("the ID token is not signed by the provider") from fault


def _read(client: OAuth2Client, address: str) -> Any:
    """The JSON at the address."""
    answer = client.request("GET", address, withhold_token=True)
    if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES_MAX:
        raise NotProven("the provider does not describe itself")
    return answer.json()
