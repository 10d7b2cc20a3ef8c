"""A backup has a referral as ciphertext; its keys come with it only where asked, and are laid beside those that are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select, update

from engine.attachments import AttachmentFile, Attachments
from engine.keeping.backup import back_up
from engine.keeping.copying import CopyFault
from engine.referral_vault import ReferralVault
from engine.secret_keys import make_secret_key, secret_keys
from engine.settings import Settings
from models import records, referral_reading
from models.database import Database
from tests.builders import refused
from tests.keeping.conftest import PAPER, Kept, content

WORDS = PAPER + b" on the referral"


def test_a_restored_referral_opens_with_the_keys_that_came_and_with_no_others(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    town, settings = kept.town, kept.town.house.settings
    with town.house.database.read() as connection:
        [referral] = connection.execute(select(referral_reading.REFERRAL.c.id)).scalars()
    paper = AttachmentFile("笔录.pdf", WORDS, "application/pdf")
    Attachments(town.house.desk).take(town.who("C02"), referral, [paper], "referral")
    with_keys, without = tmp_path / "with.backup", tmp_path / "without.backup"
    back_up(settings, with_keys, [kept.recipient], with_keys=True)
    back_up(settings, without, [kept.recipient])
    make_secret_key(elsewhere.referral_key_file)  # the house was opened there before
    own = secret_keys(elsewhere.referral_key_file)
    vault = ReferralVault(elsewhere.referral_key_file)

    def restored() -> Row[Any]:
        database = Database(elsewhere.database_url)
        with database.read() as connection:
            mine = records.ATTACHMENT.c.finding_id == referral
            row = connection.execute(select(records.ATTACHMENT).where(mine)).one()
        database.dispose()
        return row

    assert "keys/referral.key" not in kept.restored(elsewhere, without)["files"]
    assert refused(vault.bytes_of, restored()).code == "not_ready"
    assert "keys/referral.key" in kept.restored(elsewhere, with_keys)["files"]
    assert vault.bytes_of(restored()) == WORDS
    assert secret_keys(elsewhere.referral_key_file) == [*own, *secret_keys(settings.referral_key_file)]
    assert elsewhere.referral_key_file.stat().st_mode & 0o777 == 0o600
    assert "keys/referral.key" not in kept.restored(elsewhere, with_keys)["files"]

    row = restored()
    changed = bytes(row.content[:-1]) + bytes([row.content[-1] ^ 1])
    mine = records.ATTACHMENT.c.finding_id == referral
    with town.house.database.writing() as connection, connection.begin():
        connection.execute(update(records.ATTACHMENT).where(mine).values(content=changed))
    damaged = tmp_path / "damaged.backup"
    back_up(settings, damaged, [kept.recipient])
    before = content(Database(elsewhere.database_url))
    with pytest.raises(CopyFault, match="1 faults"):
        kept.restored(elsewhere, damaged)
    assert content(Database(elsewhere.database_url)) == before
