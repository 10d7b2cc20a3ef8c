"""Hostile files by the hundred: each of a kind, each another one, and for each whether it must be refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from random import Random

from engine.screening.screen import Screen
from tests.hostile.files import COMPOUND, JPEG, MACROS, PNG, REFUSED, object_stream, package, pdf

MIB = 1024 * 1024
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "x">%s]><a>&a9;</a>'
OFD = {"OFD.xml": b"<ofd/>"}


def _bomb(any: Random) -> bytes:
    return package({f"word/media/{any.random()}.bin": bytes(any.randint(201, 215) * MIB)})


def _many_small_bombs(any: Random) -> bytes:
    part = bytes(any.randint(30, 34) * MIB)
    return package({f"word/media/{number}.bin": part for number in range(7)})


def _nested(any: Random) -> bytes:
    inner = package({})
    for _ in range(any.randint(1, 6)):
        inner = package({f"word/embeddings/{any.randint(0, 9)}.{any.choice(('docx', 'bin', 'xml'))}": inner})
    return inner


def _entities(any: Random) -> bytes:
    more = b"".join(b'<!ENTITY a%d "&a%d;&a%d;">' % (n, n - 1, n - 1) for n in range(1, any.randint(9, 40)))
    head = b"\xef\xbb\xbf" * any.randint(0, 1) + b" " * any.randint(0, 9_000)
    said = head + ENTITIES % more
    part = said.decode("utf-8-sig").encode("utf-16") if any.random() < 0.3 else said
    return package(
        {any.choice(("word/settings.xml", "word/_rels/document.xml.rels", "docProps/app.xml")): part}
    )


def _outside_entity(any: Random) -> bytes:
    part = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'
    return package({f"xl/worksheets/sheet{any.randint(2, 99)}.xml": part}, "xlsx")


def _behind_blanks(any: Random) -> bytes:
    return package({"word/a.xml": b" " * any.randint(70_000, 200_000) + b"<!DOCTYPE a><a/>"})


def _leads_out(any: Random) -> bytes:
    up = any.choice(("../", "..\\", "a/../../", "/"))
    return package({f"{up}{any.choice(('etc/passwd', 'x.xml', 'root/.ssh/authorized_keys'))}": b"<a/>"})


def _twice(any: Random) -> bytes:
    kept = io.BytesIO(package({"word/a.xml": b"<a/>"}))
    with zipfile.ZipFile(kept, "a") as packed:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            packed.writestr("word/document.xml", b"<other%d/>" % any.randint(0, 99))
    return kept.getvalue()


def _macros(any: Random) -> bytes:
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: package({any.choice(("word/vbaProject.bin", "WORD/VBAPROJECT.BIN")): COMPOUND}),
        lambda: package({"word/theme/theme1.bin": COMPOUND + any.randbytes(50)}),
        lambda: package({}, "xlsx", content_types=MACROS % b"vnd.ms-excel.sheet.macroEnabled.main"),
        lambda: package({f"word/activeX/activeX{any.randint(1, 9)}.xml": b"<a/>"}),
    )
    return any.choice(ways)()


def _active_pdf(any: Random) -> bytes:
    word = any.choice(
        (b"/JavaScript", b"/JS", b"/Launch", b"/RichMedia", b"/XFA", b"/EmbeddedFile", b"/Encrypt")
    )
    spelt = b"".join(
        b"#%02x" % one if place and any.random() < 0.4 else bytes([one]) for place, one in enumerate(word)
    )
    inner = b"1 0 obj << /S %s (x) >> endobj" % spelt
    return pdf(
        any.randbytes(30).replace(b"stream", b"") + (object_stream(inner) if any.random() < 0.5 else inner)
    )


def _polyglot(any: Random) -> bytes:
    first = any.choice((JPEG, PNG, pdf(b"")))
    behind = any.choice((package({}), b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c"))
    return first + any.randbytes(any.randint(0, 300)).replace(b"PK", b"") + behind


def _wrong_magic(any: Random) -> bytes:
    begins = (
        b"MZ",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"<!DOCTYPE html>",
        b"<svg ",
        b"GIF89a",
        b"\xca\xfe\xba\xbe",
        b"BM",
    )
    return any.choice(begins) + any.randbytes(any.randint(0, 4_000))


def _known(any: Random) -> bytes:
    return REFUSED[any.choice([name for name in REFUSED if len(REFUSED[name]) < MIB])]


def _huge_picture(any: Random) -> bytes:
    head = struct.pack(">IIBBBBB", any.randint(2**20, 2**31 - 1), 2**31 - 1, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + head
    packed = zlib.compress(bytes(any.randint(1, 8) * MIB))
    data = struct.pack(">I", len(packed)) + b"IDAT" + packed
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data


def _broken(any: Random) -> bytes:
    whole = bytearray(
        any.choice((package({"word/a.xml": b"<a/>" * 20}), pdf(object_stream(b"<< >>")), JPEG, PNG))
    )
    for _ in range(any.randint(1, 20)):
        whole[any.randrange(len(whole))] = any.randrange(256)
    return bytes(whole[: any.randint(1, len(whole))])


def _page_behind_a_picture(any: Random) -> bytes:
    return any.choice((JPEG, PNG)) + b"<script>alert(%d)</script>" % any.randint(0, 9)


MUST_BE_REFUSED: dict[str, Callable[[Random], bytes]] = {
    "bomb": _bomb,
    "many_small_bombs": _many_small_bombs,
    "nested": _nested,
    "entities": _entities,
    "outside_entity": _outside_entity,
    "behind_blanks": _behind_blanks,
    "leads_out": _leads_out,
    "twice": _twice,
    "macros": _macros,
    "active_pdf": _active_pdf,
    "polyglot": _polyglot,
    "wrong_magic": _wrong_magic,
    "known": _known,
}
MAY_COME_IN: dict[str, Callable[[Random], bytes]] = {
    "huge_picture": _huge_picture,
    "broken": _broken,
    "page_behind_a_picture": _page_behind_a_picture,
}
"""What the house never opens, draws or shows as a page: kept as bytes, given back as a file to be saved."""
SLOW = frozenset({"bomb", "many_small_bombs"})
"""Each takes a second to make."""


def hostile(n: int, seed: int, *, slow: bool = True) -> Counter[str]:
    """N files of all kinds by turns were looked into: how many of each were refused or, inert, came in.

    Raises AssertionError where one that must be refused came in.
    """
    any, told, screen = Random(seed), Counter[str](), Screen(workers=1)
    kinds = {**MUST_BE_REFUSED, **MAY_COME_IN}
    names = [name for name in kinds if slow or name not in SLOW]
    try:
        for number in range(n):
            name = names[number % len(names)]
            content = kinds[name](any)
            kind, fault = screen.look(content)
            assert fault is not None or name in MAY_COME_IN, f"{name} came in as {kind}: {content[:80]!r}"
            told[f"{name} {'refused' if fault else 'inert'}"] += 1
    finally:
        screen.end()
    return told
