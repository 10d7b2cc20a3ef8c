"""Which characters the fonts at hand can print, read from their `cmap` tables (OpenType formats 4 and 12)."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

MISSING = "〓"
"""The sign Chinese and Japanese printers set for a type they do not have (geta)."""

FONT_ENDINGS = (".otf", ".ttf", ".ttc", ".otc")


def font_files(folders: Iterable[Path]) -> list[Path]:
    """The font files of the folders and below, in a fixed order."""
    return sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in FONT_ENDINGS
    )


def coverage(files: Iterable[Path]) -> frozenset[int]:
    """The code points that at least one of the fonts can print."""
    return frozenset(point for path in files for point in _points(path.read_bytes()))


def printable(text: str, covered: frozenset[int]) -> str:
    """The text, each character no font has shown as 〓 with its code point: a rare name stays legible."""
    if all(ord(character) in covered for character in text):
        return text
    return "".join(_shown(character, covered) for character in text)


def _shown(character: str, covered: frozenset[int]) -> str:
    point = ord(character)
    if point in covered or _invisible(point):
        return character
    return f"{MISSING}(U+{point:04X})"


def _invisible(point: int) -> bool:
    """True for joiners and variation selectors: shaping drops them where a font knows none."""
    return point in (0x200C, 0x200D) or 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


def _points(data: bytes) -> Iterator[int]:
    starts = [0]
    if data[:4] == b"ttcf":
        (count,) = struct.unpack_from(">I", data, 8)
        starts = list(struct.unpack_from(f">{count}I", data, 12))
    subtables = {at for start in starts for cmap in _cmaps(data, start) for at in _subtables(data, cmap)}
    for at in sorted(subtables):
        (form,) = struct.unpack_from(">H", data, at)
        if form == 4:
            yield from _segments(data, at)
        elif form == 12:
            yield from _groups(data, at)


def _cmaps(data: bytes, start: int) -> Iterator[int]:
    """Where the `cmap` tables of one font are; the fonts of a collection may share one."""
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            yield offset


def _subtables(data: bytes, cmap: int) -> Iterator[int]:
    """Where the tables of Unicode are; several platforms may share one."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            yield cmap + offset


def _segments(data: bytes, at: int) -> Iterator[int]:
    """Format 4: segments of the basic plane, some through an array of glyphs in which 0 means none."""
    (double,) = struct.unpack_from(">H", data, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    firsts = struct.unpack_from(f">{count}H", data, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * double)
    offsets_at = at + 16 + 3 * double
    offsets = struct.unpack_from(f">{count}H", data, offsets_at)
    for number, (first, end, delta, offset) in enumerate(zip(firsts, ends, deltas, offsets, strict=True)):
        for point in range(first, end + 1):
            glyph = point
            if offset:
                (glyph,) = struct.unpack_from(
                    ">H", data, offsets_at + 2 * number + offset + 2 * (point - first)
                )
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                yield point


def _groups(data: bytes, at: int) -> Iterator[int]:
    """Format 12: runs of code points over all planes."""
    (count,) = struct.unpack_from(">I", data, at + 12)
    for number in range(count):
        first, end, glyph = struct.unpack_from(">III", data, at + 16 + 12 * number)
        yield from range(first if glyph else first + 1, end + 1)
