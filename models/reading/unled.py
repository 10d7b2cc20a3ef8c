"""A condition that is only asked and leads into no index: on SQLite, which guesses, what narrows less must not lead.

Every row is of the one office and a department has a great part of them, so that an index by these finds what is asked
for among a great part of the table. PostgreSQL knows how often each value stands there, and is told nothing.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models.reading.scope import Scope


class Unled(FunctionElement[Any]):
    """The value of a column or expression, by which SQLite enters no index."""

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any]) -> None:
        super().__init__(value)
        self.type = value.type


@compiles(Unled)
def _plain(element: Unled, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(Unled, "sqlite")
def _kept_aside(element: Unled, compiler: SQLCompiler, **how: Any) -> str:
    return f"+({compiler.process(element.clauses, **how)})"


class _Beside:
    """The columns that a scope asks for, by which no index is entered."""

    def __init__(self, table: Any) -> None:
        self._table = table

    @property
    def c(self) -> _Beside:
        return self

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        return Unled(self._table.c[name])


def aside(seen: Scope) -> Scope:
    """The same rights, asked of rows that something narrower finds."""

    def narrowed(table: Any) -> ColumnElement[bool]:
        return seen(_Beside(table))  # type: ignore[arg-type]  # it has the columns that a scope asks for

    return narrowed
