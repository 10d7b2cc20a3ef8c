"""Drafts of the rulebook with one bound moved, and findings on either side of it, for back-tests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.backtest import Backtest
from engine.backtest_reader import backtest_report
from engine.judging import Judging
from engine.outcomes import new_id
from models import backtesting, editions, records
from models.database import Database
from rules.rulebook import ROOT
from tests.builders import Town
from tests.reading.world import World

LETTERS = "sets/national/routing/R26.yaml"
SALES = "sets/national/routing/R07.yaml"
INTERVALS = (10, 14, 15, 19, 20, 25)
"""Days between two letters; the law asks for 15, the draft for 20."""
MOVED = 2
"""How many of the intervals the draft judges otherwise."""
FIRST_LETTER = date(2024, 1, 2)
FAKE = {"domain": "food", "violation": "food_fake_inferior"}
ROWS_EACH = 5
"""More ids than one finding with its party, inspection and entry takes."""
DEPARTMENTS = {"market_regulation": 0, "fire_rescue": 10_000_000}
"""Where the ids of each department's rows begin."""
FAR_BELOW, BETWEEN = 1_000_000, 6_000_000
"""Sales in fen: the law refers from 5,000,000, the draft from 7,000,000."""


def draft_of_the_law(folder: Path) -> Path:
    """A copy of the law that says nothing else."""
    folder.mkdir()
    for name in ("facts.yaml", "vocabulary.yaml", "rulebook.yaml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("offices", "sets"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def with_bound(folder: Path, file: str, old: str, new: str) -> Path:
    """A copy of the law in which one condition of one rule is another."""
    path = draft_of_the_law(folder) / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return folder


def longer_interval(folder: Path) -> Path:
    """The draft that asks for twenty days between the letters."""
    return with_bound(
        folder, LETTERS, '[letters_interval_days, ">=", 15]', '[letters_interval_days, ">=", 20]'
    )


def higher_threshold(folder: Path) -> Path:
    """The draft that refers to the police from a higher sum on."""
    return with_bound(folder, SALES, '[sales_fen, ">=", 5000000]', '[sales_fen, ">=", 7000000]')


def unanswered(days: int, **facts: Any) -> dict[str, Any]:
    """What came in of a finding whose party answered no letter, so many days apart."""
    posted = (FIRST_LETTER, FIRST_LETTER + timedelta(days=days))
    return {
        "domain": "market_entity",
        "violation": "address_unreachable",
        "letters": [{"posted_on": day.isoformat(), "signed": False} for day in posted],
        "facts": {"letters_unsigned": 2, "site_visit_negative": True, **facts},
    }


def put(
    database: Database,
    intakes: Sequence[Mapping[str, Any]],
    department: str = "market_regulation",
    first: int = 0,
) -> list[str]:
    """The ids of findings with these intakes, in their order; each has a party and an inspection of its own.

    first: how many findings of the department were put before.
    """
    world, ids = World(count=ROWS_EACH * first + DEPARTMENTS[department]), list[str]()
    discovered = "2024-04-26T10:00:00+08:00"
    for intake in intakes:
        party = world.party(name=f"原平市{len(ids)}号店")
        whole = {"discovered_at": discovered, "facts": {}, **intake}
        finding = world.finding(
            world.inspection(party, department),
            party,
            department=department,
            domain=intake["domain"],
            violation=intake["violation"],
            intake=whole,
        )
        ids.append(finding)
    with database.writing() as connection, connection.begin():
        world.insert(connection)
    return ids


def backtest_of(town: Town, batch: int = 4) -> Backtest:
    """A back-test of the house, in small batches."""
    house = town.house
    return Backtest(
        house.database, house.writer, house.clock, Judging(house.office, house.arbiter), batch=batch
    )


def report_of(town: Town, run: str) -> dict[str, Any]:
    """Everything that the command line tells of a run."""
    return backtest_report(town.house.database, town.house.office.office_id, run, 1000)


def run_of_nothing(town: Town) -> str:
    """The id of a back-test that found nothing in an office without findings."""
    id, now, book = new_id(), town.house.clock.now(), town.house.rulebook
    named = {f"{side}_version": book.version for side in ("draft", "live")}
    digests = {f"{side}_digest": book.digest for side in ("draft", "live")}
    row = {"id": id, "office_id": town.house.office.office_id, **named, **digests, "started_at": now}
    counts = {"state": "running", "finished_at": None, "cursor": "", "total": 0, "done": 0, "undecidable": 0}
    town.house.writer.submit(lambda connection: backtesting.start_run(connection, row | counts))
    town.house.writer.submit(lambda connection: backtesting.finish_run(connection, id, "", now))
    return id


def edition_of_nothing(town: Town, run: str) -> str:
    """The id of an edition that waits for an approval and was signed by nobody."""
    id, book = new_id(), town.house.rulebook
    row = {
        "id": id,
        "office_id": town.house.office.office_id,
        "version": "next",
        "digest": book.digest,
        "proof_digest": book.digest,
        "rulebook_digest": book.digest,
        "files": {},
        "in_force_from": date(2030, 1, 1),
        "live_version": book.version,
        "live_digest": book.digest,
        "backtest_run_id": run,
        "notice": [],
        "proposed_by": "L01",
        "proposed_at": town.house.clock.now(),
        "proposal": "{}",
        "proposal_signature": "",
    }
    town.house.writer.submit(lambda connection: records.add(connection, editions.EDITION, [row]))
    return id
