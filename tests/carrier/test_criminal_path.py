"""Scenario S08 with the police and the procuratorate reached by carrier: its states and dates are the contract's."""

from __future__ import annotations

import hashlib
from typing import Any

from engine.carrier.packing import Packed
from engine.core.paper_receipt_form import OnPaper
from engine.core.refusals import Refusal
from engine.uploads import HandedIn, inspected
from tests.builders import Town, refused
from tests.carrier.carried import PDF, Office, events, packings, states, without_network
from tests.exchange.linked import Linked
from tests.scenarios.player import POPPY, Player, scenario
from tests.scenarios.receipts import RECEIPTS
from tests.schemas import example

SIGNED = {"received_at": "2024-09-14T09:30:00+08:00", "signer": "赵某"}


class Carried(Player):
    """What the police do comes back in files, their signature on paper where it says so."""

    def __init__(self, town: Town, police: Office, signed_on_paper: bool) -> None:
        super().__init__(town, POPPY)
        self.police, self.on_paper = police, signed_on_paper
        self.packed: Packed | None = None

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """As a person does it, or as a file or a paper says it."""
        trigger = step["trigger"]
        if step["chart"] != "criminal_referral" or (trigger not in RECEIPTS and trigger != "sign_receipt"):
            return super().step(step, facts)
        if trigger == "sign_receipt":
            return self._signed()
        kind, data = RECEIPTS[trigger]
        self._answer(kind, data(facts, step["at"]))
        return None

    def _signed(self) -> None:
        self.packed = self.police.pack("D01", "criminal")
        if not self.on_paper:
            self._answer("signed_for", SIGNED)
            return
        listed = self.police.open(self.packed).manifest.messages[0]
        scan = inspected([HandedIn("回执.pdf", PDF)])
        paper = OnPaper(listed.codes["signed_for"], self.police.now, "赵某")
        told = self.town.house.exchange.carrier.paper.enter(self.town.who("D01"), paper, scan)
        assert (told.code, told.subject, told.id) == ("recorded", "referral", self.refs["K"])

    def _answer(self, kind: str, data: dict[str, Any]) -> None:
        assert self.packed is not None
        bundle = self.police.open(self.packed)
        taken = self.police.take(self.police.answer(bundle, self.police.receipt(bundle, kind, **data)), "C01")
        assert [one.code for one in taken.receipts] == ["recorded"]


def test_s08_runs_exactly_by_carrier(linked: Linked) -> None:
    signed_on_paper = linked.town.house.database.dialect == "postgresql"  # on SQLite in the file
    police = without_network(linked, "psb-carried", "public_security")
    without_network(linked, "jcy-carried", "procuratorate", keyed=False)
    story = scenario("S08")
    player = Carried(linked.town, police, signed_on_paper)

    player.play(story)

    player.check_ending(story)
    assert states(linked.town, "psb-carried", "criminal") == ["delivered", "waiting"]
    _items_are_received(player)
    told = [one["trigger"] for one in _timeline(player)]
    assert told.count("carry_bundle") == 2 and told.count("paper_receipt") == signed_on_paper


def _items_are_received(player: Carried) -> None:
    """The list of items goes in a bundle of its own, and its receipt stands on the referral's timeline."""
    police = player.police
    packed = police.pack("C01", "criminal")
    bundle = police.open(packed)
    assert (packed.number, [one["type"] for one in events(bundle)]) == (
        2,
        ["bihuan.message.items_handover.v1"],
    )
    data = example("receipt_items_received")["data"]
    plain = {name: value for name, value in data.items() if name not in ("in_reply_to", "document")}
    taken = police.take(police.answer(bundle, police.receipt(bundle, "items_received", **plain)), "C01")
    assert [(one.kind, one.code) for one in taken.receipts] == [("items_received", "recorded")]
    assert states(player.town, police.system, "criminal") == ["delivered", "delivered"]


def _timeline(player: Carried) -> list[dict[str, Any]]:
    reader = player.town.house.reader.referrals
    return list(reader.timeline(player.town.who("C01"), player.refs["K"], {"limit": ["200"]})["items"])


def test_only_readers_pack_take_in_and_type_codes_of_a_referral(sqlite_linked: Linked) -> None:
    from tests.referral_walk import led, opened

    town = sqlite_linked.town
    town.add_people({"D09": ("fire_rescue", ("duty_clerk",))})
    police = without_network(sqlite_linked, "psb-carried", "public_security", keyed=False)
    referral = opened(town, town.finding())
    led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
    stranger = "D09"
    nothing = refused(police.pack, stranger, "criminal", referral=referral)
    assert nothing.errors == refused(police.pack, "C02", "criminal", referral="0192aaaa").errors

    packed = police.pack("C02", "criminal", referral=referral)
    bundle = police.open(packed)
    answer = police.answer(bundle)
    code = bundle.manifest.messages[0].codes["signed_for"]
    carrier = town.house.exchange.carrier
    [kept] = packings(town, packed)
    manifest = town.house.desk.vault.open(referral, ("packing", packed.bundle, "0"), kept.manifest)
    assert b"signed_for" not in kept.manifest and hashlib.sha256(manifest).hexdigest() == kept.manifest_digest

    def typed(login: str, code: str) -> Refusal:
        return refused(carrier.paper.enter, town.who(login), OnPaper(code, police.now, "赵某"))

    assert refused(police.take, answer, stranger).errors == refused(police.take, b"no file", stranger).errors
    assert typed(stranger, code).errors == typed(stranger, "0000-0000-0000-0000").errors
    assert carrier.underway(town.who(stranger), referral) is None
    assert carrier.underway(town.who("D09"))["bundles"] == []
    assert carrier.underway(town.who("C02"), referral)["bundles"][0]["passphrase"] == packed.passphrase
    police.take(answer, "C02")
    assert carrier.underway(town.who("C02"), referral)["bundles"][0]["confirmed"]
