"""A backup or a masked copy is made, and that it was made stands on record."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from engine.administration import system_user
from engine.administrative_record import enter
from engine.clock import Clock, Machine
from engine.core.refusals import Refusal
from engine.keeping.box import Recipient
from engine.keeping.masked_copy import MaskedCopy
from engine.keeping.packing import Packing
from engine.keeping.restoring import digest_of_file
from engine.lawbook_of_the_house import RULES
from engine.settings import DATABASE_FILE, Settings
from models.database import Database
from models.migrate import latest, revision_of
from rules.offices import load_office

PART = ".part"
OTHER_VERSION = (
    "这个数据库不是本版程序的结构：用制作它的那一版程序备份。"
    " · This database has not the shape of this program: back it up with the version that made it."
)


def back_up(
    settings: Settings,
    file: Path,
    recipients: Sequence[Recipient],
    with_keys: bool = False,
    progress: Callable[[int], None] | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """The file holds everything the house keeps; told are its digest and how many rows.

    The entry names `by`, or the account of the operating system where no person has proven to be there.

    A backup that was broken off leaves no file of that name. Raises `not_ready` where there is no such database.
    """
    now = Clock(settings.test_clock, Machine()).now()
    office_id = load_office(RULES / "offices" / "yuanping.yaml").office_id
    part = file.with_name(file.name + PART)
    database = _existing(settings)
    try:
        part.unlink(missing_ok=True)
        packed = Packing(settings, database, office_id, with_keys, progress).pack(part, recipients, now)
        told = {
            "file": str(file),
            "digest": digest_of_file(part),
            "bytes": part.stat().st_size,
            "rows": packed.rows,
            "created_at": now.isoformat(),
            "keys": with_keys,
        }
        _entered(database, office_id, "backup", by, told, now)
        os.replace(part, file)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
        database.dispose()
    return told


def copy_masked(
    settings: Settings,
    folder: Path,
    password: str,
    progress: Callable[[int], None] | None = None,
    by: str | None = None,
) -> dict[str, Any]:
    """The folder, which is new, holds a masked copy, a sandbox for ever; told is where, and how many rows.

    Raises FileExistsError where there is a database already; a copy that was broken off leaves none.
    """
    clock = Clock(settings.test_clock, Machine())
    office_id = load_office(RULES / "offices" / "yuanping.yaml").office_id
    database = _existing(settings)
    file, part = folder / DATABASE_FILE, folder / (DATABASE_FILE + PART)
    try:
        if file.exists():
            raise FileExistsError(f"{file}")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.unlink(missing_ok=True)
        told = MaskedCopy(database, part, password).make(clock.real_now(), progress) | {"file": str(file)}
        _entered(database, office_id, "copy.masked", by, told, clock.now())
        os.replace(part, file)
    finally:
        for ending in ("", "-wal", "-shm"):
            part.with_name(part.name + ending).unlink(missing_ok=True)
        database.dispose()
    return told


def _entered(
    database: Database, office_id: str, action: str, by: str | None, told: dict[str, Any], now: datetime
) -> None:
    with database.writing() as connection:
        enter(connection, office_id, action, by or f"os:{system_user()}", told, now)
        connection.commit()


def _existing(settings: Settings) -> Database:
    """The database of the settings, which is there and of the present shape."""
    sqlite = settings.database_url.startswith("sqlite:///")
    if sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).exists():
        raise Refusal("not_ready", detail=f"没有数据库 · there is no database: {settings.database_url}")
    database = Database(settings.database_url)
    try:
        revision = revision_of(database)
    except OperationalError as fault:
        raise Refusal("not_ready", detail="数据库无法连接 · the database cannot be reached") from fault
    if revision != latest():
        database.dispose()
        raise Refusal("not_ready", detail=OTHER_VERSION)
    return database
