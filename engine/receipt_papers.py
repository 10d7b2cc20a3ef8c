"""The paper that a receipt announced is kept with its record, however it arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from engine.attachments import AttachmentFile, Attachments
from engine.callers import principal_of
from engine.core.refusals import FieldError, Refusal
from engine.desk import Desk
from engine.inbox import Inbox
from engine.uploads import HandedIn, inspected


def keep_receipt_paper(
    desk: Desk, inbox: Inbox, caller: Row[Any], receipt: str, parts: Sequence[HandedIn]
) -> tuple[bool, list[dict[str, Any]]]:
    """True when the paper was new, and the attachments as answered; refused when it is not the one that was announced."""
    subject, record, paper = inbox.announced(caller, receipt)
    files = inspected(parts)
    if [one.digest for one in files] != [paper["digest"]]:
        words = ("与回执中载明的附件摘要不符", "not the paper whose digest the receipt names")
        raise Refusal("facts_invalid", errors=[FieldError("/file", "inconsistent", *words)])
    return Attachments(desk).take(principal_of(caller), record, [_titled(files[0], paper)], subject)


def _titled(file: AttachmentFile, paper: Mapping[str, Any]) -> AttachmentFile:
    """The file under the title and number that came with it, or else those of the receipt."""
    title, doc_no = file.title or paper.get("title"), file.doc_no or paper.get("doc_no")
    return AttachmentFile(file.name, file.content, file.media_type, title, doc_no)
