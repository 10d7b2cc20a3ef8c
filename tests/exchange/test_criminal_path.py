"""The criminal path end to end: the house served over HTTP, the police and the procuratorate as programs of their own."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from engine.carrier.envelope import new_keys
from engine.encryption_keys import public_key_from
from models import exchange_reading, referral_reading, sealing
from tests.exchange.linked import NOW, Linked
from tests.exchange.simulated import Simulator, simulator
from tests.scenarios.player import KINDS, Player, scenario

NOTED_SECONDS = 30
HELD = """\
answers:
  - to: criminal_referral
    with:
      - {receipt: signed_for, hold: true, data: {received_at: "{now}", signer: 禄建军}}
      - receipt: filed
        hold: true
        data: {doc_no: 立字1号, filed_on: "{today}", received_on: "{today}", crime: "{data.suspected_crime}"}
      - receipt: concluded
        hold: true
        data: {case_no: 刑初1号, concluded_on: "{today}", result: judged, text: 见判决书。, criminal_fine_fen: 100000}
  - to: items_handover
    with:
      - receipt: items_received
        data: {received_at: "{now}", signer: 禄建军, items: "{data.items}", differences: ""}
"""
"""The police of the scenario: what a scenario dates is sent when its day has come."""
FACTS = {
    "sign_receipt": ("signed_for", {}),
    "psb_file": ("filed", {"doc_no": "notice_no", "received_on": "notice_received_on"}),
    "record_court_fine": (
        "concluded",
        {
            "case_no": "judgment_no",
            "concluded_on": "judgment_effective_on",
            "criminal_fine_fen": "court_fine_fen",
        },
    ),
}
"""Trigger → the receipt that the police send, and which of its data the scenario states."""
SENDING = ("hand_over", "copy_to_procuratorate", "handover_items")
AFTER = "reopen_on_event"
"""Where the criminal path has led back to the office; what follows is played elsewhere."""


class WithPartners(Player):
    """Takes the steps of the office through the desk; the police take theirs by signed receipts over HTTP."""

    def __init__(self, linked: Linked, police: Simulator) -> None:
        super().__init__(linked.town, KINDS["S08"])
        self.linked, self.police = linked, police

    def step(self, step: dict[str, Any], facts: dict[str, Any]) -> str | None:
        """The police have answered, or the step is taken and its messages have been brought."""
        if step["trigger"] not in FACTS:
            told = super().step(step, facts)
            if step["trigger"] in SENDING:
                self.linked.exchange.courier.run_once(NOW)
            return told
        kind, names = FACTS[step["trigger"]]
        self.police.until(lambda one: one.get("kind") == "criminal_referral")
        data = {name: facts[fact] for name, fact in names.items()}
        assert self.police.control("/release", {"receipt": kind, "data": data})[0] == 202
        answer = self.police.answered(kind)
        assert (answer["status"], answer["code"]) == (200, "recorded"), self.police.said
        return None


def _played(served: Linked, folder: Path, *, police_called: bool) -> WithPartners:
    """The scenario was played to its end, one of the two called and the other pulling."""
    script, clock = folder / "police.yaml", served.town.clock_file
    script.write_text(HELD)
    pull = ("--pull", "--every", "0.3")
    with ExitStack() as running:

        def start(role: str, system: str, department: str, called: bool, *words: str) -> Simulator:
            key = served.link(system, department, allow_private=True).key
            secret = served.exchange.systems.rotate_key(system, 0)["secret"] if key else ""
            opening = _sealed_to(served, system)
            way = () if called else pull
            one = running.enter_context(
                simulator(
                    role, system, served.base, f"{secret}\n{opening}", clock, "--port", "0", *way, *words
                )
            )
            if called:
                _call(served, system, one.url)
            return one

        police = start("police", "yuanping-psb", "public_security", police_called, "--script", str(script))
        prosecutors = start("procuratorate", "yuanping-procuratorate", "procuratorate", not police_called)
        player = WithPartners(served, police)
        story = scenario("S08")
        last = [step["trigger"] for step in story["steps"]].index(AFTER)
        player.play({**story, "steps": story["steps"][: last + 1]})
        police.answered("items_received")
        prosecutors.until(lambda one: one.get("kind") == "criminal_referral")
        return player


def _sealed_to(served: Linked, system: str) -> str:
    """The key that opens what is sealed to the system from now on."""
    private, public = new_keys()
    served.exchange.systems.writer.submit(
        lambda connection: served.exchange.systems.seal_within(connection, system, public_key_from(public))
    )
    return private


def _call(served: Linked, system: str, url: str) -> None:
    from models import linked_reading

    served.exchange.systems.writer.submit(
        lambda connection: linked_reading.change_system(connection, system, {"url": url})
    )


def _all_noted(served: Linked) -> list[Any]:
    """The messages of the criminal queue, once the courier has noted that they arrived: their receiver answers before that."""
    end = time.monotonic() + NOTED_SECONDS
    while True:
        with served.town.house.database.read() as connection:
            asked = exchange_reading.MESSAGE.select().where(exchange_reading.MESSAGE.c.queue == "criminal")
            sent = list(connection.execute(asked))
        if time.monotonic() > end or all(one.state == "delivered" for one in sent if one.system_id):
            return sent
        time.sleep(0.1)


def test_the_criminal_path_is_answered_to_its_end(served: Linked, tmp_path: Path) -> None:
    sqlite = served.town.house.settings.database_url.startswith("sqlite")
    player = _played(served, tmp_path, police_called=sqlite)

    sent = _all_noted(served)
    with served.town.house.database.read() as connection:
        (referral,) = referral_reading.referrals_of(connection, player.refs["F"])
    assert {(one.recipient, one.kind) for one in sent} >= {
        ("public_security", "criminal_referral"),
        ("procuratorate", "criminal_referral"),
        ("public_security", "items_handover"),
    }
    assert {one.state for one in sent if one.system_id} == {"delivered"}
    assert referral.state == "result_court_fine"
    vault = served.town.house.desk.vault
    assert all(vault.said(one)["queue"] == "criminal" for one in sent)
    with served.town.house.database.read() as connection:
        sealed = {one.id: sealing.sealed_rows(connection, one.id) for one in sent}
    called = "yuanping-psb" if sqlite else "yuanping-procuratorate"
    assert {one.system_id for one in sent if sealed[one.id]} == {called}
