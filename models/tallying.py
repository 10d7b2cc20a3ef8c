"""The tally of what is closed is kept by the database itself, whoever writes, in the transaction that writes.

What a closed finding adds to the tally follows from its row, its proceedings and its last closing. Before one of these
changes its shares are taken out, and afterwards they are put in again; the same words count all of them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel

from models import row_triggers
from models.case import LIST_NUMBER
from models.entry import CLOSING_STEPS
from models.row_triggers import RowTrigger
from models.tally import ClosedTally

TABLE = str(ClosedTally.__tablename__)
COLUMNS = ("office_id", "facet", "grain", "value", "department", "day", "count", "first_no", "last_no")
KEY = ", ".join(COLUMNS[:6])
GRAINS = "(SELECT 'd' AS grain, 10 AS letters UNION ALL SELECT 'm', 7) AS grained"
"""So much of a day is told: the day itself, and the month."""
CLOSING = f"{{0}}.chart = 'finding' AND {{0}}.state = 'closed' AND {{0}}.trigger IN {CLOSING_STEPS}"
LAST_CLOSING = (
    f"JOIN entry AS e ON e.record_id = f.id WHERE {CLOSING.format('e')} AND NOT EXISTS (SELECT 1 FROM entry AS l "
    f"WHERE l.record_id = e.record_id AND l.sequence > e.sequence AND {CLOSING.format('l')})"
)
"""A finding `f` beside the last entry `e` that closed it."""
PUBLISHED = "{0}.state = 'published'"
FINDING_COLUMNS = "closed, office_id, department, discovered_at, ledger_no, domain, violation, rulings"
INSPECTION_COLUMNS = "published_on, publication_due_on, carried, state, office_id, department, finished_at"
"""What `_public` reads."""
_TOUCHES: tuple[tuple[str, str, str, str], ...] = (
    ("finding", "finding", "id", FINDING_COLUMNS),
    ("proceeding", "routes", "finding_id", "kind, state, finding_id"),
    ("entry", "closing", "record_id", ""),
    ("inspection", "public", "id", INSPECTION_COLUMNS),
)
"""Table, the shares that its rows decide, the column that names whose, and the columns that decide them: none of a table
whose rows never change."""


def recount(connection: Connection) -> None:
    """The tally is what the records say."""
    every = _grained(_all(connection.dialect.name), 1)
    connection.execute(text(f"DELETE FROM {TABLE}"))
    counted = f"SELECT {KEY}, sum(count), min(first_no), max(last_no) FROM ({every}) AS one GROUP BY {KEY}"
    connection.execute(text(f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {counted}"))


def differing(connection: Connection) -> list[tuple[Any, ...]]:
    """The keys under which the tally is not what the records say, with both counts; none in a sound house."""
    every = _grained(_all(connection.dialect.name), 1)
    both = (
        f"SELECT {KEY}, count AS kept, 0 AS found FROM {TABLE} UNION ALL "
        f"SELECT {KEY}, 0, count FROM ({every}) AS counted"
    )
    asked = f"SELECT {KEY}, sum(kept), sum(found) FROM ({both}) AS one GROUP BY {KEY} HAVING sum(kept) <> sum(found)"
    return [tuple(row) for row in connection.execute(text(asked))]


def install(connection: Connection) -> None:
    """From now on the tally is kept."""
    row_triggers.install(connection, _triggers(connection.dialect.name))


def remove(connection: Connection) -> None:
    """The tally is kept no more."""
    row_triggers.remove(connection, _triggers(connection.dialect.name))


def _all(dialect: str) -> str:
    return " UNION ALL ".join(_shares(dialect, group, None) for group in ("finding", "public"))


def _shares(dialect: str, group: str, id: str | None) -> str:
    """The rows of that group, one for each share with a count of 1; of one finding or inspection, or of all."""
    parts = {
        "finding": (_plain, _domains, _rules, _routes, _closing),
        "routes": (_routes,),
        "closing": (_closing,),
        "public": (_public,),
    }[group]
    return " UNION ALL ".join(one for part in parts for one in part(dialect, id))


def _share(dialect: str, facet: str, value: str, more: str, id: str | None) -> str:
    of_it = f" AND f.id = {id}" if id else ""
    number = LIST_NUMBER.replace("ledger_no", "f.ledger_no")
    return (
        f"SELECT f.office_id, '{facet}' AS facet, {value} AS value, f.department, "
        f"{civil_day(dialect, 'f.discovered_at')} AS day, 1 AS count, {number} AS first_no, {number} AS last_no "
        f"FROM finding AS f {more}{' AND ' if more else 'WHERE '}f.closed{of_it}"
    )


def _plain(dialect: str, id: str | None) -> Iterator[str]:
    yield _share(dialect, "all", "''", "", id)


def _domains(dialect: str, id: str | None) -> Iterator[str]:
    yield _share(dialect, "domain", "f.domain", "", id)
    yield _share(dialect, "violation", "f.violation", "", id)


def _rules(dialect: str, id: str | None) -> Iterator[str]:
    """The rules that the latest ruling fired."""
    if dialect == "sqlite":
        fired = "CROSS JOIN json_each(f.rulings, '$[#-1].fired') AS o WHERE 1 = 1"
    else:
        fired = (
            "CROSS JOIN LATERAL jsonb_array_elements_text(f.rulings -> -1 -> 'fired') AS o(value) WHERE 1 = 1"
        )
    yield _share(dialect, "rule", "o.value", fired, id).replace("SELECT ", "SELECT DISTINCT ", 1)


def _routes(dialect: str, id: str | None) -> Iterator[str]:
    of_it = "EXISTS (SELECT 1 FROM proceeding AS p WHERE p.finding_id = f.id)"
    yield _share(dialect, "route", "'none'", f"WHERE NOT {of_it}", id)
    named = f" WHERE p.finding_id = {id}" if id else ""
    for facet, value in (("route", "p.kind"), ("proceeding", "p.kind || '.' || p.state")):
        each = f"SELECT DISTINCT p.finding_id, {value} AS value FROM proceeding AS p{named}"
        yield _share(dialect, facet, "o.value", f"JOIN ({each}) AS o ON o.finding_id = f.id WHERE 1 = 1", id)


def _closing(dialect: str, id: str | None) -> Iterator[str]:
    yield _share(dialect, "closing", f"substr({civil_day(dialect, 'e.occurred_at')}, 1, 7)", LAST_CLOSING, id)


def _public(dialect: str, id: str | None) -> Iterator[str]:
    """Whether the result was public in time, and that the inspection stands as published."""
    of_it = f" AND i.id = {id}" if id else ""
    in_time = "CASE WHEN i.published_on <= i.publication_due_on THEN 'on_time' ELSE 'late' END"
    owed = "i.published_on IS NOT NULL AND i.publication_due_on IS NOT NULL AND NOT i.carried"
    for facet, value, counted in (
        ("public", in_time, owed),
        ("inspection", "i.state", PUBLISHED.format("i")),
    ):
        yield (
            f"SELECT i.office_id, '{facet}' AS facet, {value} AS value, "
            f"i.department, {civil_day(dialect, 'i.finished_at')} AS day, 1 AS count, '' AS first_no, '' AS last_no "
            f"FROM inspection AS i WHERE {counted}{of_it}"
        )


def _grained(shares: str, sign: int) -> str:
    """Each share by its day and by its month, counted as 1 or as -1."""
    told = {"count": f"{sign} AS count", "grain": "grained.grain"}
    told["day"] = "substr(share.day, 1, grained.letters) AS day"
    return f"SELECT {', '.join(told.get(name, f'share.{name}') for name in COLUMNS)} FROM ({shares}) AS share, {GRAINS}"


def civil_day(dialect: str, instant: str) -> str:
    """The civil day of the instant, which has no summer time."""
    if dialect == "sqlite":
        return f"date({instant}, '+8 hours')"
    return f"to_char({instant} AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"


def _kept(dialect: str, group: str, id: str, sign: int) -> str:
    """The statement by which the shares of one finding or inspection come in or go out."""
    least, greatest = ("min", "max") if dialect == "sqlite" else ("least", "greatest")
    return (
        f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) {_grained(_shares(dialect, group, id), sign)} WHERE 1 = 1 "
        f"ON CONFLICT ({KEY}) DO UPDATE SET count = {TABLE}.count + excluded.count, "
        f"first_no = {least}({TABLE}.first_no, excluded.first_no), "
        f"last_no = {greatest}({TABLE}.last_no, excluded.last_no)"
    )


def _triggers(dialect: str) -> Iterator[RowTrigger]:
    """Before a row changes the shares it decides go out, and after it they come in; of a new finding there were none."""
    for table, group, named, columns in _TOUCHES:
        for act in ("INSERT", f"UPDATE OF {columns}") if columns else ("INSERT",):
            verb = act.partition(" ")[0]
            for when, sign in (("BEFORE", -1), ("AFTER", 1)):
                if verb == "INSERT" and when == "BEFORE" and named == "id":
                    continue
                row = "OLD" if verb == "UPDATE" and when == "BEFORE" else "NEW"
                name = f"tally_{table}_{verb.lower()}_{'out' if sign < 0 else 'in'}"
                kept = _kept(dialect, group, f"{row}.{named}", sign)
                yield RowTrigger(name, table, f"{when} {act}", _worth(table, row), kept)


def _worth(table: str, row: str) -> str:
    """When a row of the table can have shares at all, told by the row itself."""
    if table == "finding":
        return f"{row}.closed"
    if table == "entry":
        return CLOSING.format(row)
    if table == "inspection":
        return f"{row}.published_on IS NOT NULL OR {PUBLISHED.format(row)}"
    return "1 = 1"


@event.listens_for(SQLModel.metadata, "after_create")
def _with_the_tables(_: Any, connection: Connection, **more: Any) -> None:
    """Whoever makes all tables at once has them kept as a migrated database has."""
    if any(table.name == TABLE for table in more.get("tables") or ()):
        install(connection)
