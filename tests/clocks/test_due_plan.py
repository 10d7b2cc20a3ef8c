"""What is due is found by indexes alone, however many deadlines are open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, event

from models import due
from models.records import DEADLINE
from models.referral_reading import REFERRAL_DEADLINE
from tests.builders import Town

Asked = Callable[[Connection, Town], object]
OPEN_ONES = "SCAN finding USING INDEX finding_figures"
"""That index holds the open findings alone, however many were closed."""
QUESTIONS: dict[str, Asked] = {
    "due": lambda connection, town: due.due_deadlines(connection, "yuanping", town.house.clock.now(), 500),
    "due, referrals": lambda connection, town: due.due_deadlines(
        connection, "yuanping", town.house.clock.now(), 500, REFERRAL_DEADLINE
    ),
    "how many": lambda connection, town: due.count_due(
        connection, "yuanping", town.house.clock.now(), DEADLINE
    ),
    "ended before": lambda connection, town: due.ended_before(
        connection, "yuanping", town.house.clock.now(), town.house.sweep.rows.waited_for(), 500
    ),
    "remedies decided": lambda connection, town: due.proceedings_without(
        connection, "yuanping", "penalty", {"performing"}, {"DL33", "DL35"}, "", 500
    ),
    "all done": lambda connection, town: due.findings_without_open_proceeding(
        connection, "yuanping", ("routed",), "", 500
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_table_of_cases_is_read_from_end_to_end(sqlite_town: Town, question: str) -> None:
    said: list[tuple[str, Any]] = []
    database = sqlite_town.house.database

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as connection:
        QUESTIONS[question](connection, sqlite_town)
        event.remove(database.engine, "before_cursor_execute", note)
        asked = [one for one in said if one[0].startswith("SELECT")]
        plan = [
            row[3]
            for one in asked
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {one[0]}", one[1])
        ]
    read = [line for line in plan if line.startswith(("SCAN", "SEARCH")) and " anon_" not in line]
    assert read and all(line.startswith(("SEARCH", OPEN_ONES)) for line in read), plan
