"""A backup is made while the house is at work: one state of every table, sealed to whoever may open it.

The reading transaction sees the database as it was when it began, on SQLite as on PostgreSQL, and stops nobody who writes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.house_key import HouseKey
from engine.keeping.box import Recipient, seal
from engine.keeping.container import HEAD, MANIFEST, MEMBER, SIGNATURE, packed
from engine.keeping.lines import pieces
from engine.sandbox import SANDBOX
from engine.settings import Settings
from models import account_reading, keeping
from models.database import Database
from models.migrate import latest

FORMAT = 1
"""What this program writes, and the newest that it reads."""
SAID_OF_IT = {"demo", "test_clock", SANDBOX}
"""Marks of a database that say what kind of ledger it is."""
PIECE_BYTES = 4 * 1024 * 1024
HOUSE_KEY, REFERRAL_KEY = "house.key", "referral.key"
CHECKPOINTS = "checkpoints"
"""The folder in the data folder whose newest file says how the audit chains stood."""


@dataclass(slots=True)
class Packed:
    """What went into a backup, with digests (SHA-256, hex) by table and file."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(one["rows"] for one in self.tables.values())


@dataclass(frozen=True, slots=True)
class Packing:
    """Packs the database of the settings."""

    settings: Settings
    database: Database
    office_id: str
    with_keys: bool = False
    progress: Callable[[int], None] | None = None

    def pack(self, out: Path, recipients: Sequence[Recipient], now: datetime) -> Packed:
        """The file is there, whole and on the disk, readable by its owner only; there was none of that name."""
        done = Packed()
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            seal(packed(self._members(done, now)), file, recipients)
            file.flush()
            os.fsync(file.fileno())
        return done

    def _members(self, done: Packed, now: datetime) -> Iterator[tuple[str, bytes]]:
        with self.database.read() as connection:
            head = orjson.dumps(self._head(connection, now))
            done.files[HEAD] = _digest(head)
            yield HEAD, head
            for name, columns in keeping.table_forms().items():
                yield from self._table(connection, done, name, columns)
        for name, path in self._files():
            content = path.read_bytes()
            done.files[name] = _digest(content)
            yield name, content
        manifest = orjson.dumps({"tables": done.tables, "files": done.files}, option=orjson.OPT_SORT_KEYS)
        yield MANIFEST, manifest
        if self.settings.key_file.exists():
            yield SIGNATURE, HouseKey(self.settings.key_file).sign(manifest.decode()).encode()

    def _head(self, connection: Connection, now: datetime) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "program": version("bihuan"),
            "revision": latest(),
            "office": self.office_id,
            "created_at": now.isoformat(),
            "database": self.database.dialect,
            "marks": sorted(set(account_reading.marks(connection)) & SAID_OF_IT),
            "tables": keeping.table_forms(),
            "keys": {name: keeping.key_of(name) for name in keeping.table_forms()},
        }

    def _table(
        self, connection: Connection, done: Packed, name: str, columns: keeping.Columns
    ) -> Iterator[tuple[str, bytes]]:
        digest, count = hashlib.sha256(), 0
        found = keeping.rows(connection, name, columns, keeping.key_of(name))
        for number, piece in enumerate(pieces(found, columns, PIECE_BYTES)):
            digest.update(piece)
            count += piece.count(b"\n")
            if self.progress is not None:
                self.progress(done.rows + count)
            yield f"tables/{name}/{number:06}.jsonl", piece
        done.tables[name] = {"rows": count, "sha256": digest.hexdigest()}

    def _files(self) -> Iterator[tuple[str, Path]]:
        """The newest checkpoint of the audit chains where there is one; the keys of the house where asked."""
        kept = self.settings.data_dir / CHECKPOINTS
        listed = kept.iterdir() if kept.is_dir() else ()
        found = [one for one in listed if one.is_file() and MEMBER.fullmatch(f"{CHECKPOINTS}/{one.name}")]
        if found:
            newest = max(found, key=lambda one: (one.stat().st_mtime_ns, one.name))
            yield f"{CHECKPOINTS}/{newest.name}", newest
        if self.with_keys:
            yield from self._keys()

    def _keys(self) -> Iterator[tuple[str, Path]]:
        """The keys of the house and of its referrals, wherever they lie, and what else is in the folder of keys."""
        own = self.settings.data_dir / "keys"
        found = sorted(own.iterdir()) if own.is_dir() else []
        named = {HOUSE_KEY: self.settings.key_file, REFERRAL_KEY: self.settings.referral_key_file}
        others = {one.name: one for one in found if one not in named.values() and one.name not in named}
        for name, path in (named | others).items():
            if path.is_file() and MEMBER.fullmatch(f"keys/{name}"):
                yield f"keys/{name}", path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
