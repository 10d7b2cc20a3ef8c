"""What was told of criminal referrals before anything of them was sealed is sealed, once, when the house opens."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from engine.core.refusals import Refusal
from engine.referral_vault import SEALED, ReferralVault, is_sealed
from engine.settings import Settings
from engine.writer import Writer
from models import confidential, records
from models.database import Database

ALL_SEALED = "referrals_sealed"


def open_vault(settings: Settings, database: Database, writer: Writer, now: datetime) -> ReferralVault:
    """The vault of the house, its key made; nothing of a referral is plain any more, unless the key or the disk forbids it."""
    vault = ReferralVault(settings.referral_key_file)
    vault.make()
    try:
        seal_what_is_plain(database, writer, vault, now)
    except Refusal:  # nothing may be written at this moment, or there is no key: at the next opening
        return vault
    return vault


def seal_what_is_plain(database: Database, writer: Writer, vault: ReferralVault, now: datetime) -> None:
    """Every referral is sealed, one in each transaction; what was sealed stays, so that it may break off and go on.

    Done once, it is marked and not looked for again.
    """
    with database.read() as connection:
        if records.mark_value(connection, ALL_SEALED) is not None:
            return
        found = confidential.referrals(connection)
    for id in found:
        writer.submit(partial(_seal, vault=vault, referral=id))
    mark = {"name": ALL_SEALED, "value": "for ever", "recorded_at": now}
    writer.submit(lambda connection: records.insert_once(connection, records.MARK, mark))


def _seal(connection: Connection, *, vault: ReferralVault, referral: str) -> None:
    for row in confidential.papers_of(connection, referral):
        if not is_sealed(row.content):
            kept = vault.seal_paper(referral, row.digest, bytes(row.content))
            confidential.put_paper(connection, row, kept)
    for row in confidential.documents_of(connection, referral):
        if set(row.content) != {SEALED}:
            confidential.put_content(connection, row, vault.seal_content(referral, row.id, row.content))
    messages = confidential.messages_of(connection, referral)
    for row in messages:
        if not is_sealed(row.body):
            confidential.put_message(connection, row, vault.seal_message(dict(row._mapping)))
    for row in confidential.receipts_of(connection, [row.id for row in messages]):
        if not is_sealed(row.body):
            confidential.put_receipt(connection, row, vault.seal_receipt(dict(row._mapping)))
