"""Words as the search compares them: spelt alike however they were typed, and the keys under which they are found.

A key begins with the kind of record. Behind it stands a pair of characters that follow one another, a run of Latin letters
and digits, `=` with a whole line, `~` with initials of a name, or, of findings, `*` with the rest of a run from within it.
Pairs find words of two characters and more anywhere; rests find letters and digits in the midst of others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

PARTY, FINDING, INSPECTION, DOCUMENT = "p", "f", "i", "d"
WHOLE, INITIALS, WITHIN = "=", "~", "*"
WHOLE_MAX = 60
RUN_MAX = 24
"""Longer runs of letters and digits are found by their first so many."""
BEGINNING_MIN = 5
"""Runs as long as that are also found by their beginning; shorter ones begin too many."""
SUFFIX_MIN = 4
"""A code is found from any of its characters on, as long as so many are left: people say its last four."""
WITHIN_MIN = 2
"""So many letters or digits are looked up in the midst of a run; fewer are nearly everywhere."""
INITIALS_MAX, INITIALS_MIN = 16, 2
COUNT_ONLY = ("第", "号")
"""What stands before and behind digits and says nothing."""
LAST = "\U0010ffff"
_COUNT_ONLY = re.compile(r"第(?=[0-9])|(?<=[0-9])号")
_RUNS = re.compile(r"[a-z0-9]+|[^a-z0-9 ]+")
_DROPPED = frozenset({"Cf", "Cc", "Mn"})
_LATIN = re.compile(r"[a-z]+")
_LATIN_OR_DIGITS = re.compile(r"[a-z0-9]+")

InitialsOf = Callable[[str], frozenset[str]]


def spelt(text: str) -> str:
    """The text as it is compared.

    Full width is narrow, letters are small, whatever is no letter or digit is one space, and one stands between Latin
    letters or digits and others; 第 before and 号 behind digits are left out: 原市监移〔2024〕12号 is `原市监移 2024 12`.
    """
    plain = _COUNT_ONLY.sub("", "".join(map(_compared, text)))
    return " ".join(_RUNS.findall(plain))


def places_of(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, with the place in the text that each of its characters comes from."""
    each = [(one, place) for place, written in enumerate(text) for one in _compared(written)]
    plain = "".join(one for one, _ in each)
    left_out = {found.start() for found in _COUNT_ONLY.finditer(plain)}
    kept = [one for at, one in enumerate(each) if at not in left_out]
    compared, places = "", list[int]()
    for found in _RUNS.finditer("".join(one for one, _ in kept)):
        where = [place for _, place in kept[found.start() : found.end()]]
        places += [where[0], *where] if compared else where
        compared += f" {found.group()}" if compared else found.group()
    return compared, places


@cache
def _compared(written: str) -> str:
    """What a character is compared as: itself, other letters, a space, or nothing."""
    return "".join(
        one if one.isalnum() else " "
        for one in unicodedata.normalize("NFKC", written).casefold()
        if unicodedata.category(one) not in _DROPPED or one in "\n\t\r"
    )


def lines_spelt(lines: str) -> str:
    """Every line as it is compared; empty ones are left out."""
    return "\n".join(line for line in map(spelt, lines.split("\n")) if line)


def runs(line: str) -> list[str]:
    """The runs of a spelt line: of Latin letters and digits, and of anything else."""
    return _RUNS.findall(line)


def is_latin(run: str) -> bool:
    """True for a run of Latin letters and digits."""
    return run[0].isascii()


def keys_of(kind: str, text: str, initials_of: InitialsOf) -> frozenset[str]:
    """Every key of a record with these spelt lines; the first line of a party is its name, the others are its codes."""
    found: set[str] = set()
    for place, line in enumerate(text.split("\n") if text else ()):
        if len(line) <= WHOLE_MAX:
            found.add(WHOLE + line)
        for run in runs(line):
            found.update(_keys_of_run(run))
            if kind == PARTY and place and is_latin(run):
                found.update(run[at : at + RUN_MAX] for at in range(len(run) - SUFFIX_MIN + 1))
            if kind == FINDING and is_latin(run):
                found.update(WITHIN + run[at : at + RUN_MAX] for at in range(1, len(run) - WITHIN_MIN + 1))
        if kind == PARTY and place == 0:
            found.update(INITIALS + one for one in initials_of(line))
    return frozenset(kind + one for one in found)


def _keys_of_run(run: str) -> Iterator[str]:
    if is_latin(run):
        yield run[:RUN_MAX]
        return
    yield from (run[at : at + 2] for at in range(len(run)))  # the last one alone, for who types a single one


def surely_kept(word: str) -> list[str]:
    """The pairs of the word under which every text is found that holds it letter for letter, wherever it stands there.

    Letters and digits are not among them, as a text may have others beside them that make them another run.
    """
    return [
        word[at : at + 2]
        for at in range(len(word) - 1)
        if all(not one.isascii() and one not in COUNT_ONLY and spelt(one) == one for one in word[at : at + 2])
    ]


def surely_within(word: str) -> list[str]:
    """The letters and digits of the word, as long as keys hold them, that stand in a run of every text that holds it."""
    return [run[:RUN_MAX] for run in _LATIN_OR_DIGITS.findall(word) if len(run) >= WITHIN_MIN]


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for: every word must be there; `whole` are the words as one line."""

    words: tuple[str, ...]
    whole: str
    pairs: tuple[str, ...]
    """Keys that must all be there, for each kind the same."""
    beginnings: tuple[str, ...]
    """Beginnings of keys, looked at where no pair helps."""
    initials: str | None
    """The initials of a name, where nothing but letters was typed."""


def sought(asked: str) -> Sought | None:
    """What was asked for; None where nothing of it can be looked for."""
    typed = tuple(dict.fromkeys(word for word in map(spelt, asked.split()) if word))
    words = tuple(word for word in typed if word not in COUNT_ONLY) or typed
    if not words:
        return None
    pairs: dict[str, None] = {}
    beginnings: dict[str, None] = {}
    for run in (run for word in words for run in runs(word)):
        if is_latin(run):
            (beginnings if len(run) >= BEGINNING_MIN else pairs)[run[:RUN_MAX]] = None
        elif len(run) == 1:
            beginnings[run] = None
        else:
            pairs.update(dict.fromkeys(run[at : at + 2] for at in range(len(run) - 1)))
    letters = "".join(words)
    named = _LATIN.fullmatch(letters) and len(letters) >= INITIALS_MIN
    return Sought(
        words, " ".join(words), tuple(pairs), tuple(beginnings), letters[:INITIALS_MAX] if named else None
    )
