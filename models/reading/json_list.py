"""A test on a list of objects inside a JSON column that both databases answer alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class ListHolds(ColumnElement[bool]):
    """True when the list `name` of a JSON object holds an object whose member equals the value."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str, member: str, value: str) -> None:
        if not (name.isidentifier() and member.isidentifier()):
            raise ValueError("the list and its member are named in the code, never by a caller")
        self.column = column
        self.name = name
        self.member = member
        self.value = bindparam(None, value, String())


@compiles(ListHolds, "sqlite")
def _sqlite(element: ListHolds, compiler: SQLCompiler, **how: Any) -> str:
    column, value = compiler.process(element.column, **how), compiler.process(element.value, **how)
    return (
        f"EXISTS (SELECT 1 FROM json_each({column}, '$.{element.name}') AS held"
        f" WHERE held.type = 'object' AND json_extract(held.value, '$.{element.member}') = {value})"
    )


@compiles(ListHolds, "postgresql")
def _postgresql(element: ListHolds, compiler: SQLCompiler, **how: Any) -> str:
    column, value = compiler.process(element.column, **how), compiler.process(element.value, **how)
    return (
        f"({column} @> jsonb_build_object('{element.name}',"
        f" jsonb_build_array(jsonb_build_object('{element.member}', {value}::text))))"
    )
