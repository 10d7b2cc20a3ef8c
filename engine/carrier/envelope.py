"""The envelope of what is carried: nothing of it can be read without the receiver's key or the passphrase.

Two lines of text, then bytes. The lines say how it is sealed and nothing of what is in it; they are bound to the seal.
To a key: HPKE (RFC 9180, base mode, HKDF-SHA256, AES-256-GCM) to X25519 or P-256. By passphrase: scrypt, AES-256-GCM.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from engine.core.carrier_codes import ALPHABET, MISREAD
from engine.core.strict_json import Malformed, parsed
from engine.sealing import encoded

MAGIC = b"BIHUAN-CARRIER 1\n"
HEADER_BYTES_MAX = 1024
BUNDLE, ANSWER = "bundle", "answer"
PASSPHRASE = "passphrase"
PUBLIC, PRIVATE = "bhek_", "bhdk_"
X25519, P256 = 0x20, 0x10
"""The first byte of a key: the number of its kind in RFC 9180."""
SUITES = {X25519: ("x25519", hpke.KEM.X25519), P256: ("p256", hpke.KEM.P256)}
SCRYPT = {"n": 2**15, "r": 8, "p": 1}
"""The only cost that is accepted: a file must not choose how long its reader works."""
UNCOMPRESSED = 0x04
"""What a point begins with that is written with both its numbers (SEC 1)."""
SALT_BYTES, NONCE_BYTES, AES_BYTES, X25519_BYTES, P256_BYTES = 16, 12, 32, 32, 32
PASSPHRASE_LETTERS, GROUP = 24, 4

PublicKey = x25519.X25519PublicKey | ec.EllipticCurvePublicKey
PrivateKey = x25519.X25519PrivateKey | ec.EllipticCurvePrivateKey


class EnvelopeFault(ValueError):
    """The file is no envelope, was changed, or is sealed with something else; says no more than that."""


class KeyTextFault(ValueError):
    """The text is no key of that kind."""


@dataclass(frozen=True, slots=True)
class Opener:
    """What an envelope can be opened with."""

    private_keys: tuple[str, ...] = ()
    passphrase: str | None = None


def new_keys() -> tuple[str, str]:
    """A fresh X25519 pair: the private key `bhdk_…` and the public `bhek_…`."""
    return keys_from(secrets.token_bytes(X25519_BYTES))


def keys_from(seed: bytes) -> tuple[str, str]:
    """The X25519 pair of these 32 bytes, as text."""
    private = _text(PRIVATE, bytes([X25519]) + seed)
    return private, public_of(private)


def public_of(private: str) -> str:
    """The public key that belongs to a private one; raises KeyTextFault."""
    kind, key = _private(private)
    public = key.public_key()
    if isinstance(public, x25519.X25519PublicKey):
        raw = public.public_bytes_raw()
    else:
        raw = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(PUBLIC, bytes([kind]) + raw)


def jwk_of(public: str) -> dict[str, str]:
    """The same public key as a JWK; raises KeyTextFault."""
    _, key = _public(public)
    if isinstance(key, x25519.X25519PublicKey):
        return {"kty": "OKP", "crv": "X25519", "x": encoded(key.public_bytes_raw())}
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    half = len(point) // 2
    return {"kty": "EC", "crv": "P-256", "x": encoded(point[:half]), "y": encoded(point[half:])}


def private_jwk_of(private: str) -> dict[str, str]:
    """The same private key as a JWK; raises KeyTextFault."""
    _, key = _private(private)
    if isinstance(key, x25519.X25519PrivateKey):
        raw = key.private_bytes_raw()
    else:
        raw = key.private_numbers().private_value.to_bytes(P256_BYTES, "big")
    return {**jwk_of(public_of(private)), "d": encoded(raw)}


def text_of(jwk: Mapping[str, str]) -> str:
    """The same public key as text, `bhek_…`, of a JWK that is registered."""
    numbers = [base64.urlsafe_b64decode(jwk[name] + "==") for name in ("x", "y") if name in jwk]
    if jwk["kty"] == "OKP":
        return _text(PUBLIC, bytes([X25519]) + numbers[0])
    return _text(PUBLIC, bytes([P256, UNCOMPRESSED]) + b"".join(numbers))


def key_name(public: str) -> str:
    """What the header calls the key: the first 16 hex digits of the SHA-256 of its text."""
    return hashlib.sha256(public.encode()).hexdigest()[:16]


def spoken_passphrase(secret: bytes) -> str:
    """A passphrase of 120 bits out of a secret, in groups that can be read over the telephone."""
    bits = int.from_bytes(hashlib.sha256(b"bihuan-carrier-passphrase-1\0" + secret).digest(), "big")
    letters = [ALPHABET[(bits >> 5 * place) & 31] for place in range(PASSPHRASE_LETTERS)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, PASSPHRASE_LETTERS, GROUP))


def sealed_to(public: str, kind: str, content: bytes) -> bytes:
    """The envelope that only the owner of the key opens."""
    number, key = _public(public)
    name, _ = SUITES[number]
    head = _head({"kind": kind, "seal": name, "key": key_name(public)})
    return head + _suite(number).encrypt(content, key, head)


def sealed_by(passphrase: str, kind: str, content: bytes) -> bytes:
    """The envelope that whoever is told the passphrase opens."""
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    head = _head({"kind": kind, "seal": PASSPHRASE, "salt": base64.b64encode(salt).decode(), **SCRYPT})
    return head + nonce + AESGCM(_derived(passphrase, salt)).encrypt(nonce, content, head)


def header_of(envelope: bytes) -> dict[str, Any]:
    """What the two lines say; raises EnvelopeFault."""
    return _split(envelope)[0]


def opened(envelope: bytes, kind: str, with_: Opener) -> bytes:
    """What lies in the envelope; raises EnvelopeFault."""
    header, head, body = _split(envelope)
    if header["kind"] != kind:
        raise EnvelopeFault("not a file of that kind")
    if header["seal"] == PASSPHRASE:
        return _by_passphrase(header, head, body, with_.passphrase)
    for text in with_.private_keys:
        number, key = _private(text)
        if header["seal"] == SUITES[number][0] and header.get("key") == key_name(public_of(text)):
            try:
                return _suite(number).decrypt(body, key, head)
            except (InvalidTag, ValueError) as fault:
                raise EnvelopeFault("the seal is broken") from fault
    raise EnvelopeFault("sealed to another key")


def _by_passphrase(header: dict[str, Any], head: bytes, body: bytes, passphrase: str | None) -> bytes:
    if passphrase is None:
        raise EnvelopeFault("a passphrase is needed")
    try:
        salt = base64.b64decode(header["salt"], validate=True)
        if len(salt) != SALT_BYTES or len(body) < NONCE_BYTES:
            raise ValueError("salt or nonce")
        return AESGCM(_derived(passphrase, salt)).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], head)
    except (InvalidTag, ValueError, binascii.Error) as fault:
        raise EnvelopeFault("wrong passphrase, or the seal is broken") from fault


def _split(envelope: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    end = envelope.find(b"\n", len(MAGIC), len(MAGIC) + HEADER_BYTES_MAX)
    if not envelope.startswith(MAGIC) or end == -1:
        raise EnvelopeFault("not a file of the carrier")
    try:
        header = parsed(envelope[len(MAGIC) : end])
    except Malformed as fault:
        raise EnvelopeFault("not a file of the carrier") from fault
    if not isinstance(header, dict) or not all(
        isinstance(header.get(name), str) for name in ("kind", "seal")
    ):
        raise EnvelopeFault("not a file of the carrier")
    by_words = header["seal"] == PASSPHRASE
    if by_words and not (
        isinstance(header.get("salt"), str) and {name: header.get(name) for name in SCRYPT} == SCRYPT
    ):
        raise EnvelopeFault("not a seal of this version")
    return header, envelope[: end + 1], envelope[end + 1 :]


def _head(said: dict[str, Any]) -> bytes:
    return MAGIC + json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _suite(number: int) -> hpke.Suite:
    return hpke.Suite(SUITES[number][1], hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def _derived(passphrase: str, salt: bytes) -> bytes:
    plain = "".join(passphrase.upper().split()).replace("-", "").translate(MISREAD)
    return Scrypt(salt=salt, length=AES_BYTES, **SCRYPT).derive(plain.encode())


def _text(prefix: str, raw: bytes) -> str:
    return prefix + base64.b64encode(raw).decode()


def _decoded(text: str, prefix: str) -> tuple[int, bytes]:
    try:
        raw = base64.b64decode(text.removeprefix(prefix), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise KeyTextFault(f"{prefix} and base64 expected") from fault
    if not text.startswith(prefix) or not raw or raw[0] not in SUITES:
        raise KeyTextFault(f"{prefix} and base64 of a key expected")
    return raw[0], raw[1:]


def _public(text: str) -> tuple[int, PublicKey]:
    kind, raw = _decoded(text, PUBLIC)
    try:
        if kind == X25519:
            return kind, x25519.X25519PublicKey.from_public_bytes(raw)
        return kind, ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError as fault:
        raise KeyTextFault("no point of that curve") from fault


def _private(text: str) -> tuple[int, PrivateKey]:
    kind, raw = _decoded(text, PRIVATE)
    try:
        if kind == X25519:
            return kind, x25519.X25519PrivateKey.from_private_bytes(raw)
        return kind, ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    except ValueError as fault:
        raise KeyTextFault("no key of that curve") from fault
