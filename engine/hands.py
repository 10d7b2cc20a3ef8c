"""Where one natural person did what takes two, over all records: told, and changed never."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from engine.core.chart import Charts
from engine.core.commands import CLOCK_LOGIN, IMPORTER_LOGIN
from engine.core.delegation import BEHALF
from engine.core.hands import Act, Together, together
from engine.core.persons import Persons
from engine.core.two_persons import mixed
from engine.natural_persons import persons_known
from models import account_reading, audit_reading
from models.database import Database

NO_PERSON = frozenset({CLOCK_LOGIN, IMPORTER_LOGIN})


def acts_of(connection: Connection, record_id: str) -> list[Act]:
    """The entries of a record, oldest first, with whose hands they are; of an erased payload only who entered it."""
    return [_act(row) for row in audit_reading.chain(connection, record_id)]


def _act(row: Mapping[str, Any]) -> Act:
    said = json.loads(row["body"]) if row["body"] is not None else {}
    people = tuple(one for one in (row["by"], said.get(BEHALF)) if one and one not in NO_PERSON)
    return Act(
        row["sequence"],
        row["chart"],
        row["proceeding_id"],
        row["trigger"],
        row["state"],
        people,
        said.get("facts", {}),
    )


def audit_hands(database: Database, charts: Charts, office_id: str) -> dict[str, Any]:
    """{"records", "found", "mixed"}: what one person did for two, and administrators with another role."""
    with database.read() as connection:
        known = persons_known(connection, office_id)
        found, count = [], 0
        for _, record, _, _ in audit_reading.heads(connection):
            count += 1
            acts = [one for one in acts_of(connection, record) if one.chart in charts]
            found += [_told(record, one) for one in together(charts, acts, known)]
        found += _administrative(connection, office_id, known)
        users = account_reading.users(connection, office_id)
    held = [row.login for row in users if not row.disabled and mixed(frozenset(row.roles))]
    return {"records": count, "found": found, "mixed": held}


def _administrative(connection: Connection, office_id: str, known: Persons) -> Iterator[dict[str, Any]]:
    """Acts of two administrators that turn out to be one person's, and those on an account of one's own."""
    for row in account_reading.admin_entries(connection, office_id):
        proposed = row.detail.get("proposed_by")
        if proposed and known.same(proposed, row.by):
            zh, en = "同一人提出并确认", "the same person proposed and confirmed"
            by = {"trigger": row.action, "by": row.by}
            yield {"record": row.id, "sequence": 0, **by, "with": {"by": proposed}, "zh": zh, "en": en}


def _told(record: str, one: Together) -> dict[str, Any]:
    said = {
        "record": record,
        "sequence": one.act.sequence,
        "trigger": one.act.trigger,
        "by": one.act.people[0],
    }
    earlier = one.earlier
    beside = (
        None
        if earlier is None
        else {"sequence": earlier.sequence, "trigger": earlier.trigger, "by": earlier.people[0]}
    )
    return {**said, "with": beside, "zh": one.zh, "en": one.en}
