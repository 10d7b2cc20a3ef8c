"""Notices of the State Council are loaded in tests, and records are made whose clocks cross a year."""

from __future__ import annotations

from typing import Any

from engine.administration import Administration
from engine.core.commands import Step
from models import records
from rules.calendars import Notice, notice_of, shipped_notices
from tests.builders import Town, item
from tests.engine.test_penalty_papers import OPENING, VERIFYING
from tests.engine.test_times import ORDER, SERVED

EVERY = shipped_notices()


def load(town: Town, notice: Notice) -> Any:
    """The notice was loaded, and what ran was counted anew."""
    detail = {"file": dict(notice.data), "by": "os:tester"}
    asked = Administration(town.house).ask("calendar.load", detail, command="calendar load")
    assert asked.done
    return town.house.recounting.run()


def changed(notice: Notice, **days: Any) -> Notice:
    """The notice with other days."""
    return notice_of({**notice.data, **days})


def noted(town: Town, record: str) -> list[Any]:
    """The entries that say that deadlines of the record were counted anew, with what each says."""
    with town.house.database.read() as connection:
        rows = records.entries_after_version(connection, record, -1, limit=500)
        return [one for one in rows if one.trigger == "recounted"]


def told(town: Town) -> list[Any]:
    """What owners of deadlines were told of days that moved."""
    with town.house.database.read() as connection:
        rows = connection.execute(records.NOTICE.select()).all()
    return [one for one in rows if one.kind == "date_moved"]


def crossing(town: Town) -> list[str]:
    """The records of an inspection of today: its own, a finding to be corrected in 30 days, one to be verified."""
    today = town.house.clock.now().date().isoformat()
    inspection = town.inspect(item(town), item(town))
    corrected, verified = town.findings_of(inspection)
    town.steps(
        "W01",
        corrected,
        Step("open_rectification", None, {"legal_ground": "依据。", "urgent_ground": "on_the_spot"}),
        Step("order", "@0", {**ORDER, "period_length": 30, "period_unit": "calendar_day"}),
        Step("serve_directly", "@0", {"served_on": today, **SERVED}),
    )
    town.steps(
        "C02",
        verified,
        Step("open_penalty", None, {**OPENING, "clue_on": today}),
        Step("start_verification", "@0", {**VERIFYING, "clue_on": today}),
    )
    return [inspection, corrected, verified]


def live(town: Town, record_ids: list[str]) -> dict[str, Any]:
    """The live deadlines of these records by id."""
    with town.house.database.read() as connection:
        rows = connection.execute(records.DEADLINE.select()).all()
    return {
        one.id: one
        for one in rows
        if one.state in ("running", "suspended") and (one.finding_id or one.inspection_id) in record_ids
    }
