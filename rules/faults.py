"""What is wrong with a data file, in Chinese and English; every word of it stands in faults.yaml."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

FILE = Path(__file__).with_name("faults.yaml")
MOST_LISTED = 8
MOST_CHARACTERS = 60
"""Of a text that is quoted: a fault is one line, whatever the file holds."""
_CHINESE_NAMES = ("zh", "short", "title")
"""Where words, departments and facts have theirs."""
_NOTHING: Mapping[str, object] = MappingProxyType({})
_LANGUAGES: Mapping[str, tuple[str, str, str]] = {"zh": ("“", "”", "、"), "en": ("'", "'", ", ")}


class Sentence(NamedTuple):
    """The same thing said in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} · {self.en}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Templates by code; `syntax` is the code for what the YAML library says."""

    faults: Mapping[str, tuple[Sentence, Sentence]]
    phrases: Mapping[str, Sentence]
    syntax: Mapping[str, str]


@cache
def catalogue() -> Catalogue:
    """The words of faults.yaml, read plainly: the strict reader itself speaks by them."""
    data: dict[str, Any] = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Catalogue(
        {
            code: (Sentence(**said["problem"]), Sentence(**said["remedy"]))
            for code, said in data["faults"].items()
        },
        {code: Sentence(**said) for code, said in data["phrases"].items()},
        data["syntax"],
    )


def phrase(name: str, **values: object) -> Sentence:
    """A phrase of the catalogue with its places filled."""
    return _filled(catalogue().phrases[name], values)


def nearest(written: object, allowed: Collection[str]) -> str | None:
    """The allowed code that was probably meant, by its spelling or its Chinese name; None when none comes near."""
    if not isinstance(written, str):
        return None
    if isinstance(allowed, Mapping):
        for code, word in allowed.items():
            if written in (getattr(word, name, None) for name in _CHINESE_NAMES):
                return str(code)
    return next(iter(get_close_matches(written, list(allowed), n=1)), None)


class DataFault(Exception):
    """A data file says something that the house cannot take: where it says so, what is wrong, what to do.

    code: of faults.yaml. near: what was probably meant. said, values: what its words have places for.
    """

    def __init__(
        self,
        code: str,
        said: Mapping[str, object] = _NOTHING,
        /,
        *,
        field: str = "",
        file: str = "",
        line: int = 0,
        near: str | None = None,
        **values: object,
    ) -> None:
        self.code, self.field, self.file, self.line = code, field, file, line
        self._near, self._said = near, {**said, **values}
        problem, remedy = (_filled(words, self._said) for words in catalogue().faults[code])
        if near is not None:
            meant = phrase("near", near=near)
            remedy = Sentence(meant.zh + remedy.zh, f"{meant.en} {remedy.en}")
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{self.place}: {self.said}")

    @property
    def place(self) -> str:
        """File, line and field."""
        return f"{self.file}:{self.line}: {self.field or '/'}"

    @property
    def said(self) -> Sentence:
        """Problem and remedy."""
        return Sentence(
            f"{self.problem.zh}。{self.remedy.zh}",
            f"{self.problem.en}. {self.remedy.en}",
        )

    def located(self, file: str, line: int) -> DataFault:
        """The same fault with the place it was found at."""
        return DataFault(self.code, self._said, field=self.field, file=file, line=line, near=self._near)


def _filled(said: Sentence, values: Mapping[str, object]) -> Sentence:
    return Sentence(*(_Pen(name).vformat(getattr(said, name), (), values) for name in Sentence._fields))


class _Pen(Formatter):
    """Fills the places of a template as its language writes values."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._open, self._close, self._comma = _LANGUAGES[language]

    def convert_field(self, value: Any, conversion: str | None) -> str:
        """The value as written; `!r` puts it in quotes."""
        written = self._written(value)
        return f"{self._open}{written}{self._close}" if conversion == "r" else written

    def _written(self, value: Any) -> str:
        if isinstance(value, Sentence):
            return str(getattr(value, self._language))
        if isinstance(value, tuple):
            shown = self._comma.join(str(one) for one in value[:MOST_LISTED])
            if len(value) <= MOST_LISTED:
                return shown
            more: str = getattr(phrase("more", count=len(value)), self._language)
            return f"{shown}{more}" if self._language == "zh" else f"{shown} {more}"
        if value is None or isinstance(value, bool | list | dict):
            value = json.dumps(value, ensure_ascii=False)
        line = " ".join(str(value).split())
        return line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]}…"
