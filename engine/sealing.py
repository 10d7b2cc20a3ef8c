"""Sealing: a compact JWE that only the holder of a key opens (RFC 7516), by ECDH-ES and A256GCM (RFC 7518 and 8037).

Keys are JWK as mappings: P-256 (`EC`) or X25519 (`OKP`); `engine.encryption_keys` says which are registered. Nothing else
is ever made or read: what another header asks for is not opened.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from engine.core.strict_json import Malformed, parsed

MEDIA_TYPE = "application/jose"
EVENT, JSON = "cloudevents+json", "json"
"""What lies inside, as the header's `cty` says it: without `application/` (RFC 7516, 4.1.12)."""
ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"
KEY_BYTES, IV_BYTES, TAG_BYTES, COORDINATE_BYTES = 32, 12, 16, 32
SEALED_BYTES_MAX = 256 * 1024 * 1024
Jwk = Mapping[str, Any]


class SealFault(ValueError):
    """The bytes are not sealed for this key, or were changed; why is not told."""

    def __init__(self) -> None:
        super().__init__("not sealed for this key, or changed on the way")


class JwkFault(ValueError):
    """The mapping is no key that can be sealed to or opened with."""


def seal(plain: bytes, recipient_public_key: Jwk, *, content_type: str = EVENT) -> bytes:
    """The bytes as a compact JWE for that key, each time under a fresh one; raises JwkFault.

    `content_type` is what lies inside, without `application/`.
    """
    curve = _curve(recipient_public_key)
    ephemeral = curve.fresh()
    try:
        agreed = curve.agree(ephemeral, curve.public(recipient_public_key))
    except ValueError as fault:
        raise JwkFault("no point that a secret can be agreed with") from fault
    header = {
        "alg": ALGORITHM,
        "enc": ENCRYPTION,
        "typ": "JOSE",
        "cty": content_type,
        **({"kid": recipient_public_key["kid"]} if recipient_public_key.get("kid") else {}),
        "epk": curve.jwk(ephemeral),
    }
    return _encrypted(plain, header, derived(agreed, ENCRYPTION, KEY_BYTES), secrets.token_bytes(IV_BYTES))


def open(sealed: bytes, private_key: Jwk) -> bytes:
    """What was sealed to the key of this private JWK; raises SealFault for anything else, JwkFault for a wrong key."""
    curve = _curve(private_key)
    own = curve.private(private_key)
    try:
        header, parts = _parts(sealed)
        if private_key.get("kid") and header.get("kid") not in (None, private_key["kid"]):
            raise SealFault
        if _curve(header["epk"]) is not curve:
            raise SealFault
        agreed = curve.agree(own, curve.public(header["epk"]))
        said = {name: _decoded(header[name]) for name in ("apu", "apv") if name in header}
        key = derived(agreed, ENCRYPTION, KEY_BYTES, **said)
        return AESGCM(key).decrypt(parts[2], parts[3] + parts[4], sealed.split(b".", 1)[0])
    except (InvalidTag, JwkFault, ValueError, KeyError, TypeError) as fault:
        raise SealFault from fault


def derived(agreed: bytes, algorithm: str, length: int, apu: bytes = b"", apv: bytes = b"") -> bytes:
    """The key of so many bytes that both sides derive from the agreed secret (RFC 7518, 4.6.2)."""
    told = b"".join(len(one).to_bytes(4, "big") + one for one in (algorithm.encode(), apu, apv))
    told += (length * 8).to_bytes(4, "big")
    return ConcatKDFHash(SHA256(), length, told).derive(agreed)


def _encrypted(plain: bytes, header: Mapping[str, Any], key: bytes, iv: bytes) -> bytes:
    """The five parts of a compact JWE without an encrypted key."""
    protected = encoded(json.dumps(header, separators=(",", ":")).encode()).encode()
    both = AESGCM(key).encrypt(iv, plain, protected)
    parts = (b"", iv, both[:-TAG_BYTES], both[-TAG_BYTES:])
    return b".".join((protected, *(encoded(part).encode() for part in parts)))


def _parts(sealed: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The header, which asks for what is done here and nothing else, and the decoded parts."""
    if len(sealed) > SEALED_BYTES_MAX:
        raise SealFault
    parts = [_decoded(part) for part in sealed.decode("ascii").split(".")]
    if len(parts) != 5 or parts[1] or len(parts[2]) != IV_BYTES or len(parts[4]) != TAG_BYTES:
        raise SealFault
    try:
        header = parsed(parts[0])
    except Malformed as fault:
        raise SealFault from fault
    if not isinstance(header, dict) or "crit" in header or "zip" in header:
        raise SealFault
    if (header.get("alg"), header.get("enc")) != (ALGORITHM, ENCRYPTION):
        raise SealFault
    if not isinstance(header.get("epk"), dict):
        raise SealFault
    return header, parts


def encoded(raw: bytes) -> str:
    """The bytes in base64url without padding, as every part of a JWE and every number of a JWK is written."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: Any) -> bytes:
    """The bytes written so; raises ValueError for every other spelling of them too."""
    if not isinstance(text, str):
        raise ValueError("text expected")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as fault:
        raise ValueError("base64url expected") from fault
    if encoded(raw) != text:
        raise ValueError("base64url expected")
    return raw


def _coordinate(jwk: Jwk, name: str) -> bytes:
    try:
        raw = _decoded(jwk.get(name))
    except ValueError as fault:
        raise JwkFault(f"{name}: base64url without padding expected") from fault
    if len(raw) != COORDINATE_BYTES:
        raise JwkFault(f"{name}: {COORDINATE_BYTES} bytes expected")
    return raw


# --- the two curves


@dataclass(frozen=True, slots=True)
class _Curve:
    """What sealing asks of a curve."""

    fresh: Callable[[], Any]
    public: Callable[[Jwk], Any]
    private: Callable[[Jwk], Any]
    jwk: Callable[[Any], dict[str, str]]
    agree: Callable[[Any, Any], bytes]


def _p256_public(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    x, y = (int.from_bytes(_coordinate(jwk, name), "big") for name in "xy")
    try:
        return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    except ValueError as fault:
        raise JwkFault("not a point of the curve") from fault


def _p256_private(jwk: Jwk) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(_coordinate(jwk, "d"), "big"), ec.SECP256R1())
    except ValueError as fault:
        raise JwkFault("d: not a private key of the curve") from fault


def _p256_jwk(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (encoded(one.to_bytes(COORDINATE_BYTES, "big")) for one in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _x25519_jwk(key: X25519PrivateKey) -> dict[str, str]:
    return {"kty": "OKP", "crv": "X25519", "x": encoded(key.public_key().public_bytes_raw())}


_CURVES: Mapping[tuple[str, str], _Curve] = {
    ("EC", "P-256"): _Curve(
        lambda: ec.generate_private_key(ec.SECP256R1()),
        _p256_public,
        _p256_private,
        _p256_jwk,
        lambda own, theirs: own.exchange(ec.ECDH(), theirs),
    ),
    ("OKP", "X25519"): _Curve(
        X25519PrivateKey.generate,
        lambda jwk: X25519PublicKey.from_public_bytes(_coordinate(jwk, "x")),
        lambda jwk: X25519PrivateKey.from_private_bytes(_coordinate(jwk, "d")),
        _x25519_jwk,
        lambda own, theirs: own.exchange(theirs),
    ),
}
CURVES = frozenset(_CURVES)
"""The kinds of key (`kty`, `crv`) that can be sealed to."""


def _curve(jwk: Jwk) -> _Curve:
    curve = _CURVES.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if curve is None:
        raise JwkFault("a P-256 or X25519 key expected")
    return curve
