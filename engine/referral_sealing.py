"""What is on record of criminal referrals from before it was sealed is sealed, once, when the house opens."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from engine.core.refusals import Refusal
from engine.referral_vault import ReferralVault, is_sealed
from engine.writer import Writer
from models import archiving, at_rest, confidential, matters_at_rest, records
from models.database import Database

ALL_SEALED, ALL_WORDS_SEALED = "referrals_sealed", "referral_words_sealed"
ALL_MATTERS_SEALED = "referral_matters_sealed"
"""The marks of what is done: papers, letters and messages; facts, entries and the names of papers; inbound matters."""


def make_and_seal(vault: ReferralVault, database: Database, writer: Writer, now: datetime) -> None:
    """The key of the vault is made; nothing of a referral is plain any more, unless the key or the disk forbids it."""
    vault.make()
    with suppress(Refusal):  # nothing may be written at this moment, or there is no key: at the next opening
        seal_what_is_plain(database, writer, vault, now)


def seal_what_is_plain(database: Database, writer: Writer, vault: ReferralVault, now: datetime) -> None:
    """Every referral is sealed, one in each transaction; what was sealed stays, so that it may break off and go on.

    Done once, it is marked and not looked for again.
    """
    with database.read() as connection:
        done = {name for name in _WAYS if records.mark_value(connection, name) is not None}
        found = confidential.referrals(connection) if len(done) < len(_WAYS) else []
    for name, seal in _WAYS.items():
        if name in done:
            continue
        for id in found:
            writer.submit(partial(seal, vault=vault, referral=id))
        mark = {"name": name, "value": "for ever", "recorded_at": now}
        writer.submit(partial(records.insert_once, table=records.MARK, row=mark))


def _seal_words(connection: Connection, *, vault: ReferralVault, referral: str) -> None:
    """Facts, entries and the names of papers. The connection seals with the vault of its house, which is this one."""
    archiving.overwrite_what_goes(connection)
    row = confidential.referral_row(connection, referral)
    if not at_rest.is_sealed_document(row.record):
        confidential.put_record(connection, row, at_rest.kept_record(connection, referral, row.record))
    for row in confidential.deadlines_of(connection, referral):
        if at_rest.told_history(row.history):
            kept = at_rest.kept_history(connection, referral, row.id, row.history)
            confidential.put_history(connection, row, kept)
    _seal_entries(connection, referral)
    for row in confidential.papers_of(connection, referral):
        if row.told is None:
            confidential.put_names(connection, row, at_rest.kept_paper(connection, row._asdict()))
    for row in confidential.numbers_of(connection, referral):
        if not row.content:
            confidential.put_number(connection, row, at_rest.kept_document(connection, row._asdict()))


def _seal_entries(connection: Connection, record: str) -> None:
    for row in confidential.payloads_of(connection, record):
        if not at_rest.is_sealed_text(row.body):
            confidential.put_payload(connection, row, at_rest.kept_payload(connection, row._asdict()))


def _seal_matters(connection: Connection, *, vault: ReferralVault, referral: str) -> None:
    """Inbound matters that belong to the referral; the connection seals as above."""
    archiving.overwrite_what_goes(connection)
    for row in confidential.matters_of(connection, referral):
        _seal_entries(connection, row.id)
        if not at_rest.is_sealed_document(row.content):
            confidential.put_matter(connection, row, matters_at_rest.kept_matter(connection, row._asdict()))
        person = confidential.person_of(connection, row.id)
        if person is not None and not at_rest.is_sealed_document(person.particulars):
            kept = matters_at_rest.kept_person(connection, row._asdict(), person._asdict())
            confidential.put_person(connection, person, kept)


def _seal(connection: Connection, *, vault: ReferralVault, referral: str) -> None:
    for row in confidential.papers_of(connection, referral):
        if not is_sealed(row.content):
            kept = vault.seal_paper(referral, row.digest, bytes(row.content))
            confidential.put_paper(connection, row, kept)
    for row in confidential.documents_of(connection, referral):
        if not at_rest.is_sealed_document(row.content):
            confidential.put_content(connection, row, vault.seal_content(referral, row.id, row.content))
    messages = confidential.messages_of(connection, referral)
    for row in messages:
        if not is_sealed(row.body):
            confidential.put_message(connection, row, vault.seal_message(dict(row._mapping)))
    for row in confidential.receipts_of(connection, [row.id for row in messages]):
        if not is_sealed(row.body):
            confidential.put_receipt(connection, row, vault.seal_receipt(dict(row._mapping)))


_WAYS = {ALL_SEALED: _seal, ALL_WORDS_SEALED: _seal_words, ALL_MATTERS_SEALED: _seal_matters}
"""How each part of a referral is sealed, by the mark that says that it is done."""
