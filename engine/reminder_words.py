"""What reminders say, in both languages, and which ends are nobody's delay; every word of it stands in reminders.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.ladder import Rung
from engine.core.term import Term
from engine.projections.instants import CIVIL
from rules.data_file import read_data

FILE = Path(__file__).with_name("reminders.yaml")
LANGUAGES = ("zh", "en")
ENDED = ("overdue", "severe")
"""When a deadline has ended: only then it is said what that means."""

Said = dict[str, str]
"""One sentence by language."""


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_data(FILE)
    return words


def kinds_of_the_office() -> frozenset[str]:
    """The kinds of notice that are about no record and that everybody of their role may see."""
    return frozenset(_words()["of_the_office"])


def kinds_of_the_ladder() -> frozenset[str]:
    """The kinds of notice that say once more what a ladder tells."""
    return frozenset(_words()["told_by_ladder"])


def silent_terms(terms: Mapping[str, Term]) -> frozenset[str]:
    """The terms whose end is nobody's delay in the office."""
    silent = _words()["nobody_is_late"]
    return frozenset(id for id, term in terms.items() if term.on_expiry in silent)


@dataclass(frozen=True, slots=True)
class ReminderWords:
    """Speaks of the terms of the house."""

    terms: Mapping[str, Term]

    def ended(self, term: str, nature: str, due: str, degree: str) -> Said:
        """That a deadline was missed: `degree` is overdue or severe."""
        more = {"nature": _words()["natures"][nature], "degree": _words()["degrees"][degree]}
        return self._said(_words()["ended"], term, due=_both(due), **more)

    def rung(self, rung: Rung, term: str, nature: str, due: str) -> Said:
        """What a rung tells, and what the end means where the catalogue names it."""
        more = {"nature": _words()["natures"][nature], "rung": {"zh": rung.zh, "en": rung.en}}
        if rung.when in ENDED:
            more["consequence"] = self.consequence(term)
        return self._said(_words()["rungs"][rung.when], term, due=_both(shown_day(due)), **more)

    def consequence(self, term: str) -> Said:
        """What the end of the term means beyond a reminder; empty where the catalogue says nothing more."""
        words, end = _words(), self.terms[term].on_expiry
        end = self.terms[words["same_as"][end]].on_expiry if end in words["same_as"] else end
        meaning = words["consequences"].get(end)
        if meaning is None:
            return _both("")
        frame = words["consequence"]
        return {"zh": frame["zh"].format(what=meaning), "en": frame["en"].format(what=end)}

    def _said(self, sentence: Mapping[str, str], term: str, **fill: Mapping[str, str]) -> Said:
        named = {**fill, "term": {"zh": self.terms[term].zh, "en": self.terms[term].en}}
        return {
            language: sentence[language].format(**{name: said[language] for name, said in named.items()})
            for language in LANGUAGES
        }


def shown_day(due: str) -> str:
    """A due date as it is, a due instant to the minute in Asia/Shanghai."""
    if "T" not in due:
        return due
    return datetime.fromisoformat(due).astimezone(CIVIL).strftime("%Y-%m-%d %H:%M")


def _both(text: str) -> Said:
    return dict.fromkeys(LANGUAGES, text)
