"""The inbound matters of the demonstration: some just in, one nearly due, one accepted, one returned."""

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
from engine.core.commands import Asked, Command, EnterIncomingCommand, IncomingActCommand, Principal
from engine.demo.days import Days
from engine.demo.marking import STAMP
from engine.demo.replay_clock import ReplayClock
from engine.incoming.room import open_incoming
from models.reading.findings import newest_open_finding
from rules.data_file import Fields, read_as

if TYPE_CHECKING:
    from engine.house import House

FILE = "incoming.yaml"
RECEIVED_AT, ACTED_AT = time(9, 30), time(11, 0)
OPEN_FINDING = "$open_finding"


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does with a matter so many working days before the present."""

    act: str
    by: str
    day: int
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """A matter, entered by somebody so many working days before the present, and what was done with it."""

    by: str
    day: int
    body: Mapping[str, Any]
    deeds: tuple[Deed, ...]


def load_matters(folder: Path) -> tuple[Story, ...]:
    """The matters of the folder; raises DataFault."""
    return read_as(folder / FILE, _stories)


def take_in_matters(
    house: House, folder: Path, people: Mapping[str, Principal], days: Days, now: datetime
) -> None:
    """The matters stand as they were told until now, all in one transaction; twice changes nothing."""
    clock = ReplayClock()
    scribe = replace(house.desk.scribe, stamp={**house.desk.scribe.stamp, **STAMP})
    desk = replace(house.desk, clock=clock, scribe=scribe, after_step=None, bell=None, last_recorded_at=None)
    dealing = open_incoming(desk, house.exchange.callers, house.reader.cursors).dealing

    def take(connection: Connection, by: str, key: str, asked: Asked, at: datetime) -> str:
        clock.put(at)
        digest = hashlib.sha256(canonical([key]).encode()).hexdigest()
        return dealing.handle_within(connection, Command(people[by], key, digest, asked)).id

    def act(connection: Connection) -> None:
        for number, story in enumerate(load_matters(folder)):
            at = _moment(days, story.day, RECEIVED_AT, now)
            body = {**story.body, "received_at": at.isoformat()}
            id = take(connection, story.by, f"demo:incoming:{number}", EnterIncomingCommand(body), at)
            for place, deed in enumerate(story.deeds):
                facts = _filled(connection, house.office.office_id, deed.facts, days)
                asked = IncomingActCommand(id, deed.act, facts)
                when = _moment(days, deed.day, ACTED_AT, now) + timedelta(minutes=place)
                take(connection, deed.by, f"demo:incoming:{number}:{place}", asked, min(when, now))

    house.writer.submit(act)


def _moment(days: Days, day: int, hour: time, now: datetime) -> datetime:
    return min(datetime.combine(days.before(day), hour, SHANGHAI), now)


def _filled(connection: Connection, office_id: str, facts: Mapping[str, Any], days: Days) -> dict[str, Any]:
    """The facts; `$open_finding` is the newest open finding of market regulation, `$day-N` a working day."""
    filled = dict(facts)
    for name, value in facts.items():
        if value == OPEN_FINDING:
            filled[name] = newest_open_finding(connection, office_id, "market_regulation")
        elif isinstance(value, str) and value.startswith("$day"):
            filled[name] = days.before(int(value.removeprefix("$day"))).isoformat()
    return filled


def _stories(data: Any) -> tuple[Story, ...]:
    fields = Fields(data)
    stories = tuple(_each(fields, "matters", _story))
    fields.done()
    return stories


def _story(entry: Fields) -> Story:
    story = Story(
        by=entry.text("by"),
        day=entry.integer("day"),
        body=entry.take("body"),
        deeds=tuple(_each(entry, "acts", _deed)),
    )
    entry.done()
    return story


def _deed(entry: Fields) -> Deed:
    facts = entry.take("facts") if entry.has("facts") else {}
    deed = Deed(entry.text("act"), entry.text("by"), entry.integer("day"), facts)
    entry.done()
    return deed


def _each(fields: Fields, name: str, reader: Any) -> Iterator[Any]:
    for position, item in enumerate(fields.items(name)):
        yield reader(Fields(item, fields.where(f"{name}/{position}")))
