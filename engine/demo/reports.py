"""The reports of the demonstration: what its departments handed in over the last year, some late, some missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.calendar import SHANGHAI
from engine.core.commands import Command, HandInCommand, Principal
from engine.core.duties import DutyPeriod
from engine.demo.replay_clock import ReplayClock
from engine.duty_book import DutyBook, period_words
from rules.data_file import Fields, read_as

if TYPE_CHECKING:
    from engine.house import House

FILE = "reports.yaml"
IN_TIME, LATE, MISSING = "in_time", "late", "missing"
TOLD = timedelta(days=365)
"""How far back reports were handed in."""
IN_TIME_AT, LATE_AT, LATE_BY = time(16, 0), time(10, 0), 2
"""The hour of the day of the reminder; the hour of that many working days after the due day."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who hands in for a department, and how its reports of a year come in, over and over."""

    department: str
    by: str
    rhythm: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reports:
    """What the file says."""

    title: str
    summaries: tuple[str, ...]
    reporters: tuple[Reporter, ...]


def load_reports(folder: Path) -> Reports:
    """The reports of the folder; raises DataFault."""
    return read_as(folder / FILE, _reports)


def hand_in_reports(house: House, folder: Path, people: Mapping[str, Principal], now: datetime) -> None:
    """What the departments handed in until now stands, all in one transaction; twice changes nothing."""
    told, clock = load_reports(folder), ReplayClock()
    desk = replace(house.desk, clock=clock, after_step=None, bell=None, last_recorded_at=None)
    handing = replace(house.duties, desk=desk)
    planned = sorted(_planned(told, handing.book, now), key=lambda one: (one[0], one[1].by))

    def act(connection: Connection) -> None:
        for at, reporter, asked in planned:
            clock.put(at)
            key = f"demo:{asked.duty}:{asked.period}:{reporter.department}"
            digest = hashlib.sha256(canonical([key, dict(asked.body)]).encode()).hexdigest()
            handing.handle_within(connection, Command(people[reporter.by], key, digest, asked))

    house.writer.submit(act)


def _planned(
    told: Reports, book: DutyBook, now: datetime
) -> Iterator[tuple[datetime, Reporter, HandInCommand]]:
    for year in range((now - TOLD).year, now.year + 1):
        for number, period in enumerate(book.due_in(year)):
            named = period_words(period.key).zh
            body = {
                "title": told.title.format(period=named, duty=period.duty.zh),
                "summary": told.summaries[number % len(told.summaries)],
            }
            for reporter in told.reporters:
                at = _handed_in_at(book, period, reporter.rhythm[number % len(reporter.rhythm)])
                if at is not None and now - TOLD <= at <= now:
                    yield at, reporter, HandInCommand(period.duty.id, period.key, body)


def _handed_in_at(book: DutyBook, period: DutyPeriod, how: str) -> datetime | None:
    if how == MISSING:
        return None
    if how == IN_TIME:
        return datetime.combine(period.remind_on, IN_TIME_AT, SHANGHAI)
    return datetime.combine(book.law.calendar.add(period.due_on, LATE_BY), LATE_AT, SHANGHAI)


def _reports(data: Any) -> Reports:
    fields = Fields(data)
    reports = Reports(
        title=fields.text("title"),
        summaries=fields.codes("summaries"),
        reporters=tuple(
            _reporter(Fields(item, f"/departments/{position}"))
            for position, item in enumerate(fields.items("departments"))
        ),
    )
    fields.done()
    return reports


def _reporter(entry: Fields) -> Reporter:
    rhythm = []
    for position, how in enumerate(entry.items("rhythm")):
        if how not in (IN_TIME, LATE, MISSING):
            raise entry.fault(f"rhythm/{position}", "not_listed", value=how, allowed=(IN_TIME, LATE, MISSING))
        rhythm.append(how)
    reporter = Reporter(entry.text("department"), entry.text("by"), tuple(rhythm))
    entry.done()
    return reporter
