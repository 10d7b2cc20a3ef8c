"""A backup becomes a database again, beside the one that stands, and is believed only after everything was held against it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from engine.house_key import HouseKey
from engine.keeping.box import BoxFault, Identity, opened
from engine.keeping.container import HEAD, MANIFEST, SIGNATURE, ContainerFault, members
from engine.keeping.lines import LineFault, pieces, rows_of
from engine.keeping.packing import FORMAT, PIECE_BYTES
from models import keeping
from models.database import Database
from models.migrate import every_revision, migrate

DAMAGED = "备份文件不完整或者被改动 · the backup is cut off or was changed"


class CopyFault(ValueError):
    """The backup cannot become a database here; the words say why, in both languages."""


@dataclass(slots=True)
class Copied:
    """A database made of a backup, at the revision that the backup had."""

    head: Mapping[str, Any]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    signed: bool | None = None
    """By this key of the house; None where there is no key here or no signature in the backup."""

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(one["rows"] for one in self.tables.values())

    @property
    def created_at(self) -> datetime:
        """When the backup was made."""
        return datetime.fromisoformat(self.head["created_at"])


def copy_into(
    box: Path,
    identities: Sequence[Identity],
    database: Database,
    office_id: str,
    key: HouseKey,
    progress: Callable[[int], None] | None = None,
) -> Copied:
    """The empty database holds what the backup holds, row for row; raises CopyFault, and nothing is to be used then."""
    try:
        with ExitStack() as stack:
            plain = stack.enter_context(opened(stack.enter_context(box.open("rb")), identities))
            return _Copy(database, office_id, key, progress).fill(members(plain))
    except (ContainerFault, LineFault, orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as fault:
        raise CopyFault(DAMAGED) from fault
    except BoxFault as fault:
        raise CopyFault(str(fault)) from fault
    except DBAPIError as fault:
        words = str(fault.orig).splitlines()[:1]
        raise CopyFault(f"数据库不收 · the database does not take it: {' '.join(words)[:300]}") from fault


class _Copy:
    """Fills the database member by member."""

    def __init__(
        self, database: Database, office_id: str, key: HouseKey, progress: Callable[[int], None] | None
    ) -> None:
        self._database, self._office_id, self._key, self._progress = database, office_id, key, progress
        self._digests: dict[str, Any] = {}
        self._counts: dict[str, int] = {}
        self._tables: dict[str, Table] = {}
        self._last = 0

    def fill(self, found: Iterator[tuple[str, bytes]]) -> Copied:
        name, content = next(found, ("", b""))
        if name != HEAD:
            raise ContainerFault(name)
        done = Copied(self._checked_head(orjson.loads(content)))
        files, manifest, signature = {HEAD: content}, None, None
        for name, content in found:
            if manifest is None and name.startswith("tables/"):
                self._piece(name, content, done.head["tables"])
            elif manifest is None and name == MANIFEST:
                manifest = content
            elif manifest is None and name not in files:
                files[name] = content
            elif manifest is not None and signature is None and name == SIGNATURE:
                signature = content
            else:
                raise ContainerFault(name)
        if manifest is None:
            raise ContainerFault("no manifest")
        self._hold_against(orjson.loads(manifest), files, done)
        if signature is not None and self._key.path.exists():
            done.signed = self._key.signed(manifest.decode(), signature.decode("ascii", "replace"))
        done.files = {name: content for name, content in files.items() if name != HEAD}
        return done

    def _checked_head(self, head: Mapping[str, Any]) -> Mapping[str, Any]:
        if int(head["format"]) > FORMAT or head["revision"] not in every_revision():
            made = f"备份由较新的程序（{head['program']}）制作 · made by a newer program ({head['program']})"
            raise CopyFault(made)
        if head["office"] != self._office_id:
            raise CopyFault(
                f"这是另一个单位（{head['office']}）的备份 · of another office ({head['office']})"
            )
        datetime.fromisoformat(head["created_at"])
        migrate(self._database, head["revision"])
        with self._database.read() as connection:
            standing = keeping.standing(connection)
        said = {name: {column for column, _ in columns} for name, columns in head["tables"].items()}
        if standing != said or any(
            kind not in keeping.BECOMES for columns in head["tables"].values() for _, kind in columns
        ):
            raise ContainerFault("other tables")
        return head

    def _piece(self, name: str, content: bytes, forms: Mapping[str, keeping.Columns]) -> None:
        _, table, number = name.split("/")
        columns = forms[table]
        if table not in self._tables:
            self._tables[table] = keeping.table_of(table, columns)
            self._digests[table], self._counts[table] = hashlib.sha256(), 0
            expected = 0
        else:
            expected = self._last + 1
        if int(number.removesuffix(".jsonl")) != expected or table != list(self._tables)[-1]:
            raise ContainerFault(name)
        self._last = expected
        rows = rows_of(content, columns)
        with self._database.writing() as connection, connection.begin():
            keeping.fill(connection, self._tables[table], rows)
        self._digests[table].update(content)
        self._counts[table] += len(rows)
        if self._progress is not None:
            self._progress(sum(self._counts.values()))

    def _hold_against(self, manifest: Mapping[str, Any], files: Mapping[str, bytes], done: Copied) -> None:
        """What came is what the manifest says, and what stands in the database now is that too."""
        if {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} != manifest[
            "files"
        ]:
            raise ContainerFault("files")
        if set(manifest["tables"]) != set(done.head["tables"]):
            raise ContainerFault("tables")
        for name, said in manifest["tables"].items():
            none = hashlib.sha256()
            came = {"rows": self._counts.get(name, 0), "sha256": self._digests.get(name, none).hexdigest()}
            if came != said or self._standing(name, done.head) != said:
                raise ContainerFault(name)
            done.tables[name] = said

    def _standing(self, name: str, head: Mapping[str, Any]) -> dict[str, Any]:
        """The table as it can be read now."""
        columns, digest, count = head["tables"][name], hashlib.sha256(), 0
        with self._database.read() as connection:
            found = keeping.rows(connection, name, columns, head["keys"][name])
            for piece in pieces(found, columns, PIECE_BYTES):
                digest.update(piece)
                count += piece.count(b"\n")
        return {"rows": count, "sha256": digest.hexdigest()}
