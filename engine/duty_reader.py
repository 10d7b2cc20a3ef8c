"""Reporting duties as people read them: what each member department owes, what it handed in, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.deadlines import light
from engine.core.delegation import BEHALF
from engine.core.duties import DONE, DONE_LATE, DUE, LATE, STATES, DutyPeriod
from engine.core.refusals import Refusal
from engine.core.visibility import sees_duties_of
from engine.cursor import Cursors
from engine.duty_book import DutyBook
from engine.projections.asked import Asked, Query
from engine.projections.filters import PAGING
from engine.projections.instants import recorded
from engine.projections.paging import page_asked
from engine.projections.sources import ReadClock
from engine.second_person import behalf
from models import duty_reading
from models.database import Database
from models.reading.lights import ALL

DUTIES = ("year", "department", "state", "duty", "period", *PAGING)
REPORTS = ("department", *PAGING)
ORDINAL_MAX = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DutyFilter:
    """What a list of duties is asked for."""

    year: int
    department: str | None
    states: tuple[str, ...]
    duty: str | None
    period: str | None

    def takes(self, item: dict[str, Any]) -> bool:
        """True for what the list shows."""
        states = {item["state"]} | ({DONE_LATE} if item["handed_in"] and item["handed_in"]["late"] else set())
        named = all(
            wanted is None or item[name] == wanted
            for name, wanted in (
                ("department", self.department),
                ("duty", self.duty),
                ("period", self.period),
            )
        )
        return named and (not self.states or not states.isdisjoint(self.states))


@dataclass(frozen=True, slots=True)
class DutyReader:
    """Everybody of a department sees what it owes; supervisor, oversight and principal heads see all members."""

    database: Database
    book: DutyBook
    clock: ReadClock
    cursors: Cursors

    def open_to(self, who: Principal) -> bool:
        """True when the person sees what some department reports."""
        return bool(sees_duties_of(who, self.book.members))

    def overview(self, who: Principal, year: int) -> list[dict[str, Any]]:
        """Everything of the year that the person sees, soonest due first; raises `not_yours`."""
        return self.every(self._seen(who), year, self.clock.now())

    def duties(self, who: Principal, query: Query) -> dict[str, Any]:
        """A page of duties, severe first, then soonest due; raises `not_yours` or `parameter_invalid`."""
        departments = self._seen(who)
        asked = Asked(query, DUTIES)
        wanted = self._filter(asked)
        page = page_asked(self.cursors, who, "duties", asked, self.clock.now())
        items = [one for one in self.every(departments, wanted.year, page.as_of) if wanted.takes(one)]
        placed = sorted((self._place(one), one) for one in items)
        rest = [(place, one) for place, one in placed if page.after is None or place > page.after]
        shown = rest[: page.limit]
        last = shown[-1][0] if len(rest) > page.limit else None
        return page.answer([one for _, one in shown], last)

    def whole(self, query: Query) -> dict[str, Any]:
        """All duties of a year as they stand, for the command line, whose user holds the database anyway."""
        asked, now = Asked(query, DUTIES), self.clock.now()
        wanted = self._filter(asked)
        asked.done()
        items = [one for one in self.every(self.book.members, wanted.year, now) if wanted.takes(one)]
        return {"year": wanted.year, "items": items, "as_of": recorded(now)}

    def reports(self, who: Principal, duty: str, key: str, query: Query) -> dict[str, Any]:
        """A page of what a department handed in on one period, the one that stands first, then what it corrected.

        The department is the person's own unless another is named; hidden or unknown ones answer `not_found`.
        """
        seen = sees_duties_of(who, self.book.members)
        asked = Asked(query, REPORTS)
        department = asked.code("department", self.book.office.departments) or who.department
        page = page_asked(self.cursors, who, f"reports {duty} {key}", asked, self.clock.now())
        if department not in seen or self.book.period(duty, key) is None:
            raise Refusal("not_found")
        before = ORDINAL_MAX if page.after is None else int(page.after[0])
        with self.database.read() as connection:
            office = self.book.office.office_id
            rows = duty_reading.reports_on(connection, office, duty, key, department)
        rest = [row for row in reversed(rows) if row.ordinal < before]
        shown = rest[: page.limit]
        last = [shown[-1].ordinal] if len(rest) > page.limit else None
        return page.answer([_report(row) for row in shown], last)

    def item(self, who: Principal, duty: str, key: str) -> dict[str, Any]:
        """What the person's own department owes of that duty on that period."""
        period = self.book.period(duty, key)
        if period is None or who.department not in sees_duties_of(who, self.book.members):
            raise Refusal("not_found")
        year, own = period.due_on.year, [str(who.department)]
        items = self.every(own, year, self.clock.now())
        return next(one for one in items if (one["duty"], one["period"]) == (duty, key))

    def every(self, departments: Sequence[str], year: int, now: datetime) -> list[dict[str, Any]]:
        """Everything that these departments owe in the year as it stood at that instant, soonest due first."""
        owed = self.book.due_in(year)
        with self.database.read() as connection:
            office = self.book.office.office_id
            keys = {one.key for one in owed}
            rows = duty_reading.reports_of(connection, office, keys, departments, until=now)
        handed_in = _by_place(rows)
        return [
            _item(period, department, handed_in.get((period.duty.id, period.key, department), []), now)
            for period in owed
            for department in departments
        ]

    def notices(self, who: Principal) -> list[dict[str, Any]]:
        """What the person is reminded of, each report once, soonest due first."""
        if who.department is None or not who.all_roles:
            return []
        with self.database.read() as connection:
            office = self.book.office.office_id
            rows = duty_reading.open_notices(connection, office, who.department, who.all_roles)
        told: dict[tuple[str, ...], dict[str, Any]] = {}
        for row in rows:  # what is overdue was told last
            detail = row.detail
            place = (detail["duty"], detail["period"], detail["department"])
            lender = behalf(who, (row.role,)).get(BEHALF)
            if lender and place in told and told[place]["kind"] == row.kind:
                continue  # told to the person's own role too
            told[place] = {**detail, "kind": row.kind, BEHALF: lender}
        known = {code: place for place, code in enumerate(self.book.office.departments)}
        return sorted(told.values(), key=lambda one: (one["due_on"], one["duty"], known[one["department"]]))

    def this_year(self) -> int:
        """The year that is shown unless another is asked for."""
        return max(civil_date(self.clock.now()).year, self.years()[0])

    def years(self) -> range:
        """The years whose duties can be asked for: from the first that counts to the next."""
        first = self.book.rules.since.year
        return range(first, max(first, civil_date(self.clock.now()).year + 1) + 1)

    def _seen(self, who: Principal) -> tuple[str, ...]:
        departments = sees_duties_of(who, self.book.members)
        if not departments:
            raise Refusal("not_yours")
        return departments

    def _filter(self, asked: Asked) -> DutyFilter:
        years = self.years()
        return DutyFilter(
            year=asked.number("year", self.this_year(), years[0], years[-1]),
            department=asked.code("department", self.book.office.departments),
            states=asked.many("state", STATES),
            duty=asked.code("duty", self.book.rules.reports),
            period=asked.text("period"),
        )

    def _place(self, item: dict[str, Any]) -> list[Any]:
        """Where the item stands in the list."""
        reports, members = list(self.book.rules.reports), self.book.members
        lit = ALL.index(item["light"] or "none")
        return [lit, item["due_on"], reports.index(item["duty"]), members.index(item["department"])]


def _by_place(rows: Iterable[Row[Any]]) -> dict[tuple[str, str, str], list[Row[Any]]]:
    """Reports with their corrections, by duty, period and department."""
    placed: dict[tuple[str, str, str], list[Row[Any]]] = {}
    for row in rows:
        placed.setdefault((row.duty, row.period, row.department), []).append(row)
    return placed


def _item(period: DutyPeriod, department: str, rows: Sequence[Row[Any]], now: datetime) -> dict[str, Any]:
    state = DONE if rows else LATE if period.overdue(now) else DUE
    handed_in = None
    if rows:
        first = {"first_handed_in_at": recorded(rows[0].handed_in_at), "corrections": len(rows) - 1}
        handed_in = _report(rows[-1]) | first
    return {
        "duty": period.duty.id,
        "zh": period.duty.zh,
        "en": period.duty.en,
        "period": period.key,
        "department": department,
        "term": period.duty.term,
        "begins_on": period.begins_on.isoformat(),
        "remind_on": period.remind_on.isoformat(),
        "due_on": period.due_on.isoformat(),
        "provisional": period.dates.provisional,
        "light": None if rows else light(period.dates, now),
        "state": state,
        "handed_in": handed_in,
    }


def _report(row: Row[Any]) -> dict[str, Any]:
    shown = ("id", "ordinal", "title", "doc_no", "summary", "late", "handed_in_by")
    return {**{name: getattr(row, name) for name in shown}, "handed_in_at": recorded(row.handed_in_at)}
