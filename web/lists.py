"""Rows of findings and of criminal referrals as lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from engine.core.chart import CRIMINAL
from web.asking import Asking
from web.clocks import left_of
from web.naming import Names
from web.states import state_of


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


def referral_rows(asking: Asking, lines: Iterable[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """One line per criminal referral that has not ended: its finding, state, light, how long is left, who is at it."""
    names, words = Names(asking.house, asking.words), asking.words
    rows = [
        {
            **line,
            "shown_state": state_of(asking, CRIMINAL, line["state"]),
            "shown_light": line["light"] or "none",
            "left": left_of(line["due_effective"], now, asking.house.law.calendar, words),
            "term_title": names.term(line["term"]) if line["term"] else "",
            "owner": names.role(line["owner_role"]) if line["owner_role"] else "",
            "mine": line["owner_role"] in asking.who.roles,
        }
        for line in lines
    ]
    return [row for row in rows if row["shown_state"]["kind"] != "ended"]
