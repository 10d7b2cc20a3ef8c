"""Receipts of a linked system that is mistaken, broken or malicious: signed well, and wrong in one thing."""

from __future__ import annotations

import copy
import json
from typing import Any
from uuid import uuid4

import pytest

from rules.exchange import load_receipts
from tests.hostile.fort import Fort
from tests.hostile.mutations import HOSTILE, pointers, with_unknown, with_value, without
from tests.hostile.operations import BY_NAME, NOBODY, receipt
from tests.hostile.wire import Answer
from tests.schemas import FOLDER, example

KINDS = sorted(
    path.stem.removeprefix("receipt_")
    for path in (FOLDER / "examples").glob("receipt_*.json")
    if not path.stem.startswith("receipt_answer")
)
RECEIPTS = BY_NAME["POST /api/v1/exchange/{system}/receipts"]
EACH = 13


def event_of(fort: Fort, kind: str) -> dict[str, Any]:
    """The contract's receipt of that kind, as the fire brigade answers the letter with it."""
    own = receipt(fort)
    event: dict[str, Any] = copy.deepcopy(example(f"receipt_{kind}"))
    event.update({name: own[name] for name in ("source", "sender", "recipient", "subject")}, id=uuid4().hex)
    event["data"]["in_reply_to"] = own["data"]["in_reply_to"]
    return event


def send(fort: Fort, event: Any) -> Answer:
    """The answer to the event, signed by the fire brigade."""
    return RECEIPTS.send(fort, json.dumps(event, ensure_ascii=False).encode())


def harmless(fort: Fort, answer: Answer) -> None:
    """It was refused as it should be, or it was taken and is undone."""
    if answer.status >= 400:
        fort.refused(answer)
    else:
        fort.careful(answer)
        fort.restore()


@pytest.mark.parametrize("kind", KINDS)
def test_no_member_of_a_receipt_breaks_anything(fort: Fort, kind: str) -> None:
    event = event_of(fort, kind)
    for turn, place in enumerate(pointers(event)):
        for value in HOSTILE[turn % EACH :: EACH]:
            event["id"] = uuid4().hex
            harmless(fort, send(fort, with_value(event, place, value)))
        harmless(fort, send(fort, without({**event, "id": uuid4().hex}, place)))


@pytest.mark.parametrize("kind", sorted(load_receipts()))
def test_members_that_nobody_knows_are_refused_at_every_level(fort: Fort, kind: str) -> None:
    with fort.unchanged():
        for _, changed in with_unknown(event_of(fort, kind)):
            problem = fort.refused(send(fort, changed), "facts_invalid")
            assert {error["code"] for error in problem["errors"]} == {"unknown_field"}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another's source": ({"source": "/systems/yuanping-tax"}, "facts_invalid"),
    "the house as source": ({"source": "/offices/yuanping"}, "facts_invalid"),
    "another's department": ({"sender": "taxation"}, "facts_invalid"),
    "a department that never was": ({"sender": "nobody"}, "facts_invalid"),
    "for another department": ({"recipient": "fire_rescue"}, "facts_invalid"),
    "another version of events": ({"specversion": "0.3"}, "facts_invalid"),
    "another content type": ({"datacontenttype": "text/xml"}, "facts_invalid"),
    "a schema somewhere else": ({"dataschema": "https://evil.example/schema.json"}, "facts_invalid"),
    "a kind that never was": ({"type": "bihuan.receipt.pardoned.v1"}, "facts_invalid"),
    "a message as receipt": ({"type": "bihuan.message.department_transfer.v1"}, "facts_invalid"),
    "another id than the signed one": ({"id": NOBODY}, "facts_invalid"),
    "in reply to nothing": ({"data": {"in_reply_to": NOBODY}}, "message_unknown"),
    "in reply to a finding": ({"data": {"in_reply_to": "{finding}"}}, "message_unknown"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_receipt_with_one_thing_wrong_is_refused(fort: Fort, kind: str) -> None:
    changed, code = copy.deepcopy(WRONG[kind])
    event = dict(receipt(fort))
    if "data" in changed:
        named = changed.pop("data")["in_reply_to"].format(**fort.ids)
        event["data"] = {**event["data"], "in_reply_to": named}
    with fort.unchanged():
        fort.refused(send(fort, event | changed), code)


def test_a_receipt_acts_once_however_often_it_is_sent(fort: Fort) -> None:
    event = dict(receipt(fort))
    assert send(fort, event).json["code"] == "recorded"
    with fort.unchanged():
        assert send(fort, event).json["code"] == "duplicate"
        fort.refused(send(fort, {**event, "time": "2024-04-26T12:00:00+08:00"}), "key_reused")
        other = {**event, "data": {**event["data"], "signer": "另一人"}}
        fort.refused(send(fort, other), "key_reused")


def test_nobody_answers_for_another_system(fort: Fort) -> None:
    from tests.partner import HmacKey, Partner

    told = fort.linked.exchange.systems.rotate_key("yuanping-tax", 0)
    fire, event = fort.partner, dict(receipt(fort))
    assert fire is not None
    tax = Partner("yuanping-tax", "taxation", "", HmacKey(told["secret"]), fire.now)
    own = {**event, "source": "/systems/yuanping-tax", "sender": "taxation"}
    fort.partner = tax
    try:
        with fort.unchanged():
            target = RECEIPTS.target(fort).replace("yuanping-fire", "yuanping-tax")
            for said, code in ((event, "facts_invalid"), (own, "message_unknown")):
                fort.refused(RECEIPTS.send(fort, json.dumps(said).encode(), target), code)
            fort.refused(RECEIPTS.send(fort, json.dumps(own).encode()), "signature_invalid")
            ack = BY_NAME["POST /api/v1/exchange/{system}/messages/{id}/ack"]
            foreign = ack.target(fort).replace("yuanping-fire", "yuanping-tax")
            fort.refused(ack.send(fort, target=foreign), "not_found")
    finally:
        fort.partner = fire
