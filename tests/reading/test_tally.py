"""The tally of what is closed says at every moment what the rows say, whoever changes them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from models import leading, records, tallying
from models.database import Database
from models.reading.tallied import TALLY
from tests.reading.random_world import DEPARTMENTS, KINDS, STATES, random_world
from tests.reading.world import NOW, World

ENDED = ("drafted", "closed", "withdrawn")
RULES_FIRED = (["food-1"], ["food-1", "fire-2"], [])


def changes(connection: Connection, chance: random.Random) -> Callable[[], object]:
    """One change by chance, such as steps, imports and corrections make."""
    findings, proceedings, inspections = (
        connection.execute(select(table.c.id).order_by(table.c.id)).scalars().all()
        for table in (records.FINDING, records.PROCEEDING, records.INSPECTION)
    )
    id, day = chance.choice(findings), NOW - timedelta(days=chance.randint(0, 90))
    state = chance.choice((*STATES, "closed", "closed"))
    world = World(count=chance.randint(10_000, 10_000_000))

    def change(table: Any, id: str, **values: Any) -> Callable[[], object]:
        return lambda: records.change(connection, table, id, values)

    def added(made: Callable[[], object]) -> Callable[[], object]:
        made()
        return lambda: world.insert(connection)

    last = connection.execute(
        select(func.max(records.ENTRY.c.sequence)).where(records.ENTRY.c.record_id == id)
    ).scalar_one()
    published = chance.choice((None, day.date(), (NOW - timedelta(days=200)).date()))
    return chance.choice(
        [
            change(records.FINDING, id, state=state, closed=state == "closed"),
            change(records.FINDING, id, ledger_no=f"改{chance.randint(0, 99)}", discovered_at=day),
            change(records.FINDING, id, department=chance.choice(DEPARTMENTS), domain="fire"),
            change(records.FINDING, id, rulings=[{"fired": chance.choice(RULES_FIRED)}]),
            change(records.PROCEEDING, chance.choice(proceedings), state=chance.choice(ENDED)),
            change(
                records.INSPECTION,
                chance.choice(inspections),
                published_on=published,
                carried=chance.random() < 0.3,
                state=chance.choice(("recorded", "published", "published")),
            ),
            added(lambda: world.proceeding(id, chance.choice(KINDS), chance.choice(ENDED))),
            added(lambda: world.entry(id, last + 1, "finding", "approve_close", "closed", day)),
        ]
    )


def test_the_tally_is_what_the_records_say_after_every_change(database: Database, world: World) -> None:
    random_world(world, seed=36, count=60)
    chance = random.Random(36)
    with database.writing() as connection, connection.begin():
        world.insert(connection)
        assert tallying.differing(connection) == []
        for _ in range(120):
            changes(connection, chance)()
            assert tallying.differing(connection) == []
            assert leading.differing(connection) == []
        facets = set(connection.execute(select(TALLY.c.facet).where(TALLY.c.count > 0)).scalars())
        assert facets == {
            "all",
            "closing",
            "route",
            "proceeding",
            "domain",
            "violation",
            "rule",
            "public",
            "inspection",
        }


def test_a_tally_that_was_spoilt_is_found_and_counted_anew(database: Database, world: World) -> None:
    random_world(world, seed=3, count=40)
    with database.writing() as connection, connection.begin():
        world.insert(connection)
        connection.execute(TALLY.update().where(TALLY.c.facet == "all").values(count=TALLY.c.count + 1))
        assert tallying.differing(connection) != []
        tallying.recount(connection)
        assert tallying.differing(connection) == []
