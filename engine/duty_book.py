"""Which reports the member departments owe, by the office's file, the terms and the calendar; and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from engine.core.calendar import FIRST_YEAR, LAST_YEAR
from engine.core.duties import Duty, DutyPeriod, due_year, periods
from engine.core.lawbook import Lawbook
from rules.data_file import read_as
from rules.duties import Duties
from rules.offices import Office
from rules.vocabulary import Word, read_words

WORDS_FILE = Path(__file__).with_name("duties.yaml")


@dataclass(frozen=True, slots=True)
class DutyBook:
    """The duties of one office; the same law and office give the same dates for ever."""

    office: Office
    law: Lawbook
    _years: dict[int, tuple[DutyPeriod, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rules(self) -> Duties:
        """What the office's file says of them."""
        return self.office.duties

    @property
    def members(self) -> tuple[str, ...]:
        """The departments that owe the reports."""
        return self.office.members

    def due_in(self, year: int) -> tuple[DutyPeriod, ...]:
        """The reports that are due in that year, soonest first; counted once."""
        if not FIRST_YEAR < year < LAST_YEAR:
            return ()
        if year not in self._years:
            owed = [one for duty in self.rules.reports.values() for one in self._of(duty, year)]
            self._years[year] = tuple(sorted(owed, key=lambda one: one.due_on))
        return self._years[year]

    def period(self, duty_id: str, key: str) -> DutyPeriod | None:
        """The report of that duty on that period; None where nobody owes it."""
        duty = self.rules.reports.get(duty_id)
        year = None if duty is None else due_year(duty, key)
        if duty is None or year is None:
            return None
        named = (duty_id, key)
        return next((one for one in self.due_in(year) if (one.duty.id, one.key) == named), None)

    def _of(self, duty: Duty, year: int) -> tuple[DutyPeriod, ...]:
        law = self.law
        return periods(duty, law.terms[duty.term], year, law.calendar, law.severe_after, self.rules.since)


@cache
def _words() -> Mapping[str, Word]:
    return read_as(WORDS_FILE, lambda data: read_words(data, ""))


def said(code: str, **values: object) -> Word:
    """Words of duties.yaml in both languages, their places filled."""
    word = _words()[code]
    return Word(code, word.zh.format(**values), word.en.format(**values))


def period_words(key: str) -> Word:
    """What a period is called."""
    year, _, part = key.partition("-")
    if not part:
        return said("year", year=year)
    if part == "H1":
        return said("half", year=year)
    return said("month", year=year, month=int(part), digits=part)


def told_of(book: DutyBook, stage: str, period: DutyPeriod, department: str) -> Word:
    """The sentence of a reminder in both languages."""
    departments, named = book.office.departments, period_words(period.key)
    whose, receiver, duty = departments[department], departments[book.rules.receiver], period.duty
    due = period.due_on.isoformat()
    word = _words()[stage]
    return Word(
        stage,
        word.zh.format(who=whose.short, duty=duty.zh, period=named.zh, due=due, receiver=receiver.short),
        word.en.format(who=whose.en, duty=duty.en, period=named.en, due=due, receiver=receiver.en),
    )
