"""A record with everything its page shows: read once, through the reader, as this person may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL
from engine.core.corrigible import Corrigible
from engine.core.entries import CORRECT_DATE, WITHDRAW_ENTRY
from engine.core.refusals import Refusal
from engine.drafts import Drafts, Form, Kept
from engine.ledger_numbers import next_ledger_no
from engine.reader import Reader
from engine.referral_reader import ReferralReader
from web.asking import Asking
from web.fields import Choice
from web.forms import FormMaker, Lists
from web.people import People, people_of
from web.prefill import Known
from web.steps import Offer, Situation, offers

TIMELINE_PAGE = "200"
TIMELINE_PAGES_MAX = 10
Timeline = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Folder:
    """What is on record, who may be named, and what this person may do."""

    asking: Asking
    now: datetime
    people: People
    finding: Mapping[str, Any]
    inspection: Mapping[str, Any]
    timeline: Timeline
    known: Known
    maker: FormMaker
    offers: Sequence[Offer]
    publishing: Sequence[Offer]
    """Acts on the inspection, offered beside those on the finding."""
    referral: Mapping[str, Any] = field(default_factory=dict)
    """The criminal referral where the page is its own; empty on every other page."""
    drafts: Mapping[Form, Kept] = field(default_factory=dict)
    """What this person typed on the page before and has not sent; nothing on the page of a referral."""

    @property
    def home(self) -> str:
        """The path of the page."""
        named = {"referrals": self.referral, "findings": self.finding, "inspections": self.inspection}
        place = next(place for place, record in named.items() if record)
        return f"/{place}/{named[place]['id']}"

    def record(self, subject: str) -> Mapping[str, Any]:
        """The finding, inspection or referral of the page."""
        known = {"finding": self.finding, "inspection": self.inspection, "referral": self.referral}
        return known[subject]


def corrections(asking: Asking, subject: str, id: str) -> dict[int, Corrigible]:
    """The steps of the record that this person may put right, by sequence."""
    found = asking.house.correction_reader.of_record(asking.who, subject, id)
    return {one.sequence: one for one in found}


def timeline_of(asking: Asking, id: str, told_by: Reader | ReferralReader | None = None) -> Timeline:
    """The whole timeline, oldest first, up to a bound that no ordinary record reaches."""
    reader = told_by or asking.house.reader
    items: list[Mapping[str, Any]] = []
    after = 0
    for _ in range(TIMELINE_PAGES_MAX):
        page = reader.timeline(asking.who, id, {"after": [str(after)], "limit": [TIMELINE_PAGE]})
        items += page["items"]
        if page["next"] is None:
            break
        after = page["next"]
    return [{**one, "put_right": found} for one, found in zip(items, _put_right(items), strict=True)]


def _put_right(items: Timeline) -> list[Mapping[str, Any] | None]:
    """For each entry what a later one corrects of it: {to, withdrawn, by}, None where it stands as it was entered."""
    found: dict[int, Mapping[str, Any]] = {}
    for one in items:
        facts = one["facts"]
        if one["trigger"] == WITHDRAW_ENTRY:
            found[facts["entry"]] = {"withdrawn": True, "by": one["sequence"]}
        elif one["trigger"] == CORRECT_DATE:
            moved = {each["entry"]: {"to": each["to"]} for each in facts["moved_entries"]}
            moved |= {entry: {"withdrawn": True} for entry in facts["withdrawn_entries"]}
            found |= {entry: {**said, "by": one["sequence"]} for entry, said in moved.items()}
    return [found.get(one["sequence"]) for one in items]


def open_finding(asking: Asking, id: str) -> Folder:
    """The folder of a finding; raises `not_found`."""
    house, who = asking.house, asking.who
    finding = house.reader.finding(who, id)
    house.reader.referrals.note_with(who, finding)
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
        drafts=Drafts.of(house).of_records(who, id, finding["inspection"]),
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
    drafts = Drafts.of(house).of_records(who, id)
    return Folder(asking, now, people, {}, inspection, timeline, known, maker, found, (), drafts=drafts)


NO_SITUATION = Situation(frozenset(), frozenset(), True, False, False)


def open_referral(asking: Asking, id: str) -> Folder:
    """The folder of a criminal referral, for the persons on its list; raises `not_found`.

    What the finding says is carried into its forms; a finding that is no longer this person's to see gives nothing.
    """
    house, who = asking.house, asking.who
    referral = house.reader.referrals.referral(who, id)
    story = timeline_of(asking, id, house.reader.referrals)
    finding, inspection, before = _behind(asking, referral["finding"])
    now = house.clock.now()
    known = _known(asking, now, finding, inspection, [*before, *story])
    states: dict[str | None, tuple[str, str]] = {None: (CRIMINAL, referral["state"])}
    situation = replace(NO_SITUATION, running=running_terms(referral["deadlines"]))
    found = offers(house.charts, who, referral["steps"], states, situation, known.pending)
    people = people_of(house)
    lists = Lists(people.offered(referral["department"]), attachment_choices(referral["attachments"]))
    maker = FormMaker(house.law, house.office, asking.words, lists)
    return Folder(asking, now, people, finding, inspection, story, known, maker, found, (), referral)


def _behind(asking: Asking, id: str) -> tuple[Mapping[str, Any], Mapping[str, Any], Timeline]:
    """The finding of a referral, its inspection and its timeline; nothing where the person no longer sees it."""
    try:
        finding = asking.house.reader.finding(asking.who, id)
        inspection = asking.house.reader.inspection(asking.who, finding["inspection"])
        return finding, inspection, timeline_of(asking, id)
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        return {}, {}, ()


def running_terms(deadlines: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The terms of the clocks that run."""
    return frozenset(one["term"] for one in deadlines if one["state"] == "running")


def _publishing(
    asking: Asking,
    inspection: Mapping[str, Any],
    situation: Situation,
    timeline: Timeline,
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
    timeline: Timeline,
) -> Known:
    house = asking.house
    return Known(
        asking.who,
        now,
        house.office,
        finding,
        inspection.get("inspection", {}),
        timeline,
        lambda: next_ledger_no(house.database, house.office, civil_date(now)),
    )


def _situation(finding: Mapping[str, Any], known: Known, now: datetime) -> Situation:
    found = civil_date(datetime.fromisoformat(finding["discovered_at"]))
    return Situation(
        routes=frozenset(finding["routes"]),
        opened=frozenset(one["kind"] for one in finding["proceedings"]),
        own_power=bool(finding["facts"].get("own_power", True)),
        urgent=bool(known.ruling.get("urgent")),
        same_day=found == civil_date(now),
        running=running_terms(finding["deadlines"]),
    )


def attachment_choices(attachments: Sequence[Mapping[str, Any]]) -> tuple[Choice, ...]:
    """The attachments of a finding as choices."""
    return tuple(Choice(one["digest"], one.get("title") or one["name"]) for one in attachments)
