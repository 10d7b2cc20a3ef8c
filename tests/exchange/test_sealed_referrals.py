"""The criminal queue of a receiver with an encryption key: sealed when called and when pulled, and nothing else is."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.core.audit import canonical
from engine.encryption_keys import public_key_from
from engine.sealing import seal
from models import delivering, exchange_reading, sealing
from tests.exchange.linked import NOW, Linked, courier
from tests.partner import Ed25519Key, Partner, SealingKey
from tests.schemas import faults

CONTRACT = Path(__file__).parent.parent.parent / "docs" / "contract" / "examples"
SAID = json.loads((CONTRACT / "message_criminal_referral.json").read_text(encoding="utf-8"))["example"][
    "data"
]
REASONS = SAID["facts_summary"]
POLICE = "yuanping-psb"


def key_of(key: SealingKey) -> dict[str, str]:
    """The key as the register keeps it."""
    return public_key_from(json.dumps(key.public))


def register(linked: Linked, key: SealingKey, overlap_hours: int = 24) -> None:
    """The police have another encryption key."""
    systems = linked.exchange.systems
    linked.town.house.writer.submit(
        lambda connection: systems.seal_within(connection, POLICE, key_of(key), overlap_hours)
    )


def refer(linked: Linked, queue: str = "criminal", recipient: str = "public_security") -> str:
    """The id of a message to the police that has just been put on that queue."""
    now = linked.town.house.clock.now()
    id = f"{queue}-{len(messages(linked))}"
    linked.town.house.writer.submit(
        lambda connection: exchange_reading.enqueue(
            connection,
            office_id=linked.town.house.office.office_id,
            recipient=recipient,
            chart_name="criminal_referral",
            kind="criminal_referral",
            queue=queue,
            data=SAID,
            finding_id=None,
            inspection_id=None,
            proceeding_id="a referral",
            step_sequence=1,
            now=now,
            subject="原市监刑移〔2024〕1号",
            message_id=id,
            sender="market_regulation",
            department="market_regulation",
            kept=linked.town.house.desk.vault.seal_message,
        )
    )
    return id


def messages(linked: Linked) -> list[Any]:
    """Every message in the outbox, oldest first."""
    with linked.town.house.database.read() as connection:
        return list(connection.execute(select(exchange_reading.MESSAGE).order_by("sequence")).all())


def plain(linked: Linked, message: Any) -> bytes:
    """What the message says, to the byte."""
    return linked.town.house.desk.vault.body_of(message)


def kept(linked: Linked) -> list[Any]:
    """What was sealed."""
    with linked.town.house.database.read() as connection:
        return list(connection.execute(select(sealing.SEALED)).all())


def police(linked: Linked, **given: Any) -> Partner:
    """The system of the police."""
    return linked.link(POLICE, "public_security", **given)


@pytest.mark.parametrize("curve", ["P-256", "X25519"])
def test_who_is_called_gets_what_only_they_can_open_signed_as_it_is_sent(sqlite_linked, hook, curve):
    key, signing = SealingKey(curve), Ed25519Key()
    police(sqlite_linked, url=hook.url, allow_private=True, key=signing, encryption_key=key_of(key))
    id = refer(sqlite_linked)
    assert courier(sqlite_linked).run_once(NOW) == 1
    [received] = hook.received
    assert received.headers["content-type"] == "application/jose"
    assert received.signed_by(signing) and received.id == id
    assert REASONS.encode() not in received.body
    [message] = messages(sqlite_linked)
    assert key.open(received.body) == plain(sqlite_linked, message)
    assert key.header(received.body)["kid"] == key_of(key)["kid"]
    assert json.loads(plain(sqlite_linked, message))["id"] == id and message.state == "delivered"


def test_every_attempt_brings_the_same_sealed_bytes(linked, hook):
    key = SealingKey()
    police(linked, url=hook.url, allow_private=True, encryption_key=key_of(key))
    refer(linked)
    hook.answers = lambda _: 503
    for minutes in (0, 10, 60):
        courier(linked).run_once(NOW + timedelta(minutes=minutes))
    assert len(hook.received) == 3
    assert len({one.body for one in hook.received}) == len({one.id for one in hook.received}) == 1
    assert [bytes(row.body) for row in kept(linked)] == [hook.received[0].body]
    for act in ("UPDATE sealed_message SET body = body", "DELETE FROM sealed_message"):
        with pytest.raises(Exception, match="append-only"):
            linked.town.house.writer.submit(lambda connection, act=act: connection.execute(text(act)))


def test_a_new_key_seals_what_comes_and_the_old_one_what_was_sent_until_it_ends(linked, hook):
    old, new = SealingKey(kid="2023"), SealingKey("X25519", kid="2024")
    police(linked, url=hook.url, allow_private=True, encryption_key=key_of(old))
    refer(linked)
    hook.answers = lambda _: 503
    courier(linked).run_once(NOW)
    register(linked, new, overlap_hours=2)
    courier(linked).run_once(NOW + timedelta(minutes=10))
    assert hook.received[0].body == hook.received[1].body
    linked.town.at("2024-04-26T19:00")
    courier(linked).run_once(NOW + timedelta(minutes=60))
    hook.answers = lambda _: 204
    refer(linked)
    courier(linked).run_once(NOW + timedelta(days=1))
    bodies = [one.body for one in hook.received]
    assert [old.header(one)["kid"] for one in bodies] == ["2023", "2023", "2024", "2024", "2024"]
    assert bodies[2] == bodies[3] and new.open(bodies[3]) == plain(linked, messages(linked)[0])
    assert hook.received[3].id == hook.received[0].id


def test_who_pulls_gets_the_whole_answer_sealed_whatever_it_accepts(served):
    key = SealingKey()
    system = police(served, encryption_key=key_of(key))
    refer(served)
    for accepted in ("application/jose", "application/json", "*/*"):
        media_type, body = system.pull_raw("queue=criminal", accept=accepted)
        assert media_type == "application/jose" and REASONS.encode() not in body
        told = json.loads(key.open(body))
        assert key.header(body)["cty"] == "json"
        assert faults("pull_answer", told) == []
        assert [one["data"]["facts_summary"] for one in told["items"]] == [REASONS]
    media_type, body = system.pull_raw("queue=ordinary")
    assert (media_type, json.loads(body)) == ("application/json", {"items": [], "next": None, "more": False})
    assert kept(served) == []


def test_who_has_no_key_and_every_ordinary_message_meet_the_same_bytes_as_before(linked, hook):
    """Law 9: whether somebody has a key, and what was sealed to it, changes nothing for anybody else."""
    key = SealingKey()
    police(linked, url=hook.url, allow_private=True, encryption_key=key_of(key))
    linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
    finding, _ = linked.sent()
    refer(linked)
    refer(linked, queue="ordinary")
    linked.link("yuanping-procuratorate", "procuratorate", url=hook.url, allow_private=True)
    refer(linked, recipient="procuratorate")
    courier(linked).run_once(NOW)
    by_type: dict[str, list[bytes]] = {}
    for one in hook.received:
        by_type.setdefault(one.headers["content-type"], []).append(one.body)
    assert len(by_type["application/jose"]) == 1
    bodies = {plain(linked, row) for row in messages(linked)} - {key.open(by_type["application/jose"][0])}
    assert set(by_type["application/cloudevents+json"]) == bodies and len(bodies) == 3
    assert linked.messages(finding)[-1].state == "delivered"
    shown = canonical(linked.exchange.systems.list())
    assert key_of(key)["x"] not in shown
    waiting = {one["id"]: one["waiting"] for one in linked.exchange.systems.list()}
    refer(linked)
    assert {one["id"]: one["waiting"] for one in linked.exchange.systems.list()} == waiting


def test_the_house_takes_no_sealed_receipt(sqlite_served):
    """The contract names a key of the receiver and none of the house."""
    system = police(sqlite_served)
    refer(sqlite_served)
    [event] = system.pull("queue=criminal")["items"]
    receipt = system.event("signed_for", event, received_at="2024-04-26T17:00:00+08:00", signer="值班员")
    sealed = SealingKey()
    body = json.dumps(receipt).encode()
    status, told = system.send(receipt, seal(body, sealed.public), **{"content-type": "application/jose"})
    assert status in (400, 415) and told["code"] in ("body_malformed", "media_type_unsupported")


def test_of_a_referral_that_is_brought_or_does_not_arrive_no_log_tells(sqlite_linked, hook, caplog):
    key = SealingKey()
    caplog.set_level("DEBUG")
    police(sqlite_linked, url=hook.url, allow_private=True, encryption_key=key_of(key))
    refer(sqlite_linked)
    courier(sqlite_linked).run_once(NOW)
    assert len(hook.received) == 1
    hook.answers = lambda _: 503
    for turn in range(6):
        refer(sqlite_linked)
        courier(sqlite_linked).run_once(NOW + timedelta(hours=turn))
    with sqlite_linked.town.house.database.read() as connection:
        assert delivering.destinations(connection)[POLICE].openings > 0
    said = "".join(one.getMessage() for one in caplog.records if one.name.startswith("bihuan"))
    assert POLICE not in said and "message" not in said
    for secret in (REASONS, key.private["d"], hook.received[0].body.decode(), "whsec_"):
        assert secret not in caplog.text
