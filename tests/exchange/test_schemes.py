"""Signature schemes: another one is a class and a line of the table, and no signature of one counts for another."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from engine import signing
from engine.administration import Administration
from engine.house import House
from engine.signing import SCHEMES, KeyFault
from tests.builders import refused
from tests.exchange.linked import NOW, courier
from tests.partner import Partner

FIRE = "yuanping-fire"


class MadeUp:
    """A third scheme as SM2 would be one: `v9`, a pair of numbers that sign by hashing."""

    name, version = "sm2", "v9"

    def check(self, public: str | None) -> None:
        if public is None or not public.startswith("mine_"):
            raise KeyFault("应为 mine_ 开头的公钥", "mine_… expected")

    def fresh(self, public: str | None) -> dict[str, Any]:
        return {"made_up": "ours", "public": public}

    def told(self, key: Mapping[str, Any]) -> dict[str, str]:
        return {"our_public_key": "made_up_public"}

    def named(self, key: Mapping[str, Any]) -> dict[str, str]:
        return {"ours": "0123"}

    def sign(self, key: Mapping[str, Any], base: bytes) -> str:
        return made_up(key["made_up"], base)

    def verify(self, key: Mapping[str, Any], given: str, base: bytes) -> bool:
        return given == made_up(key["public"], base)


def made_up(key: str, base: bytes) -> str:
    """The signature of the made-up scheme."""
    return "v9," + base64.b64encode(hashlib.sha256(key.encode() + base).digest()).decode()


class MadeUpKey:
    """The partner's side of it."""

    def sign(self, base: bytes) -> str:
        return made_up("mine_1", base)

    def fits(self, signature: str, base: bytes) -> bool:
        return signature == made_up("ours", base)


def test_a_third_scheme_joins_by_one_line_of_the_table(sqlite_served, hook, monkeypatch):
    """The register, the courier, the callers and the pages are the ones that know nothing of it."""
    monkeypatch.setitem(SCHEMES, "sm2", MadeUp())
    house: House = sqlite_served.town.house
    detail = {"id": FIRE, "department": "fire_rescue", "kinds": ["all"], "scheme": "sm2", "url": hook.url}
    ask = Administration(house).ask
    wrong = refused(ask, "system.add", {**detail, "allow_private": True}, command="")
    assert [one.pointer for one in wrong.errors] == ["/public_key"]
    told = ask("system.add", {**detail, "allow_private": True, "public_key": "mine_1"}, command="")
    assert told.result == {"id": FIRE, "our_public_key": "made_up_public"}
    linked = sqlite_served
    linked.sent()
    assert courier(linked).run_once(NOW) == 1
    assert hook.received[0].signed_by(MadeUpKey())  # type: ignore[arg-type]  # a key as any other

    def now() -> float:
        return house.clock.now().timestamp()

    fire = Partner(FIRE, "fire_rescue", linked.base, MadeUpKey(), now)  # type: ignore[arg-type]  # a key as any other
    assert len(fire.pull("after=0")["items"]) == 1
    forged = Partner(FIRE, "fire_rescue", linked.base, signing_with("v1,"), now)
    assert forged.pull()["code"] == "signature_invalid"
    assert house.system_reader.system(linked.town.who("D01"), FIRE)["keys"][0]["version"] == "v9"
    rotated = linked.exchange.systems.rotate_key(FIRE)
    assert rotated["our_public_key"] == "made_up_public" and "items" in fire.pull()


def signing_with(prefix: str) -> Any:
    """A key whose signatures carry another version."""

    class Other(MadeUpKey):
        def sign(self, base: bytes) -> str:
            return super().sign(base).replace("v9,", prefix)

    return Other()


def test_a_signature_of_one_scheme_never_counts_for_another():
    hmac, pair = (signing.fresh_key(scheme, None) for scheme in ("hmac", "ed25519"))
    base = b"id.1.{}"
    for key, other in ((hmac, pair), (pair, hmac)):
        given = signing.scheme_of(key).sign(key, base)
        assert not signing.scheme_of(other).verify(other, given, base)
