"""A backup is restored: verified to the last byte in a database of its own, which then takes the place of the old one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from engine.administrative_record import enter
from engine.auditing import Audited, verify
from engine.core.refusals import Refusal
from engine.digests import file_digest
from engine.house_key import HouseKey
from engine.keeping.box import Identity
from engine.keeping.copying import Copied, CopyFault, copy_into
from engine.keeping.packing import HOUSE_KEY, REFERRAL_KEY
from engine.keeping.place import Place, place_of, stands
from engine.outcomes import new_id
from engine.referral_vault import ReferralVault
from engine.secret_keys import SecretKeyFault, keys_in, secret_keys, write_secret_keys
from engine.settings import Settings
from models import archiving, keeping, restoring
from models.database import Database, DatabaseUnsafe
from models.migrate import migrate

CHUNK = 1024 * 1024
BROKEN_CHAINS = (
    "备份里的审计链或者附件有 {count} 处不符；仍要恢复的，加 --accept-faults"
    " · {count} faults in the audit chains or papers of the backup; --accept-faults restores it all the same"
)


def digest_of_file(path: Path) -> str:
    """SHA-256 (hex) of the file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The backup that is to be restored, and by whom it can be opened."""

    box: Path
    identities: Sequence[Identity]
    accept_faults: bool = False


@dataclass(slots=True)
class Ready:
    """A verified database beside the one that stands."""

    settings: Settings
    office_id: str
    wanted: Wanted
    digest: str
    copied: Copied
    audited: Audited
    place: Place
    database: Database
    erasures_outstanding: list[dict[str, Any]] | None = None
    """Erasures of the present database that the backup knows nothing of; None where the present one cannot be asked."""

    def told(self) -> dict[str, Any]:
        """What was verified."""
        return {
            "backup_at": self.copied.created_at.isoformat(),
            "program": self.copied.head["program"],
            "marks": self.copied.head["marks"],
            "rows": self.copied.rows,
            "records": self.audited.records,
            "entries": self.audited.entries,
            "faults": len(self.audited.faults),
            "signed": self.copied.signed,
            "erasures_outstanding": self.erasures_outstanding,
        }

    def detail(self) -> dict[str, Any]:
        """What a second administrator is shown, and confirms."""
        told = {"file": str(self.wanted.box), "digest": self.digest, **self.told()}
        return told | {"accept_faults": self.wanted.accept_faults}

    def swap(self, by: str, now: datetime) -> dict[str, Any]:
        """The restored database stands, nobody is signed in, and the old one is kept; told is how it went.

        Raises `not_ready` while somebody works with the old one: then that one stands as it stood.
        """
        with self.database.writing() as connection:
            held = self._settle(connection, by, now)
            connection.commit()
        self.database.dispose()
        kept = self.place.swap()
        return {**self.told(), "kept": kept, "held": held, "files": self._lay_out()}

    def _settle(self, connection: Connection, by: str, now: datetime) -> bool:
        """What must not come back alive is put to rest; True where messages wait for a person's word.

        It does not depend on whether messages wait: nobody learns from it of those that are in no figure.
        """
        keeping.put_to_rest(connection)
        held = keeping.is_called(connection)
        row = {
            "id": new_id(),
            "office_id": self.office_id,
            "digest": self.digest,
            "backup_at": self.copied.created_at,
            "restored_at": now,
            "restored_by": by,
            "held": held,
        }
        restoring.remember(connection, row)
        enter(connection, self.office_id, "restore", by, self.detail(), now)
        return held

    def _lay_out(self) -> list[str]:
        """Checkpoints and keys are where they belong; none that was there is replaced.

        The keys of referrals are laid beside those that are there, for each opens what was sealed with it.
        """
        laid = []
        places = {
            f"keys/{HOUSE_KEY}": self.settings.key_file,
            f"keys/{REFERRAL_KEY}": self.settings.referral_key_file,
        }
        for name, content in self.copied.files.items():
            path = places.get(name, self.settings.data_dir / name)
            if name == f"keys/{REFERRAL_KEY}" and path.exists():
                laid += [name] if _laid_beside(path, content) else []
                continue
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileExistsError):
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                laid.append(name)
        return laid


@contextmanager
def prepared(
    settings: Settings,
    office_id: str,
    wanted: Wanted,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Ready]:
    """The backup stands as a database beside the present one, verified; afterwards nothing of it is left there.

    Raises CopyFault; the present database has not been touched.
    """
    digest = digest_of_file(wanted.box)
    settings.prepare()
    place = place_of(settings.database_url, now)
    place.make()
    try:
        database = Database(place.url)
        try:
            key = HouseKey(settings.key_file)
            copied = copy_into(wanted.box, wanted.identities, database, office_id, key, progress)
            migrate(database)
            audited = _verified(database, wanted, _vault(settings, copied))
            outstanding = erasures_outstanding(settings, database)
            yield Ready(settings, office_id, wanted, digest, copied, audited, place, database, outstanding)
        finally:
            database.dispose()
    finally:
        place.discard()


def erasures_outstanding(present: Settings, restored: Database) -> list[dict[str, Any]] | None:
    """The erasures that the present database carried out and the restored one does not know: `erasure, finding, at`.

    What they destroyed is there again. None where there is no present database of this shape.
    """
    known = _carried_out_here(present)
    if known is None:
        return None
    with restored.read() as connection:
        brought = {one["erasure"] for one in archiving.carried_out(connection)}
    return [{**one, "at": one["at"].isoformat()} for one in known if one["erasure"] not in brought]


def _carried_out_here(present: Settings) -> list[dict[str, Any]] | None:
    if not stands(present.database_url):
        return None
    here = Database(present.database_url)
    try:
        with here.read() as connection:
            return archiving.carried_out(connection)
    except (DBAPIError, DatabaseUnsafe):
        return None
    finally:
        here.dispose()


def _laid_beside(path: Path, content: bytes) -> bool:
    """True when the file has keys of the backup now that it did not have; one that holds no keys stays as it is."""
    try:
        own = secret_keys(path)
        new = [key for key in keys_in(content) if key not in own]
    except SecretKeyFault:
        return False
    if new:
        write_secret_keys(path, [*own, *new])
    return bool(new)


def _vault(settings: Settings, copied: Copied) -> ReferralVault:
    """What opens the referrals of the backup: the keys that are here, and those that came with it."""
    try:
        brought = keys_in(copied.files.get(f"keys/{REFERRAL_KEY}", b""))
    except SecretKeyFault:
        brought = []
    return ReferralVault(settings.referral_key_file, brought)


def _verified(database: Database, wanted: Wanted, vault: ReferralVault) -> Audited:
    database.seals = vault
    audited = verify(database)
    with database.read() as connection:
        gone = archiving.erased_papers(connection)
        changed = [row.digest for row in keeping.papers(connection) if not _stands(vault, row, gone)]
    count = len(audited.faults) + len(changed)
    if count and not wanted.accept_faults:
        raise CopyFault(BROKEN_CHAINS.format(count=count))
    return audited


def _stands(vault: ReferralVault, paper: Any, gone: frozenset[tuple[str, str]]) -> bool:
    """True for a paper as it was handed in, and for the empty place of one that was lawfully erased."""
    if (paper.finding_id, paper.digest) in gone:
        return not paper.content
    return _intact(vault, paper)


def _intact(vault: ReferralVault, paper: Any) -> bool:
    """True for a paper that has its digest, and for one whose key is nowhere: whoever opens it will see."""
    if not vault.knows(bytes(paper.content)):
        return True
    try:
        content = vault.bytes_of(paper)
    except Refusal:
        return False
    return bool(file_digest(content) == paper.digest)
