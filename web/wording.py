"""The words of the pages, in two languages, and the words that charts, rules and the office bring along."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("zh", "en")
NARROW = re.compile(r" ?\(([^()]*[\u4e00-\u9fff][^()]*)\)")
"""Chinese words in the brackets of Latin script, as some names of the contract have them."""
CODE = re.compile(r"(?<=[a-z])_(?=[a-z])")
"""What joins the words of a code, as some English names of the contract have it."""


@cache
def words_of(language: str) -> Mapping[str, str]:
    """Every word of that language by its dotted key."""
    text = (WORDS / f"{language}.yaml").read_text(encoding="utf-8")
    return dict(_flat("", yaml.safe_load(text)))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, member in value.items():
            key = {True: "yes", False: "no"}.get(name, name)  # YAML reads yes and no as truth values
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), member)
    else:
        yield prefix, str(value)


class Words:
    """Says things in one language; an unknown key raises KeyError, so that no page shows a bare key."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = words_of(language)

    def __call__(self, key: str, /, **fill: Any) -> str:
        said = self._words[key]
        return said.format(**fill) if fill else said

    @property
    def colon(self) -> str:
        """What stands between a name and its value."""
        return "：" if self.language == "zh" else ": "

    @property
    def comma(self) -> str:
        """What stands between the members of a list."""
        return "、" if self.language == "zh" else ", "

    @property
    def semicolon(self) -> str:
        """What stands between sentences on one line."""
        return "；" if self.language == "zh" else "; "

    def has(self, key: str) -> bool:
        """True when the key has words."""
        return key in self._words

    def of(self, named: Any) -> str:
        """The name in this language of anything that carries `zh` and `en`, Chinese in brackets of its own script."""
        if isinstance(named, Mapping):
            told = named.get(self.language) or named.get("zh") or ""
        else:
            told = getattr(named, self.language, None) or getattr(named, "zh", "")
        if self.language == "en":
            return CODE.sub(" ", str(told))
        return NARROW.sub(r"（\1）", str(told))
