"""Random histories of one deadline, told step by step to the house and all at once to a fresh account."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from engine.core.calendar import SHANGHAI
from engine.core.deadlines import Dates, Exclusion, compute, overdue
from engine.core.lawbook import Lawbook
from engine.core.running import Moment, open_term, settle
from engine.core.snapshot import Record, Snapshot
from engine.core.standing_still import GROUNDS, extend, run_on, stop
from engine.core.term import Term
from engine.lawbook_of_the_house import RULES, load_lawbook
from rules.offices import load_office

TERMS = ("DL20", "DL28", "DL12", "DL33", "DL60", "DL19")
"""Working days, calendar days, months; statutory and internal; some rolled."""
STOPS = tuple(GROUNDS)
EVENTS_MAX = 8
SOME_TERM = "DL18"
"""A term whose order states the date itself."""


@dataclass(slots=True)
class Told:
    """What has happened, as a clerk would note it down."""

    start: date
    stated: date | None
    extended: int = 0
    stops: dict[str, date] = field(default_factory=dict)
    stood: list[tuple[date, date]] = field(default_factory=list)
    settled: date | None = None


def play(law: Lawbook, chance: random.Random) -> str:
    """One history was played; raises AssertionError where the house came to other dates than the fresh account."""
    stated = chance.random() < 0.2
    term = law.terms[SOME_TERM if stated else chance.choice(TERMS)]
    day = date(2022, 1, 1) + timedelta(days=chance.randrange(1_800))
    told = Told(day, day + timedelta(days=chance.randrange(1, 60)) if stated else None)
    snapshot = _begun(law, term, told)
    for number in range(chance.randrange(EVENTS_MAX)):
        day += timedelta(days=chance.randrange(25))
        _some_event(law, snapshot, term, told, day, number + 1, chance)
    if chance.random() < 0.3 and not told.stops:
        told.settled = day
        settle(snapshot, None, (term.id,), _moment(day, 99), lapsed=False)
    _compare(law, snapshot, term, told)
    return "settled" if told.settled else "suspended" if told.stops else "running"


def _begun(law: Lawbook, term: Term, told: Told) -> Snapshot:
    main = Record("finding", "finding", "found")
    snapshot = Snapshot("finding", "finding", main, 1, 1, "market_regulation")
    facts = {"due_on": told.stated.isoformat()} if told.stated else {}
    open_term(law, snapshot, main, term.id, told.start, _moment(told.start, 0), lambda: "deadline", facts)
    return snapshot


def _some_event(
    law: Lawbook, snapshot: Snapshot, term: Term, told: Told, day: date, sequence: int, chance: random.Random
) -> None:
    draw, moment = chance.random(), _moment(day, sequence)
    if draw < 0.45:
        by = chance.choice(STOPS)
        stop(snapshot, None, term.id, moment, by, day)
        told.stops.setdefault(by, day)
    elif draw < 0.8:
        ended = tuple(chance.sample(STOPS, chance.randint(1, 3)))
        run_on(law, snapshot, None, term.id, moment, ended, day)
        for by in ended:
            if by in told.stops:
                told.stood.append((told.stops.pop(by), day))
    elif told.stated is None:
        added = chance.randint(1, 30)
        extend(law, snapshot, None, term.id, moment, {}, added=added)
        told.extended += added


def _compare(law: Lawbook, snapshot: Snapshot, term: Term, told: Told) -> None:
    (kept,) = snapshot.deadlines
    assert kept.dates == _from_scratch(law, term, told), (term.id, told)
    if told.settled is None:
        assert kept.state == ("suspended" if told.stops else "running"), told
    else:
        late = overdue(kept.dates, _moment(told.settled, 0).occurred_at)
        assert kept.state == ("met_late" if late else "met"), told


def _from_scratch(law: Lawbook, term: Term, told: Told) -> Dates:
    """The dates by all that is known in the end, in whatever order it is told."""
    given: dict[str, Any] = {"severe_after": law.severe_after}
    if told.stated is None:
        spans = [Exclusion(first, last) for first, last in sorted(told.stood, reverse=True)]
        return compute(term, told.start, law.calendar, exclusions=spans, extended=told.extended, **given)
    due = told.stated
    for first, last in told.stood:
        if first <= due:
            due += (last - first) + timedelta(days=1)
    return compute(term, told.start, law.calendar, fixed_due=due, **given)


def _moment(day: date, sequence: int) -> Moment:
    noon = datetime.combine(day, time(12), SHANGHAI)
    return Moment(noon, noon, sequence)


def play_many(count: int, seed: int) -> Counter[str]:
    """So many histories; told is in which state they ended."""
    law, chance = load_lawbook(load_office(RULES / "offices" / "yuanping.yaml")), random.Random(seed)
    return Counter(play(law, chance) for _ in range(count))
