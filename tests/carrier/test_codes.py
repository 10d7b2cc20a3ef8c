"""Short codes on paper: whoever types one has a bundle that was opened; wrong ones are told and counted."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.attachments import AttachmentFile
from engine.carrier.paper_receipts import FAILURES_MAX, Entered
from engine.core.carrier_codes import ALPHABET, LENGTH, code_for, shown, typed
from engine.core.paper_receipt_form import OnPaper
from models import linked_reading
from tests.builders import Town, refused
from tests.carrier.carried import PDF, Office, states
from tests.exchange.linked import ACCEPTED, Linked

SCAN = AttachmentFile("回执.pdf", PDF, "application/pdf")
SECRETS = st.binary(min_size=32, max_size=32)


@given(SECRETS, st.integers(0, LENGTH - 1), st.integers(1, 31))
def test_one_wrong_letter_is_always_found(secret: bytes, place: int, by: int) -> None:
    code = code_for(secret, "m", "signed_for")
    wrong = ALPHABET[(ALPHABET.index(code[place]) + by) % 32]
    assert typed(shown(code)) == code and len(code) == LENGTH
    assert typed(code[:place] + wrong + code[place + 1 :]) is None


@given(SECRETS)
def test_a_code_is_typed_as_people_type(secret: bytes) -> None:
    code = code_for(secret, "m", "signed_for")
    said = shown(code).lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert typed(said) == code
    full_width = "".join(chr(ord(one) + 0xFEE0) for one in code)
    assert typed(full_width) == code


def test_codes_differ_by_message_kind_and_bundle() -> None:
    codes = {code_for(secret, id, kind) for secret in (b"1", b"2") for id in "ab" for kind in ("x", "y")}
    assert len(codes) == 8


@pytest.mark.parametrize("text", ["", "X" * 15 + "Y", "0" * 15, "0" * 17, "签收码", "U" * 16, "0" * 1000])
def test_what_is_no_code_is_none(text: str) -> None:
    assert typed(text) is None


def enter(town: Town, by: str, code: str, **given: Any) -> Entered:
    """The code is typed with its scan."""
    paper = OnPaper(code, town.house.clock.now(), "值班员", **given)
    return town.house.exchange.carrier.paper.enter(town.who(by), paper, [SCAN])


def test_a_transfer_is_signed_for_and_accepted_by_code(sqlite_linked: Linked, fire: Office) -> None:
    linked = sqlite_linked
    town = fire.town
    finding, _ = linked.sent()
    codes = fire.open(fire.pack()).manifest.messages[0].codes

    early = refused(enter, town, "D01", codes["accepted"], case_no="消2号")
    assert early.errors[0].zh == "前一步还没有登记"
    assert states(town, fire.system) == ["carried"] and linked.receipts(finding) == []
    told = enter(town, "D01", codes["signed_for"].lower(), receipt_no="回1号")
    assert told.code == "recorded" and linked.state(finding) == "received"
    assert states(town, fire.system) == ["delivered"]
    assert enter(town, "D01", codes["signed_for"], receipt_no="回1号").code == "duplicate"
    other = refused(enter, town, "D01", codes["signed_for"], receipt_no="回2号")
    assert other.errors[0].zh == "这个签收码已经登记过"
    assert [one.pointer for one in refused(enter, town, "D01", codes["accepted"]).errors] == ["/case_no"]
    enter(town, "D01", codes["accepted"], case_no="消2号")
    assert linked.state(finding) == "accepted"

    first = next(one for one in linked.receipts(finding) if one.kind == "signed_for")
    assert first.signature == f"code {codes['signed_for']}"
    entries = town.house.reader.timeline(town.who("C01"), finding, {"limit": ["200"]})["items"]
    steps = [
        (one["trigger"], one["by"]["login"] if isinstance(one["by"], dict) else one["by"]) for one in entries
    ]
    assert [one for one in steps if one[0] in ("paper_receipt", "receive", "accept")] == [
        ("paper_receipt", "D01"),
        ("receive", "D01"),
        ("paper_receipt", "D01"),
        ("accept", "D01"),
    ]
    evidence = next(one for one in entries if one["trigger"] == "paper_receipt")["facts"]
    assert evidence["code"] == codes["signed_for"]
    assert evidence["scans"] == ["sha256:" + hashlib.sha256(PDF).hexdigest()]


def test_after_a_code_the_other_receipts_may_come_in_a_file(sqlite_linked: Linked, fire: Office) -> None:
    finding, _ = sqlite_linked.sent()
    bundle = fire.open(fire.pack())
    enter(fire.town, "D01", bundle.manifest.messages[0].codes["signed_for"])
    taken = fire.take(fire.answer(bundle, fire.receipt(bundle, "accepted", **ACCEPTED)))
    assert [one.code for one in taken.receipts] == ["recorded"] and sqlite_linked.state(finding) == "accepted"


def test_codes_are_not_guessed(sqlite_linked: Linked, fire: Office) -> None:
    town = fire.town
    finding, _ = sqlite_linked.sent()
    code = fire.open(fire.pack()).manifest.messages[0].codes["signed_for"]
    mistyped = refused(enter, town, "D01", code[:-1] + ("0" if code[-1] != "0" else "1"))
    assert mistyped.errors[0].code == "format"
    for number in range(FAILURES_MAX):
        wrong = shown(code_for(b"guess", str(number), "signed_for"))
        assert refused(enter, town, "D01", wrong).errors[0].zh == "没有这个签收码"
    assert refused(enter, town, "D01", code).code == "rate_limited"
    assert enter(town, "C01", code).code == "recorded"
    with town.house.database.read() as connection:
        assert linked_reading.receipts_of(connection, finding)[0].state == "recorded"


def test_a_code_needs_a_scan_a_past_instant_and_after_days_a_head_with_reasons(
    sqlite_linked: Linked, fire: Office
) -> None:
    town = fire.town
    finding, _ = sqlite_linked.sent()
    code = fire.open(fire.pack()).manifest.messages[0].codes["signed_for"]
    paper = OnPaper(code, town.house.clock.now(), "值班员")
    entering = town.house.exchange.carrier.paper.enter
    assert refused(entering, town.who("D01"), paper).errors[0].pointer == "/document"
    missing = OnPaper(code, town.house.clock.now(), "值班员", document="sha256:" + "0" * 64)
    assert refused(entering, town.who("D01"), missing).errors[0].pointer == "/document"
    town.at("2024-05-20T10:00")
    assert refused(entering, town.who("D01"), paper, [SCAN]).code == "too_late_entry"
    late = refused(entering, town.who("H01"), paper, [SCAN])
    assert [one.pointer for one in late.errors] == ["/late_reason"]
    with_reason = OnPaper(code, paper.received_at, "值班员", late_reason="纸质回执邮寄延误。")
    assert entering(town.who("H01"), with_reason, [SCAN]).code == "recorded"
    assert sqlite_linked.state(finding) == "received"
