"""What reminders say, in both languages, and which ends are nobody's delay; every word of it stands in reminders.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.ladder import ENDED, Rung
from engine.core.term import Term
from engine.projections.instants import CIVIL
from rules.data_file import read_data

FILE = Path(__file__).with_name("reminders.yaml")
LANGUAGES = ("zh", "en")
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


def receivers_turn(chart: str | None, term: str) -> bool:
    """True while the term waits for the department that the proceeding was sent to."""
    return term in _words()["turn_of_the_receiver"].get(chart, ())


def copied_to_lead_office(end: str) -> bool:
    """True where the catalogue says that the lead office has a copy of what a receiver is told."""
    return end in _words()["copied_to_lead_office"]


def asked_in(term: str) -> str | None:
    """The charts' name of the message to the own department that the term waits for an answer to."""
    name: str | None = _words()["asked_in"].get(term)
    return name


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
        meaning, frame = self._meaning(term), _words()["consequence"]
        if meaning is None:
            return _both("")
        return {language: frame[language].format(what=meaning[language]) for language in LANGUAGES}

    def message(self, voice: str, turn: str, term: str, nature: str, due: str, holder: str) -> str:
        """The one sentence of a message to whom `voice` names, when the light has turned so; `holder` is who is to act."""
        said, meaning = _words()["messages"], self._meaning(term) if turn in ENDED else None
        sentence: str = said[voice][turn]
        return sentence.format(
            term=self.terms[term].zh,
            nature=_words()["natures"][nature]["zh"],
            due=shown_day(due),
            holder=holder,
            consequence=said["consequence"].format(what=meaning["zh"]) if meaning else "",
        )

    def _meaning(self, term: str) -> Said | None:
        """What the end of the term means, as a phrase; None where the catalogue says nothing but that somebody is told."""
        words, end = _words(), self.terms[term].on_expiry
        end = self.terms[words["same_as"][end]].on_expiry if end in words["same_as"] else end
        meaning = words["consequences"].get(end)
        return None if meaning is None else {"zh": meaning, "en": end}

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


def shown_end(end: datetime) -> str:
    """The last day of a term that ends at this instant; one that ends within a day, to the minute in Asia/Shanghai."""
    civil = end.astimezone(CIVIL)
    if civil.time() == time():
        return (civil.date() - timedelta(days=1)).isoformat()
    return civil.strftime("%Y-%m-%d %H:%M")


def _both(text: str) -> Said:
    return dict.fromkeys(LANGUAGES, text)
