"""Keys and signatures of Standard Webhooks: HMAC (v1) and Ed25519 (v1a), several keys at once for rotation.

A linked system's keys are a list, newest first, of {"secret"} (HMAC, both directions) or {"private", "public"}
(Ed25519: ours to sign with, theirs to verify), each with "until": the instant it goes out of force, or None.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.core.envelope import hmac_v1, signing_base

SECRET, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SECRET_BYTES = 32
SECRET_BYTES_ALLOWED = range(24, 65)
ED25519_BYTES = 32
SIGNATURES_MAX = 10


class KeyFault(ValueError):
    """The text is no key of that kind."""


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
    _public(public)


def in_force(keys: Iterable[Mapping[str, Any]], now: datetime) -> list[Mapping[str, Any]]:
    """The keys that count at that instant."""
    return [key for key in keys if key.get("until") is None or datetime.fromisoformat(key["until"]) > now]


def signature(keys: Iterable[Mapping[str, Any]], message_id: str, timestamp: int, body: bytes) -> str:
    """The header webhook-signature: one signature for each key, separated by spaces."""
    base = signing_base(message_id, timestamp, body)
    return " ".join(_signed(key, base) for key in keys if "secret" in key or "private" in key)


def verified(
    keys: Sequence[Mapping[str, Any]], header: str, message_id: str, timestamp: int, body: bytes
) -> bool:
    """True when one signature of the header was made with one of the keys; takes as long when none was."""
    base = signing_base(message_id, timestamp, body)
    valid = False
    for given in header.split(" ")[:SIGNATURES_MAX]:
        for key in keys:
            valid |= _matches(key, given, base)
    return valid


def _signed(key: Mapping[str, Any], base: bytes) -> str:
    if "secret" in key:
        return hmac_v1(_decoded(key["secret"], SECRET), base)
    return "v1a," + base64.b64encode(private_key(key["private"]).sign(base)).decode()


def _matches(key: Mapping[str, Any], given: str, base: bytes) -> bool:
    if "secret" in key:
        return hmac.compare_digest(hmac_v1(_decoded(key["secret"], SECRET), base).encode(), given.encode())
    version, _, encoded = given.partition(",")
    if version != "v1a" or not key.get("public"):
        return False
    try:
        _public(key["public"]).verify(base64.b64decode(encoded, validate=True), base)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def private_key(text: str) -> Ed25519PrivateKey:
    """The Ed25519 key that is written `whsk_…`; raises KeyFault."""
    raw = _decoded(text, PRIVATE)
    if len(raw) not in (ED25519_BYTES, 2 * ED25519_BYTES):  # some write the public half behind the seed
        raise KeyFault("an Ed25519 private key has 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(raw[:ED25519_BYTES])


def _public(text: str) -> Ed25519PublicKey:
    raw = _decoded(text, PUBLIC)
    if len(raw) != ED25519_BYTES:
        raise KeyFault("an Ed25519 public key has 32 bytes")
    return Ed25519PublicKey.from_public_bytes(raw)


def _decoded(text: str, prefix: str) -> bytes:
    try:
        raw = base64.b64decode(text.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise KeyFault(f"{prefix} and base64 expected") from fault
    if not text.startswith(prefix) or (prefix == SECRET and len(raw) not in SECRET_BYTES_ALLOWED):
        raise KeyFault(f"{prefix} and base64 of a key expected")
    return raw
