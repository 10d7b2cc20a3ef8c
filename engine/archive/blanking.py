"""Rows go on standing without what they said: every text that may speak of somebody is replaced by one marker.

Denied by default, as in a masked copy: kept is what the program ships (codes, words of the law), ids, digests, dates,
numbers, and the logins of officers, who answer for what they did. Whatever else stands in a text goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from engine.keeping.masking import KEY, Mask

MARKER = "〔已依法销毁〕"


@cache
def harmless_words() -> frozenset[str]:
    """Every text that the program ships; read once, from many files."""
    from engine.keeping.masked_copy import known_words

    return frozenset(known_words())


def words_of(said: Any) -> Iterator[str]:
    """Every text of the document that is no code: what it says of somebody goes even where the program ships the same."""
    if isinstance(said, str) and not KEY.fullmatch(said):
        yield said
    elif isinstance(said, Mapping):
        for one in said.values():
            yield from words_of(one)
    elif isinstance(said, list):
        for one in said:
            yield from words_of(one)


class Blank(Mask):
    """Replaces what is not known to be harmless by the marker, and nothing by anything else."""

    def __init__(self, names: Collection[str], logins: Iterable[str]) -> None:
        super().__init__(b"", harmless_words() - frozenset(names), ())
        self._logins = {one.casefold(): one for one in logins}
        self.digest_of = str

    def _identifier(self, value: str) -> str | None:
        return None if super()._identifier(value) is None else MARKER

    def _invented(self, value: str) -> str:
        return MARKER
