"""A masked copy is a whole ledger that holds, and says nothing of a real person in any byte."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from engine.attachments import AttachmentFile, Attachments
from engine.auditing import verify
from engine.building import open_house
from engine.core.identifiers import identifier_faults
from engine.core.refusals import Refusal
from engine.keeping.backup import copy_masked
from engine.keeping.masked_copy import known_words
from engine.keeping.masking import Mask
from engine.settings import Settings
from models import audit_reading, records
from tests.builders import Town
from tests.referral_walk import opened

NAME, PHONE, STREET = "欧阳秉烛", "13803501234", "前进西街218号东侧二层"
RESIDENT = "140981197503120017"
USCC = "92140981MA0L3Q8T17"
OFFICER, CERTIFICATE, LOGIN = "南宫听雪", "晋H0981-7788", "nangong.tx"
TEXT = "当事人欧阳秉烛称其妻上官云岫亦在场"
REASON = "上官云岫来电说明，电话13803501234。"
REFERENCE, TASK = "案头-欧阳-77", "原双随机-欧阳-03"
FILE, CONTENT = "欧阳秉烛身份证.pdf", b"%PDF-1.4 140981197503120017"
PLANTED = (
    *(NAME, PHONE, STREET, RESIDENT, USCC, OFFICER, CERTIFICATE, LOGIN, TEXT, REASON, REFERENCE, TASK, FILE),
    *("上官云岫", "欧阳", "nangong", "案头", CONTENT.decode()),
)
PARTY = {
    "kind": "individual_business",
    "name": f"原平市{NAME}饭店",
    "identifiers": [{"scheme": "uscc", "value": USCC}],
    "address": STREET,
    "phone": PHONE,
}
PASSWORD = "learn-with-me"


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Town, Path]:
    """A town that holds what is planted, and the folder of its masked copy."""
    folder = tmp_path_factory.mktemp("planted")
    town = Town.open(f"sqlite:///{folder / 'bihuan.db'}", folder, "2024-04-26T17:00")
    town.add_person(LOGIN, "market_regulation", ("inspector",))
    with town.house.database.engine.begin() as connection:
        named = records.USER.update().where(records.USER.c.login == LOGIN)
        connection.execute(named.values(name=OFFICER, certificate_no=CERTIFICATE, phone=PHONE))
    mine = {"party": PARTY, "reference": REFERENCE, "task_no": TASK, "officers": [LOGIN, "W02"]}
    finding = {"domain": "food", "violation": "food_item_failed", "item": f"{NAME}的凉菜间"}
    at = town.house.clock.now().isoformat()
    for number in range(2):
        said = {**finding, "facts_summary": TEXT, "discovered_at": at, "reference": f"{REFERENCE}-{number}"}
        town.inspect(said, by=LOGIN, **{**mine, "reference": f"{REFERENCE}{number}"})
    with town.house.database.read() as connection:
        first = connection.execute(records.FINDING.select()).first()
    assert first is not None
    town.step(
        "W01", first.id, "register", ledger_no="欧阳台账", department="market_regulation", handler="W01"
    )
    opened(town, first.id)
    town.step("C02", first.id, "open_rectification", urgent_ground="on_the_spot", legal_ground=REASON)
    paper = AttachmentFile(FILE, CONTENT, "application/pdf", title=f"{RESIDENT}")
    Attachments(town.house.desk).take(town.who("W01"), first.id, [paper])
    copy_masked(town.house.settings, folder / "copy", PASSWORD)
    return town, folder / "copy"


def test_nothing_that_was_planted_is_in_any_byte(copied: tuple[Town, Path]) -> None:
    town, folder = copied
    held = (folder.parent / "bihuan.db").read_bytes() + (folder.parent / "bihuan.db-wal").read_bytes()
    raw = b"".join(one.read_bytes() for one in folder.iterdir())
    for word in PLANTED:
        for spelt in (word.encode(), json.dumps(word)[1:-1].encode(), base64.b64encode(word.encode())):
            assert spelt not in raw, word
        if len(word) > 6:
            assert word.encode() in held, f"{word} was never planted"
    town.close()


def test_the_copy_is_a_ledger_that_holds_and_a_sandbox(copied: tuple[Town, Path]) -> None:
    _, folder = copied
    (folder / "clock").write_text("2024-04-27T09:00:00+08:00\n")
    url = f"sqlite:///{folder / 'bihuan.db'}"
    house = open_house(Settings(data_dir=folder, database_url=url, test_clock=folder / "clock"))
    try:
        assert house.sandbox
        audited = verify(house.database)
        assert (audited.faults, audited.records) == ([], 4)
        with house.database.read() as connection:
            findings = connection.execute(records.FINDING.select()).all()
            [party] = connection.execute(records.PARTY.select()).all()
            [paper] = connection.execute(records.ATTACHMENT.select()).all()
        assert {one.party_id for one in findings} == {party.id}
        assert identifier_faults(party.detail["identifiers"][0]) == ()
        assert party.detail["identifiers"][0]["value"][2:8] == "000000"
        assert "脱敏" in party.name
        login = next(one["login"] for one in house.accounts.users() if one["roles"] == ["case_officer"])
        who = house.accounts.verify(login, PASSWORD)
        shown = [house.reader.finding(who, one.id) for one in findings]
        assert {one["state"] for one in shown} == {"registered", "found"}
        assert [one for one in shown if "referral" in one] == []
        with house.database.read() as connection:
            assert paper.digest in str(audit_reading.chain(connection, paper.finding_id))
    finally:
        house.close()


def test_a_copy_is_made_once(copied: tuple[Town, Path]) -> None:
    town, folder = copied
    with pytest.raises(FileExistsError):
        copy_masked(town.house.settings, folder, PASSWORD)
    with pytest.raises(Refusal):
        copy_masked(Settings(data_dir=folder, database_url="sqlite:///nowhere"), folder / "x", PASSWORD)


def test_the_same_person_has_the_same_invented_name() -> None:
    known = known_words()
    mask, other = (Mask(secret, known, {"W01"}) for secret in (b"a", b"b"))
    assert mask.text(NAME) == mask.text(NAME) != mask.text(OFFICER)
    assert mask.text(NAME) != other.text(NAME)
    assert mask.document({"W01": ["w01", "working_day", 5, None, True]}) == {
        "m0001": ["m0001", "working_day", 5, None, True]
    }
    for scheme, value in (("uscc", USCC), ("resident_id", RESIDENT)):
        assert identifier_faults({"scheme": scheme, "value": mask.text(value)}) == ()
    for harmless in ("", "2024-04-26", "2024-04-26T17:00:00+08:00", "R01@1", "DL15", "food_item_failed"):
        assert mask.text(harmless) == harmless
