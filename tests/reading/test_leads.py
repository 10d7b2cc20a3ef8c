"""What leads to records is what they say, whoever changes them, and lists are the same with and without it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, select

from engine.search.filling import FORM
from engine.search.index import index_finding
from models import leading, records, searching
from models.database import Database
from models.reading import led
from models.reading.findings import FindingFilter
from models.reading.findings import matching as findings_matching
from models.reading.inspections import InspectionFilter, page_of_inspections
from models.reading.inspections import matching as inspections_matching
from models.reading.lights import CIVIL, NUMBER, finding_light
from models.reading.listed import page_of_findings
from models.reading.scope import scope
from tests.reading.people import OFFICER, SUPERVISOR
from tests.reading.random_world import DEPARTMENTS, STATES
from tests.reading.world import NOW, OFFICE, World

PEOPLE = ("W01", "w02", "C01", "弓晓燕", "没有这人", 'a"b\\')
CODES = ("PENDING_FOLLOWUP", "NO_ISSUE", "pending_followup", 'odd"\\', "")
LIGHTS = ("severe", "overdue", "red", "yellow", "green", "none")


def officers(chance: random.Random) -> list[Any]:
    """A list as senders write it, and sometimes as they should not."""
    named = [
        {"name": chance.choice(PEOPLE), "login": chance.choice(PEOPLE)},
        {"name": chance.choice(PEOPLE)},
        "W01",
    ]
    return chance.sample(named, chance.randint(0, 3))


def said(chance: random.Random) -> dict[str, Any]:
    """What a finding says of who worked on it."""
    name = chance.choice((*PEOPLE, None))
    return {
        "handler": chance.choice((*PEOPLE, None)),
        "intake": {"officers": officers(chance)} if chance.random() < 0.8 else {},
        "record": {"facts": {}, "registers": {"handler": {"name": name}} if name else {}},
        "ledger_no": chance.choice((None, "同号", f"原台{chance.randint(0, 50)}")),
        "department": chance.choice(DEPARTMENTS),
    }


def resulted(chance: random.Random) -> dict[str, Any]:
    """What an inspection says of its result."""
    return {
        "result_text": chance.choice((",", "; ", " ")).join(chance.choices(CODES, k=chance.randint(0, 3))),
        "finished_at": NOW - timedelta(hours=chance.randint(0, 900)),
        "department": chance.choice(DEPARTMENTS),
    }


def peopled(world: World, chance: random.Random, count: int) -> None:
    """Inspections with results and findings on which people worked."""
    party = world.party()
    inspections = [
        world.inspection(party, intake={"officers": officers(chance)}, **resulted(chance))
        for _ in range(count)
    ]
    for _ in range(count):
        dues = [NOW.date() + timedelta(days=chance.randint(-20, 20)) for _ in range(chance.randint(0, 1))]
        more = said(chance)
        world.finding(chance.choice(inspections), party, state=chance.choice(STATES), dues=dues, **more)


@pytest.fixture
def held(database: Database, world: World) -> Iterator[Connection]:
    """A transaction in which such records stand."""
    peopled(world, random.Random(40), 50)
    with database.writing() as connection, connection.begin():
        world.insert(connection)
        yield connection


def changes(connection: Connection, chance: random.Random) -> Callable[[], object]:
    """One change by chance, such as steps and corrections make."""
    findings, inspections = (
        connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
        for table in (records.FINDING, records.INSPECTION)
    )
    table, id, values = chance.choice(
        [
            (records.FINDING, chance.choice(findings), said(chance)),
            (records.FINDING, chance.choice(findings), {"inspection_id": chance.choice(inspections)}),
            (records.FINDING, chance.choice(findings), {"closed": chance.random() < 0.5}),
            (records.INSPECTION, chance.choice(inspections), resulted(chance)),
            (records.INSPECTION, chance.choice(inspections), {"intake": {"officers": officers(chance)}}),
        ]
    )
    return lambda: records.change(connection, table, id, values)


def test_what_leads_to_records_is_what_they_say_after_every_change(held: Connection) -> None:
    chance = random.Random(41)
    assert leading.differing(held) == []
    for _ in range(80):
        changes(held, chance)()
        assert leading.differing(held) == []
    held.execute(led.LEAD.delete().where(led.LEAD.c.key.like("l%")))
    assert leading.differing(held) != []
    leading.remake(held)
    assert leading.differing(held) == []


def plain_findings(connection: Connection, who: Any, asked: FindingFilter) -> list[str]:
    """The list without anything that leads: every row is asked."""
    shown = finding_light(NOW)
    due, number = records.FINDING.c.due_effective, NUMBER
    every = select(records.FINDING.c.id, shown.label("light"), due, number.label("number"))
    rows = connection.execute(
        every.where(scope(OFFICE, who)(records.FINDING), *findings_matching(asked))
    ).all()

    def place(row: Any) -> tuple[Any, ...]:
        return LIGHTS.index(row.light), "" if row.light == "none" else row.due_effective, row.number, row.id

    return [row.id for row in sorted(rows, key=place)]


def walked(connection: Connection, who: Any, asked: FindingFilter, limit: int) -> list[str]:
    """The list page after page, those that were cut short too."""
    found, after = list[str](), None
    while True:
        page = page_of_findings(connection, scope(OFFICE, who), asked, NOW, after, limit)
        found += [one[3] for one in page.found]
        if page.cut is None and len(page.found) < limit:
            return found
        after = page.cut or page.found[-1]


def assert_same_findings(connection: Connection, who: Any, asked: FindingFilter, limit: int = 20) -> None:
    """Page after page it is the list of the plain query."""
    assert walked(connection, who, asked, limit) == plain_findings(connection, who, asked)


def test_what_was_closed_in_a_time_is_what_its_last_closing_says(
    held: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, closings, world = random.Random(44), dict[str, datetime](), World(count=1_000)
    whole = FindingFilter(states=("closed",))
    for id in plain_findings(held, SUPERVISOR, FindingFilter())[::2]:
        records.change(held, records.FINDING, id, {"state": "closed", "closed": True})
    for id in plain_findings(held, SUPERVISOR, whole):
        for sequence in range(2, 2 + chance.randint(0, 2)):
            closings[id] = NOW - timedelta(hours=chance.randint(0, 2_000))
            world.entry(id, sequence, "finding", "approve_close", "closed", closings[id])
    world.insert(held)
    midnights = [datetime(2026, month, day, tzinfo=CIVIL) for month, day in ((9, 1), (10, 1), (11, 3))]
    for few, who in ((0, SUPERVISOR), (3, OFFICER), (2_000, OFFICER)):
        monkeypatch.setattr(led, "FEW", few)
        monkeypatch.setattr(led, "WALKED_MOST", 2 * few + 3)
        for since, before in [(None, midnights[1]), *pairwise(midnights), (midnights[1], None)]:
            found = walked(held, who, FindingFilter(closed_from=since, closed_before=before), 5)
            within = {
                id
                for id, at in closings.items()
                if (since is None or at >= since) and (before is None or at < before)
            }
            assert found == [id for id in plain_findings(held, who, whole) if id in within] != []


def assert_same_inspections(connection: Connection, who: Any, asked: InspectionFilter) -> None:
    """It is the list of the plain query."""
    seen, columns = scope(OFFICE, who), records.INSPECTION.c
    page = page_of_inspections(connection, seen, asked, NOW.date(), None, 1_000)
    plain = select(columns.id).where(seen(records.INSPECTION), *inspections_matching(asked, NOW.date()))
    plain = plain.order_by(columns.finished_at.desc(), columns.id.desc())
    assert [row.id for row in page] == list(connection.execute(plain).scalars())


def test_lists_are_those_of_the_plain_query_however_many_are_looked_up(
    held: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for few, who, department in ((0, SUPERVISOR, None), (3, OFFICER, None), (2_000, SUPERVISOR, "ecology")):
        monkeypatch.setattr(led, "FEW", few)
        monkeypatch.setattr(led, "WALKED_MOST", 2 * few + 3)
        for states in ((), ("closed",)):
            whole = FindingFilter(states=states)
            assert_same_findings(held, who, replace(whole, department=department), 3)
            for handler in PEOPLE[:2]:
                assert_same_findings(held, who, replace(whole, handler=handler), 1)
        for officer in (*PEOPLE, "w01"):
            assert_same_findings(held, who, FindingFilter(officer=officer, department=department))
            assert_same_findings(held, who, FindingFilter(officer="W01", handler=officer))
        for code in CODES[:-1]:
            assert_same_inspections(held, who, InspectionFilter(result=code, department=department))


PIECES = (
    "原台〔2026〕000777",
    "91140981MA0L3Q8T17",
    "共5处",
    "第12号3",
    "ＡＢ１２c",
    "cafe\u0301x1",
    "灭火器",
    "7",
    "㎏9",
)


def test_words_of_the_list_are_looked_up_wherever_they_stand(
    held: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(42)
    ids = held.execute(select(records.FINDING.c.id).order_by(records.FINDING.c.id)).scalars().all()
    texts = ["".join(chance.sample((*PIECES, "\n"), 4)).casefold() for _ in ids]
    for id, said_of_it in zip(ids, texts, strict=True):
        records.change(held, records.FINDING, id, {"search_text": said_of_it})
        index_finding(held, OFFICE, id, said_of_it)
    searching.entered(held, OFFICE, *searching.ITSELF, FORM)
    looked_up = 0
    for few in (0, 3, 2_000):
        monkeypatch.setattr(led, "FEW", few)
        monkeypatch.setattr(led, "WALKED_MOST", 2 * few + 3)
        for _ in range(25):
            whole = chance.choice(texts)
            at = chance.randrange(len(whole))
            words = (
                *whole[at : at + chance.randint(1, 9)].split(),
                *chance.choice(((), ("77",), ("0981",), ("zq",))),
            )
            each = list(searching.findings_that_may_hold(held, words))
            holding = set(plain_findings(held, SUPERVISOR, FindingFilter(words=words)))
            for selection in each:
                assert holding <= set(held.execute(selection).scalars()), words
            looked_up += bool(each)
            assert_same_findings(held, SUPERVISOR, FindingFilter(words=words))
    assert looked_up > 40
