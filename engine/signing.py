"""Keys and signatures of Standard Webhooks: HMAC (v1) and Ed25519 (v1a), several keys at once for rotation.

A linked system's keys are a list, newest first, of {"secret"} (HMAC, both directions) or {"private", "public"}
(Ed25519: ours to sign with, theirs to verify), each with its "scheme" and "until": the instant it goes out of force, or
None. One more scheme is a class that keeps the protocol and a line of SCHEMES.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.core.envelope import hmac_v1, signing_base

SECRET, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SECRET_BYTES = 32
SECRET_BYTES_ALLOWED = range(24, 65)
ED25519_BYTES = 32
SIGNATURES_MAX = 10
_EXPECTED = ("应为 whpk_ 加 base64 的 Ed25519 公钥", "an Ed25519 key whpk_… expected")


class KeyFault(ValueError):
    """The text is no key of that kind; `zh` and `en` say what was expected."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def new_secret() -> str:
    """A fresh shared secret, `whsec_…`."""
    return SECRET + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_private_key() -> str:
    """A fresh Ed25519 private key, `whsk_…`."""
    return PRIVATE + base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_key_of(private: str) -> str:
    """The public key `whpk_…` that belongs to a private one."""
    return PUBLIC + base64.b64encode(private_key(private).public_key().public_bytes_raw()).decode()


def check_public_key(public: str) -> None:
    """Returns when the text is an Ed25519 public key `whpk_…`; raises KeyFault."""
    try:
        _public(public)
    except KeyFault as fault:
        raise KeyFault(*_EXPECTED) from fault


class SignatureScheme(Protocol):
    """How one kind of key signs and verifies: what the register, the courier and the callers ask of it, and all they ask.

    A key is what the register keeps of both sides: a mapping of text, with members of the scheme's own.
    """

    name: str
    """As `system add` and the column `scheme` call it."""
    version: str
    """What stands before the comma of its signatures, such as v1."""

    def check(self, public: str | None) -> None:
        """Returns when the other side may bring that public key, or none; raises KeyFault with the reason."""

    def fresh(self, public: str | None) -> dict[str, Any]:
        """A fresh key of the house, with the public key of the other side where there is one."""

    def told(self, key: Mapping[str, Any]) -> dict[str, str]:
        """What the other side is told of the key when it is made."""

    def named(self, key: Mapping[str, Any]) -> dict[str, str]:
        """What names the key without giving it away: fingerprints, and what is public anyway."""

    def sign(self, key: Mapping[str, Any], base: bytes) -> str:
        """The signature over these bytes, its version before it."""

    def verify(self, key: Mapping[str, Any], given: str, base: bytes) -> bool:
        """True when the other side made that signature over these bytes; False for whatever is none."""


class Hmac:
    """`v1`: one secret `whsec_…` that both sides share."""

    name, version = "hmac", "v1"

    def check(self, public: str | None) -> None:
        """Returns when there is no public key, for a shared secret has none."""
        if public is not None:
            raise KeyFault("与 --hmac 互斥", "excludes hmac")

    def fresh(self, public: str | None) -> dict[str, Any]:
        """A fresh secret."""
        return {"secret": new_secret()}

    def told(self, key: Mapping[str, Any]) -> dict[str, str]:
        """The secret itself."""
        return {"secret": key["secret"]}

    def named(self, key: Mapping[str, Any]) -> dict[str, str]:
        """The fingerprint of the secret."""
        return {"ours": fingerprint(_decoded(key["secret"], SECRET))}

    def sign(self, key: Mapping[str, Any], base: bytes) -> str:
        """HMAC-SHA256 under the secret."""
        return hmac_v1(_decoded(key["secret"], SECRET), base)

    def verify(self, key: Mapping[str, Any], given: str, base: bytes) -> bool:
        """True when the signature is the one that the secret makes; takes as long when it is not."""
        return hmac.compare_digest(self.sign(key, base).encode(), given.encode())


class Ed25519:
    """`v1a`: our private key `whsk_…` signs, their public key `whpk_…` verifies."""

    name, version = "ed25519", "v1a"

    def check(self, public: str | None) -> None:
        """Returns when there is no public key yet, or one of 32 bytes."""
        if public is not None:
            check_public_key(public)

    def fresh(self, public: str | None) -> dict[str, Any]:
        """A fresh private key beside their public one."""
        return {"private": new_private_key(), "public": public}

    def told(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Our public key."""
        return {"our_public_key": public_key_of(key["private"])}

    def named(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Our public key and the fingerprints of both."""
        ours = public_key_of(key["private"])
        named = {"our_public_key": ours, "ours": fingerprint(_decoded(ours, PUBLIC))}
        theirs = key.get("public")
        return named | ({"theirs": fingerprint(_decoded(theirs, PUBLIC))} if theirs else {})

    def sign(self, key: Mapping[str, Any], base: bytes) -> str:
        """Ed25519 under our private key."""
        return f"{self.version}," + base64.b64encode(private_key(key["private"]).sign(base)).decode()

    def verify(self, key: Mapping[str, Any], given: str, base: bytes) -> bool:
        """True when their private key made it; False while their public key is not known."""
        version, _, encoded = given.partition(",")
        if version != self.version or not key.get("public"):
            return False
        try:
            _public(key["public"]).verify(base64.b64decode(encoded, validate=True), base)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


SCHEMES: dict[str, SignatureScheme] = {scheme.name: scheme for scheme in (Hmac(), Ed25519())}
"""Every scheme by its name. One more (SM2) is a class and a line here; nobody who signs or verifies changes."""


def fresh_key(scheme: str, public: str | None) -> dict[str, Any]:
    """A fresh key of that scheme, which says of which it is; `public` is the other side's, where there is one."""
    return {"scheme": scheme, **SCHEMES[scheme].fresh(public)}


def scheme_of(key: Mapping[str, Any]) -> SignatureScheme:
    """The scheme of the key; keys of before schemes were written down are told by what they hold."""
    before = Hmac.name if "secret" in key else Ed25519.name
    return SCHEMES[key.get("scheme", before)]


def fingerprint(raw: bytes) -> str:
    """Sixteen hex digits that name a key and do not give it away."""
    return hashlib.sha256(b"bihuan key " + raw).hexdigest()[:16]


def in_force(keys: Iterable[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """The keys that count at that instant."""
    return [key for key in keys if key.get("until") is None or datetime.fromisoformat(key["until"]) > now]


def signature(keys: Iterable[Mapping[str, Any]], message_id: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each key, separated by spaces."""
    base = signing_base(message_id, timestamp, body)
    return " ".join(scheme_of(key).sign(key, base) for key in keys)


def verified(
    keys: Sequence[Mapping[str, Any]], header: str, message_id: str, timestamp: int, body: bytes
) -> bool:
    """True when one signature of the header was made with one of the keys; takes as long when none was."""
    base = signing_base(message_id, timestamp, body)
    valid = False
    for given in header.split(" ")[:SIGNATURES_MAX]:
        for key in keys:
            valid |= scheme_of(key).verify(key, given, base)
    return valid


def private_key(text: str) -> Ed25519PrivateKey:
    """The Ed25519 key that is written `whsk_…`; raises KeyFault."""
    raw = _decoded(text, PRIVATE)
    if len(raw) not in (ED25519_BYTES, 2 * ED25519_BYTES):  # some write the public half behind the seed
        raise KeyFault("Ed25519 私钥为32字节", "an Ed25519 private key has 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(raw[:ED25519_BYTES])


def _public(text: str) -> Ed25519PublicKey:
    raw = _decoded(text, PUBLIC)
    if len(raw) != ED25519_BYTES:
        raise KeyFault(*_EXPECTED)
    return Ed25519PublicKey.from_public_bytes(raw)


def _decoded(text: str, prefix: str) -> bytes:
    try:
        raw = base64.b64decode(text.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise KeyFault(f"应为 {prefix} 加 base64", f"{prefix} and base64 expected") from fault
    if not text.startswith(prefix) or (prefix == SECRET and len(raw) not in SECRET_BYTES_ALLOWED):
        raise KeyFault(f"应为 {prefix} 加 base64 的密钥", f"{prefix} and base64 of a key expected")
    return raw
