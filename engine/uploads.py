"""Files that are handed in: known by their content, refused when something may hide in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.attachments import AttachmentFile
from engine.core.fact_types import CONTROL
from engine.core.refusals import FieldError, Refusal
from engine.screening import content
from engine.screening.screen import screened

OOXML = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "mp4": "video/mp4",
    "ofd": "application/ofd",
}
NAME_LENGTH_MAX = 200
ENDING_LENGTH_MAX = 10
FAULTS: dict[str, tuple[str, str, str]] = {
    content.NOT_ALLOWED: (
        "type",
        "只收 PDF、DOCX、XLSX、JPEG、PNG、MP4、OFD，按内容辨认",
        "only PDF, DOCX, XLSX, JPEG, PNG, MP4, OFD, by content",
    ),
    content.ENCRYPTED: ("format", "文件已加密", "the file is encrypted"),
    content.ACTIVE: ("format", "文件含有宏、脚本或者可执行动作", "the file holds macros, scripts or actions"),
    content.ARCHIVE: ("format", "文件内含压缩包或者嵌入文件", "the file holds an archive or embedded files"),
    content.DAMAGED: ("format", "文件已损坏", "the file is damaged"),
    content.EMPTY: ("missing", "文件是空的", "the file is empty"),
}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One part of an upload before it was looked into."""

    name: str
    content: bytes
    title: str | None = None
    doc_no: str | None = None


def inspected(parts: Sequence[HandedIn]) -> list[AttachmentFile]:
    """The files with the media types that their content shows; raises `upload_refused` with every fault."""
    errors, files = [], []
    if not parts:
        errors.append(FieldError("/file", "missing"))
    for index, part in enumerate(parts):
        for name, value, length_max in (("title", part.title, 200), ("doc_no", part.doc_no, 60)):
            if value is not None and (len(value) > length_max or CONTROL.search(value)):
                errors.append(
                    FieldError(f"/{name}/{index}", "range" if len(value) > length_max else "format")
                )
        kind, fault = screened(part.content)
        if fault is not None:
            errors.append(FieldError(f"/file/{index}", *FAULTS[fault]))
        elif kind is not None:
            named = plain_name(part.name) or f"attachment.{kind}"
            files.append(AttachmentFile(named, part.content, MEDIA_TYPES[kind], part.title, part.doc_no))
    if errors:
        raise Refusal("upload_refused", errors=errors)
    return files


def plain_name(name: str) -> str:
    """The last part of a file name without control characters, not too long; its ending is kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= NAME_LENGTH_MAX or len(ending) > ENDING_LENGTH_MAX:
        return plain[:NAME_LENGTH_MAX]
    return stem[: NAME_LENGTH_MAX - len(dot + ending)] + dot + ending
