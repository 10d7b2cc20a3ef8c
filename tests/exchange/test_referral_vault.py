"""What is told of a criminal referral stands in the database as ciphertext; who is on its list reads it as ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from engine.attachments import AttachmentFile, Attachments
from engine.outbox import Asked
from engine.referral_sealing import ALL_SEALED, seal_what_is_plain
from engine.referral_vault import ReferralVault, is_sealed
from engine.secret_keys import keys_in, make_secret_key, secret_keys, write_secret_keys
from models import confidential, delivering, exchange_reading, linked_reading, records
from tests.builders import Town, refused
from tests.exchange.linked import NOW, SIGNED, Linked, Post, courier
from tests.once import Copies
from tests.partner import Desk
from tests.referral_walk import led, opened

PAPER = b"%PDF-1.7 \x00\xff the words of a witness"
PLANTED = ("罪名。", "原平市公安局", "检出罂粟碱、吗啡。", "检验报告。", "赵警官", "the words of a witness")
SEALED_COLUMNS = (
    records.ATTACHMENT.c.content,
    records.DOCUMENT.c.content,
    exchange_reading.MESSAGE.c.body,
    linked_reading.RECEIPT.c.body,
)
"""Where documents and messages of a referral stand."""
SEALED_TABLES = tuple(column.table for column in SEALED_COLUMNS)


@dataclass(frozen=True, slots=True)
class Referred:
    """A town in which one referral was handed over and signed for, with a paper of its own."""

    town: Town
    referral: str
    finding: str
    digest: str
    linked: Linked

    @property
    def vault(self) -> ReferralVault:
        """The vault of the house."""
        return self.town.house.desk.vault

    def rows(self, table: Any) -> list[Any]:
        """Every row of the table."""
        with self.town.house.database.read() as connection:
            return list(connection.execute(select(table)).all())

    def paper(self, login: str = "C02") -> bytes:
        """The bytes of the paper, as that person is given them."""
        readers = self.town.house.reader.referrals
        return readers.attachment(self.town.who(login), self.referral, self.digest)[0]

    def letter(self, login: str = "C02") -> Any:
        """The letter to the police, ready to be printed."""
        readers = self.town.house.reader.referrals
        return readers.document(self.town.who(login), self.referral, "criminal_referral_letter")

    def pulled(self) -> list[Any]:
        """What the police pull."""
        with self.town.house.database.read() as connection:
            system = linked_reading.system_row(connection, "yuanping-psb")
        return list(self.town.house.exchange.outbox.feed(system, Asked("criminal", 0))["items"])


def refer(town: Town) -> Referred:
    """A referral that has gone as far as it goes with the police."""
    linked = Linked(town, town.house.exchange)
    police = linked.link("yuanping-psb", "public_security")
    finding = town.finding()
    referral = opened(town, finding)
    scan = AttachmentFile("笔录.pdf", PAPER, "application/pdf")
    Attachments(town.house.desk).take(town.who("C02"), referral, [scan], "referral")
    led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
    told = Referred(town, referral, finding, scan.digest, linked)
    sent = next(one for one in told.pulled() if one["type"].endswith("criminal_referral.v1"))
    assert Post(linked, police, sent)("signed_for", **{**SIGNED, "signer": "赵警官"}).code == "recorded"
    return told


@pytest.fixture(scope="module")
def referred(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Referred]:
    """One referral for whoever looks and changes nothing that stays."""
    folder = tmp_path_factory.mktemp("referred")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    yield refer(town)
    town.close()


def test_nothing_that_was_told_stands_in_the_columns_and_all_is_read_as_ever(referred: Referred) -> None:
    kept = b"".join(
        json.dumps(value, ensure_ascii=False).encode() if isinstance(value, dict) else bytes(value)
        for column in SEALED_COLUMNS
        for value in referred.rows(column)
        for value in value
    )
    assert len(kept) > 5_000
    assert [one for one in PLANTED if one.encode() in kept] == []

    assert referred.paper() == PAPER
    letter = referred.letter()
    assert referred.town.house.press.pdf(letter.kind, letter.content, issued_on=letter.issued_on).startswith(
        b"%PDF"
    )
    [sent] = [one for one in referred.pulled() if one["type"].endswith("criminal_referral.v1")]
    assert "检验报告。" in json.dumps(sent, ensure_ascii=False)
    [receipt] = referred.rows(linked_reading.RECEIPT)
    assert is_sealed(receipt.body) and referred.vault.receipt_said(receipt)["data"]["signer"] == "赵警官"


def test_what_belongs_elsewhere_or_was_changed_does_not_open(referred: Referred) -> None:
    vault = referred.vault
    letter, report = [
        row
        for row in referred.rows(records.DOCUMENT)
        if row.record_id == referred.referral and row.status == "issued"
    ][:2]
    assert vault.content_of(letter)["step"]["trigger"]
    for moved in (
        {"id": letter.id, "record_id": letter.record_id, "content": report.content},
        {"id": letter.id, "record_id": referred.finding, "content": letter.content},
    ):
        assert "密文" in str(refused(vault.content_of, SimpleNamespace(**moved)).detail)

    message = referred.rows(exchange_reading.MESSAGE)[0]
    changed = bytes(message.body[:-1]) + bytes([message.body[-1] ^ 1])
    assert refused(vault.body_of, {**message._mapping, "body": changed}).code == "not_ready"
    paper = next(row for row in referred.rows(records.ATTACHMENT) if row.finding_id == referred.referral)
    as_message = {**message._mapping, "body": paper.content}
    assert refused(vault.body_of, as_message).code == "not_ready"
    assert vault.said(message)["id"] == message.id and vault.bytes_of(paper) == PAPER


def test_without_its_key_the_list_is_told_what_to_do_and_nobody_else_anything_new(referred: Referred) -> None:
    town, path = referred.town, referred.vault.path
    assert path is not None

    def strangers() -> list[str]:
        reader = town.house.reader.referrals
        acts = (reader.attachment, referred.digest), (reader.document, "criminal_referral_letter")
        told = [
            refused(act, town.who(login), referred.referral, named)
            for login in ("T01", "F01")
            for act, named in acts
        ]
        assert {one.code for one in told} == {"not_found"}
        return [repr((one.code, one.detail, one.carries)) for one in told]

    before, own = strangers(), path.read_bytes()
    other = path.with_name("other.key")
    make_secret_key(other)
    write_secret_keys(path, secret_keys(other))
    try:
        for act in (referred.paper, referred.letter, referred.pulled):
            shut = refused(act)
            assert shut.code == "not_ready" and "referral.key" in str(shut.detail)
        assert strangers() == before
        assert town.state(town.finding()) == "found"
        write_secret_keys(path, [*secret_keys(other), *keys_in(own)])
        assert referred.paper() == PAPER
    finally:
        path.write_bytes(own)


def test_a_message_that_does_not_open_is_not_sent_and_keeps_nothing_else(
    referred: Referred, hook: Desk
) -> None:
    """Nor does it say anything of its receiver, who is called as always."""
    linked, house = referred.linked, referred.town.house
    linked.link("jcy", "procuratorate", url=hook.url, allow_private=True)
    linked.link("yuanping-fire", "fire_rescue", url=hook.url, allow_private=True)
    copied = {"procuratorate": "原平市人民检察院", "copied_at": "2024-04-26T17:00:00+08:00"}
    referred.town.on_referral("C02", referred.referral, "copy_to_procuratorate", **copied)
    finding, _ = linked.sent()

    assert courier(linked, vault=ReferralVault()).run_once(NOW) == 1
    assert [one.id for one in hook.received] == [linked.messages(finding)[-1].id]
    [copy] = [row for row in referred.rows(exchange_reading.MESSAGE) if row.system_id == "jcy"]
    assert (copy.state, copy.outcome) == ("waiting", "not sent: what it says cannot be read")
    with house.database.read() as connection:
        assert delivering.destinations(connection)["jcy"].failures == 0

    assert courier(linked).run_once(NOW + timedelta(hours=1)) == 1
    assert hook.received[-1].body == referred.vault.body_of(copy)


def test_what_was_plain_before_is_read_as_it_is_and_sealed_once(town: Town) -> None:
    told = refer(town)
    vault, house = told.vault, told.town.house
    before = (told.paper(), told.letter(), told.pulled())
    _as_before_there_was_a_key(told)
    assert not any(is_sealed(row.body) for row in told.rows(exchange_reading.MESSAGE))
    assert (told.paper(), told.letter(), told.pulled()) == before

    now = house.clock.real_now()
    assert refused(seal_what_is_plain, house.database, house.writer, ReferralVault(), now).code == "not_ready"
    seal_what_is_plain(house.database, house.writer, vault, now)
    kept = [told.rows(table) for table in SEALED_TABLES]
    assert (told.paper(), told.letter(), told.pulled()) == before
    assert all(is_sealed(row.body) for row in [*kept[2], *kept[3]])
    seal_what_is_plain(house.database, house.writer, vault, now)
    assert [told.rows(table) for table in SEALED_TABLES] == kept


def _as_before_there_was_a_key(told: Referred) -> None:
    """Every row as it was written by a program that sealed nothing."""
    vault = told.vault

    def write(connection: Connection) -> None:
        for row in confidential.papers_of(connection, told.referral):
            confidential.put_paper(connection, row, vault.bytes_of(row))
        for row in confidential.documents_of(connection, told.referral):
            confidential.put_content(connection, row, vault.content_of(row))
        messages = confidential.messages_of(connection, told.referral)
        for row in messages:
            confidential.put_message(connection, row, vault.body_of(row))
        for row in confidential.receipts_of(connection, [row.id for row in messages]):
            said = vault.receipt_said(row)
            confidential.put_receipt(connection, row, json.dumps(said, ensure_ascii=False).encode())
        connection.execute(delete(records.MARK).where(records.MARK.c.name == ALL_SEALED))

    told.town.house.writer.submit(write)
