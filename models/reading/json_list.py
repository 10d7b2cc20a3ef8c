"""A test on a list of objects inside a JSON column that both databases answer alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, bindparam, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class ListHolds(FunctionElement[bool]):
    """True when the list `name` of a JSON object holds an object whose member equals the value."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str, member: str, value: str) -> None:
        if not (name.isidentifier() and member.isidentifier()):
            raise ValueError("the list and its member are named in the code, never by a caller")
        super().__init__(
            column,
            literal_column(name),
            literal_column(member),
            bindparam(None, value, String(), unique=True),
        )


@compiles(ListHolds, "sqlite")
def _sqlite(element: ListHolds, compiler: SQLCompiler, **how: Any) -> str:
    column, name, member, value = (compiler.process(one, **how) for one in element.clauses)
    return (
        f"EXISTS (SELECT 1 FROM json_each({column}, '$.{name}') AS held"
        f" WHERE held.type = 'object' AND json_extract(held.value, '$.{member}') = {value})"
    )


@compiles(ListHolds, "postgresql")
def _postgresql(element: ListHolds, compiler: SQLCompiler, **how: Any) -> str:
    column, name, member, value = (compiler.process(one, **how) for one in element.clauses)
    return (
        f"({column} @> jsonb_build_object('{name}',"
        f" jsonb_build_array(jsonb_build_object('{member}', {value}::text))))"
    )
