"""Somebody who holds the database tells another story of a case: its rows say what no entry says."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Date, Table, delete, insert, update

from engine.attachments import AttachmentFile, Attachments
from engine.core.snapshot import SUSPICION_ON_RECORD
from engine.core.standing import STATED
from engine.outcomes import new_id
from models.columns import Instant
from models.records import ATTACHMENT, DEADLINE, FINDING, INSPECTION, PARTY, PROCEEDING
from models.referral_reading import REFERRAL, REFERRAL_DEADLINE
from tests.builders import Town
from tests.simulation.destroying import other
from tests.simulation.kept_rows import rows_of, this_row

HEADED = (FINDING, INSPECTION, REFERRAL)
HANGING = (PROCEEDING, DEADLINE, REFERRAL_DEADLINE)
THEN = datetime.fromisoformat("2024-04-25T09:00:00+08:00")
NAMES = {"id"}
"""What a row is called by others: changed, it is another row."""


class Retelling:
    """One change of what a record says in its own rows."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._ways: tuple[Callable[[Connection], str], ...] = (
            self.said,
            self.said,
            self.hangs,
            self.party,
            self.paper,
            self.invented,
            self.forgotten,
        )

    def retell(self, connection: Connection) -> str:
        """What was changed."""
        return f"retell {self._dice.choice(self._ways)(connection)}"

    def said(self, connection: Connection) -> str:
        """One stated column of a record, a proceeding or a deadline says something else."""
        table = self._dice.choice([one for one in (*HEADED, *HANGING) if rows_of(connection, one)])
        return self.said_of(connection, table, self._dice.choice(rows_of(connection, table)))

    def said_of(self, connection: Connection, table: Table, row: Mapping[str, Any]) -> str:
        """The same of this row."""
        name = self._dice.choice([one for one in STATED[table.name] if one not in NAMES])
        connection.execute(
            update(table).where(this_row(table, row)).values({name: self._another(table, name, row[name])})
        )
        return f"{table.name}.{name}"

    def hangs(self, connection: Connection) -> str:
        """There is a proceeding or deadline more or less."""
        table = self._dice.choice([one for one in HANGING if rows_of(connection, one)])
        row = self._dice.choice(rows_of(connection, table))
        if self._dice.random() < 0.5:
            connection.execute(delete(table).where(this_row(table, row)))
            return f"without a {table.name}"
        connection.execute(insert(table).values({**row, "id": new_id()}))
        return f"another {table.name}"

    def party(self, connection: Connection) -> str:
        """The party has another name, other particulars, or is found under another identity."""
        row = self._dice.choice(rows_of(connection, PARTY))
        name = self._dice.choice(("name", "identity", "detail"))
        connection.execute(
            update(PARTY).where(PARTY.c.id == row["id"]).values({name: other(self._dice, row[name])})
        )
        return f"party.{name}"

    def paper(self, connection: Connection) -> str:
        """A paper that was handed in says something else, is gone, or was never handed in."""
        row = self._dice.choice(rows_of(connection, ATTACHMENT))
        this = this_row(ATTACHMENT, row)
        way = self._dice.choice(("changed", "emptied", "renamed", "gone", "put in"))
        if way == "gone":
            connection.execute(delete(ATTACHMENT).where(this))
        elif way == "put in":
            connection.execute(insert(ATTACHMENT).values({**row, "digest": f"sha256:{new_id()}"}))
        elif way == "renamed":
            connection.execute(update(ATTACHMENT).where(this).values(name="另一张.png"))
        else:
            content = b"" if way == "emptied" else bytes(row["content"]) + b"\n"
            connection.execute(update(ATTACHMENT).where(this).values(content=content))
        return f"a paper {way}"

    def invented(self, connection: Connection) -> str:
        """There is a record that nobody made."""
        table = self._dice.choice(HEADED)
        row = self._dice.choice(rows_of(connection, table))
        fresh = {"id": new_id(), "head": "0" * 64, "sequence": 0}
        fresh |= {name: None for name in ("reference",) if name in row}
        connection.execute(insert(table).values({**row, **fresh}))
        return f"an invented {table.name}"

    def forgotten(self, connection: Connection) -> str:
        """A finding does not remember the crime suspected in it, which no entry of its own says."""
        rows = [
            row for row in rows_of(connection, FINDING) if row["record"]["registers"].get(SUSPICION_ON_RECORD)
        ]
        row = self._dice.choice(rows)
        registers = {**row["record"]["registers"], SUSPICION_ON_RECORD: self._dice.choice((False, None))}
        values = {"record": {**row["record"], "registers": registers}}
        connection.execute(update(FINDING).where(FINDING.c.id == row["id"]).values(values))
        return "a forgotten suspicion"

    def _another(self, table: Table, name: str, value: Any) -> Any:
        if value is None:
            kind = table.c[name].type
            return THEN if isinstance(kind, Instant) else THEN.date() if isinstance(kind, Date) else "x"
        if isinstance(value, list):
            return [*value, {"number": self._dice.randrange(10**6)}]
        if isinstance(value, date) and not isinstance(value, datetime):
            return value + timedelta(days=1)
        return other(self._dice, value)


def told_whole(town: Town, finding: str) -> None:
    """The finding has a proceeding whose clock runs, and a paper that was handed in."""
    town.step("W01", finding, "open_rectification", urgent_ground="on_the_spot", legal_ground="依据。")
    paper = AttachmentFile("照片.png", b"\x89PNG\r\n\x1a\n" + finding.encode(), "image/png")
    Attachments(town.house.desk).take(town.who("W01"), finding, [paper])
