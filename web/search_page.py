"""The search: one line to type, and what was found in four groups, with what was looked for marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from engine.core.refusals import Refusal
from web.asking import Asked, Asking
from web.lists import finding_rows
from web.look import page, query_path
from web.naming import Names
from web.problems import told
from web.routing import PageRoute
from web.states import state_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FIELDS = ("name", "party", "item", "ledger_no")
"""Fields that a line shows anyway; the others are shown where something was found in them."""


@router.get("/search")
def search_page(asking: Asked) -> Response:
    """What was found; without anything typed, what can be."""
    query, problem = asking.query, None
    groups: list[dict[str, Any]] = []
    if "".join(query.get("q", [])).strip():
        try:
            answer = asking.house.reader.search.search(asking.who, query)
            groups = [_group(asking, one) for one in answer["groups"]]
        except Refusal as refusal:
            if refusal.code != "parameter_invalid":
                raise
            problem = told(refusal, asking.words)
    return page(
        asking,
        "search.html",
        status=problem.status if problem else 200,
        problem=problem,
        searched_for=asking.parameter("q"),
        groups=[one for one in groups if one["rows"] or one["cut"]],
        searched=bool(groups),
        first=query_path("/search", query, cursor="") if "cursor" in query else "",
        overview=query_path("/search", query, cursor="", kind="") if "kind" in query else "",
    )


def _group(asking: Asking, group: Mapping[str, Any]) -> dict[str, Any]:
    kind, rows = group["kind"], _rows(asking, group["kind"], group["items"])
    more = ""
    if group["next"]:
        shown = (
            "kind" in asking.query or group["cut"]
        )  # else the page of one kind begins with more of the first
        more = query_path("/search", asking.query, kind=kind, cursor=group["next"] if shown else "")
    return {"kind": kind, "rows": [_shown(row) for row in rows], "more": more, "cut": group["cut"]}


def _rows(asking: Asking, kind: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = Names(asking.house, asking.words)
    if kind == "findings":
        return finding_rows(asking, items, asking.house.clock.now())
    if kind == "inspections":
        return [
            {
                **item,
                "shown_state": state_of(asking, "inspection", item["state"]),
                "department_title": names.department(item["department"]),
            }
            for item in items
        ]
    if kind == "documents":
        known = asking.house.charts.dictionary["documents"]
        return [
            {**item, "title": asking.words.of(known.get(item["document"], {})) or item["title"]}
            for item in items
        ]
    return items


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the marked text of what it shows anyway, by field, and `also`: the fields found beside."""
    marked = {one["in"]: one["parts"] for one in row["matches"] if one["in"] in FIELDS}
    return {**row, "marked": marked, "also": [one for one in row["matches"] if one["in"] not in FIELDS]}
