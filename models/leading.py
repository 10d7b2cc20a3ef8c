"""What leads to records is kept by the database itself, whoever writes, in the transaction that writes.

Before a row changes what leads to it goes out, and afterwards it comes in again; the same words make all of it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel

from models import row_triggers
from models.case import LIST_NUMBER
from models.lead import (
    CLOSED,
    CLOSED_IN,
    CLOSED_ON,
    EVERY,
    HANDLER,
    KEY_MAX,
    LOGIN,
    NAME,
    OPEN,
    RESULT,
    RecordLead,
)
from models.row_triggers import RowTrigger
from models.tallying import CLOSING, LAST_CLOSING, civil_day

TABLE = str(RecordLead.__tablename__)
COLUMNS = "key, department, place, record_id, office_id"
_MEMBERS = f"(SELECT '{NAME}' AS letter, 'name' AS member UNION ALL SELECT '{LOGIN}', 'login') AS said"
_SPANS = f"(SELECT '{CLOSED_ON}' AS letter, 10 AS letters UNION ALL SELECT '{CLOSED_IN}', 7) AS said"
_HANDLER = {
    "sqlite": "json_extract({0}.record, '$.registers.handler.name')",
    "postgresql": "({0}.record #>> '{{registers,handler,name}}')",
}
_OFFICERS = {"sqlite": "json_extract({0}.intake, '$.officers')", "postgresql": "{0}.intake -> 'officers'"}
_DIFFERS = {"sqlite": "{0} IS NOT {1}", "postgresql": "{0} IS DISTINCT FROM {1}"}
_NUMBER = LIST_NUMBER.replace("ledger_no", "f.ledger_no")
_OF_FINDING = ("closed", "ledger_no", "department", "office_id", "inspection_id", "handler")
_OF_INSPECTION = ("result_text", "finished_at", "department", "office_id")


def remake(connection: Connection) -> None:
    """What leads to each record is what the record says."""
    connection.execute(text(f"DELETE FROM {TABLE}"))
    connection.execute(text(f"INSERT INTO {TABLE} ({COLUMNS}) {_every(connection.dialect.name)}"))


def differing(connection: Connection) -> list[tuple[Any, ...]]:
    """What leads astray or is missing; nothing in a sound house."""
    kept, found = f"SELECT {COLUMNS} FROM {TABLE}", _every(connection.dialect.name)
    both = (
        f"SELECT * FROM (SELECT * FROM ({kept}) AS k EXCEPT SELECT * FROM ({found}) AS f) AS astray",
        f"SELECT * FROM (SELECT * FROM ({found}) AS f EXCEPT SELECT * FROM ({kept}) AS k) AS missing",
    )
    return [tuple(row) for row in connection.execute(text(" UNION ALL ".join(both)))]


def install(connection: Connection) -> None:
    """From now on it is kept."""
    row_triggers.install(connection, _triggers(connection.dialect.name))


def remove(connection: Connection) -> None:
    """It is kept no more."""
    row_triggers.remove(connection, _triggers(connection.dialect.name))


def _every(dialect: str) -> str:
    return f"{_to_findings(dialect, '')} UNION {_to_inspections(dialect, '')}"


def _of(table: str, dialect: str, row: str) -> str:
    """All that leads to the row of a trigger; of an inspection also what leads to its findings by its officers."""
    if table == "finding":
        return _to_findings(dialect, f" AND f.id = {row}.id")
    findings = _to_findings(dialect, f" AND f.inspection_id = {row}.id")
    return f"{_to_inspections(dialect, f' AND i.id = {row}.id')} UNION {findings}"


def _to_findings(dialect: str, which: str) -> str:
    """That it is closed, its closing, and by whom it was handled; each name and login of who handles it or took part in it or
    its inspection."""
    place = f"CASE WHEN f.closed THEN '{CLOSED}' || {_NUMBER} ELSE '{OPEN}' END"
    inspected = "JOIN inspection AS i ON i.id = f.inspection_id"
    parts = (
        (f"CASE WHEN f.closed THEN '{EVERY}' END", ""),
        (f"CASE WHEN f.closed THEN '{HANDLER}' || f.handler END", ""),
        (f"'{LOGIN}' || f.handler", ""),
        (f"'{NAME}' || {_HANDLER[dialect].format('f')}", ""),
        *(
            (said, f"{joined}CROSS JOIN {listed} CROSS JOIN {_MEMBERS}")
            for joined, one in (("", "f"), (f"{inspected} ", "i"))
            for said, listed in (_listed(dialect, one),)
        ),
    )
    worked = " UNION ".join(
        f"SELECT substr({key}, 1, {KEY_MAX}) AS key, f.department, {place} AS place, f.id AS record_id, f.office_id "
        f"FROM finding AS f {more} WHERE {key} IS NOT NULL{which}"
        for key, more in parts
    )
    return f"{worked} UNION {_to_closing(dialect, which)}"


def _to_closing(dialect: str, which: str) -> str:
    """The civil day on which a closed finding was closed for the last time, and the month."""
    return (
        f"SELECT said.letter || substr({civil_day(dialect, 'e.occurred_at')}, 1, said.letters) AS key, f.department, "
        f"'{CLOSED}' || {_NUMBER} AS place, f.id AS record_id, f.office_id FROM {_SPANS} CROSS JOIN finding AS f "
        f"{LAST_CLOSING} AND f.closed{which}"
    )


def _listed(dialect: str, one: str) -> tuple[str, str]:
    """The key that an officer of the list gives, and the list of officers of a finding or inspection."""
    if dialect == "sqlite":
        member = "CASE WHEN o.type = 'object' THEN json_extract(o.value, '$.' || said.member) END"
        return f"said.letter || {member}", f"json_each({one}.intake, '$.officers') AS o"
    listed = f"LATERAL jsonb_path_query({one}.intake, '$.officers[*]') AS o(value)"
    return "said.letter || (o.value ->> said.member)", listed


def _to_inspections(dialect: str, which: str) -> str:
    """Each word of the result in small letters, as SQLite compares them, once."""
    words = "replace(replace(i.result_text, ',', ' '), ';', ' ')"
    if dialect == "sqlite":
        day = "substr(i.finished_at, 1, 10)"
        split = f"""json_each('[' || replace(json_quote({words}), ' ', '","') || ']') AS word"""
        code = "lower(word.value)"
    else:
        day = "to_char(i.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
        split = f"LATERAL unnest(string_to_array({words}, ' ')) AS word(value)"
        code = """lower(word.value COLLATE "C")"""
    return (
        f"SELECT DISTINCT substr('{RESULT}' || {code}, 1, {KEY_MAX}) AS key, i.department, '{CLOSED}' || {day} AS place, "
        f"i.id AS record_id, i.office_id FROM inspection AS i CROSS JOIN {split} WHERE word.value <> ''{which}"
    )


def _triggers(dialect: str) -> Iterator[RowTrigger]:
    changed = {
        "finding": [*map(_column, _OF_FINDING), _OFFICERS[dialect], _HANDLER[dialect]],
        "inspection": [*map(_column, _OF_INSPECTION), _OFFICERS[dialect]],
    }
    written = {"finding": (*_OF_FINDING, "intake", "record"), "inspection": (*_OF_INSPECTION, "intake")}
    for table, said in changed.items():
        # A step writes these columns and seldom changes them: then nothing is taken out and put in again.
        differs = " OR ".join(_DIFFERS[dialect].format(one.format("OLD"), one.format("NEW")) for one in said)
        update = f"UPDATE OF {', '.join(written[table])}"
        entered, gone = _entered(_of(table, dialect, "NEW")), _gone(_of(table, dialect, "OLD"))
        yield RowTrigger(f"lead_{table}_insert_in", table, "AFTER INSERT", "1 = 1", entered)
        yield RowTrigger(f"lead_{table}_update_out", table, f"BEFORE {update}", differs, gone)
        yield RowTrigger(f"lead_{table}_update_in", table, f"AFTER {update}", differs, entered)
    closed_on, closes = _to_closing(dialect, " AND f.id = NEW.record_id"), CLOSING.format("NEW")
    yield RowTrigger("lead_entry_insert_out", "entry", "BEFORE INSERT", closes, _gone(closed_on))
    yield RowTrigger("lead_entry_insert_in", "entry", "AFTER INSERT", closes, _entered(closed_on))


def _entered(leads: str) -> str:
    return (
        f"INSERT INTO {TABLE} ({COLUMNS}) SELECT * FROM ({leads}) AS led WHERE 1 = 1 ON CONFLICT DO NOTHING"
    )


def _gone(leads: str) -> str:
    key = "key, department, place, record_id"
    return f"DELETE FROM {TABLE} WHERE ({key}) IN (SELECT {key} FROM ({leads}) AS led)"


def _column(name: str) -> str:
    return "{0}." + name


@event.listens_for(SQLModel.metadata, "after_create")
def _with_the_tables(_: Any, connection: Connection, **more: Any) -> None:
    """Whoever makes all tables at once has them kept as a migrated database has."""
    if any(table.name == TABLE for table in more.get("tables") or ()):
        install(connection)
