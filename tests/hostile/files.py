"""Files that pretend, hide, swell, or are broken."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping

from tests.hostile.operations import PDF

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 64 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 32
DOCX_TYPES = b'<Types><Override PartName="/word/document.xml" ContentType="main+xml"/></Types>'
MACROS = b'<Types><Default Extension="xml" ContentType="application/%s+xml"/></Types>'
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def package(
    members: Mapping[str, bytes], kind: str = "docx", method: int = zipfile.ZIP_DEFLATED, **types: bytes
) -> bytes:
    """An Office package with these members beside those that make it one."""
    main = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind]
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as packed:
        packed.writestr("[Content_Types].xml", types.get("content_types", DOCX_TYPES))
        packed.writestr(main, b"<w/>")
        for name, content in members.items():
            packed.writestr(name, content)
    return kept.getvalue()


def pdf(inner: bytes) -> bytes:
    """A PDF with these objects."""
    return b"%PDF-1.7\n" + inner + b"\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def object_stream(inner: bytes) -> bytes:
    """A packed object stream that holds these bytes."""
    packed = zlib.compress(inner)
    head = b"5 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    return head + packed + b"\nendstream\nendobj\n"


def broken_lzma() -> bytes:
    """A package with a member packed by a method that Office does not know, and damaged at that."""
    whole = bytearray(package({"word/a.xml": b"<a/>" * 50}, method=zipfile.ZIP_LZMA))
    place = whole.find(b"word/a.xml") + len(b"word/a.xml") + 4
    whole[place : place + 5] = b"\xff\xff\xff\xff\xff"
    return bytes(whole)


def lying_about_size() -> bytes:
    """A package whose member says that it is small and is not."""
    whole = bytearray(package({"word/media/a.bin": b"\x00" * 5_000_000}))
    size = struct.pack("<I", 5_000_000)
    while size in whole:
        place = whole.find(size)
        whole[place : place + 4] = struct.pack("<I", 10)
    return bytes(whole)


def encrypted() -> bytes:
    """A package whose members say that they are encrypted."""
    whole = bytearray(package({"word/a.xml": b"<a/>"}))
    place = -1
    while (place := whole.find(b"PK\x01\x02", place + 1)) != -1:
        whole[place + 8] |= 1
    return bytes(whole)


REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"%",
    "a program": b"MZ\x90\x00" + b"\x00" * 200,
    "a program for Linux": b"\x7fELF" + b"\x00" * 200,
    "a script": b"#!/bin/sh\nrm -rf /\n",
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a drawing with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "plain text": "台账".encode(),
    "a picture that moves": b"GIF89a" + b"\x00" * 40,
    "an old document": COMPOUND,
    "a zip": package({})[:4] + b"\x00" * 40,
    "a zip of files": b"PK\x05\x06" + b"\x00" * 18,
    "rar": b"Rar!\x1a\x07\x00" + b"\x00" * 40,
    "7z": b"7z\xbc\xaf\x27\x1c" + b"\x00" * 40,
    "gzip": b"\x1f\x8b\x08" + b"\x00" * 40,
    "a picture with a zip behind it": JPEG + package({}),
    "a picture with a rar behind it": PNG + b"Rar!\x1a\x07\x00",
    "a PDF with a zip behind it": PDF + package({}),
    "a PDF in a PDF": pdf(b"1 0 obj << /Type /EmbeddedFile >> stream\nx\nendstream endobj"),
    "a PDF with a script": pdf(b"1 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj"),
    "a PDF with a script in other letters": pdf(b"1 0 obj << /S /J#61va#53cript /#4a#53 (x) >> endobj"),
    "a PDF with a script out of sight": pdf(object_stream(b"1 0 << /S /JavaScript /JS (x) >>")),
    "a PDF that starts a program": pdf(b"1 0 obj << /S /Launch /F (cmd.exe) >> endobj"),
    "a PDF that is locked": pdf(b"<< /Encrypt 9 0 R >>"),
    "a PDF with forms that run": pdf(b"<< /XFA 3 0 R >>"),
    "a document with macros": package({"word/vbaProject.bin": COMPOUND}),
    "macros by another name": package({"word/theme.bin": COMPOUND}),
    "a workbook with macros": package(
        {}, "xlsx", content_types=MACROS % b"vnd.ms-excel.sheet.macroEnabled.main"
    ),
    "an old macro sheet": package({"xl/macrosheets/sheet1.xml": b"<m/>"}, "xlsx"),
    "a macro sheet by another name": package(
        {"xl/worksheets/s9.xml": b"<m/>"}, "xlsx", content_types=MACROS % b"vnd.ms-excel.macrosheet"
    ),
    "macros told in UTF-16": package({}, content_types=(MACROS % b"macroEnabled").decode().encode("utf-16")),
    "macros told in other letters": package({}, content_types=MACROS % b"MACROENABLED"),
    "macros told late": package({}, content_types=b" " * 300_000 + MACROS % b"macroEnabled"),
    "macros told very late": package({}, content_types=b" " * 2_000_000 + MACROS % b"macroEnabled"),
    "a script behind much of nothing": pdf(
        object_stream(b" " * 70_000_000) + object_stream(b"1 0 << /S /JavaScript /JS (x) >>")
    ),
    "a control": package({"word/activeX/activeX1.bin": b"x"}),
    "a package in a package": package({"word/embeddings/a.docx": package({})}),
    "a locked package": encrypted(),
    "a package of 6,000 parts": package({f"word/p{number}.xml": b"" for number in range(6000)}),
    "a bomb": package({"word/media/zero.bin": b"\x00" * 210_000_000}),
    "a package packed in another way": package({"word/a.xml": b"<a/>"}, method=zipfile.ZIP_LZMA),
    "a package packed in another way and broken": broken_lzma(),
    "a package that breaks off": package({"word/a.xml": b"<a/>" * 5000})[:-40],
    "xz": lzma.compress(b"x"),
}
HARMLESS_NAMES = (
    ("照片.pdf", "照片.pdf"),
    ("report.exe", "report.exe"),
    ("../../../etc/passwd", "passwd"),
    ("C:\\\\Windows\\\\system32\\\\cmd.exe", "cmd.exe"),
    ("..", ".."),
    ("", "attachment.pdf"),
    ("a;b='c'.pdf", "a;b='c'.pdf"),
    ("\u202egpj.pdf", "gpj.pdf"),
    ("%0d%0aSet-Cookie: a=b.pdf", None),
    ("长" * 400 + ".pdf", "长" * 196 + ".pdf"),
    ("<script>alert(1)</script>.pdf", None),
    ("CON", "CON"),
)
"""File names as they come, and as they are kept."""
