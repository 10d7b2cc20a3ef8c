"""The demonstration office, built once for all tests that only look at it."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.building import open_house
from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.demo import build
from engine.demo.building import FOLDER
from engine.demo.cases import cases_of
from engine.demo.days import Days
from engine.demo.plan import Planned, Planner
from engine.demo.scenery import load_scenery
from engine.demo.stories import load_stories
from engine.house import House
from engine.settings import Settings
from models import exchange_reading, records
from models.at_rest import opened_entries
from models.tables import Entry, Finding, Inspection, Proceeding
from rules.calendars import load_calendar
from rules.offices import load_office

PASSWORD = "a password for everybody"
TODAY = "2026-11-23T16:00:00+08:00"
SUPERVISOR = Principal("S01", "尚秉衡", frozenset({"supervisor"}), "lead_office")
LIGHTS = ("severe", "overdue", "red", "yellow")
RULES = FOLDER.parent


@dataclass(slots=True)
class Built:
    """A house with the demonstration in it, and what building it told."""

    house: House
    told: dict[str, Any]

    def rows(self, table: Any) -> list[Any]:
        """Every row of the table."""
        with self.house.database.read() as connection:
            return list(connection.execute(table.select()))

    def said(self) -> list[dict[str, Any]]:
        """What every entry says."""
        with self.house.database.read() as connection:
            rows = connection.execute(records.PAYLOAD.select()).all()
            return [json.loads(row.body) for row in opened_entries(connection, rows)]

    def light(self, row: Any) -> str | None:
        """The light of a finding or deadline at the house's present; None when nothing runs."""
        if row.yellow_at is None:
            return None
        now = self.house.clock.now()
        return next((light for light in LIGHTS if now >= getattr(row, f"{light}_at")), "green")

    def summary(self) -> dict[str, Any]:
        """What the demonstration looks like, without ids and secrets."""
        findings = self.rows(FINDING)
        return {
            "findings": sorted((row.reference, row.state, row.ledger_no, row.sequence) for row in findings),
            "lights": Counter(self.light(row) for row in findings),
            "inspections": sorted((row.reference, row.state) for row in self.rows(INSPECTION)),
            "proceedings": Counter((row.kind, row.state) for row in self.rows(PROCEEDING)),
            "messages": Counter((row.chart_name, row.recipient) for row in self.rows(MESSAGE)),
            "acts": Counter((row.chart, row.trigger, row.by) for row in self.rows(ENTRY)),
        }


FINDING, INSPECTION, PROCEEDING, ENTRY = (
    records.table_of(model) for model in (Finding, Inspection, Proceeding, Entry)
)
MESSAGE = exchange_reading.MESSAGE


def house_at(url: str, folder: Path, now: str = TODAY) -> House:
    """A house over that database whose clock stands at that instant."""
    folder.mkdir(exist_ok=True)
    (folder / "clock").write_text(f"{now}\n")
    return open_house(Settings(data_dir=folder, database_url=url, test_clock=folder / "clock"))


def planned(now: Any) -> list[Planned]:
    """The plan of a build at that instant."""
    scenery = load_scenery(FOLDER)
    days = Days(civil_date(now), load_calendar(RULES))
    cases = cases_of(load_stories(FOLDER), scenery, days)
    office = load_office(RULES / "offices" / "yuanping.yaml")
    return Planner(days, office, scenery.wording, now).plan(cases)


@pytest.fixture(scope="session")
def built_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the demonstration of 2026-11-23; all workers share one build."""
    shared = tmp_path_factory.getbasetemp().parent / "demo"
    shared.mkdir(exist_ok=True)
    file = shared / "built.db"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            house = house_at(f"sqlite:///{shared / 'building.db'}", shared)
            build(house, PASSWORD)
            house.close()
            (shared / "building.db").rename(file)
    return file


@pytest.fixture(scope="module")
def built(built_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The demonstration of 2026-11-23, in a copy of its own."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copy(built_file, folder / "bihuan.db")
    shutil.copytree(built_file.parent / "keys", folder / "keys")
    house = house_at(f"sqlite:///{folder / 'bihuan.db'}", folder)
    yield Built(house, build(house, PASSWORD))
    house.close()
