"""`bihuan partner simulate` in a process of its own, against a house that is served: it behaves, and misbehaves as told."""

from __future__ import annotations

import runpy
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api.partner.faults import IN_RECEIPTS, ON_THE_LINE, NoSuchFault, Switchboard
from api.partner.line import Line, NoKeys, keys_in
from api.partner.script import SCRIPTS, blanks_of, filled, load_script, roles
from engine.accounts import hash_password
from engine.clock import Clock
from engine.core.calendar import SHANGHAI
from engine.signing import new_private_key, new_secret, public_key_of
from models import exchange_reading, linked_reading, records
from rules.data_file import DataFault
from tests.exchange.linked import NOW, Linked, courier, message
from tests.exchange.simulated import ROOT, Simulator, simulator
from tests.partner import HmacKey
from tests.schemas import example, faults

Start = Callable[..., Simulator]


@pytest.fixture
def start(sqlite_served: Linked) -> Iterator[Start]:
    """Starts the fire brigade's system, which is called or pulls."""
    with ExitStack() as running:

        def started(*words: str, pull: bool = False) -> Simulator:
            systems, town = sqlite_served.exchange.systems, sqlite_served.town
            secret = systems.rotate_key("yuanping-fire", 0)["secret"]
            way = ("--pull", "--every", "0.05") if pull else ()
            one = running.enter_context(
                simulator(
                    "department",
                    "yuanping-fire",
                    sqlite_served.base,
                    secret,
                    town.clock_file,
                    "--at-once",
                    "--port",
                    "0",
                    *way,
                    *words,
                )
            )
            url = None if pull else one.url
            systems.writer.submit(lambda connection: _called_at(connection, url))
            return one

        sqlite_served.link("yuanping-fire", "fire_rescue", allow_private=True)
        yield started


def _called_at(connection: Any, url: str | None) -> None:
    linked_reading.change_system(connection, "yuanping-fire", {"url": url})


def test_a_transfer_is_answered_to_its_end_and_every_fault_of_a_receipt_comes_to_nothing(
    sqlite_served: Linked, start: Start
) -> None:
    partner = start("--fault", "wrong_signature*1", "--fault", "stale*1", "--fault", "mutated*1")
    partner.control("/faults", {"on": ["twice*1", "reserialised*1"]})
    finding, _ = sqlite_served.sent()

    assert courier(sqlite_served).run_once(NOW) == 1

    partner.answered("feedback")
    assert partner.receipts() == [
        ("signed_for", "wrong_signature", "signature_invalid"),
        ("signed_for", "stale", "signature_expired"),
        ("signed_for", "mutated", "signature_invalid"),
        ("signed_for", None, "recorded"),
        ("signed_for", "twice", "duplicate"),
        ("signed_for", "reserialised", "key_reused"),
        ("accepted", None, "recorded"),
        ("concluded", None, "recorded"),
        ("feedback", None, "recorded"),
    ]
    assert sqlite_served.state(finding) == "fed_back"
    told = partner.control()[1]
    assert [one["kind"] for one in told["messages"]] == ["department_transfer"]
    assert told["waiting"] == 0 and told["faults"] == {}


MET = {
    "refuse=503*1": "refused (HTTP 503)",
    "time_out=1*1": "no answer within 0.3 s",
    "reset*1": "Error",
    "drip=1*1": "no answer within 0.3 s",
}


def test_a_message_that_met_a_fault_is_brought_again_and_taken_in_once(
    sqlite_served: Linked, start: Start
) -> None:
    partner = start()
    bringing = courier(sqlite_served, attempt_seconds=0.3)
    finding, _ = sqlite_served.sent()
    for fault, outcome in MET.items():
        partner.control("/faults", {"on": [fault]})
        assert bringing.run_once(NOW) == 0
        assert outcome in message(sqlite_served, finding).outcome
        sqlite_served.exchange.systems.writer.submit(_due_now)
    partner.control("/faults", {"on": ["answer_twice"]})
    assert bringing.run_once(NOW) == 1

    assert message(sqlite_served, finding).state == "delivered"
    partner.answered("feedback")
    assert [one["repeated"] for one in partner.messages()] == [False, True, True]
    assert [code for _, _, code in partner.receipts()] == ["recorded"] * 4


def _due_now(connection: Any) -> None:
    connection.execute(update(exchange_reading.MESSAGE).values(next_try_at=exchange_reading.AT_ONCE))


def test_the_first_transfer_of_the_documentation_goes_out(
    sqlite_served: Linked, capsys: pytest.CaptureFixture[str]
) -> None:
    town, password = sqlite_served.town, "try-Bihuan-2026"
    hashed = hash_password(password)
    town.house.writer.submit(
        lambda connection: connection.execute(update(records.USER).values(password_hash=hashed))
    )
    town.at((datetime.now(SHANGHAI) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M"))
    sqlite_served.link("yuanping-fire", "fire_rescue")

    runpy.run_path(str(ROOT / "docs/examples/first_transfer.py"))["main"](sqlite_served.base, password)

    finding = capsys.readouterr().out.strip().rpartition("/")[2]
    assert message(sqlite_served, finding).kind == "department_transfer"
    assert sqlite_served.state(finding) == "sent"


def test_early_receipts_find_their_place_and_a_forged_message_and_a_stranger_are_refused(
    sqlite_served: Linked, start: Start
) -> None:
    partner = start("--fault", "early*1", "--fault", "out_of_order*1")
    _find_their_place(sqlite_served, partner)
    sqlite_served.sent()
    secret = sqlite_served.exchange.systems.rotate_key("yuanping-fire", 0)["secret"]

    assert courier(sqlite_served).run_once(NOW) == 0

    assert partner.messages()[1:] == [{"what": "message", "signature": "wrong", "status": 401}]
    assert "whsec_" not in str(partner.said) + repr(Line.to("http://x", "s", keys_in(secret), Clock()))
    _controlled_from_here_alone(partner)


def _find_their_place(sqlite_served: Linked, partner: Simulator) -> None:
    """Receipts that come before the message is answered, last first, are parked and then recorded."""
    finding, _ = sqlite_served.sent()

    assert courier(sqlite_served).run_once(NOW) == 1

    partner.answered("signed_for")
    assert [kind for kind, _, _ in partner.receipts()] == ["feedback", "concluded", "accepted", "signed_for"]
    assert partner.receipts()[0][2] == "parked" and partner.receipts()[-1][2] == "recorded"
    assert sqlite_served.state(finding) == "fed_back"


def _controlled_from_here_alone(partner: Simulator) -> None:
    """Only this machine controls it, in JSON, and is told what it asked wrongly."""
    assert partner.control("/faults", {"on": ["burst"]})[0] == 422
    assert partner.control("/release", {"receipt": "filed"})[0] == 404
    assert partner.control("/release", {})[0] == 422
    assert partner.control("/elsewhere", {})[0] == 404
    rebound = urllib.request.Request(
        partner.url.replace("/hook", "/control"), headers={"Host": "evil.example:80"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(rebound, timeout=5)
    assert refusal.value.code == 404


# ---------------------------------------------------------------- scripts


@pytest.mark.parametrize("role", roles())
def test_every_receipt_of_the_scripts_is_one_of_the_contract(role: str) -> None:
    script = load_script(SCRIPTS / f"{role}.yaml")
    for answer in script.answers:
        sample = example(f"message_{answer.to}")
        sample["data"] |= answer.when
        assert script.replies_to(sample) == answer.replies
        for reply in answer.replies:
            data = filled(reply.data, blanks_of(sample, lambda: NOW, 7))
            receipt = example(f"receipt_{reply.receipt}")
            receipt["data"] = {"in_reply_to": sample["id"], **data}
            assert faults(f"receipt_{reply.receipt}", receipt) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "answers: 5",
        "answer: []",
        "answers: [{to: criminal_referral, with: 7}]",
        "answers: [{to: criminal_referral, with: [{receipt: pardoned}]}]",
        "answers: [{to: criminal_referral, with: [{receipt: filed, after: -1}]}]",
        "answers: [{to: criminal_referral, with: [{receipt: filed, hold: 3}]}]",
        "answers: [{to: criminal_referral, with: [{receipt: filed, data: 3}]}]",
        "answers: [{to: criminal_referral, with: [{receipt: filed, dta: {}}]}]",
        "answers: [{to: criminal_referral, when: 3, with: []}]",
    ],
)
def test_a_script_that_is_none_is_refused_by_file_and_line(tmp_path: Any, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(DataFault) as fault:
        load_script(file)
    assert str(file) in fault.value.place


def test_a_blank_that_the_message_does_not_fill_is_named() -> None:
    with pytest.raises(KeyError, match=r"data\.nobody"):
        filled("{data.nobody}", blanks_of(example("message_reminder"), lambda: NOW, 1))


# ---------------------------------------------------------------- keys and faults


def test_keys_are_found_in_what_system_add_prints() -> None:
    secret, private = new_secret(), new_private_key()
    public = public_key_of(new_private_key())
    assert keys_in(f'{{"id": "x", "secret": "{secret}"}}') == [{"secret": secret}]
    assert keys_in(f"{private}\n{public}\n") == [{"private": private}, {"public": public}]
    for nothing in ("", "whsec_", private, public, "secret"):
        with pytest.raises(NoKeys):
            keys_in(nothing)


def test_ed25519_signs_and_checks_both_ways() -> None:
    ours, theirs = new_private_key(), new_private_key()
    line = Line.to("http://x", "s", keys_in(f"{ours} {public_key_of(theirs)}"), Clock())
    from engine.signing import signature

    now = int(Clock().now().timestamp())
    headers = {"webhook-id": "m", "webhook-timestamp": str(now)}
    good = signature([{"private": theirs}], "m", now, b"{}")
    assert line.genuine({**headers, "webhook-signature": good}, b"{}")
    assert not line.genuine({**headers, "webhook-signature": good}, b"[]")
    assert not line.genuine({**headers, "webhook-signature": HmacKey(new_secret()).sign(b"")}, b"{}")
    assert not line.genuine(
        {**headers, "webhook-timestamp": str(now - 301), "webhook-signature": good}, b"{}"
    )
    assert not line.genuine({}, b"{}")


def test_a_fault_happens_as_often_as_it_was_asked_for() -> None:
    board = Switchboard()
    board.switch_on("refuse=429*2")
    assert [board.taken(tuple(ON_THE_LINE)) for _ in range(3)] == [("refuse", 429), ("refuse", 429), None]
    board.switch_on("twice")
    assert all(board.take("twice") for _ in range(5))
    board.switch_off("twice")
    assert not any(board.take(name) for name in IN_RECEIPTS)
    for nothing in ("", "burst", "refuse=", "refuse=x", "twice*", "twice *2"):
        with pytest.raises(NoSuchFault):
            board.switch_on(nothing)
