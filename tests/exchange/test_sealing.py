"""Sealing against what the RFCs publish and another implementation made, and which keys are registered."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import sealing
from engine.encryption_keys import KeyRefused, public_key_from, thumbprint
from engine.sealing import JwkFault, SealFault, derived, encoded, seal
from tests.partner import SealingKey

ALICE = {
    "kty": "EC",
    "crv": "P-256",
    "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
    "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
    "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
}
BOB = {
    "kty": "EC",
    "crv": "P-256",
    "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
    "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck",
    "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
}
"""RFC 7518, Appendix C."""
CEK = bytes.fromhex("b1a1f480548fe1733fb403ff6b9ad4f68a076e5b702e22692f82cb2e7aea40fc")
IV = bytes.fromhex("e3c575fc02dbe944b4e14ddb")
"""RFC 7516, Appendix A.1."""
X_ALICE, X_BOB, X_AGREED = (
    bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"),
    bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
    bytes.fromhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"),
)
X_BOB_PUBLIC = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
"""RFC 7748, 6.1, which RFC 8037, A.6 uses."""
BOB_ON_X25519 = {"kty": "OKP", "crv": "X25519", "x": encoded(X_BOB_PUBLIC), "d": encoded(X_BOB)}
MADE_ELSEWHERE = {
    "P-256": (
        BOB,
        b"eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJjcnYiOiJQLTI1NiIsIngiOiJIeW1mdk5STFBUU3pXSkNvT3J"
        b"sZzJzUHJJc0lHdW9NNmRHdE0yVU1ZcFlZIiwieSI6ImRXMHpSMF9DRVBBUm1aMGhTdjRMS0xMWV96QU5ic1dDRW96UjI1emhOUFEiLC"
        b"JrdHkiOiJFQyJ9fQ..vkg9JcrRRIJfBi64.XWOHKtpAtEe0fVeRnusNPk7deOkAXX8k_Xbd.7LuXiZba2elpZyKbPTMiBg",
    ),
    "X25519": (
        BOB_ON_X25519,
        b"eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsImVwayI6eyJjcnYiOiJYMjU1MTkiLCJ4IjoiOXF1Wk1qd2dnalVvMmllQjl"
        b"3VlZZUGlpelhBcXpNV1J5SEk2MFNsbEJIcyIsImt0eSI6Ik9LUCJ9fQ..yI3tG5KTuXNLQNMl.dMY0JpWnwmGs9oHl_1_2Q4ZcTZqI8"
        b"wfpNc4q.YR8w0oA3pQYOY7Qnyw0DtQ",
    ),
}
"""“涉嫌犯罪案件移送书”, sealed by joserfc 1.8.0."""
CURVES = ("P-256", "X25519")


def without(jwk: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in jwk.items() if name not in names}


def test_the_derived_key_is_the_published_one():
    curve = sealing._curve(ALICE)
    for own, theirs in ((ALICE, BOB), (BOB, ALICE)):
        agreed = curve.agree(curve.private(own), curve.public(theirs))
        assert encoded(derived(agreed, "A128GCM", 16, b"Alice", b"Bob")) == "VqqN6vgjbSBcIijNcacQGg"


def test_the_secret_agreed_over_x25519_is_the_published_one():
    curve = sealing._curve(BOB_ON_X25519)
    alice = curve.private({"d": encoded(X_ALICE)})
    assert curve.agree(alice, curve.public(BOB_ON_X25519)) == X_AGREED


def test_the_parts_are_the_published_ones():
    plain = b"The true sign of intelligence is not knowledge but imagination."
    made = sealing._encrypted(plain, {"alg": "RSA-OAEP", "enc": "A256GCM"}, CEK, IV)
    assert made == (
        b"eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ..48V1_ALb6US04U3b."
        b"5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6jiSdiwkIr3ajwQzaBtQD_A."
        b"XFBoMYUZodetZdvTiFvSkQ"
    )


@pytest.mark.parametrize("curve", CURVES)
def test_what_another_implementation_sealed_is_opened(curve):
    own, sealed = MADE_ELSEWHERE[curve]
    assert sealing.open(sealed, own).decode() == "涉嫌犯罪案件移送书"


@pytest.mark.parametrize("curve", CURVES)
def test_the_receiver_opens_what_is_sealed_and_is_told_what_lies_inside(curve):
    key = SealingKey(curve, kid="psb-2024")
    sealed = seal(b'{"specversion":"1.0"}', key.public)
    assert key.open(sealed) == sealing.open(sealed, key.private) == b'{"specversion":"1.0"}'
    header = key.header(sealed)
    assert without(header, "epk") == {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "typ": "JOSE",
        "cty": "cloudevents+json",
        "kid": "psb-2024",
    }
    assert "d" not in header["epk"]
    assert key.header(seal(b"", key.public, content_type="json"))["cty"] == "json"
    assert seal(b"x", key.public) != seal(b"x", key.public)


@pytest.mark.parametrize("curve", CURVES)
def test_nobody_else_opens_it(curve):
    sealed = seal(b"x", SealingKey(curve).public)
    for other in (SealingKey("P-256"), SealingKey("X25519")):
        with pytest.raises(SealFault):
            sealing.open(sealed, other.private)
    key = SealingKey(curve, kid="old")
    with pytest.raises(SealFault):
        sealing.open(seal(b"x", key.public), {**key.private, "kid": "new"})


KEYS = {curve: SealingKey(curve) for curve in CURVES}
SEALED = {curve: seal(b"the reasons of the referral", KEYS[curve].public) for curve in CURVES}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CURVES), st.integers(0, 10_000), st.sampled_from([*b"AZaz09-_.=+/ ", 0, 255]))
def test_a_byte_that_was_changed_is_noticed(curve, place, byte):
    sealed = bytearray(SEALED[curve])
    place %= len(sealed)
    if sealed[place] == byte:
        return
    sealed[place] = byte
    with pytest.raises(SealFault):
        sealing.open(bytes(sealed), KEYS[curve].private)


@settings(max_examples=40, deadline=None)
@given(
    st.binary(max_size=200)
    | st.lists(st.text("AB_.-é", max_size=9), max_size=7).map(lambda p: ".".join(p).encode())
)
def test_what_is_no_jwe_is_refused_alike(raw):
    with pytest.raises(SealFault):
        sealing.open(raw, KEYS["P-256"].private)


@pytest.mark.parametrize(
    "changed",
    [
        {"alg": "dir"},
        {"alg": "ECDH-ES+A256KW"},
        {"alg": "none"},
        {"enc": "A128GCM"},
        {"enc": "A128CBC-HS256"},
        {"zip": "DEF"},
        {"crit": ["exp"]},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"epk": "none"},
        {"epk": {"kty": "oct", "k": "AAAA"}},
        {"apu": "="},
    ],
)
def test_another_header_is_not_obeyed(changed):
    key = KEYS["P-256"]
    curve = sealing._curve(key.public)
    ephemeral = curve.fresh()
    agreed = curve.agree(ephemeral, curve.public(key.public))
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "epk": curve.jwk(ephemeral)}
    used = derived(agreed, "A256GCM", 32)
    assert sealing.open(sealing._encrypted(b"x", header, used, IV), key.private) == b"x"
    with pytest.raises(SealFault):
        sealing.open(sealing._encrypted(b"x", {**header, **changed}, used, IV), key.private)


def test_the_thumbprint_is_the_published_one():
    """RFC 8037, A.3."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert thumbprint(jwk) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize("curve", CURVES)
def test_a_public_key_is_kept_by_its_numbers_and_its_name(curve):
    key = SealingKey(curve)
    told = {**key.public, "use": "enc", "alg": "ECDH-ES", "key_ops": [], "x5t": "AAAA"}
    assert public_key_from(json.dumps(told)) == {**key.public, "kid": thumbprint(key.public)}
    assert public_key_from(json.dumps({**key.public, "kid": "psb-1"}))["kid"] == "psb-1"


P256 = SealingKey().public
X25519 = SealingKey("X25519").public
ODD = {
    "no json": "whpk_AAAA",
    "a list": "[]",
    "a set": json.dumps({"keys": [P256]}),
    "a member twice": json.dumps(P256)[:-1] + ',"x":"AAAA"}',
    "RSA": {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
    "another curve": {**P256, "crv": "P-384"},
    "a curve of coins": {**P256, "crv": "secp256k1"},
    "a signature key": {"kty": "OKP", "crv": "Ed25519", "x": X25519["x"]},
    "not on the curve": {**P256, "x": P256["y"], "y": P256["x"]},
    "the point at zero": {**P256, "x": encoded(bytes(32)), "y": encoded(bytes(32))},
    "a point of small order": {**X25519, "x": encoded(bytes(32))},
    "another one": {**X25519, "x": encoded(b"\1" + bytes(31))},
    "too short": {**X25519, "x": X25519["x"][:-2]},
    "padding": {**X25519, "x": X25519["x"] + "="},
    "no y": without(P256, "y"),
    "numbers as numbers": {**P256, "x": 5},
    "for signing": {**P256, "use": "sig"},
    "with another algorithm": {**P256, "alg": "ECDH-ES+A128KW"},
    "with other operations": {**P256, "key_ops": ["verify"]},
    "operations as text": {**P256, "key_ops": "deriveKey"},
    "a name with a blank": {**P256, "kid": "the key"},
    "a name that is none": {**P256, "kid": 5},
    "too long": {**P256, "note": "x" * 5000},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_key_is_refused_with_a_sentence(odd):
    with pytest.raises(KeyRefused) as fault:
        public_key_from(odd if isinstance(odd, str) else json.dumps(odd))
    assert fault.value.zh and fault.value.en


@pytest.mark.parametrize("own", [BOB, BOB_ON_X25519, {"kty": "oct", "k": "c2VjcmV0LXNlY3JldA"}])
def test_a_private_key_is_refused_and_not_repeated(own):
    with pytest.raises(KeyRefused) as fault:
        public_key_from(json.dumps(own))
    assert "私钥" in fault.value.zh and "private" in fault.value.en
    assert (own.get("d") or own["k"]) not in f"{fault.value!r}{fault.value.zh}"
    with pytest.raises(KeyRefused, match="private"):
        public_key_from("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")


def test_nothing_is_sealed_to_a_key_that_agrees_on_nothing():
    with pytest.raises(JwkFault):
        seal(b"x", {**X25519, "x": encoded(bytes(32))})
    with pytest.raises(JwkFault):
        sealing.open(b"", {"kty": "EC", "crv": "P-256", "d": encoded(bytes(32))})
