"""What was plain is sealed once and stays checkable; without its key a house goes on with everything else."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from string import ascii_lowercase, ascii_uppercase, digits

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from engine import attachments, papers, scribe
from engine.auditing import verify, verify_within
from engine.referral_sealing import ALL_WORDS_SEALED, seal_what_is_plain
from engine.secret_keys import keys_in, make_secret_key, secret_keys, write_secret_keys
from models import records
from tests.builders import Town, refused
from tests.exchange.planted import CANARY, HANDED, Planter, said_in_rows
from tests.once import Copies

TRIGGER_GONE = {
    "sqlite": "DROP TRIGGER payload_stays",
    "postgresql": "ALTER TABLE payload DISABLE TRIGGER USER",
}
REGISTER = {"ledger_no": "原台〔2024〕0001", "department": "market_regulation", "handler": "W01"}
WORDS = {"attachment.name", "attachment.title", "attachment.doc_no", "document.doc_no"} | {
    *("payload.body", "referral.record", "referral_deadline.history")
}
"""Where a referral was plain before."""


def planted(town: Town) -> Planter:
    """A referral that the police took over, with words of its own, and with a step that was taken back."""
    planter = Planter(town)
    planter.opened()
    planter.led(*HANDED, "sign_receipt", "psb_decline")
    planter.taken_back("psb_decline")
    return planter


@pytest.fixture(scope="module")
def kept(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planter]:
    """One for whoever looks and changes nothing that stays."""
    folder = tmp_path_factory.mktemp("kept")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    yield planted(town)
    town.close()


def test_what_was_plain_is_sealed_when_the_house_opens(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    house = town.house
    with monkeypatch.context() as earlier:
        for module, name in (
            (scribe, "payload"),
            (scribe, "record"),
            (attachments, "paper"),
            (papers, "document"),
        ):
            earlier.setattr(module, f"kept_{name}", lambda *given: given[-1])
        earlier.setattr(scribe, "kept_history", lambda *given: given[-1])
        planter = planted(town)
    assert set(said_in_rows(house.database, CANARY)) == WORDS
    told, audited = planter.told(), verify(house.database).answer()
    mark = records.MARK.c.name == ALL_WORDS_SEALED
    house.writer.submit(lambda connection: connection.execute(delete(records.MARK).where(mark)))

    for _ in range(2):
        seal_what_is_plain(house.database, house.writer, house.desk.vault, house.clock.real_now())
        assert said_in_rows(house.database, CANARY) == {}
    assert planter.told() == told
    assert verify(house.database).answer() == audited and audited["faults"] == []


def test_the_guard_lets_nothing_else_of_a_payload_be_changed(town: Town) -> None:
    planter = planted(town)
    finding = town.referrals_finding(planter.referrals[0])
    payload = records.PAYLOAD
    for record, said in (
        (finding, "AEJIUgE="),
        (planter.referrals[0], "AEJIUgE="),
        (planter.referrals[0], "{}"),
    ):
        changed = update(payload).where(payload.c.record_id == record).values(body=said, salt="")
        with pytest.raises(DBAPIError, match="append-only"):
            town.house.writer.submit(lambda connection, changed=changed: connection.execute(changed))


def test_an_entry_that_was_changed_or_moved_is_found(kept: Planter) -> None:
    payload, database = records.PAYLOAD, kept.town.house.database
    mine = payload.c.record_id == kept.referrals[0]
    with database.writing() as connection, connection.begin() as all_taken_back:
        connection.exec_driver_sql("DROP TRIGGER payload_stays")
        first, second, *_ = connection.execute(select(payload).where(mine).order_by(payload.c.sequence))
        spoiled = (second.body, first.body[:-8] + "AAAAAAA=", "no ciphertext", "AAAA", '["", "{}"]')
        for said in (*({"body": one} for one in spoiled), {"body": first.body, "salt": "beside"}):
            one = update(payload).where(mine, payload.c.sequence == first.sequence)
            connection.execute(one.values(said))
            told = verify_within(connection)
            assert [(one.record, one.sequence) for one in told.faults] == [
                (kept.referrals[0], first.sequence)
            ]
        all_taken_back.rollback()
    assert verify(database).faults == []


def test_a_payload_that_pretends_another_key_is_found_among_those_that_open(kept: Planter) -> None:
    payload, mine = records.PAYLOAD, records.PAYLOAD.c.record_id == kept.referrals[0]
    with kept.town.house.database.writing() as connection, connection.begin() as all_taken_back:
        connection.exec_driver_sql("DROP TRIGGER payload_stays")
        one = connection.execute(select(payload).where(mine).order_by(payload.c.sequence)).first()
        assert one is not None
        other_key = one.body[:8] + ("b" if one.body[8] == "a" else "a") + one.body[9:]
        connection.execute(
            update(payload).where(mine, payload.c.sequence == one.sequence).values(body=other_key)
        )
        (fault,) = verify_within(connection).faults
        assert (fault.record, fault.sequence) == (one.record_id, one.sequence)
        assert "a key that is not here" in fault.en
        all_taken_back.rollback()


def test_what_is_no_referrals_cannot_pretend_to_be_sealed(town: Town) -> None:
    """Else a house without the key, or without any referral, would take a destroyed payload for one that it cannot open."""
    finding, payload = town.finding(), records.PAYLOAD
    with town.house.database.writing() as connection, connection.begin():
        connection.exec_driver_sql(TRIGGER_GONE[connection.dialect.name])
        this = update(payload).where(payload.c.record_id == finding, payload.c.sequence == 1)
        connection.execute(this.values(body="AEJIUgHAEKXczr3Kv6Mb2/E+kzikXO4L1WyQ2lLhEXQH", salt=""))
        told = verify_within(connection)
    assert [(one.record, one.sequence) for one in told.faults] == [(finding, 1)]
    assert "unopened" not in told.answer()


def test_another_spelling_of_the_same_ciphertext_is_found(kept: Planter) -> None:
    payload, letters = records.PAYLOAD, f"{ascii_uppercase}{ascii_lowercase}{digits}+/"
    padded = payload.c.record_id == kept.referrals[0], payload.c.body.like("%=")
    with kept.town.house.database.writing() as connection, connection.begin() as all_taken_back:
        connection.exec_driver_sql("DROP TRIGGER payload_stays")
        one = connection.execute(select(payload).where(*padded)).first()
        assert one is not None
        last = one.body.rstrip("=")
        spelt = f"{last[:-1]}{letters[letters.index(last[-1]) + 1]}{one.body[len(last) :]}"
        assert b64decode(spelt) == b64decode(one.body)
        this = update(payload).where(padded[0], payload.c.sequence == one.sequence)
        connection.execute(this.values(body=spelt))
        assert [fault.sequence for fault in verify_within(connection).faults] == [one.sequence]
        all_taken_back.rollback()


def test_without_its_key_everything_but_the_referral_goes_on(kept: Planter) -> None:
    town, [id], path = kept.town, kept.referrals, kept.town.house.desk.vault.path
    assert path is not None
    reader, who, finding = town.house.reader, town.who("P01"), town.referrals_finding(id)
    before, own = kept.told(), path.read_bytes()
    other = path.with_name("other.key")
    make_secret_key(other)
    write_secret_keys(path, secret_keys(other))
    try:
        for shut in (reader.referrals.referral, reader.referrals.ruling):
            assert "referral.key" in str(refused(shut, who, id).detail)
        assert (
            refused(town.on_referral, "C02", id, "psb_extend_complex", received_on="2024-04-26").code
            == "not_ready"
        )
        [line] = reader.referrals.known_to(who)
        assert (line["id"], line["summary"]) == (id, {}) and line["due_effective"]
        assert reader.finding(who, finding)["referral"]["readers"]
        town.step("W01", finding, "register", **REGISTER)
        audited = verify(town.house.database)
        assert audited.faults == [] and audited.answer()["unopened"] == audited.unopened > 5
        write_secret_keys(path, [*secret_keys(other), *keys_in(own)])
        assert kept.told() == before
    finally:
        path.write_bytes(own)
    assert "unopened" not in verify(town.house.database).answer()
