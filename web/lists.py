"""Rows of findings as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from web.asking import Asking
from web.clocks import left_of
from web.finding_page import state_of
from web.naming import Names


def finding_rows(asking: Asking, items: Iterable[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """One line per finding: number, item, party, state, light, how long is left, who handles it."""
    names = Names(asking.house, asking.words)
    calendar = asking.house.law.calendar
    return [
        {
            **item,
            "shown_state": state_of(asking, "finding", item["state"]),
            "shown_light": item["light"] or "none",
            "left": left_of(item["due_effective"], now, calendar, asking.words),
            "term_title": names.term(item["term"]) if item["term"] else "",
            "department_title": names.department(item["department"]),
            "handler_name": (item.get("handler") or {}).get("name", ""),
            "routes_title": asking.words.comma.join(names.route(route) for route in item["routes"]),
        }
        for item in items
    ]
