"""The pinyin initials of names; a character that is read in several ways has several."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.core.search_words import INITIALS_MAX, INITIALS_MIN

LEFT_OUT = frozenset("省市县区")
"""People leave them out of names of places."""
READINGS_MAX = 4
NAME_MAX = 60


@lru_cache(maxsize=4096)
def readings(name: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Of each character of a spelt name its usual initial within the name, and all it may have; empty for a space."""
    # It knows some fifty thousand phrases; whoever indexes no party does not wait for them.
    from pypinyin import Style, pinyin

    name = name[:NAME_MAX]
    usual = [one[0] for one in _each(pinyin, name, Style.FIRST_LETTER, False)]
    possible = _each(
        pinyin, list(name), Style.FIRST_LETTER, True
    )  # each by itself, whatever word it stands in
    return tuple(
        (first[:1].strip(), frozenset(one[:1] for one in (first, *several[:READINGS_MAX]) if one.strip()))
        for first, several in zip(usual, possible, strict=True)
    )


def _each(pinyin: object, name: str | list[str], style: object, several: bool) -> list[list[str]]:
    """One list of initials for each character, those that are no Chinese characters too."""
    assert callable(pinyin)
    return list(pinyin(name, style=style, heteronym=several, errors=list, strict=False))


def initials_of(name: str) -> frozenset[str]:
    """The initials of the name from each of its characters on, at most sixteen letters.

    One character at a time may be read in another way than usual, and 省市县区 may be left out.
    """
    told = readings(name)
    shown = [one for one in told if one[0]]
    short = [one for one, written in zip(told, name, strict=False) if one[0] and written not in LEFT_OUT]
    return frozenset(_suffixes(shown)) | frozenset(_suffixes(short))


def _suffixes(told: Sequence[tuple[str, frozenset[str]]]) -> set[str]:
    usual = "".join(first for first, _ in told)
    spellings = {usual}
    for at, (first, possible) in enumerate(told):
        spellings.update(usual[:at] + other + usual[at + 1 :] for other in possible - {first})
    return {
        spelling[at : at + INITIALS_MAX]
        for spelling in spellings
        for at in range(len(spelling) - INITIALS_MIN + 1)
    }


def place_of(name: str, initials: str) -> tuple[int, int] | None:
    """Where in a spelt name the characters stand that have these initials, read in any way; None where nowhere.

    Spaces within are passed over, and 省市县区 too where the initials leave them out.
    """
    told = readings(name)
    for skipped in (frozenset[str](), LEFT_OUT):
        kept = [at for at, (first, _) in enumerate(told) if first and name[at] not in skipped]
        for start in range(len(kept) - len(initials) + 1):
            these = kept[start : start + len(initials)]
            if all(letter in told[at][1] for letter, at in zip(initials, these, strict=True)):
                return these[0], these[-1] + 1
    return None
