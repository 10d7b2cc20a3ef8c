"""A finding or inspection with everything its page shows: read once, through the reader, as this person may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.ledger_numbers import next_ledger_no
from web.asking import Asking
from web.fields import Choice
from web.forms import FormMaker, Lists
from web.people import People, people_of
from web.prefill import Known
from web.steps import Offer, Situation, offers

TIMELINE_PAGE = "200"
TIMELINE_PAGES_MAX = 10


@dataclass(frozen=True, slots=True)
class Folder:
    """What is on record, who may be named, and what this person may do."""

    asking: Asking
    now: datetime
    people: People
    finding: Mapping[str, Any]
    inspection: Mapping[str, Any]
    timeline: Sequence[Mapping[str, Any]]
    known: Known
    maker: FormMaker
    offers: Sequence[Offer]
    publishing: Sequence[Offer]
    """Acts on the inspection, offered beside those on the finding."""


def timeline_of(asking: Asking, id: str) -> list[Mapping[str, Any]]:
    """The whole timeline, oldest first, up to a bound that no ordinary record reaches."""
    items: list[Mapping[str, Any]] = []
    after = 0
    for _ in range(TIMELINE_PAGES_MAX):
        page = asking.house.reader.timeline(asking.who, id, {"after": [str(after)], "limit": [TIMELINE_PAGE]})
        items += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    return items


def open_finding(asking: Asking, id: str) -> Folder:
    """The folder of a finding; raises `not_found`."""
    house, who = asking.house, asking.who
    finding = house.reader.finding(who, id)
    inspection = house.reader.inspection(who, finding["inspection"])
    timeline = timeline_of(asking, id)
    now = house.clock.now()
    known = _known(asking, now, finding, inspection, timeline)
    states: dict[str | None, tuple[str, str]] = {None: ("finding", finding["state"])}
    states |= {one["id"]: (one["kind"], one["state"]) for one in finding["proceedings"]}
    situation = _situation(finding, known, now)
    found = offers(house.charts, who, finding["steps"], states, situation, known.pending)
    people = people_of(house)
    lists = Lists(people.offered(finding["department"]), attachment_choices(finding["attachments"]))
    maker = FormMaker(house.law, house.office, asking.words, lists)
    return Folder(
        asking,
        now,
        people,
        finding,
        inspection,
        timeline,
        known,
        maker,
        found,
        _publishing(asking, inspection, situation, timeline_of(asking, finding["inspection"])),
    )


def open_inspection(asking: Asking, id: str) -> Folder:
    """The folder of an inspection alone; raises `not_found`."""
    house, who = asking.house, asking.who
    inspection = house.reader.inspection(who, id)
    timeline = timeline_of(asking, id)
    now = house.clock.now()
    known = _known(asking, now, {}, inspection, timeline)
    people = people_of(house)
    department = inspection["inspection"]["department"]
    maker = FormMaker(house.law, house.office, asking.words, Lists(people.offered(department)))
    found = _publishing(asking, inspection, NO_SITUATION, timeline)
    return Folder(asking, now, people, {}, inspection, timeline, known, maker, found, ())


NO_SITUATION = Situation(frozenset(), frozenset(), True, False, False)


def _publishing(
    asking: Asking,
    inspection: Mapping[str, Any],
    situation: Situation,
    timeline: Sequence[Mapping[str, Any]],
) -> Sequence[Offer]:
    house = asking.house
    states: dict[str | None, tuple[str, str]] = {None: ("inspection", inspection["state"])}
    known = _known(asking, house.clock.now(), {}, inspection, timeline)
    return offers(house.charts, asking.who, inspection["steps"], states, situation, known.pending)


def _known(
    asking: Asking,
    now: datetime,
    finding: Mapping[str, Any],
    inspection: Mapping[str, Any],
    timeline: Sequence[Mapping[str, Any]],
) -> Known:
    house = asking.house
    today = civil_date(now)
    return Known(
        asking.who,
        today,
        house.office,
        finding,
        inspection["inspection"],
        timeline,
        lambda: next_ledger_no(house.database, house.office, today),
    )


def _situation(finding: Mapping[str, Any], known: Known, now: datetime) -> Situation:
    found = civil_date(datetime.fromisoformat(finding["discovered_at"]))
    return Situation(
        routes=frozenset(finding["routes"]),
        opened=frozenset(one["kind"] for one in finding["proceedings"]),
        own_power=bool(finding["facts"].get("own_power", True)),
        urgent=bool(known.ruling.get("urgent")),
        same_day=found == civil_date(now),
    )


def attachment_choices(attachments: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """The attachments of a finding as choices."""
    return tuple(Choice(one["digest"], one.get("title") or one["name"]) for one in attachments)
