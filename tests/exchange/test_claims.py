"""A claim reads what waits for its own destination, in the order of an index, however much waits for others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from engine.courier_book import LAST_CALL, LEASE
from models import delivering
from tests.exchange.delivery_soak import linked_up
from tests.exchange.linked import NOW

URLS = ["http://127.0.0.1:1/one", "http://127.0.0.1:1/two"]
UNTIL = NOW + LEASE
ASKED = {
    "claim": lambda connection: delivering.claim(connection, "receiver-0", "l", NOW, UNTIL, 4),
    "last call": lambda connection: delivering.claim(
        connection, "receiver-0", "l", NOW, UNTIL, 4, (NOW, NOW + LAST_CALL)
    ),
    "probe": lambda connection: delivering.claim_probe(connection, "receiver-0", "l", NOW, UNTIL),
    "in hand": lambda connection: delivering.in_hand(connection, "receiver-0", NOW),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_waits_for_others_is_not_read(sqlite_town, name):
    """The plan of SQLite, which knows no figures and always chooses so."""
    database = sqlite_town.house.database
    linked_up(database, URLS, 6)
    told: list[str] = []
    with database.engine.connect() as connection:
        said: list[tuple[str, Any]] = []

        def keep(_c: Any, _u: Any, statement: str, parameters: Any, *_: Any) -> None:
            said.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", keep)
        ASKED[name](connection)
        event.remove(connection, "before_cursor_execute", keep)
        for statement, parameters in said:
            if statement.startswith("SELECT"):
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                told += [row[-1] for row in plan]
    reads = [line for line in told if " message " in line]
    assert reads
    assert all("(system_id=?" in line for line in reads), told
    if name != "last call":  # of those in their last half hour all are read: they are few
        assert not any("ORDER BY" in line for line in told), told


def test_a_receiver_that_failed_is_tried_with_the_message_that_is_due_first_and_then_with_the_oldest(town):
    linked_up(town.house.database, URLS, 6)
    writer = town.house.writer
    dues = {"message-00000002": NOW + timedelta(days=2), "message-00000004": NOW + timedelta(days=1)}

    def separate(connection: Any) -> None:
        for number in range(6):
            id = f"message-{number:08d}"
            delivering.change_message(connection, id, {"thread": id, "due_at": dues.get(id)})

    def tried(connection: Any) -> str:
        [row] = delivering.claim_probe(connection, "receiver-0", "l", NOW, UNTIL)
        return str(row["id"])

    writer.submit(separate)
    found = [writer.submit(tried) for _ in range(3)]
    assert found == ["message-00000004", "message-00000002", "message-00000000"]
