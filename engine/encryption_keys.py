"""Encryption keys of linked systems: which public JWK the house takes, and the sentence for each that it does not.

A system's keys are a list, newest first, of {"jwk", "thumbprint", "since", "until"}; ended ones stay, so that neither a key
nor its name comes back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.carrier.envelope import PRIVATE as PRIVATE_TEXT
from engine.carrier.envelope import PUBLIC as PUBLIC_TEXT
from engine.carrier.envelope import KeyTextFault, jwk_of
from engine.core.audit import canonical
from engine.core.strict_json import Malformed, parsed
from engine.sealing import ALGORITHM, CURVES, JwkFault, encoded, seal

TEXT_LENGTH_MAX = 4096
KID = re.compile(r"[0-9A-Za-z._~:-]{1,100}", re.ASCII)
NUMBERS = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x")}
"""What makes a key the key it is, by `kty`, in the order of RFC 7638."""
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
_PRIVATE_SAID = (
    "这是私钥，不得交给本系统；该密钥视为已泄露，请另行生成，只登记公钥",
    "this is a private key and must not be handed in; make another one and register its public part alone",
)
USES = frozenset({"deriveKey", "deriveBits"})


class KeyRefused(ValueError):
    """The key is not registered; `zh` and `en` say why, and repeat nothing of it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def public_key_from(text: str) -> dict[str, str]:
    """The public JWK that the text holds as JSON or as `bhek_…`, reduced to its numbers and its `kid`; raises KeyRefused.

    Without a `kid` the key is named by its thumbprint (RFC 7638).
    """
    if "PRIVATE KEY" in text or PRIVATE_TEXT in text:
        raise KeyRefused(*_PRIVATE_SAID)
    if len(text) > TEXT_LENGTH_MAX:
        raise KeyRefused("密钥文本过长", "the text is too long for a key")
    try:
        jwk = jwk_of(text.strip()) if text.strip().startswith(PUBLIC_TEXT) else parsed(text.strip().encode())
    except (KeyTextFault, Malformed, UnicodeError) as fault:
        raise KeyRefused(
            f"应为一个公钥：JSON（JWK）或者 {PUBLIC_TEXT} 开头的文字",
            f"one public key expected, as JSON (JWK) or as text {PUBLIC_TEXT}…",
        ) from fault
    if not isinstance(jwk, dict) or "keys" in jwk:
        raise KeyRefused("应为一个公钥（JWK），不是密钥集", "one public key (JWK) expected, not a set")
    _check_public(jwk)
    _check_kind(jwk)
    _check_purpose(jwk)
    public = {name: str(jwk[name]) for name in NUMBERS[jwk["kty"]] if name in jwk}
    try:
        seal(b"", public)  # a point outside the curve, or one that agrees on nothing, shows here
    except JwkFault as fault:
        raise KeyRefused(
            "密钥的数值不是该曲线上可用的点", "its numbers are no usable point of the curve"
        ) from fault
    return {**public, "kid": jwk.get("kid", thumbprint(public))}


def _check_public(jwk: Mapping[str, Any]) -> None:
    """A private key must not leave its owner, not even to be refused: nothing of it is repeated anywhere."""
    if not PRIVATE.isdisjoint(jwk):
        raise KeyRefused(*_PRIVATE_SAID)


def _check_kind(jwk: Mapping[str, Any]) -> None:
    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind == ("OKP", "Ed25519"):
        raise KeyRefused(
            "Ed25519 是签名密钥，不能用于加密；应为 P-256 或者 X25519",
            "Ed25519 signs and does not encrypt; P-256 or X25519 expected",
        )
    if kind not in CURVES:
        raise KeyRefused("密钥种类应为 P-256 或者 X25519", "a P-256 or X25519 key expected")


def _check_purpose(jwk: Mapping[str, Any]) -> None:
    if jwk.get("use", "enc") != "enc" or jwk.get("alg", ALGORITHM) != ALGORITHM:
        raise KeyRefused(
            f"密钥的用途（use、alg）应为加密和 {ALGORITHM}", f"its use must be enc, its alg {ALGORITHM}"
        )
    operations = jwk.get("key_ops", [])
    if not isinstance(operations, list) or not USES.issuperset(map(str, operations)):
        raise KeyRefused("密钥的用途（key_ops）不是协商密钥", "its key_ops are not those of key agreement")
    if "kid" in jwk and not (isinstance(jwk["kid"], str) and KID.fullmatch(jwk["kid"])):
        raise KeyRefused(
            "密钥的名称（kid）应为1至100位字母、数字和 . _ ~ : -",
            "its kid must be 1–100 letters, digits and . _ ~ : -",
        )


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """What names the key by its numbers alone (RFC 7638): SHA-256 in base64url."""
    told = {name: jwk[name] for name in NUMBERS[str(jwk["kty"])]}
    return encoded(hashlib.sha256(canonical(told).encode()).digest())


def known_before(keys: Iterable[Mapping[str, Any]], jwk: Mapping[str, Any]) -> bool:
    """True when the system has, or had, this key or another one of its name."""
    return any(key["thumbprint"] == thumbprint(jwk) or key["jwk"]["kid"] == jwk["kid"] for key in keys)
