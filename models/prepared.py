"""Statements of a step, compiled once: on SQLite they go straight to the driver, within the same transaction.

SQLAlchemy says what a statement is, how its values are written and read, and how a fault is told. What is left out
is the work it repeats at every execution, which costs several times what SQLite needs for the statement itself.
On PostgreSQL, where the way to the server outweighs that work, the same functions take the ordinary path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Table, bindparam, insert, update
from sqlalchemy.engine import result_tuple
from sqlalchemy.exc import DBAPIError

Converter = Callable[[Any], Any]
_ID = "_row_id"
"""The name under which `changed` looks for its row; no column is called so."""


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement in the words of one database: its text, the values it wants in order, and the rows it gives."""

    text: str
    wanted: tuple[tuple[str, Converter | None], ...]
    fixed: Mapping[str, Any]
    """Values that the statement itself names, and the defaults of columns that were not given."""
    read: tuple[tuple[int, Converter], ...]
    row: Callable[[Any], Any]

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        """The values as the driver takes them."""
        if self.fixed:
            values = {**self.fixed, **values}
        return [values[name] if write is None else write(values[name]) for name, write in self.wanted]

    def told(self, found: Sequence[Any]) -> Row[Any]:
        """The row with every value as its column means it."""
        cells = list(found)
        for place, converter in self.read:
            cells[place] = converter(cells[place])
        return self.row(cells)  # type: ignore[no-any-return]  # a row as SQLAlchemy makes it


class Prepared:
    """One statement; what it is given and what it returns is the same on both databases."""

    __slots__ = ("_keys", "_made", "statement")

    def __init__(self, statement: Any, keys: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._keys = keys
        self._made: tuple[Dialect, _Form] | None = None

    def all(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """Every row found."""
        if not goes_straight(connection):
            return connection.execute(self.statement, values).all()
        form = self._form(connection.dialect)
        return [form.told(found) for found in _found(connection, form, values)]

    def one(self, connection: Connection, values: Mapping[str, Any]) -> Row[Any] | None:
        """The row, or None; a statement by a key finds no second one."""
        if not goes_straight(connection):
            return connection.execute(self.statement, values).one_or_none()
        form = self._form(connection.dialect)
        found = _found(connection, form, values)
        assert len(found) <= 1, "a key names one row"
        return form.told(found[0]) if found else None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """The statement is carried out for each of the rows, which have the same keys."""
        if not goes_straight(connection):
            connection.execute(self.statement, list(rows))
            return
        form = self._form(connection.dialect)
        for row in rows:
            _executed(connection, form, row).close()

    def _form(self, dialect: Dialect) -> _Form:
        made = self._made
        if made is None or made[0] is not dialect:
            made = self._made = (dialect, _compiled(self.statement, dialect, self._keys))
        return made[1]


def goes_straight(connection: Connection) -> bool:
    """True where statements are handed to the driver itself."""
    return connection.dialect.name == "sqlite"


def say(connection: Connection, words: str) -> None:
    """Words without values, such as those of a savepoint, are said within the transaction."""
    if goes_straight(connection):
        _executed(connection, _Form(words, (), {}, (), tuple), {}).close()
    else:
        connection.exec_driver_sql(words)


def added(table: Table, keys: Sequence[str]) -> Prepared:
    """The statement that adds rows with these columns; it is made once."""
    return _made_once("insert", table, keys, lambda: insert(table))


def added_once(
    connection: Connection, table: Table, keys: Sequence[str], statement: Callable[[], Any]
) -> Prepared:
    """The statement that adds such rows where their key is new; each database has a form of its own for it."""
    return _made_once(f"insert once {connection.dialect.name}", table, keys, statement)


def changed(table: Table, keys: Sequence[str]) -> Prepared:
    """The statement that gives these columns of one row new values; see `named`."""
    return _made_once("update", table, keys, lambda: update(table).where(table.c.id == bindparam(_ID)))


def named(id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """New values with the id of the row that gets them."""
    return {**values, _ID: id}


def _made_once(kind: str, table: Table, keys: Sequence[str], statement: Callable[[], Any]) -> Prepared:
    asked = (kind, table.name, tuple(keys))
    known = _KNOWN.get(asked)
    if known is None:
        known = _KNOWN.setdefault(asked, Prepared(statement(), asked[2]))
    return known


_KNOWN: dict[tuple[str, str, tuple[str, ...]], Prepared] = {}
"""As many as there are sets of columns in the program; what comes from outside names no columns."""


def _compiled(statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> _Form:
    compiled = statement.compile(dialect=dialect, column_keys=None if keys is None else list(keys))
    wanted, fixed = [], {name: value for name, value in compiled.params.items() if value is not None}
    for name in compiled.positiontup or ():
        kind = compiled.binds[name].type.dialect_impl(dialect)
        wanted.append((name, kind.bind_processor(dialect)))
    for column in compiled.insert_prefetch:
        assert column.default.is_scalar, f"{column}: a default that must be asked for is given by the caller"
        fixed[column.key] = column.default.arg
    columns = list(statement.selected_columns) if statement.is_select else []
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    read = tuple((place, reader) for place, reader in enumerate(readers) if reader is not None)
    row = result_tuple([column.key for column in columns])
    return _Form(str(compiled), tuple(wanted), fixed, read, row)


def _found(connection: Connection, form: _Form, values: Mapping[str, Any]) -> Sequence[Any]:
    """Every row that the driver gives; a text that is none is told as a fault of the statement."""
    cursor, driver = _executed(connection, form, values), _driver(connection)
    try:
        return cursor.fetchall()  # type: ignore[no-any-return]  # a list
    except driver.Error as fault:
        raise _told(connection, form, values, fault, driver) from fault


def _executed(connection: Connection, form: _Form, values: Mapping[str, Any]) -> Any:
    """The driver's cursor; a fault is told as SQLAlchemy tells it, so that nobody need know which way was taken."""
    if not connection.in_transaction():
        connection.begin()
    driver = _driver(connection)
    try:
        bound = form.bound(values)
    except Exception as fault:
        raise _told(connection, form, values, fault, driver) from fault
    try:
        return connection.connection.dbapi_connection.execute(form.text, bound)  # type: ignore[union-attr]  # open
    except driver.Error as fault:
        raise _told(connection, form, bound, fault, driver) from fault


def _driver(connection: Connection) -> Any:
    return connection.dialect.loaded_dbapi


def _told(connection: Connection, form: _Form, values: Any, fault: Exception, driver: Any) -> BaseException:
    return DBAPIError.instance(
        form.text,
        values,
        fault,
        driver.Error,
        hide_parameters=connection.engine.hide_parameters,
        dialect=connection.dialect,
    )
