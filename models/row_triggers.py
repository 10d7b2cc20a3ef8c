"""Triggers by which the database itself keeps what follows from rows, whoever writes, in the transaction that writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class RowTrigger:
    """At that moment, for each row of the table of which the condition holds, the act is done."""

    name: str
    table: str
    moment: str
    """Such as `AFTER INSERT` or `BEFORE UPDATE OF state, closed`."""
    condition: str
    """Of OLD and NEW, as the act is."""
    act: str
    """One statement."""


def install(connection: Connection, triggers: Iterable[RowTrigger]) -> None:
    """From now on the triggers act."""
    for trigger in triggers:
        for statement in _made(trigger, connection.dialect.name):
            connection.exec_driver_sql(statement)


def remove(connection: Connection, triggers: Iterable[RowTrigger]) -> None:
    """None of these triggers acts any more, whether it was there or not."""
    for trigger in triggers:
        for statement in _removed(trigger, connection.dialect.name):
            connection.exec_driver_sql(statement)


def _made(one: RowTrigger, dialect: str) -> Iterator[str]:
    when = f"CREATE TRIGGER {one.name} {one.moment} ON {one.table} FOR EACH ROW"
    if dialect == "sqlite":
        yield f"{when} WHEN {one.condition} BEGIN {one.act}; END"
        return
    body = f"$$ BEGIN {one.act}; RETURN NEW; END $$"
    yield f"CREATE FUNCTION {one.name}() RETURNS trigger LANGUAGE plpgsql AS {body}"
    yield f"{when} WHEN ({one.condition}) EXECUTE FUNCTION {one.name}()"


def _removed(one: RowTrigger, dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        yield f"DROP TRIGGER IF EXISTS {one.name}"
        return
    yield f"DROP TRIGGER IF EXISTS {one.name} ON {one.table}"
    yield f"DROP FUNCTION IF EXISTS {one.name}()"
