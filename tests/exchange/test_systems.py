"""Linked systems: who may be linked, where the house may call, and keys that change without a gap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.addresses import AddressRefused, check_address, check_url
from engine.system_checks import NewSystem
from models import linked_reading
from tests.builders import refused
from tests.exchange.linked import Linked
from tests.partner import Ed25519Key, HmacKey, Partner, serving


def test_a_system_is_told_its_secret_once(linked: Linked):
    told = linked.exchange.systems.add(
        NewSystem("yuanping-fire", "fire_rescue", ["department_transfer"], "hmac")
    )
    assert told["secret"].startswith("whsec_")
    [shown] = linked.exchange.systems.list()
    assert told["secret"] not in str(shown)
    assert (shown["id"], shown["pull"], shown["keys_in_force"], shown["waiting"]) == (
        "yuanping-fire",
        True,
        1,
        0,
    )


def test_with_ed25519_each_side_keeps_its_private_key(linked: Linked):
    key = Ed25519Key()
    told = linked.exchange.systems.add(
        NewSystem("yuanping-fire", "fire_rescue", ["all"], "ed25519", public_key=key.public)
    )
    assert set(told) == {"id", "our_public_key"} and told["our_public_key"].startswith("whpk_")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"id": "X"}, "/id"),
        ({"id": "a" * 57}, "/id"),
        ({"id": "系统"}, "/id"),
        ({"department": "nobody"}, "/department"),
        ({"kinds": []}, "/kinds"),
        ({"kinds": ["all", "gossip"]}, "/kinds/1"),
        ({"scheme": "rot13"}, "/scheme"),
        ({"public_key": "whpk_AAAA", "scheme": "ed25519"}, "/public_key"),
        ({"public_key": Ed25519Key().public}, "/public_key"),
        ({"url": "http://127.0.0.1:9/hook"}, "/url"),
        ({"url": "ftp://example.cn/hook"}, "/url"),
    ],
)
def test_a_system_that_cannot_be_linked_is_refused_with_the_reason(sqlite_linked, given, pointer):
    asked = {"id": "yuanping-fire", "department": "fire_rescue", "kinds": ["all"], "scheme": "hmac", **given}
    refusal = refused(sqlite_linked.exchange.systems.add, NewSystem(**asked))
    assert (refusal.code, [error.pointer for error in refusal.errors]) == ("facts_invalid", [pointer])
    assert sqlite_linked.exchange.systems.list() == []


def test_a_system_is_linked_once(sqlite_linked):
    sqlite_linked.link("yuanping-fire", "fire_rescue")
    asked = NewSystem("yuanping-fire", "taxation", ["all"], "hmac")
    assert refused(sqlite_linked.exchange.systems.add, asked).errors[0].code == "inconsistent"


def test_while_keys_overlap_either_side_may_use_the_old_or_the_new_one(served):
    fire = served.link("yuanping-fire", "fire_rescue")
    told = served.exchange.systems.rotate_key("yuanping-fire", overlap_hours=2)
    renewed = Partner(fire.system, fire.department, fire.house, HmacKey(told["secret"]), fire.now)
    assert "items" in fire.pull() and "items" in renewed.pull()
    served.town.at("2024-04-26T19:00")
    assert fire.pull()["code"] == "signature_invalid"
    assert "items" in renewed.pull()


def test_messages_are_signed_with_every_key_in_force(linked):
    with serving() as hook:
        fire = linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
        told = linked.exchange.systems.rotate_key("yuanping-fire", overlap_hours=2)
        linked.sent()
        linked.exchange.courier.run_once(linked.town.house.clock.real_now())
        [received] = hook.received
        assert received.signed_by(fire.key) and received.signed_by(HmacKey(told["secret"]))


def test_a_key_that_ends_is_not_prolonged_by_the_next_rotation(sqlite_linked):
    sqlite_linked.link("yuanping-fire", "fire_rescue")
    systems, town = sqlite_linked.exchange.systems, sqlite_linked.town
    systems.rotate_key("yuanping-fire", overlap_hours=1)
    systems.rotate_key("yuanping-fire", overlap_hours=24)
    with town.house.database.read() as connection:
        row = linked_reading.system_row(connection, "yuanping-fire")
    now = town.house.clock.now()
    ends = [key["until"] for key in row.secrets]
    assert ends == [None, (now + timedelta(hours=24)).isoformat(), (now + timedelta(hours=1)).isoformat()]
    town.at("2024-04-26T18:00")
    assert systems.list()[0]["keys_in_force"] == 2


def test_keys_of_an_unknown_system_cannot_be_rotated(sqlite_linked):
    assert refused(sqlite_linked.exchange.systems.rotate_key, "nobody").code == "not_found"
    assert refused(sqlite_linked.exchange.systems.ping, "nobody").code == "not_found"


def test_a_ping_tells_whether_the_system_answers(linked):
    with serving() as hook:
        fire = linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
        assert linked.exchange.systems.ping("yuanping-fire")["reachable"] is True
        [received] = hook.received
        assert received.event["type"] == "bihuan.ping.v1" and received.signed_by(fire.key)
    told = linked.exchange.systems.ping("yuanping-fire")
    assert told["reachable"] is False and told["outcome"].startswith("ConnectError")
    linked.link("yuanping-tax", "taxation")
    assert linked.exchange.systems.ping("yuanping-tax")["pull"] is True


def test_the_system_that_names_a_kind_comes_before_the_one_for_all(sqlite_linked):
    sqlite_linked.link("general", "fire_rescue")
    sqlite_linked.link("special", "fire_rescue", "department_transfer", "reminder")
    finding, _ = sqlite_linked.sent()
    assert sqlite_linked.messages(finding)[-1].system_id == "special"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::",
        "ff02::1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
    ],
)
def test_addresses_that_are_not_public_are_refused(address):
    with pytest.raises(AddressRefused):
        check_address(address, allow_private=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_public_addresses_may_be_called(address):
    check_address(address, allow_private=False)


@pytest.mark.parametrize("address", ["224.0.0.1", "0.0.0.0", "::", "ff02::1"])
def test_addresses_of_no_single_machine_are_refused_even_where_private_ones_are_allowed(address):
    with pytest.raises(AddressRefused):
        check_address(address, allow_private=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.cn/hook",
        "file:///etc/passwd",
        "http://",
        "http://user:word@example.cn/",
        "http://example.cn:0/",
        "http://example.cn:99999/",
        "http://[::1",
        "http://example.cn/#part",
        "http://169.254.169.254/latest",
    ],
)
def test_urls_the_house_does_not_call_are_refused(url):
    with pytest.raises(AddressRefused):
        check_url(url, allow_private=False)


@pytest.mark.parametrize("url", ["https://example.cn/hook", "http://example.cn:8080/hook?a=1"])
def test_urls_of_public_names_are_taken(url):
    check_url(url, allow_private=False)
