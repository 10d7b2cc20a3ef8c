"""My work: what waits for the person, worst first, with what to do next; approvals at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from engine.core.policies import may
from engine.core.two_persons import ADMINISTRATORS
from engine.core.visibility import sees_department
from web.admin_page import waiting_for
from web.approving import Result, approve_all, may_approve
from web.asking import Asked, Asking, Form, check_form_token
from web.commanding import fresh_key
from web.delegations_page import acting_for
from web.incoming_words import rows_of
from web.lists import referral_rows
from web.look import page, query_path
from web.problems import read_filtered
from web.publishing_due import unpublished
from web.reminder_page import SHOWN, reminder_panel
from web.routing import PageRoute
from web.rulebook_page import coming_edition
from web.work_filters import work_filters
from web.work_rows import shown_steps, work_rows

router = APIRouter(route_class=PageRoute, include_in_schema=False)
OVERVIEW = "15"
"""How many rows of each group the page shows before it is asked for a whole group."""
PROPOSALS = "/admin"
ADMINISTRATORS_PAGES = (
    ("admin.proposals", PROPOSALS, "administration.decide"),
    ("accounts.title", "/admin/accounts", "account.read"),
    ("system.title", "/systems", "system.read"),
    ("record.title", "/admin/record", "record.read"),
    ("record.attempts", "/admin/attempts", "attempt.read"),
    ("checkpoint.title", "/admin/checkpoint", "record.read"),
    ("nav.calendar", "/calendar", "calendar.read"),
)
"""What administrators open in the morning: its name, where it is, and for whom."""
AT_REST = (
    ("nav.board", "/board", "figures.read"),
    ("nav.ledger", "/ledger", "ledger.read"),
    ("nav.deadlines", "/deadlines", "deadline.read"),
)
"""Where those go on for whom nothing waits."""
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
    """The page, with the results of a bulk approval on top; wrong filters are told and leave everything."""
    now = asking.house.clock.now()
    answer, query, problem = read_filtered(
        asking.query,
        asking.words,
        lambda given: asking.house.reader.work(
            asking.who, given if "group" in given else {**given, "limit": [OVERVIEW]}
        ),
    )
    groups = _groups(asking, answer["groups"], query, now)
    beside, filters = _beside(asking, now), work_filters(asking, query, answer["counts"])
    nothing = not any(beside["counted"].values()) and not any(group["count"] for group in groups)
    return page(
        asking,
        "work.html",
        status=problem.status if problem else 200,
        problem=problem,
        groups=groups,
        steps=shown_steps([row for group in groups for row in group["rows"]]),
        approves=any(row["approval"] for group in groups for row in group["rows"]),
        filters=filters,
        here=query_path("/work", query),
        results=results,
        decided=decided,
        alone=len(groups) == 1,
        nothing=nothing,
        at_rest=nothing and not query and not filters["views"],
        places=[one for one in AT_REST if may(asking.who, one[2])],
        key=fresh_key(),
        coming=coming_edition(asking),
        acting=acting_for(asking),
        lenders={one.login: one.name for one in asking.who.acting_for},
        delegates=sees_department(asking.who) is not None,
        duties_of_mine=_administration(asking),
        **beside,
    )


def _administration(asking: Asking) -> list[dict[str, Any]]:
    """Where an administrator's work is, who sees no cases; nothing for anybody else."""
    if asking.who.roles - ADMINISTRATORS or not asking.who.roles:
        return []
    waiting = waiting_for(asking) if may(asking.who, "administration.decide") else ()
    return [
        {"name": name, "path": path, "count": len(waiting) if path == PROPOSALS else None}
        for name, path, action in ADMINISTRATORS_PAGES
        if may(asking.who, action)
    ]


def _groups(
    asking: Asking, groups: Sequence[Mapping[str, Any]], query: Mapping[str, list[str]], now: datetime
) -> list[dict[str, Any]]:
    """The groups with the rows of all of them read at once, and where each goes on."""
    rows = work_rows(asking, [item for group in groups for item in group["items"]], now, may_approve(asking))
    shown = []
    for group in groups:
        mine = [rows[item["id"]] for item in group["items"]]
        whole = query_path("/work", query, group=group["group"], cursor="", limit="")
        more = query_path("/work", query, group=group["group"], cursor=group["next"]) if group["next"] else ""
        shown.append({**group, "rows": mine, "more": more, "whole": whole})
    return shown


def _beside(asking: Asking, now: datetime) -> dict[str, Any]:
    """What waits for the person besides findings, with how many of each."""
    house, who = asking.house, asking.who
    due, inspections = unpublished(asking, now)
    reports = house.duty_reader.notices(who)
    referrals = referral_rows(asking, house.reader.referrals.known_to(who), now)
    matters = rows_of(asking, house.incoming.reader.waiting(who, INCOMING_SHOWN))
    panel = reminder_panel(asking, {"limit": [SHOWN]})
    return {
        "panel": panel,
        "referrals": referrals,
        "matters": matters,
        "reminders": reports[:REMINDERS_SHOWN],
        "reminded": len(reports),
        "inspections": inspections,
        "unpublished": due,
        "counted": {
            "referrals": len(referrals),
            "matters": len(matters),
            "inspections": due,
            "reports": len(reports),
            "reminders": len(panel["rows"]),
        },
    }
