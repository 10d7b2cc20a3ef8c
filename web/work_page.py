"""My work: what waits for the person, worst first; approvals at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from engine.core.visibility import sees_department
from web.approving import Result, approve_all, may_approve, waiting_approval
from web.asking import Asked, Asking, Form, check_form_token
from web.clocks import left_of
from web.commanding import fresh_key
from web.delegations_page import acting_for
from web.finding_page import state_of
from web.incoming_words import rows_of
from web.lists import finding_rows, referral_rows
from web.look import page, query_path
from web.naming import Names
from web.reminder_page import SHOWN, reminder_panel
from web.routing import PageRoute
from web.rulebook_page import coming_edition

router = APIRouter(route_class=PageRoute, include_in_schema=False)
OVERVIEW = "15"
"""How many rows of each group the page shows before it is asked for a whole group."""
UNPUBLISHED = ("late", "due")
UNPUBLISHED_SHOWN = 15
UNPUBLISHED_COUNTED = "200"
REMINDERS_SHOWN = 10
INCOMING_SHOWN = 15


@router.get("/work")
def work_page(asking: Asked) -> Response:
    """What waits for the signed-in person."""
    return show_work(asking)


@router.post("/work")
def decide(asking: Asked, posted: Form) -> Response:
    """The selected findings are approved one by one; the page says what became of each."""
    check_form_token(asking, posted)
    return show_work(asking, approve_all(asking, posted.typed), decided=True)


def show_work(asking: Asking, results: Sequence[Result] = (), decided: bool = False) -> Response:
    """The page, with the results of a bulk approval on top."""
    now = asking.house.clock.now()
    asked = asking.query if not decided else {}
    answer = asking.house.reader.work(asking.who, asked or {"limit": [OVERVIEW]})
    approves = may_approve(asking)
    groups = [_group(asking, group, now, approves) for group in answer["groups"]]
    unpublished, inspections = _unpublished(asking, now)
    reminders = asking.house.duty_reader.notices(asking.who)
    referrals = referral_rows(asking, asking.house.reader.referrals.known_to(asking.who), now)
    matters = rows_of(asking, asking.house.incoming.reader.waiting(asking.who, INCOMING_SHOWN))
    panel = reminder_panel(asking, {"limit": [SHOWN]})
    return page(
        asking,
        "work.html",
        groups=groups,
        panel=panel,
        referrals=referrals,
        matters=matters,
        reminders=reminders[:REMINDERS_SHOWN],
        reminded=len(reminders),
        results=results,
        decided=decided,
        approves=approves,
        alone=len(groups) == 1,
        nothing=not panel["rows"]
        and not inspections
        and not referrals
        and not matters
        and not reminders
        and not any(group["count"] for group in groups),
        inspections=inspections,
        unpublished=unpublished,
        key=fresh_key(),
        coming=coming_edition(asking),
        acting=acting_for(asking),
        lenders={one.login: one.name for one in asking.who.acting_for},
        delegates=sees_department(asking.who) is not None,
    )


def _group(asking: Asking, group: dict[str, Any], now: Any, approves: bool) -> dict[str, Any]:
    rows = finding_rows(asking, group["items"], now)
    ids = [row["id"] for row in rows]
    lenders = asking.house.delegation_reader.waiting_on_behalf(asking.who, ids)
    for row in rows:
        row["behalf"] = lenders.get(row["id"])
        row["approval"] = waiting_approval(asking, row) if approves else ""
        row["approval_title"] = (
            asking.words.of(asking.house.charts["finding"].any_row(row["approval"]))
            if row["approval"]
            else ""
        )
    whole = query_path("/work", {}, group=group["group"])
    more = query_path("/work", {}, group=group["group"], cursor=group["next"]) if group["next"] else ""
    return {**group, "rows": rows, "more": more, "whole": whole if group["next"] else ""}


def _unpublished(asking: Asking, now: Any) -> tuple[int, list[dict[str, Any]]]:
    """How many inspections of the inspector's department wait for publication, and those that are due first."""
    who, reader = asking.who, asking.house.reader
    if "inspector" not in who.roles or not who.department:
        return 0, []
    found: list[dict[str, Any]] = []
    for publication in UNPUBLISHED:
        asked = {"department": [who.department], "publication": [publication], "limit": [UNPUBLISHED_COUNTED]}
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
        for one in found[:UNPUBLISHED_SHOWN]
    ]
