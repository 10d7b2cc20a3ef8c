"""The register of linked systems: changed by two, every change on record, no secret in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine.administration import Administration
from engine.core.backoff import Patience
from engine.core.refusals import Refusal
from engine.system_acts import change_of
from tests.builders import refused
from tests.exchange.linked import NOW, Linked, called, courier, message, tasks
from tests.exchange.test_sealed_referrals import key_of, refer, register
from tests.partner import SealingKey, serving

FIRE = "yuanping-fire"


@pytest.fixture
def two(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Linked:
    """A bureau where system administrators A01 and A02 are needed both, as in real time."""
    return _of_two(linked, monkeypatch)


@pytest.fixture
def sqlite_two(sqlite_linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Linked:
    """The same on SQLite alone."""
    return _of_two(sqlite_linked, monkeypatch)


def _of_two(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> Linked:
    monkeypatch.setattr(Administration, "acts_directly", lambda _: False)
    linked.town.add_person("A02", "market_regulation", ("system_admin",))
    return linked


def propose(linked: Linked, act: str, **detail: Any) -> str:
    """The id of A01's proposal."""
    asked = Administration(linked.town.house).ask(act, detail, command="", who=linked.town.who("A01"))
    assert not asked.done and asked.proposal
    return asked.proposal


def confirmed(linked: Linked, proposal: str) -> Mapping[str, Any]:
    """What A02 is told for confirming it."""
    return Administration(linked.town.house).confirm(proposal, linked.town.who("A02"))


def change(linked: Linked, **wanted: Any) -> dict[str, Any]:
    """The detail of a change of the fire brigade's system."""
    return change_of(linked.exchange.systems, FIRE, wanted)


def test_what_waits_goes_to_the_new_address_only_once_a_second_person_confirmed_it(two, hook):
    fire = called(two, hook)
    two.sent()
    with serving() as elsewhere:
        proposal = propose(two, "system.change", **change(two, url=elsewhere.url))
        hook.answers = lambda _: 503
        assert courier(two).run_once(NOW) == 0
        assert (len(hook.received), elsewhere.received) == (1, [])
        told = refused(Administration(two.town.house).confirm, proposal, two.town.who("A01"))
        assert told.code == "proposer_cannot_approve"
        confirmed(two, proposal)
        assert courier(two).run_once(NOW + timedelta(minutes=1)) == 1
        [received] = elsewhere.received
        assert received.body == hook.received[0].body and received.signed_by(fire.key)
        assert len(hook.received) == 1


def test_a_change_that_was_overtaken_is_proposed_anew(two):
    two.link(FIRE, "fire_rescue")
    first = propose(two, "system.change", **change(two, kinds=["reminder"]))
    second = propose(two, "system.change", **change(two, kinds=["department_transfer"]))
    confirmed(two, second)
    told = refused(confirmed, two, first)
    assert [(one.pointer, one.code) for one in told.errors] == [("/id", "inconsistent")]
    assert two.exchange.systems.list()[0]["kinds"] == ["department_transfer"]


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"kinds": []}, "/kinds"),
        ({"kinds": ["gossip"]}, "/kinds/0"),
        ({"url": "ftp://example.cn"}, "/url"),
        ({"url": "http://127.0.0.1:9/"}, "/url"),
        ({"kinds": ["all"]}, "/id"),
        ({}, "/id"),
    ],
)
def test_a_change_that_could_not_be_is_refused_before_it_is_proposed(sqlite_linked, wanted, pointer):
    sqlite_linked.link(FIRE, "fire_rescue")
    ask = Administration(sqlite_linked.town.house).ask
    told = refused(ask, "system.change", change(sqlite_linked, **wanted), command="")
    assert [one.pointer for one in told.errors] == [pointer]
    assert refused(change_of, sqlite_linked.exchange.systems, "nobody", {}).code == "facts_invalid"


def test_a_disabled_system_is_neither_called_nor_heard_nor_written_to(sqlite_served, hook):
    fire = called(sqlite_served, hook)
    before, _ = sqlite_served.sent()
    sqlite_served.town.house.writer.submit(
        lambda connection: sqlite_served.exchange.systems.suspend_within(connection, FIRE)
    )
    assert courier(sqlite_served).run_once(NOW) == 0 and hook.received == []
    assert fire.pull()["code"] == "signature_invalid"
    assert sqlite_served.exchange.systems.ping(FIRE)["reachable"] is True
    assert sqlite_served.exchange.systems.list()[0]["state"] == "suspended"
    later, _ = sqlite_served.sent()
    assert message(sqlite_served, later).state == "paper"
    assert [one.kind for one in tasks(sqlite_served, later)] == ["paper_message"]
    sqlite_served.town.house.writer.submit(
        lambda connection: sqlite_served.exchange.systems.resume_within(connection, FIRE)
    )
    hook.received.clear()
    assert courier(sqlite_served).run_once(NOW) == 1
    assert hook.received[0].id == message(sqlite_served, before).id and fire.pull()["items"] == []


def test_nothing_is_disabled_twice_and_no_unknown_system_changed(sqlite_two):
    sqlite_two.link(FIRE, "fire_rescue")
    confirmed(sqlite_two, propose(sqlite_two, "system.disable", id=FIRE))
    ask = Administration(sqlite_two.town.house).ask
    for act, id in (("system.disable", FIRE), ("system.enable", "nobody"), ("system.rotate_key", "nobody")):
        detail = {"id": id, "overlap_hours": 1}
        assert refused(ask, act, detail, command="", who=sqlite_two.town.who("A01")).code == "facts_invalid"
    confirmed(sqlite_two, propose(sqlite_two, "system.enable", id=FIRE))
    assert sqlite_two.exchange.systems.list()[0]["state"] == "in_use"


def test_every_change_is_on_record_and_no_secret_with_it(two):
    sealing, later = SealingKey(kid="2023"), SealingKey(kid="2024")
    added = propose(
        two,
        "system.add",
        id="yuanping-psb",
        department="public_security",
        kinds=["all"],
        scheme="hmac",
        url=None,
        allow_private=False,
        public_key=None,
        encryption_key=key_of(sealing),
    )
    secrets = [confirmed(two, added)["secret"]]
    rotation = propose(two, "system.rotate_key", id="yuanping-psb", overlap_hours=2, public_key=None)
    secrets.append(confirmed(two, rotation)["secret"])
    again = {"id": "yuanping-psb", "overlap_hours": 2, "jwk": key_of(later)}
    told = confirmed(two, propose(two, "system.encryption_key", **again))
    assert told["kid"] == "2024"
    change_kinds = change_of(two.exchange.systems, "yuanping-psb", {"kinds": ["reminder"]})
    confirmed(two, propose(two, "system.change", **change_kinds))
    seen = two.town.house.system_reader.system(two.town.who("A01"), "yuanping-psb")
    acts = [one["detail"]["act"] for one in seen["changes"]]
    assert acts == ["system.change", "system.encryption_key", "system.rotate_key", "system.add"]
    assert {one["by"] for one in seen["changes"]} == {"A02"}
    assert {one["detail"]["proposed_by"] for one in seen["changes"]} == {"A01"}
    assert seen["changes"][0]["detail"]["kinds_before"] == ["all"]
    assert [key["kid"] for key in seen["encryption_keys"]] == ["2024", "2023"]
    with two.town.house.database.read() as connection:
        tables = ("admin_entry", "proposal")
        kept = str([connection.execute(text(f"SELECT detail FROM {one}")).all() for one in tables])
    shown = json.dumps(seen, ensure_ascii=False, default=str)
    for secret in secrets:
        assert secret not in kept + shown + str(two.exchange.systems.list())


def test_an_encryption_key_comes_once_and_its_name_too(sqlite_two):
    key = SealingKey(kid="2023")
    sqlite_two.link("yuanping-psb", "public_security", encryption_key=key_of(key))
    ask = Administration(sqlite_two.town.house).ask
    for other in (key, SealingKey("X25519", kid="2023")):
        detail = {"id": "yuanping-psb", "overlap_hours": 0, "jwk": key_of(other)}
        told = refused(ask, "system.encryption_key", detail, command="", who=sqlite_two.town.who("A01"))
        assert [(one.pointer, one.code) for one in told.errors] == [("/encryption_key", "inconsistent")]
    register(sqlite_two, SealingKey(kid="2024"), overlap_hours=0)
    detail = {"id": "yuanping-psb", "overlap_hours": 0, "jwk": key_of(key)}
    assert refused(ask, "system.encryption_key", detail, command="", who=sqlite_two.town.who("A01")).errors


def test_figures_count_what_is_ordinary_alone(linked, hook):
    called(linked, hook)
    linked.link("yuanping-psb", "public_security")
    linked.sent()
    hook.answers = lambda _: 503
    courier(linked).run_once(NOW)
    for _ in range(2):
        refer(linked)
    listed = linked.town.house.system_reader.page(linked.town.who("D01"), {})["items"]
    fire, police = listed
    assert (fire["waiting"], fire["reachable"], fire["dead"]) == (1, "failing", 0)
    assert "HTTP 503" in fire["failing"] and fire["oldest_waiting"] == "2024-04-26T17:00:00+08:00"
    assert (police["waiting"], police["oldest_waiting"], police["last_delivered"]) == (0, None, None)
    hook.answers = lambda _: 204
    courier(linked).run_once(NOW + timedelta(minutes=1))
    seen = linked.town.house.system_reader.system(linked.town.who("D01"), FIRE)
    assert (seen["waiting"], seen["reachable"]) == (0, "yes")
    assert seen["days"][0] == {"day": "2024-04-26", "sent": 1, "delivered": 1, "receipts": 0}
    quiet = linked.town.house.system_reader.system(linked.town.who("D01"), "yuanping-psb")
    assert len(quiet["days"]) == 14 and not any(day["sent"] for day in quiet["days"])
    with pytest.raises(Refusal):
        linked.town.house.system_reader.page(linked.town.who("W01"), {})


def test_that_a_referral_cannot_be_brought_opens_no_circuit_that_anybody_is_told_of(sqlite_linked, hook):
    linked = sqlite_linked
    linked.link("yuanping-psb", "public_security", url=hook.url, allow_private=True)
    hook.answers = lambda _: 503
    refer(linked)
    courier(linked, patience=Patience(failures_max=1)).run_once(NOW)
    assert len(hook.received) == 1
    [listed] = linked.exchange.systems.list()
    seen = linked.town.house.system_reader.system(linked.town.who("D01"), "yuanping-psb")
    assert (listed["circuit"], listed["failing_since"], seen["reachable"]) == ("closed", None, "unknown")
    assert linked.exchange.outbox.counts() == (0, 0)
    refer(linked, "ordinary")
    seen = linked.town.house.system_reader.system(linked.town.who("D01"), "yuanping-psb")
    assert (seen["reachable"], linked.exchange.outbox.counts()) == ("left_alone", (1, 1))
    assert seen["left_alone_until"] is not None
