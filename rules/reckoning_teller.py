"""Says in one language how a period was counted, line by line, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.basis import basis_of, spoken
from engine.core.calendar import SHANGHAI, Named, civil_date
from engine.core.counting import Exclusion
from engine.core.days_left import Left
from engine.core.deadlines import Point
from engine.core.reckoning import Reckoning
from engine.core.stretch import Stretch, each_day
from rules.counting_rules import rules_of
from rules.data_file import read_data

LANGUAGES = ("zh", "en")
_NOT_READ = "R-"
"""How the catalogue marks, within a basis, an article whose number nobody has read."""


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_data(Path(__file__).with_name("reckoning.yaml"))
    return words


def rule_words(name: str) -> Mapping[str, Any]:
    """What is said of a rule of counting, and what it rests on."""
    words: Mapping[str, Any] = _words()["rules"][name]
    return words


def basis_of_rule(rule: Mapping[str, Any]) -> dict[str, str] | None:
    """The article that a rule stands in; None where it rests on practice or is the way of this house."""
    return basis_of(rule["basis"], rule["mark"]) if "basis" in rule else None


@dataclass(frozen=True, slots=True)
class Line:
    """One stretch: which days, what is said of them, and how much has been counted after them."""

    when: str
    said: str
    total: str


@dataclass(frozen=True, slots=True)
class ReckoningTeller:
    """Says reckonings in one language."""

    language: str

    def title(self) -> str:
        """What the whole is called."""
        return self._said("title")

    def lines(self, reckoning: Reckoning, *, by_day: bool = False) -> list[Line]:
        """A line for each stretch, or for each of its days."""
        told = reckoning.stretches
        if by_day:
            told = tuple(day for one in told for day in each_day(one, reckoning.backward))
        return [self.line(reckoning, one) for one in told]

    def line(self, reckoning: Reckoning, stretch: Stretch) -> Line:
        """The line of one stretch."""
        total = self._phrase("total", n=stretch.total) if stretch.units else ""
        return Line(self.span(stretch.first, stretch.last), self._of(reckoning, stretch), total)

    def notes(self, reckoning: Reckoning) -> list[str]:
        """How long the period is and when it ends, by which rules, and what else is to be known."""
        return [
            self._length(reckoning),
            *self._months(reckoning),
            self._end(reckoning),
            self._basis(reckoning),
            *(self.rule(rule_words(name)) for name in rules_of(reckoning)),
            *self._other_way(reckoning),
            *([self._note("provisional")] if reckoning.dates.provisional else []),
        ]

    def left(self, reckoning: Reckoning, left: Left, now: datetime) -> str:
        """How much is left today, in the unit that counts."""
        due, today = reckoning.dates.due_effective, self.point(civil_date(now))
        if left.unit == "hour":
            today = self.point(now)
        elif due == civil_date(now):
            return self._said("left", "last", today=today)
        elif not left.over and left.count == 0:
            return self._said("left", "rolled", today=today, due=self.point(due))
        name = "over" if left.over else "left"
        return self._said("left", name, today=today, n=self.quantity(left.count, left.unit))

    def still(self, grounds: Sequence[tuple[str, date]]) -> str:
        """That the period stands still: for which grounds, each with the day since when."""
        since = (self._phrase("since", ground=ground, day=self.point(day)) for ground, day in grounds)
        return self._said("left", "still", grounds=self._phrase("comma").join(since))

    def quantity(self, n: int, unit: str) -> str:
        """So many of that unit."""
        return self._counted(_words()["units"][unit], n)

    def period(self, length: int, unit: str) -> str:
        """How long a period is; one without length is to be done at once."""
        return self.quantity(length, unit if length else "immediate")

    def span(self, first: Point, last: Point) -> str:
        """From one day or instant to another; a single day alone."""
        if first == last:
            return self.point(first)
        return self._phrase("span", first=self.point(first), last=self.point(last))

    def point(self, point: Point) -> str:
        """A day with its weekday; an instant to the minute, or to the second where it has one."""
        if not isinstance(point, datetime):
            return f"{point.isoformat()} {_words()['weekdays'][self.language][point.weekday()]}"
        here = point.astimezone(SHANGHAI)
        clock = here.strftime("%H:%M:%S" if here.second else "%H:%M")
        return f"{self.point(here.date())} {clock}"

    def _of(self, reckoning: Reckoning, stretch: Stretch) -> str:
        told = self._counted(
            _words()["lines"][_named(reckoning, stretch)],
            stretch.units,
            name=self._name(stretch.named),
            grounds=self.grounds(stretch.exclusions),
            lost=self.quantity(stretch.lost or 0, reckoning.counted_in or "calendar_day"),
        )
        added = self._phrase("added") if stretch.added and stretch.units else ""
        return told + added + (self._phrase("provisional") if stretch.provisional else "")

    def _length(self, reckoning: Reckoning) -> str:
        if reckoning.percent is not None:
            return self._note(
                "rate", percent=reckoning.percent, days=self.quantity(reckoning.counts, "calendar_day")
            )
        length, unit, own = reckoning.dates.length, reckoning.dates.unit, reckoning.own
        if length is None:
            return self._note("stated")
        whole = self.period(length, unit)
        if own is None:
            return self._note("period", length=whole)
        added = self.quantity(length - own, unit)
        return self._note("extended", length=whole, own=self.quantity(own, unit), added=added)

    def _months(self, reckoning: Reckoning) -> Iterator[str]:
        same_day, dates = reckoning.same_day, reckoning.dates
        if same_day is None:
            return
        clipped = same_day.day != dates.start.day
        yield self._note(
            "months_clipped" if clipped else "months",
            months=self.quantity(dates.length or 0, "month"),
            same_day=self.point(same_day),
            days=self.quantity(reckoning.counts, "calendar_day"),
        )

    def _end(self, reckoning: Reckoning) -> str:
        raw, due = (self.point(point) for point in (reckoning.dates.due_raw, reckoning.dates.due_effective))
        if reckoning.percent is not None:
            return self._note("capped", due=due)
        if reckoning.falls_on is None:
            return self._note("ends", due=due)
        why, named = reckoning.falls_on
        free = self._phrase(why, name=self._name(named))
        return self._note("rolls" if raw != due else "stays", raw=raw, due=due, free=free)

    def _basis(self, reckoning: Reckoning) -> str:
        term = reckoning.term
        if term.nature == "internal":
            return self._note("internal")
        said = self._law(term.basis)
        verified = term.mark.startswith("V") and _NOT_READ not in term.basis
        return self._note("basis", basis=said if verified else self._phrase("unverified", source=said))

    def rule(self, rule: Mapping[str, Any]) -> str:
        """A rule with the article it stands in, or what else it rests on."""
        if "basis" not in rule:
            return self._phrase("by", said=rule[self.language], source=rule["source"][self.language])
        source = self._law(rule["basis"])
        if not rule["mark"].startswith("V"):
            source = self._phrase("unverified", source=source)
        return self._phrase("by", said=rule[self.language], source=source)

    def _law(self, text: str) -> str:
        """Title and article as each language cites them."""
        return spoken(text) if self.language == "zh" else text

    def _other_way(self, reckoning: Reckoning) -> Iterator[str]:
        """What comes out when exclusions are counted the other way, and which of them change nothing."""
        if reckoning.otherwise is not None:
            yield self._note(
                "half_open" if reckoning.half_open else "closed",
                raw=self.point(reckoning.dates.due_raw),
                due=self.point(reckoning.dates.due_effective),
                other_raw=self.point(reckoning.otherwise.due_raw),
                other=self.point(reckoning.otherwise.due_effective),
            )
        for one in reckoning.idle:
            yield self._note("idle", span=self.span(one.first, one.last), grounds=self.grounds((one,)))

    def grounds(self, exclusions: Sequence[Exclusion]) -> str:
        """The legal ground of each exclusion with its document."""
        return self._phrase("comma").join(self._ground(one) for one in exclusions)

    def _ground(self, one: Exclusion) -> str:
        ground = one.ground or self._phrase("no_ground")
        paper = one.document or {}
        document = " ".join(paper[name] for name in ("title", "doc_no") if paper.get(name))
        return self._phrase("document", ground=ground, document=document) if document else ground

    def _name(self, named: Named | None) -> str:
        return "" if named is None else str(getattr(named, self.language))

    def _counted(self, words: Mapping[str, str], n: int, /, **fill: Any) -> str:
        single = n == 1 and self.language == "en" and "one" in words
        return words["one" if single else self.language].format(n=n, **fill)

    def _phrase(self, name: str, /, **fill: Any) -> str:
        return self._said("phrases", name, **fill)

    def _note(self, name: str, /, **fill: Any) -> str:
        return self._said("notes", name, **fill)

    def _said(self, *path: str, **fill: Any) -> str:
        words: Any = _words()
        for name in path:
            words = words[name]
        return str(words[self.language].format(**fill))


def _named(reckoning: Reckoning, stretch: Stretch) -> str:
    """Under which name the line of a stretch stands among the words."""
    if stretch.kind == "day_zero":
        at_once = "_at_once" if reckoning.counted_in and not reckoning.counts else ""
        return "day_zero" + ("_backward" if reckoning.backward else at_once)
    if stretch.kind == "excluded":
        whole = stretch.first != stretch.last and stretch.lost is not None
        return "excluded_days" if whole else "excluded"
    return stretch.kind if stretch.kind == "last_day" else f"{stretch.kind}_{stretch.why}"
