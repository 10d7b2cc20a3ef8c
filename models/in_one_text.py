"""Every text that a statement finds in one value, so that what is found changes no number of rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class InOneText(FunctionElement[str]):
    """The texts in any order, to be told apart by `each_in`; null where there is none. They hold no comma."""

    inherit_cache = True
    type = String()
    name = "in_one_text"


@compiles(InOneText, "sqlite")
def _sqlite(element: InOneText, compiler: SQLCompiler, **how: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **how)}, ',')"


@compiles(InOneText, "postgresql")
def _postgresql(element: InOneText, compiler: SQLCompiler, **how: Any) -> str:
    return f"string_agg({compiler.process(element.clauses, **how)}, ',')"


def each_in(text: str | None) -> list[str]:
    """The texts again, sorted."""
    return sorted(text.split(",")) if text else []
