"""The inspections whose results an inspector's department still has to publish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from web.asking import Asking
from web.clocks import left_of
from web.naming import Names
from web.states import state_of

PUBLICATIONS = ("late", "due")
SHOWN = 15
COUNTED = "200"


def unpublished(asking: Asking, now: datetime) -> tuple[int, list[dict[str, Any]]]:
    """How many inspections of the inspector's department wait for publication, and those that are due first."""
    who, reader = asking.who, asking.house.reader
    if "inspector" not in who.roles or not who.department:
        return 0, []
    found: list[dict[str, Any]] = []
    for publication in PUBLICATIONS:
        asked = {"department": [who.department], "publication": [publication], "limit": [COUNTED]}
        found += reader.inspections(who, asked)["items"]
    found.sort(key=lambda one: (one["publication_due_on"] or "", one["id"]))
    names = Names(asking.house, asking.words)
    return len(found), [
        {
            **one,
            "shown_state": state_of(asking, "inspection", one["state"]),
            "left": left_of(one["publication_due_on"], now, asking.house.law.calendar, asking.words),
            "results": names.value("result_codes", one["result_codes"]),
        }
        for one in found[:SHOWN]
    ]
