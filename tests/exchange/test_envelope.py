"""Signatures and envelopes against what the contract shows; known answers of others are in test_vectors.py."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from engine.core.backoff import PATIENCE, WAITS
from engine.core.envelope import event_bytes, in_window, message_event, sequence_text, signing_base
from engine.core.strict_json import Malformed, parsed
from engine.signing import (
    KeyFault,
    check_public_key,
    in_force,
    new_private_key,
    new_secret,
    public_key_of,
    signature,
    verified,
)

NOW = datetime(2024, 4, 28, 2, 20, tzinfo=UTC)


def test_an_ed25519_signature_verifies_with_the_public_key_alone():
    private = new_private_key()
    made = signature([{"private": private, "public": None}], "msg_1", 5, b"{}")
    assert made.startswith("v1a,")
    assert verified(
        [{"private": new_private_key(), "public": public_key_of(private)}], made, "msg_1", 5, b"{}"
    )
    assert not verified([{"public": public_key_of(new_private_key())}], made, "msg_1", 5, b"{}")
    assert not verified([{"private": private, "public": None}], made, "msg_1", 5, b"{}")


def test_one_valid_signature_of_several_is_enough():
    old, new = {"secret": new_secret()}, {"secret": new_secret()}
    both = signature([new, old], "msg_1", 5, b"{}")
    assert len(both.split(" ")) == 2
    assert verified([old], both, "msg_1", 5, b"{}")
    assert verified([new], both, "msg_1", 5, b"{}")
    assert not verified([{"secret": new_secret()}], both, "msg_1", 5, b"{}")


@pytest.mark.parametrize("header", ["", "v1,", "v1", "v1a,!!", "v2,AAAA", "v1,钥匙", " ", "v1a," + "A" * 900])
def test_a_header_that_is_no_signature_never_verifies(header):
    hmac, pair = {"secret": new_secret()}, {"public": public_key_of(new_private_key())}
    assert not verified([hmac, pair], header, "msg_1", 5, b"{}")


def test_a_key_counts_until_the_instant_it_ends():
    ending = {"secret": "whsec_x", "until": (NOW + timedelta(hours=1)).isoformat()}
    assert in_force([ending, {"secret": "whsec_y", "until": None}], NOW) == [
        ending,
        {"secret": "whsec_y", "until": None},
    ]
    assert in_force([ending], NOW + timedelta(hours=1)) == []


@pytest.mark.parametrize("text", ["", "whpk_", "whpk_AAAA", "whsk_" + "A" * 43 + "=", "whpk_!", "whsec_AAAA"])
def test_a_public_key_of_another_shape_is_refused(text):
    with pytest.raises(KeyFault):
        check_public_key(text)


@pytest.mark.parametrize(
    ("seconds", "near"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)]
)
def test_a_timestamp_may_be_five_minutes_off_and_no_more(seconds, near):
    assert in_window(int(NOW.timestamp()) + seconds, NOW) is near


def test_the_same_event_always_gives_the_same_bytes():
    given = {
        "office_id": "yuanping",
        "message_id": "01921dbe-2475-7c6c-8fa0-64652fff9bed",
        "kind": "reminder",
        "queue": "ordinary",
        "sequence": 12,
        "sender": "market_regulation",
        "recipient": "fire_rescue",
        "subject": "原台〔2024〕0032",
        "now": NOW,
        "data": {"text": "请反馈"},
    }
    event = message_event(**given)
    assert event_bytes(event) == event_bytes(message_event(**given))
    assert event["time"] == "2024-04-28T10:20:00+08:00"
    assert event["sequence"] == sequence_text(12) == "00000000000000000012"
    assert signing_base("a", 7, event_bytes(event)).startswith(b'a.7.{"specversion":"1.0"')


def test_each_wait_is_longer_than_the_one_before_and_the_last_is_followed_by_a_person():
    waits = [PATIENCE.wait_after(tries, 0.0) for tries in range(1, len(WAITS) + 1)]
    assert all(earlier < later for earlier, later in pairwise(waits))
    assert PATIENCE.wait_after(3, 0.5) == WAITS[2] * 1.1
    assert PATIENCE.wait_after(len(WAITS) + 1, 0.0) is None


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":9007199254740993}',
        b'{"a":"\\ud800"}',
        b"\xff",
        b'\xef\xbb\xbf{"a":1}',
        b"",
        b"[" * 100_000,
    ],
)
def test_json_that_two_readers_might_read_differently_is_malformed(raw):
    with pytest.raises(Malformed):
        parsed(raw)


def test_plain_json_is_read_as_it_stands():
    assert parsed('{"款":[1,-2,true,null,"x"],"n":9007199254740992}'.encode()) == {
        "款": [1, -2, True, None, "x"],
        "n": 9007199254740992,
    }
