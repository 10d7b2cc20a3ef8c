"""A house with everything in it that a backup must keep, and the backup that was made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from orjson import loads
from sqlalchemy import insert

from engine.administrative_record import enter
from engine.attachments import AttachmentFile, Attachments
from engine.core import warrants
from engine.keeping.backup import back_up
from engine.keeping.box import Identity, Recipient, identities_in, new_key, recipient_of
from engine.keeping.lines import line_of
from engine.keeping.restoring import Wanted, prepared
from engine.settings import Settings
from engine.warranting import stated
from models import keeping
from models.account_reading import SESSION, TOKEN
from models.database import Database
from tests.api.conftest import bihuan
from tests.builders import Town
from tests.once import Copies
from tests.referral_walk import opened

__all__ = ["bihuan"]
PAPER = b"%PDF-1.7 \x00\xff a paper that somebody handed in"


@dataclass(frozen=True, slots=True)
class Kept:
    """A town, the backup that was made of it, and the key that opens it."""

    town: Town
    file: Path
    key: Path
    recipient: Recipient

    @property
    def identities(self) -> list[Identity]:
        """What opens the backup."""
        return identities_in(self.key, None)

    def restored(self, settings: Settings, file: Path | None = None, **more: Any) -> dict[str, Any]:
        """What is told of a restoration into the database of the settings."""
        now = self.town.house.clock.real_now()
        wanted = Wanted(file or self.file, self.identities, **more)
        with prepared(settings, "yuanping", wanted, now) as ready:
            return ready.swap("os:somebody", now)


def content(database: Database) -> dict[str, list[list[Any]]]:
    """Every row of every table, written alike whichever database it stands in."""
    with database.read() as connection:
        return {
            name: [
                loads(line_of(row, columns))
                for part in keeping.rows(connection, name, columns, keeping.key_of(name))
                for row in part
            ]
            for name, columns in keeping.table_forms().items()
        }


@pytest.fixture(scope="module")
def kept(tables: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """A town at work with findings, a referral, papers, a session and a token; and its backup."""
    folder = tmp_path_factory.mktemp("kept")
    town = Town.open(tables.sqlite(folder / "bihuan.db"), folder, "2024-04-26T17:00")
    finding = town.finding()
    opened(town, finding)
    paper = AttachmentFile("笔录.pdf", PAPER, "application/pdf")
    Attachments(town.house.desk).take(town.who("W01"), finding, [paper])
    now = town.house.clock.now()
    mine = {"office_id": "yuanping", "login_key": "w01"}
    session = {
        **mine,
        "token_digest": "a" * 64,
        "csrf": "c",
        "created_at": now,
        "seen_at": now,
        "ended": False,
    }
    token = {"id": "t-1", "token_digest": "b" * 64, "scope": "write", "expires_at": now, "issued_at": now}
    with town.house.database.writing() as connection, connection.begin():
        connection.execute(insert(SESSION), [session])
        connection.execute(insert(TOKEN), [{**mine, **token, "revoked": False}])
        for act, kind, key in (
            ("token.issue", warrants.TOKEN, "t-1"),
            ("session.open", warrants.SESSION, "a" * 64),
        ):
            enter(
                connection, "yuanping", act, "W01", {"login": "W01", **stated(connection, {kind: [key]})}, now
            )
    private, public = new_key()
    key = folder / "backup.key"
    key.write_text(private)
    town.house.witness.checkpoint()
    back_up(town.house.settings, folder / "house.backup", [recipient_of(public)])
    yield Kept(town, folder / "house.backup", key, recipient_of(public))
    town.close()


@pytest.fixture
def elsewhere(tables: Copies, tmp_path: Path) -> Settings:
    """The settings of another machine, whose database is empty."""
    return Settings(data_dir=tmp_path, database_url=tables.sqlite(tmp_path / "bihuan.db"))
