"""Heads correct dates and withdraw entries at random; the entries as they stand are told independently."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.core.commands import CorrectionCommand

if TYPE_CHECKING:
    from tests.simulation.replay import Event
    from tests.simulation.world import World

CORRECTED, WITHDRAWN = "correct_date", "withdraw_entry"
CORRECTIONS = (CORRECTED, WITHDRAWN)
HEADS = ("H01", "H02", "U01", "C01", "P01", "C02")
"""C02 heads nothing and is refused."""


def as_they_stand(events: Sequence[Event]) -> list[Event]:
    """The events with corrected dates, without those withdrawn; corrections stay, as what moves nothing."""
    gone = {event.facts["entry"] for event in events if event.trigger == WITHDRAWN}
    said: dict[int, dict[str, Any]] = {}
    for event in events:
        if event.trigger == CORRECTED:
            gone |= set(event.facts["withdrawn_entries"])
            for moved in event.facts["moved_entries"]:
                said.setdefault(moved["entry"], {}).update({moved["fact"]: moved["to"]})
                said[moved["entry"]]["at"] = datetime.fromisoformat(moved["occurred_at"])
    return [_moved(event, said.get(event.sequence)) for event in events if event.sequence not in gone]


def _moved(event: Event, moved: dict[str, Any] | None) -> Event:
    if moved is None:
        return event
    facts = {**event.facts, **{name: value for name, value in moved.items() if name not in ("at", None)}}
    return replace(event, said={**event.said, "facts": facts}, occurred_at=moved["at"])


def correct_some(world: World, chance: random.Random) -> None:
    """Some head corrects the date of some entry of some record, or withdraws it; it may well be refused."""
    files = [*world.findings.values(), *world.referrals.values()]
    if not files:
        return
    file = chance.choice(files)
    entries = world.watch.known[file.snapshot.id].acts
    dated = [one for one in entries if _stated(world, one)] if chance.random() < 0.9 else entries
    if not dated:
        return
    event = chance.choice(dated[-8:])
    stated = _stated(world, event)
    to: Any = None
    if stated is not None and chance.random() < 0.8:
        to = stated + timedelta(days=chance.choice((-9, -3, -2, -1, -1, 1, 1, 2, 3, 9)))
    elif stated is None:
        to = event.occurred_at
    asked = CorrectionCommand(
        file.snapshot.subject, file.snapshot.id, event.sequence, to, "录入有误。", file.snapshot.version
    )
    world.send(chance.choice(HEADS), asked)


def _stated(world: World, event: Event) -> Any:
    """The day or instant that the law counts from, as it was entered; None for what states none."""
    chart = world.town.house.law.charts[event.chart]
    if event.trigger not in chart.triggers:
        return None
    name = chart.row_into(event.trigger, event.state).legal_date
    text = event.facts.get(name) if name else None
    if not isinstance(text, str):
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
