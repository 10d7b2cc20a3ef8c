"""What all pages of the board share: its tabs, its filter, and numbers with the list that has exactly that many rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.projections.board import Number
from web.asking import Asking
from web.look import query_path
from web.naming import Names

PATH = "/board"
LIST = "/ledger"
TABS = ("", "pace", "load", "map")
"""The pages of the board, below its path."""
PERIOD = ("department", "from", "to")


def number(one: Number, listed: str = LIST) -> dict[str, Any]:
    """The number with the page that lists exactly it; that of the findings unless another is named."""
    query: dict[str, list[str]] = {}
    for name, value in one.asked:
        query.setdefault(name, []).append(value)
    return {"name": one.name, "count": one.count, "path": query_path(listed, query)}


def frame(asking: Asking, query: Mapping[str, list[str]], as_of: str) -> dict[str, Any]:
    """Tabs, filters and instant of a page of the board."""
    names, kept = Names(asking.house, asking.words), {name: query[name] for name in PERIOD if name in query}
    here = asking.request.url.path
    return {
        "as_of": as_of,
        "given": kept,
        "path": PATH,
        "tabs": [
            {
                "title": asking.words(f"board.tab_{name or 'overview'}"),
                "path": query_path(f"{PATH}/{name}".rstrip("/"), kept),
                "here": here == f"{PATH}/{name}".rstrip("/"),
            }
            for name in TABS
        ],
        "filters": [
            {
                "name": "department",
                "choices": names.member_departments(),
                "value": (kept.get("department") or [""])[0],
            }
        ],
    }
