"""Files that are handed in: known by their content, refused when something may hide in them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from engine.attachments import AttachmentFile
from engine.core.fact_types import CONTROL
from engine.core.refusals import FieldError, Refusal

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
MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)
ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x1f\x8b\x08",
    b"BZh9",
    b"\xfd7zXZ\x00",
)
WITHIN = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_MAX = 200 * 1024 * 1024
MEMBERS_MAX = 5000
OBJECTS_MAX = 64 * 1024 * 1024
"""Packed objects of a PDF are unpacked no further; papers hold a few of these mebibytes."""
ENCRYPTED_FLAG = 0x1
PACKED_BY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What Office packages are packed by; other ways hold dictionaries of any size."""
CONTENT_TYPES, CONTENT_TYPES_MAX = "[content_types].xml", 1024 * 1024
ACTIVE_TYPES = (b"macroenabled", b"macrosheet", b"vbaproject", b"activex")
NAME_LENGTH_MAX = 200
ENDING_LENGTH_MAX = 10

NOT_ALLOWED = (
    "type",
    "只收 PDF、DOCX、XLSX、JPEG、PNG、MP4、OFD，按内容辨认",
    "only PDF, DOCX, XLSX, JPEG, PNG, MP4, OFD, by content",
)
ENCRYPTED = ("format", "文件已加密", "the file is encrypted")
ACTIVE = ("format", "文件含有宏、脚本或者可执行动作", "the file holds macros, scripts or actions")
ARCHIVE = ("format", "文件内含压缩包或者嵌入文件", "the file holds an archive or embedded files")
DAMAGED = ("format", "文件已损坏", "the file is damaged")
EMPTY = ("missing", "文件是空的", "the file is empty")

_Fault = tuple[str, str, str]
_PDF_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|XFA)\b")
_PDF_EMBEDDED = re.compile(rb"/(EmbeddedFiles?|FileAttachment)\b")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\b")


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
        kind = kind_of(part.content)
        fault = fault_of(kind, part.content)
        if fault is not None:
            errors.append(FieldError(f"/file/{index}", *fault))
        elif kind is not None:
            named = plain_name(part.name) or f"attachment.{kind}"
            files.append(AttachmentFile(named, part.content, MEDIA_TYPES[kind], part.title, part.doc_no))
    if errors:
        raise Refusal("upload_refused", errors=errors)
    return files


def kind_of(content: bytes) -> str | None:
    """Which of the kinds the content is, whatever its name says; None when it is none of them."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[4:8] == b"ftyp" and content[8:12] in MP4_BRANDS:
        return "mp4"
    return _packed_kind(content) if content.startswith(b"PK\x03\x04") else None


def fault_of(kind: str | None, content: bytes) -> _Fault | None:
    """Why the content is refused: code and words; None when it may come in."""
    if not content:
        return EMPTY
    if kind is None:
        return NOT_ALLOWED
    if kind in ("docx", "xlsx", "ofd"):
        return _packed_fault(content)
    if zipfile.is_zipfile(io.BytesIO(content)) or any(mark in content for mark in WITHIN):
        return ARCHIVE
    return _pdf_fault(content) if kind == "pdf" else None


def plain_name(name: str) -> str:
    """The last part of a file name without control characters, not too long; its ending is kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip()
    stem, dot, ending = plain.rpartition(".")
    if len(plain) <= NAME_LENGTH_MAX or len(ending) > ENDING_LENGTH_MAX:
        return plain[:NAME_LENGTH_MAX]
    return stem[: NAME_LENGTH_MAX - len(dot + ending)] + dot + ending


def _packed_kind(content: bytes) -> str | None:
    """What a package of several parts is, by the part that makes it one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if "OFD.xml" in names:
        return "ofd"
    if "[Content_Types].xml" not in names:
        return None
    if "word/document.xml" in names:
        return "docx"
    return "xlsx" if "xl/workbook.xml" in names else None


def _packed_fault(content: bytes) -> _Fault | None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        if len(members) > MEMBERS_MAX or sum(one.file_size for one in members) > UNPACKED_MAX:
            return DAMAGED
        for member in members:
            if member.flag_bits & ENCRYPTED_FLAG or member.filename.endswith("Encryptions.xml"):
                return ENCRYPTED
            fault = _member_fault(package, member)
            if fault is not None:
                return fault
    return None


def _member_fault(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> _Fault | None:
    lower = member.filename.lower()
    if "vbaproject" in lower or "/activex/" in lower or "macrosheets/" in lower:
        return ACTIVE
    if member.compress_type not in PACKED_BY:
        return DAMAGED
    types = lower == CONTENT_TYPES
    try:
        with package.open(member) as part:
            first = part.read(CONTENT_TYPES_MAX if types else 16)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError):
        return DAMAGED
    if types and len(first) == CONTENT_TYPES_MAX:
        return DAMAGED
    if types and any(word in first.replace(b"\x00", b"").lower() for word in ACTIVE_TYPES):
        return ACTIVE
    if first.startswith(ARCHIVES) or first.startswith(COMPOUND):
        return ARCHIVE
    return None


def _pdf_fault(content: bytes) -> _Fault | None:
    """What a PDF says in plain sight and in its object streams; names may be written with escapes."""
    unpacked = 0
    for part in chain((content,), _object_streams(content)):
        spoken = _PDF_NAME_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)
        for pattern, fault in ((_PDF_ENCRYPTED, ENCRYPTED), (_PDF_ACTIVE, ACTIVE), (_PDF_EMBEDDED, ARCHIVE)):
            if pattern.search(spoken):
                return fault
        unpacked += len(part) if part is not content else 0
        if unpacked >= OBJECTS_MAX:  # what lies behind would not be looked into
            return DAMAGED
    return None


def _object_streams(content: bytes) -> Iterator[bytes]:
    """What lies in each packed object stream, unpacked up to a bound."""
    place = content.find(b"/ObjStm")
    while place != -1:
        begin = content.find(b"stream", place)
        end = content.find(b"endstream", begin)
        if begin == -1 or end == -1:
            break
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(content[begin + 6 : end].lstrip(b"\r\n"), OBJECTS_MAX)
        place = content.find(b"/ObjStm", end)
