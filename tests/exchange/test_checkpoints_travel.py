"""A receiver holds what the log of the house was: the newest checkpoint goes beside every message."""

from __future__ import annotations

import urllib.request
from base64 import b64decode

from engine.travelling import CHECKPOINT_HEADER
from engine.witness.verifying import verify_all
from tests.exchange.linked import NOW, called, courier


def test_a_message_brings_the_newest_checkpoint_and_the_log_is_held_against_it_later(linked, hook):
    called(linked, hook)
    witness = linked.town.house.witness
    linked.sent()
    courier(linked).run_once(NOW)
    note = witness.checkpoint()
    linked.sent()
    courier(linked).run_once(NOW)

    first, second = (one.headers.get(CHECKPOINT_HEADER) for one in hook.received)

    assert first is None, "nothing was signed when it left"
    assert b64decode(second or "").decode() == note
    audited, seen, held = verify_all(witness, note)
    assert (audited.faults, held) == ([], 3), "in the database, beside it, and the one that came back"
    assert seen.unsequenced > 0, "the second letter came after it"


def test_a_page_that_is_pulled_carries_it_too(sqlite_served):
    fire = sqlite_served.link("yuanping-fire", "fire_rescue")
    sqlite_served.sent()
    note = sqlite_served.town.house.witness.checkpoint()
    path = "/api/v1/exchange/yuanping-fire/messages"

    with urllib.request.urlopen(fire._asked("GET", path, f"GET {path}".encode(), None, {})) as answer:
        carried = answer.headers[CHECKPOINT_HEADER]

    assert b64decode(carried).decode() == note
