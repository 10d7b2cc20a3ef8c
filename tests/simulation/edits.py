"""Somebody with the database in hands changes what is on record; one saved checkpoint must find every change."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, Table, delete, insert, literal_column, update
from sqlalchemy.exc import IntegrityError

from engine.core.audit import ERASED, GENESIS, canonical, chained, commitment, utc_text
from engine.core.log_leaf import blind
from engine.core.standing import STATED
from engine.outcomes import new_id
from engine.witness.verifying import verify_whole
from models import account_reading, audit_reading, log_reading, records
from models.referral_reading import READING
from tests.audit.recorded import record
from tests.builders import Town
from tests.simulation.appending import append
from tests.simulation.destroying import destroy, other
from tests.simulation.kept_rows import rows_of, this_row
from tests.simulation.privilege import Escalating, grant
from tests.simulation.retelling import Retelling, told_whole
from tests.simulation.unguarded import take_guards_away, taken_back

STEP, PAYLOAD, LEAF = records.ENTRY, records.PAYLOAD, log_reading.LEAF
OWN = (account_reading.ADMIN_ENTRY, READING, log_reading.ATTEMPT)
KEPT = (STEP, PAYLOAD, *OWN, LEAF, log_reading.CHECKPOINT)
HEADS = ("head", "sequence")
RUBBISH = (
    *("x'ff'", "'rubbish'", "'{'", "'{}'", "'[1]'", "CAST(x'ff' AS TEXT)", "9223372036854775807"),
    *("'0001-01-01T00:00:00+14:00'", "'9999-12-31T23:59:59-14:00'"),
)
LAWFUL = 0.2
"""How often something is lawfully erased in a record that goes on as it should."""

Row = dict[str, Any]


class Tampering:
    """A record that was signed twice, and somebody who changes it. Each change is taken back after the look."""

    def __init__(self, town: Town, seed: int, old: int = 2, new: int = 2) -> None:
        self.town, self.dice = town, random.Random(seed)
        self.witness = town.house.witness
        grant(town)
        for number in range(old):
            told_whole(town, record(town, number + 1)[0])
        self.witness.checkpoint()
        with town.house.database.read() as connection:
            self.old = {table: rows_of(connection, table) for table in (*KEPT, *audit_reading.HEADED)}
        town.at("2024-04-28T09:00")
        for number in range(new):
            told_whole(town, record(town, old + number + 1)[0])
        self.saved = self.witness.checkpoint()
        self.beside, self.salt = self.witness.signer.anchors.notes(), town.house.desk.scribe.salt
        take_guards_away(town.house.database)
        self.retelling = Retelling(self.dice)
        self.ways: tuple[Callable[[Connection], str], ...] = (
            *(
                self.flip,
                self.spoil,
                self.remove,
                self.swap,
                self.put_in,
                self.cut,
                self.recompute,
                self.old_copy,
            ),
            *(self.pretend, Escalating(self.dice).escalate),
            *(self.retelling.retell, self.build_upon),
        )

    def edit(self) -> tuple[str, bool]:
        """(what was changed, whether that was found)."""
        while True:
            with (
                suppress(IntegrityError),
                taken_back(self.town.house.database) as connection,
            ):  # else the database itself refuses
                what = self.dice.choice(self.ways)(connection)
                return what, bool(self._faults(connection))

    def clean(self) -> list[Any]:
        """The faults told of a record that went on as it should; there must be none."""
        with taken_back(self.town.house.database) as connection:
            held, now = self.saved, datetime.fromisoformat("2024-04-28T09:30:00+08:00")
            for _ in range(self.dice.randint(1, 6)):
                now += timedelta(minutes=self.dice.randint(1, 600))
                for _ in range(self.dice.randint(0, 3)):
                    self._append(connection, self._a_head(connection), now)
                if self.dice.random() < LAWFUL:
                    head = self._a_head(connection)
                    said = destroy(connection, self.dice, head[1]["id"], self.witness.office_id)
                    self._append(connection, head, now, (ERASED, {"destroyed": said}))
                if self.dice.random() < 0.6:
                    self.witness.sequencer.batch(connection)
                    held = self.dice.choice((held, self._signed(connection, now)))
            return self._faults(connection, held)

    def _signed(self, connection: Connection, now: datetime) -> str:
        audited, seen, _ = verify_whole(self.witness, connection, None, self.beside, dated=True)
        assert not audited.faults, audited.faults
        return self.witness.signer.sign(seen.size, seen.root, now)

    def _faults(self, connection: Connection, held: str | None = None) -> list[Any]:
        return verify_whole(self.witness, connection, held or self.saved, self.beside, dated=True)[0].faults

    # ------------------------------------------------------------------ what may be done

    def flip(self, connection: Connection) -> str:
        """One value of one row is another."""
        table = self.dice.choice((*KEPT, *audit_reading.HEADED[:3]))
        heads = table in audit_reading.HEADED
        row = self.dice.choice(rows_of(connection, table))
        names = [name for name in row if not heads or name in HEADS]
        name = self.dice.choice(names)
        nothing = 0 if isinstance(table.c[name].type, Integer) else ""
        value = other(self.dice, nothing if row[name] is None else row[name])
        connection.execute(update(table).where(this_row(table, row)).values({name: value}))
        return f"flip {table.name}.{name}"

    def spoil(self, connection: Connection) -> str:
        """One value is of no kind that its column knows, which SQLite keeps; elsewhere it is another of its kind."""
        if connection.dialect.name != "sqlite":
            return self.flip(connection)
        table = self.dice.choice((*KEPT, *audit_reading.HEADED[:3]))
        row = self.dice.choice(rows_of(connection, table))
        names = list(row) if table in KEPT else [*STATED[table.name], *HEADS]
        name, value = self.dice.choice(names), literal_column(self.dice.choice(RUBBISH))
        connection.execute(update(table).where(this_row(table, row)).values({name: value}))
        return f"spoil {table.name}.{name}"

    def remove(self, connection: Connection) -> str:
        """One row is gone."""
        table = self.dice.choice(KEPT)
        row = self.dice.choice(rows_of(connection, table))
        connection.execute(delete(table).where(this_row(table, row)))
        return f"delete {table.name}"

    def swap(self, connection: Connection) -> str:
        """Two rows have changed places."""
        table = self.dice.choice(KEPT)
        one, two = self.dice.sample(rows_of(connection, table), 2)
        keys = [column.name for column in table.primary_key.columns]
        if table is LEAF:
            keys += ["kind", "record_id", "sequence"]  # else its index would refuse
        for row, given in ((one, two), (two, one)):
            values = {name: value for name, value in given.items() if name not in keys}
            connection.execute(update(table).where(this_row(table, row)).values(values))
        return f"swap {table.name}"

    def put_in(self, connection: Connection) -> str:
        """Something is on record that nobody recorded: dated back, chained as it should be or not."""
        way = self.dice.choice(("chained", "behind the head", "loose", "no chain", "leaf"))
        then = datetime.fromisoformat("2024-04-25T09:00:00+08:00")
        if way == "leaf":
            row = self.dice.choice(rows_of(connection, LEAF))
            connection.execute(
                insert(LEAF).values({**row, "place": 10**6, "kind": "filler", "record_id": None})
            )
        elif way == "no chain":
            table = self.dice.choice(OWN)
            row = self.dice.choice(rows_of(connection, table))
            when = "read_at" if "read_at" in row else "recorded_at"
            connection.execute(insert(table).values({**row, "id": new_id(), when: then}))
        elif way == "loose":
            row = self.dice.choice(rows_of(connection, PAYLOAD))
            connection.execute(insert(PAYLOAD).values({**row, "sequence": 10**6}))
        else:
            head = self._a_head(connection)
            self._append(connection, head, then, moves_head=way == "chained")
        if self.dice.random() < 0.5:
            self.witness.sequencer.batch(connection)  # the sequencer takes it for something new
        return f"insert {way}"

    def cut(self, connection: Connection) -> str:
        """The end is missing: of a record, of the log, or of both."""
        way = self.dice.choice(("record", "log", "both"))
        if way != "log":
            table, head = self._a_head(connection)
            left = self.dice.randrange(0, head["sequence"])
            of_record = STEP.c.record_id == head["id"], PAYLOAD.c.record_id == head["id"]
            connection.execute(delete(STEP).where(of_record[0], STEP.c.sequence > left))
            connection.execute(delete(PAYLOAD).where(of_record[1], PAYLOAD.c.sequence > left))
            last = audit_reading.chain(connection, head["id"])
            values = {"sequence": left, "head": last[-1]["hash"] if last else GENESIS}
            connection.execute(update(table).where(table.c.id == head["id"]).values(values))
            gone = LEAF.c.record_id == head["id"], LEAF.c.sequence > left
            if way == "both":
                connection.execute(delete(LEAF).where(*gone))
        if way != "record":
            size = log_reading.size_of(connection)
            connection.execute(delete(LEAF).where(LEAF.c.place >= self.dice.randrange(0, size)))
        return f"cut {way}"

    def recompute(self, connection: Connection) -> str:
        """An entry says something else, and everything that follows from it was computed again."""
        table, head = self._a_head(connection)
        rows = audit_reading.chain(connection, head["id"])
        place, fixed = self.dice.randrange(len(rows)), self.dice.random() < 0.7
        said = json.loads(rows[place]["body"])
        body = canonical({**said, "facts": {**said["facts"], "forged": self.dice.randrange(10**9)}})
        rows[place] |= {"body": body, "commitment": commitment(rows[place]["salt"], body)}
        connection.execute(update(PAYLOAD).where(this_row(PAYLOAD, rows[place])).values(body=body))
        leaves = log_reading.leaves_of(connection, head["id"])
        previous = rows[place]["previous"]
        for row in rows[place:]:
            spoken = {**row, **{name: utc_text(row[name]) for name in ("occurred_at", "recorded_at")}}
            row |= {"previous": previous, "hash": chained(previous, spoken)}
            previous = row["hash"]
            values = {name: row[name] for name in ("commitment", "previous", "hash")}
            connection.execute(update(STEP).where(this_row(STEP, row)).values(values))
            leaf = leaves[row["sequence"]]
            if fixed:
                content = blind(leaf.salt, row["hash"])
                connection.execute(update(LEAF).where(LEAF.c.place == leaf.place).values(leaf=content))
        connection.execute(update(table).where(table.c.id == head["id"]).values(head=previous))
        return f"recompute {'with' if fixed else 'without'} leaves"

    def pretend(self, connection: Connection) -> str:
        """Payloads are gone as if by law, and no entry says so."""
        said = destroy(connection, self.dice, self._a_head(connection)[1]["id"], self.witness.office_id)
        return f"pretend {len(said)} erased"

    def build_upon(self, connection: Connection) -> str:
        """A record says something else, and a lawful step was taken upon that."""
        heads = [one for one in self._heads(connection) if one[0].name in STATED and one[1]["sequence"]]
        table, row = self.dice.choice(heads)
        changed = self.retelling.said_of(connection, table, row)
        [now] = [one for one in rows_of(connection, table) if one["id"] == row["id"]]
        self._append(connection, (table, now), datetime.fromisoformat("2024-04-28T09:30:00+08:00"))
        self.witness.sequencer.batch(connection)
        return f"built upon {changed}"

    def old_copy(self, connection: Connection) -> str:
        """Everything is as it was at the first checkpoint, or went on from there in another way."""
        for table in KEPT:
            connection.execute(delete(table))
            if self.old[table]:
                connection.execute(insert(table), self.old[table])
        for table in audit_reading.HEADED:
            known = {row["id"]: row for row in self.old[table]}
            for row in rows_of(connection, table):
                values = {name: known.get(row["id"], {"head": "", "sequence": 0})[name] for name in HEADS}
                connection.execute(update(table).where(table.c.id == row["id"]).values(values))
        lived_on = self.dice.random() < 0.5
        if lived_on:
            now = datetime.fromisoformat("2024-04-28T09:30:00+08:00")
            for _ in range(self.dice.randint(1, 3)):
                known_heads = [one for one in self._heads(connection) if one[1]["sequence"]]
                self._append(connection, self.dice.choice(known_heads), now)
                self.witness.sequencer.batch(connection)
        return f"old copy {'that lived on' if lived_on else 'as it was'}"

    # ------------------------------------------------------------------ what the record has

    def _heads(self, connection: Connection) -> list[tuple[Table, Row]]:
        return [(table, row) for table in audit_reading.HEADED for row in rows_of(connection, table)]

    def _a_head(self, connection: Connection) -> tuple[Table, Row]:
        return self.dice.choice([one for one in self._heads(connection) if one[1]["sequence"]])

    def _append(self, connection: Connection, *of: Any, **how: Any) -> None:
        append(connection, self.witness.office_id, self.salt, *of, **how)


def tamper(town: Town, edits: int, clean: int, seed: int) -> Counter[str]:
    """So many edits, each found, and so many clean records of which nothing is told; how often what was done."""
    tampering, did = Tampering(town, seed), Counter[str]()
    for number in range(edits):
        what, found = tampering.edit()
        assert found, f"not found: {what} (seed {seed}, edit {number})"
        did[what.partition(" ")[0]] += 1
    for number in range(clean):
        told = tampering.clean()
        assert not told, f"false alarm: {told} (seed {seed}, record {number})"
    return did
