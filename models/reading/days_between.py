"""The days between two instants, which both databases count alike, fractions and all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class DaysBetween(ColumnElement[float]):
    """How many days of 24 hours lie between the first and the second instant."""

    inherit_cache = False
    type = Float()

    def __init__(self, first: ColumnElement[Any], second: ColumnElement[Any]) -> None:
        self.first = first
        self.second = second


@compiles(DaysBetween, "sqlite")
def _sqlite(element: DaysBetween, compiler: SQLCompiler, **how: Any) -> str:
    first, second = compiler.process(element.first, **how), compiler.process(element.second, **how)
    return f"(julianday({second}) - julianday({first}))"


@compiles(DaysBetween, "postgresql")
def _postgresql(element: DaysBetween, compiler: SQLCompiler, **how: Any) -> str:
    first, second = compiler.process(element.first, **how), compiler.process(element.second, **how)
    return f"(CAST(extract(epoch FROM {second} - {first}) AS double precision) / 86400)"
