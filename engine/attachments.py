"""Papers handed in with a finding: the digest of the bytes is the key, so the same paper is kept once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.core.retention import ERASED
from engine.desk import Desk
from engine.digests import file_digest
from models import records
from models.at_rest import kept_paper

KEPT = ("digest", "name", "media_type", "size", "title", "doc_no")


@dataclass(frozen=True, slots=True)
class AttachmentFile:
    """One file whose kind has been told from its content."""

    name: str
    content: bytes
    media_type: str
    title: str | None = None
    doc_no: str | None = None

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the bytes."""
        return file_digest(self.content)


@dataclass(frozen=True, slots=True)
class Attachments:
    """Takes files in; each new one is an entry that raises the sequence and not the version."""

    desk: Desk

    def take(
        self, who: Principal, id: str, files: Sequence[AttachmentFile], subject: str = "finding"
    ) -> tuple[bool, list[dict[str, Any]]]:
        """True when something was new, and the attachments as answered; all are kept or none.

        `id` is that of a finding or, with the subject referral, of a criminal referral, whose papers are its own.
        """
        return self.desk.writer.submit(
            lambda connection: self.take_within(connection, who, subject, id, files)
        )

    def take_within(
        self, connection: Connection, who: Principal, subject: str, id: str, files: Sequence[AttachmentFile]
    ) -> tuple[bool, list[dict[str, Any]]]:
        """The same inside a transaction that is already open (a scan with the receipt that it shows)."""
        file = self.desk.open_file(connection, who, subject, id, lock=True)
        if file.snapshot.erased:
            raise Refusal("step_shut", reasons=[ERASED])
        now = self.desk.clock.now_after(self.desk.last_recorded_at)
        new = []
        for one in files:
            row = {
                "finding_id": id,
                "digest": one.digest,
                "office_id": self.desk.office.office_id,
                "name": one.name,
                "media_type": one.media_type,
                "size": len(one.content),
                "title": one.title,
                "doc_no": one.doc_no,
                "recorded_at": now,
                "recorded_by": who.login,
                "content": self._kept(subject, id, one),
                "told": None,
            }
            kept = kept_paper(connection, row) if subject == "referral" else row
            if records.insert_once(connection, records.ATTACHMENT, kept):
                new.append({name: row[name] for name in KEPT if row[name] is not None})
        if new:
            self.desk.scribe.note(connection, file, "attachment", {"facts": {}, "attachments": new}, who, now)
        wanted = {one.digest for one in files}
        there = [row for row in records.attachment_rows(connection, id) if row.digest in wanted]
        return bool(new), [_answer(row) for row in there]

    def _kept(self, subject: str, id: str, file: AttachmentFile) -> bytes:
        """The bytes as they stand in the database: those of a criminal referral sealed."""
        if subject == "referral":
            return self.desk.vault.seal_paper(id, file.digest, file.content)
        return file.content


def _answer(row: Any) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in KEPT if getattr(row, name) is not None}
    return {**told, "recorded_at": row.recorded_at}
