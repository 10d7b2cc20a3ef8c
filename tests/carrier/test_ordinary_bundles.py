"""Law 9 at the carrier: an ordinary bundle is the same to the byte whether a referral exists or not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from engine.carrier import packing
from engine.carrier.packing import Asked
from tests.builders import Town, refused
from tests.carrier.carried import Office, states, without_network
from tests.exchange.linked import Linked
from tests.referral_walk import led, opened

SECRET = "whsec_" + "A" * 43 + "="


def inner_bytes(town: Town, monkeypatch: pytest.MonkeyPatch, referred: bool) -> list[bytes]:
    """The containers of two ordinary bundles, made with the same ids, secrets and times."""
    linked = Linked(town, town.house.exchange)
    monkeypatch.setattr("engine.signing.new_secret", lambda: SECRET)
    police = without_network(linked, "psb-carried", "public_security")
    ids = (f"0192fc65-93cf-7498-8388-{number:012d}" for number in itertools.count())
    monkeypatch.setattr("engine.post.uuid7", lambda: next(ids))
    kept: list[bytes] = []
    monkeypatch.setattr(
        packing, "sealed_for", lambda system, bundle, inner, now: (kept.append(inner) or inner, None)
    )
    packer = replace(
        town.house.exchange.carrier.packer,
        fresh=lambda size: b"7" * size,
        new_id=lambda: f"bundle-{len(kept)}",
    )
    finding, _ = linked.sent(target_department="public_security")
    if referred:
        monkeypatch.setattr("engine.post.uuid7", lambda: "0192fc65-93cf-7498-8388-ffffffffffff")
        referral = opened(town, finding)
        led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
        monkeypatch.setattr("engine.post.uuid7", lambda: next(ids))
    asked = Asked("psb-carried")
    packer.pack(town.who("D01"), asked)
    assert police.system == "psb-carried"
    return kept


def test_an_ordinary_bundle_is_the_same_with_and_without_a_referral(
    sqlite_town_url: str, open_town: Any, tmp_path: Any, tables: Any
) -> None:
    containers = []
    for number, referred in enumerate((False, True)):
        with pytest.MonkeyPatch.context() as monkeypatch:
            fixed = itertools.count()
            monkeypatch.setattr("engine.outcomes.uuid7", lambda fixed=fixed: _fixed(next(fixed)))
            town = open_town(tables.sqlite(tmp_path / f"law9-{number}.db"))
            containers.append(inner_bytes(town, monkeypatch, referred))
    assert containers[0] == containers[1]


def _fixed(number: int) -> str:
    return f"0192fc65-93cf-7498-9999-{number:012d}"


def test_the_criminal_queue_has_a_series_for_each_referral(sqlite_linked: Linked, fire: Office) -> None:
    town = sqlite_linked.town
    police = without_network(sqlite_linked, "psb-carried", "public_security")
    for _ in range(2):
        referral = opened(town, town.finding())
        led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
        packed = police.pack("C02", "criminal", referral=referral)
        bundle = police.open(packed).manifest
        assert (bundle.number, bundle.series, len(bundle.messages)) == (1, referral, 1)
    assert states(town, "psb-carried", "criminal") == ["carried", "carried"]
    assert refused(police.pack).errors[0].zh == "没有待装封的报文"  # of the ordinary queue


def test_a_clerk_packs_what_the_own_department_sends(sqlite_linked: Linked, fire: Office) -> None:
    fire.town.add_people({"D09": ("fire_rescue", ("duty_clerk",)), "J01": ("justice", ("duty_clerk",))})
    sqlite_linked.sent()
    assert refused(fire.pack, "J01").errors[0].zh == "没有待装封的报文"
    assert refused(fire.pack, "W01").code == "not_yours"
    packed = fire.pack()
    assert refused(fire.take, fire.answer(fire.open(packed)), "J01").errors[0].pointer == "/file"
    assert refused(fire.pack, number=2).errors[0].zh == "没有待装封的报文"
    assert refused(fire.pack, queue="urgent").errors[0].pointer == "/queue"
    assert refused(replace(fire, system="nobody").pack).errors[0].pointer == "/system"
