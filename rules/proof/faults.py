"""What a proof finds: which law of the rulebook fails, where, and an example case in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rules.data_file import read_data
from rules.facts import Value
from rules.faults import Sentence
from rules.proof.regions import Region, shown
from rules.rulebook import Rulebook


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = read_data(Path(__file__).with_name("words.yaml"))
    return words


def sentence(words: str, **said: object) -> Sentence:
    """A sentence of words.yaml in its two languages, with its names filled in."""
    told = _words()[words]
    return Sentence(told["zh"].format(**said), told["en"].format(**said))


@dataclass(frozen=True, slots=True)
class ProofFault:
    """One fault; `example` is a set of facts (those that differ from their defaults) that shows it."""

    kind: str
    zh: str
    en: str
    rules: tuple[str, ...] = ()
    on: str | None = None
    example: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        facts = "，".join(f"{name}={_spoken(value)}" for name, value in self.example.items())
        case = f"（例 / example：{facts}）" if facts else ""
        return f"{self.zh}{case} / {self.en}"

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> ProofFault:
        """The fault that `as_data` told."""
        return cls(**{**data, "rules": tuple(data["rules"])})

    def as_data(self) -> dict[str, Any]:
        """The fault in the shape that the command line and the pages print."""
        return {
            "kind": self.kind,
            "zh": self.zh,
            "en": self.en,
            "rules": list(self.rules),
            "on": self.on,
            "example": dict(self.example),
        }


def fault(
    kind: str,
    book: Rulebook,
    region: Region | None = None,
    facts: Mapping[str, Value] | None = None,
    *,
    rules: tuple[str, ...] = (),
    words: str | None = None,
    **said: object,
) -> ProofFault:
    """A fault of this kind in its two languages; `words` names another sentence than the kind's own."""
    named = {"rules": "、".join(rules), **(region.as_data() if region else {}), **said}
    told = sentence(words or kind, **named)
    return ProofFault(
        kind,
        told.zh,
        told.en,
        rules,
        region.on.isoformat() if region else None,
        shown(book, facts) if facts else {},
    )


def _spoken(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
