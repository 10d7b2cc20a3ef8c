"""What a file is and what may hide in it, told by its content alone, in a process that can do nothing else.

This file is run by itself, without packages: a fault in a library that unpacks costs a worker and nothing of the house.
One question is eight bytes of length and the content; one answer is a line of JSON: `{"kind", "fault"}`, each null where
there is none. The process ends when its input ends. It gets so much memory, writes no file and opens none.
"""

import io
import json
import os
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

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
XML_HEAD_MAX = 64 * 1024
"""How far into a part its first element must begin; what declares entities stands before it."""
MEMORY_BYTES = 1024 * 1024 * 1024
FILES_MAX = 16
LENGTH_BYTES = 8

EMPTY, NOT_ALLOWED, ENCRYPTED, ACTIVE, ARCHIVE, DAMAGED = (
    *("empty", "not_allowed", "encrypted"),
    *("active", "archive", "damaged"),
)
"""Why a file is refused."""

_PDF_NAME_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_PDF_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|RichMedia|XFA)\b")
_PDF_EMBEDDED = re.compile(rb"/(EmbeddedFiles?|FileAttachment)\b")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\b")


_XML_ELEMENT = re.compile(rb"<[A-Za-z_]")
_XML_DECLARES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_LEADS_OUT = re.compile(r"(^|[/\\])\.\.([/\\]|$)")


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


def fault_of(kind: str | None, content: bytes) -> str | None:
    """Why the content is refused; None when it may come in."""
    if not content:
        return EMPTY
    if kind is None:
        return NOT_ALLOWED
    if kind in ("docx", "xlsx", "ofd"):
        return _packed_fault(content)
    if zipfile.is_zipfile(io.BytesIO(content)) or any(mark in content for mark in WITHIN):
        return ARCHIVE
    return _pdf_fault(content) if kind == "pdf" else None


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


def _packed_fault(content: bytes) -> str | None:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        if len(members) > MEMBERS_MAX or sum(one.file_size for one in members) > UNPACKED_MAX:
            return DAMAGED
        if len({one.filename for one in members}) < len(members):  # readers differ in which one they take
            return DAMAGED
        for member in members:
            if member.flag_bits & ENCRYPTED_FLAG or member.filename.endswith("Encryptions.xml"):
                return ENCRYPTED
            fault = _member_fault(package, member)
            if fault is not None:
                return fault
    return None


def _member_fault(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> str | None:
    lower = member.filename.lower()
    if "vbaproject" in lower or "/activex/" in lower or "macrosheets/" in lower:
        return ACTIVE
    if member.compress_type not in PACKED_BY:
        return DAMAGED
    if _LEADS_OUT.search(member.filename) or member.filename.startswith(("/", "\\")):
        return DAMAGED
    types, xml = lower == CONTENT_TYPES, lower.endswith((".xml", ".rels", ".vml"))
    try:
        with package.open(member) as part:
            first = part.read(CONTENT_TYPES_MAX if types else XML_HEAD_MAX if xml else 16)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError):
        return DAMAGED
    if types and len(first) == CONTENT_TYPES_MAX:
        return DAMAGED
    if types and any(word in first.replace(b"\x00", b"").lower() for word in ACTIVE_TYPES):
        return ACTIVE
    if first.startswith(ARCHIVES) or first.startswith(COMPOUND):
        return ARCHIVE
    return _declares(first) if xml else None


def _pdf_fault(content: bytes) -> str | None:
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


def _declares(part: bytes) -> str | None:
    """What is wrong with the head of an XML part: no such part needs entities of its own."""
    plain = part.replace(b"\x00", b"")
    element = _XML_ELEMENT.search(plain)
    if element is None:
        return DAMAGED if len(part) == XML_HEAD_MAX else None
    return ACTIVE if _XML_DECLARES.search(plain, 0, element.start()) else None


def serve() -> None:
    """Every question on standard input was answered on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for limit, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, FILES_MAX),
    ):
        resource.setrlimit(limit, (most, most))
    asked, told = sys.stdin.buffer, sys.stdout.buffer
    while len(length := asked.read(LENGTH_BYTES)) == LENGTH_BYTES:
        content = asked.read(int.from_bytes(length))
        try:
            kind = kind_of(content)
            answer = {"kind": kind, "fault": fault_of(kind, content)}
        except Exception:  # whatever an unpacker raises: the file is not one that can be read
            answer = {"kind": None, "fault": DAMAGED}
        told.write(json.dumps(answer).encode() + b"\n")
        told.flush()


if __name__ == "__main__":
    os.environ.clear()
    serve()
