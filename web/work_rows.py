"""Rows of a person's work: what is due, what to do next, and what was done last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from web.approving import waiting_approval
from web.asking import Asking
from web.lists import finding_rows
from web.naming import Names
from web.next_steps import next_step
from web.people import people_of
from web.steps import act_book


def work_rows(
    asking: Asking, items: Sequence[Mapping[str, Any]], now: datetime, approves: bool
) -> dict[str, dict[str, Any]]:
    """The rows by id; one that waits only for a colleague on leave says for whom."""
    rows = finding_rows(asking, items, now)
    behalf = asking.house.delegation_reader.waiting_on_behalf(asking.who, [row["id"] for row in rows])
    people, names = people_of(asking.house), Names(asking.house, asking.words)
    chart = asking.house.charts["finding"]
    for row in rows:
        approval = waiting_approval(asking, row) if approves else ""
        row["behalf"] = behalf.get(row["id"])
        row["approval"] = approval
        row["approval_title"] = asking.words.of(chart.any_row(approval)) if approval else ""
        row["next"] = next_step(asking, row)
        last = row["latest"]
        row["last"] = last and {
            "title": names.step(last["chart"], last["trigger"], last["title"]),
            "by": people.name(last["by"]),
            "at": last["recorded_at"],
        }
        row["said"] = (row["note"] or {}).get("facts", {}).get("text", "")
        handler = (row.get("handler") or {}).get("login") or ""
        row["others"] = handler.casefold() != asking.who.login.casefold() and row["handler_name"]
    return {row["id"]: row for row in rows}


def shown_steps(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The steps that stand as the next of these rows and may be taken on several, the most frequent first."""
    book = act_book()
    steps = (row["next"] for row in rows if row["next"] is not None)
    counted = Counter(one for one in steps if not book.is_single(one.name))
    return [{"name": one.name, "title": one.title, "count": count} for one, count in counted.most_common()]
