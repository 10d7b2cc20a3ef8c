"""What is on record of criminal referrals and confidential matters from before it was sealed is sealed when the house opens."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.refusals import Refusal
from engine.referral_vault import ReferralVault, is_sealed
from engine.writer import Writer
from models import archiving, at_rest, confidential, matters_at_rest, records
from models.database import Database

ALL_SEALED, ALL_WORDS_SEALED = "referrals_sealed", "referral_words_sealed"
ALL_MATTERS_SEALED, ALL_ALONE_SEALED = "referral_matters_sealed", "confidential_matters_sealed"
"""The marks of what is done: papers, letters and messages; facts, entries and the names of papers; inbound matters of
referrals; confidential ones of none."""


def make_and_seal(vault: ReferralVault, database: Database, writer: Writer, now: datetime) -> None:
    """The key of the vault is made; nothing of a referral is plain any more, unless the key or the disk forbids it."""
    vault.make()
    with suppress(Refusal):  # nothing may be written at this moment, or there is no key: at the next opening
        seal_what_is_plain(database, writer, vault, now)


def seal_what_is_plain(database: Database, writer: Writer, vault: ReferralVault, now: datetime) -> None:
    """Every referral and confidential matter is sealed, one in each transaction.

    What was sealed stays, so that it may break off and go on. Done once, it is marked and not looked for again.
    """
    with database.read() as connection:
        left = [name for name in _WAYS if records.mark_value(connection, name) is None]
        found = {name: _WAYS[name][0](connection) for name in left}
    for name in left:
        seal = _WAYS[name][1]
        for id in found[name]:
            writer.submit(partial(seal, vault=vault, record=id))
        mark = {"name": name, "value": "for ever", "recorded_at": now}
        writer.submit(partial(records.insert_once, table=records.MARK, row=mark))


def _seal_words(connection: Connection, *, vault: ReferralVault, record: str) -> None:
    """Facts, entries and the names of papers. The connection seals with the vault of its house, which is this one."""
    archiving.overwrite_what_goes(connection)
    row = confidential.referral_row(connection, record)
    if not at_rest.is_sealed_document(row.record):
        confidential.put_record(connection, row, at_rest.kept_record(connection, record, row.record))
    for row in confidential.deadlines_of(connection, record):
        if at_rest.told_history(row.history):
            kept = at_rest.kept_history(connection, record, row.id, row.history)
            confidential.put_history(connection, row, kept)
    _seal_entries(connection, record)
    for row in confidential.papers_of(connection, record):
        if row.told is None:
            confidential.put_names(connection, row, at_rest.kept_paper(connection, row._asdict()))
    for row in confidential.numbers_of(connection, record):
        if not row.content:
            confidential.put_number(connection, row, at_rest.kept_document(connection, row._asdict()))


def _seal_entries(connection: Connection, record: str) -> None:
    for row in confidential.payloads_of(connection, record):
        if not at_rest.is_sealed_text(row.body):
            confidential.put_payload(connection, row, at_rest.kept_payload(connection, row._asdict()))


def _seal_matters(connection: Connection, *, vault: ReferralVault, record: str) -> None:
    """Inbound matters that belong to the referral; the connection seals as above."""
    archiving.overwrite_what_goes(connection)
    for row in confidential.matters_of(connection, record):
        _seal_one(connection, row)


def _seal_matter(connection: Connection, *, vault: ReferralVault, record: str) -> None:
    """One confidential matter that belongs to none; the connection seals as above."""
    archiving.overwrite_what_goes(connection)
    _seal_one(connection, confidential.matter_row(connection, record))


def _seal_one(connection: Connection, row: Row[Any]) -> None:
    _seal_entries(connection, row.id)
    if not at_rest.is_sealed_document(row.content):
        confidential.put_matter(connection, row, matters_at_rest.kept_matter(connection, row._asdict()))
    person = confidential.person_of(connection, row.id)
    if person is not None and not at_rest.is_sealed_document(person.particulars):
        kept = matters_at_rest.kept_person(connection, row._asdict(), person._asdict())
        confidential.put_person(connection, person, kept)


def _seal(connection: Connection, *, vault: ReferralVault, record: str) -> None:
    for row in confidential.papers_of(connection, record):
        if not is_sealed(row.content):
            kept = vault.seal_paper(record, row.digest, bytes(row.content))
            confidential.put_paper(connection, row, kept)
    for row in confidential.documents_of(connection, record):
        if not at_rest.is_sealed_document(row.content):
            confidential.put_content(connection, row, vault.seal_content(record, row.id, row.content))
    messages = confidential.messages_of(connection, record)
    for row in messages:
        if not is_sealed(row.body):
            confidential.put_message(connection, row, vault.seal_message(dict(row._mapping)))
    for row in confidential.receipts_of(connection, [row.id for row in messages]):
        if not is_sealed(row.body):
            confidential.put_receipt(connection, row, vault.seal_receipt(dict(row._mapping)))


_WAYS = {
    ALL_SEALED: (confidential.referrals, _seal),
    ALL_WORDS_SEALED: (confidential.referrals, _seal_words),
    ALL_MATTERS_SEALED: (confidential.referrals, _seal_matters),
    ALL_ALONE_SEALED: (confidential.matters_alone, _seal_matter),
}
"""What there is to seal and how each is sealed, by the mark that says that it is done."""
