"""Where in a text the words stand that somebody looked for, and the piece of a long text that shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.core.search_words import spelt

Range = tuple[int, int]
Part = tuple[str, bool]
"""A piece of a text, and whether it is what was looked for."""
WHOLE_MAX = 80
BEFORE, AFTER = 24, 48
CUT = "…"


def hits(text: str, words: Iterable[str]) -> list[Range]:
    """The ranges of the text (first, behind the last) in which one of the spelt words stands, in order and apart."""
    compared, places = spelt(text)
    found = []
    for word in words:
        at = compared.find(word)
        while at >= 0:
            found.append((places[at], places[at + len(word) - 1] + 1))
            at = compared.find(word, at + len(word))
    return _joined(sorted(found))


def _joined(found: Sequence[Range]) -> list[Range]:
    joined: list[Range] = []
    for first, end in found:
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((first, end))
    return joined


def parts(text: str, found: Sequence[Range]) -> list[Part]:
    """The text in pieces with what was found marked; of a long text only what stands around the first hit."""
    first, end = 0, len(text)
    if len(text) > WHOLE_MAX and found:
        first, end = max(0, found[0][0] - BEFORE), min(len(text), found[0][1] + AFTER)
    told: list[Part] = [(CUT, False)] if first else []
    at = first
    for start, stop in found:
        if start >= end:
            break
        told += [(text[at:start], False), (text[start : min(stop, end)], True)]
        at = min(stop, end)
    told.append((text[at:end], False))
    if end < len(text):
        told.append((CUT, False))
    return [one for one in told if one[0]]
