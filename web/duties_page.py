"""Reports that departments owe: what is due and handed in, a form for the own department, and all members at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response

from engine.core.calendar import civil_date
from engine.core.refusals import Refusal
from engine.core.visibility import hands_in_for
from engine.duty_book import period_words
from models.duty_report import NUMBER_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH
from web.asking import Asked, Asking, Form, check_form_token, see
from web.clocks import left_of
from web.commanding import fresh_key, hand_in
from web.fields import ABSENT, Field, Typed, read_field, write_field
from web.list_sheet import SHEET, list_sheet, taken_along
from web.look import page, query_path
from web.naming import Names
from web.people import people_of
from web.problems import Told, told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/duties"
NARROWS = ("department", "state", "duty", "period", "cursor")
COUNTED = ("done", "done_late", "late", "due")
EVERY_STATE = ("done", "late", "due")


@router.get(PATH)
def duties_page(asking: Asked) -> Response:
    """What the filters ask for; wrong ones are told and leave the whole year."""
    try:
        asking.house.duty_reader.duties(asking.who, asking.query)
    except Refusal as refusal:
        if refusal.code != "parameter_invalid":
            raise
        return show_duties(asking, {}, told(refusal, asking.words))
    return show_duties(asking, asking.query)


@router.get(PATH + SHEET)
def sheet(asking: Asked) -> Response:
    """What the filters ask for, else the whole year, for programs of tables."""
    return list_sheet(asking, "duties")


@router.post(PATH + "/{duty}/{period}")
def handed_in(asking: Asked, posted: Form, duty: str, period: str) -> Response:
    """The report is handed in; a refused form comes back with what was typed."""
    check_form_token(asking, posted)
    typed = posted.typed
    body = {one.name: read_field(one, typed) for one in fields_of(asking)}
    body = {name: value for name, value in body.items() if value is not ABSENT}
    try:
        hand_in(asking, duty, period, body, typed.first("idempotency_key"))
    except Refusal as refusal:
        if refusal.code in ("not_found", "not_yours"):
            raise
        query = _place(asking, duty, period)
        return show_duties(asking, query, told(refusal, asking.words), typed)
    return see(query_path(PATH, {"year": _place(asking, duty, period)["year"]}, flash="created"))


def show_duties(
    asking: Asking, query: Mapping[str, list[str]], problem: Told | None = None, typed: Typed | None = None
) -> Response:
    """The page of the year; `typed` is what stood in a refused form."""
    reader, who, names = asking.house.duty_reader, asking.who, Names(asking.house, asking.words)
    year = int((query.get("year") or [""])[0] or reader.this_year())
    every = reader.overview(who, year)
    whole = len({one["department"] for one in every}) > 1
    narrowed = any(query.get(name) for name in NARROWS)
    listed = reader.duties(who, query) if narrowed or not whole else {"items": [], "next": None}
    own = hands_in_for(who, reader.book.rules.hands_in, reader.book.members)
    years = reader.years()
    return page(
        asking,
        "duties.html",
        status=problem.status if problem else 200,
        problem=problem,
        names=names,
        year=year,
        years={name: one for name, one in (("earlier", year - 1), ("later", year + 1)) if one in years},
        receiver=names.department(reader.book.rules.receiver),
        totals=_counts(every, year, {}),
        matrix=_matrix(asking, every, year, names) if whole and not narrowed else None,
        form=_form(asking, [one for one in every if one["department"] == own], query, problem, typed),
        rows=_rows(asking, listed["items"], names, own),
        corrected=_corrected(asking, listed["items"]),
        listing=narrowed or not whole,
        narrowed=narrowed,
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        along=taken_along(PATH, query),
        here=query_path(PATH, query),
    )


def fields_of(asking: Asking) -> tuple[Field, ...]:
    """The inputs of a report."""
    words = asking.words
    return (
        Field("title", words("duties.report_title"), "text", True, longest=TITLE_LENGTH),
        Field("doc_no", words("duties.doc_no"), "text", longest=NUMBER_LENGTH),
        Field(
            "summary",
            words("duties.summary"),
            "long_text",
            True,
            hint=words("duties.summary_hint"),
            longest=SUMMARY_LENGTH,
        ),
    )


def _place(asking: Asking, duty: str, period: str) -> dict[str, list[str]]:
    """The address of the person's own report on that period."""
    owed = asking.house.duty_reader.book.period(duty, period)
    assert owed is not None, "a report was handed in on it, or its form refused"
    return {"year": [str(owed.due_on.year)], "duty": [duty], "period": [period]}


def _form(
    asking: Asking,
    own: Sequence[Mapping[str, Any]],
    query: Mapping[str, list[str]],
    problem: Told | None,
    typed: Typed | None,
) -> dict[str, Any] | None:
    """The report that can be handed in: the one that was chosen, else the most urgent; None where there is none."""
    chosen = [query.get(name, [""])[0] for name in ("duty", "period")]
    today = _today(asking)
    open_now = [one for one in own if one["begins_on"] <= today]
    waiting = (one for one in open_now if one["state"] != "done")
    item = next((one for one in open_now if [one["duty"], one["period"]] == chosen), next(waiting, None))
    if item is None:
        return None
    duty, fields = asking.house.office.duties.reports[item["duty"]], fields_of(asking)
    known = item["handed_in"] or {}
    if typed is None:
        typed = Typed(
            {name: text for one in fields for name, text in write_field(one, known.get(one.name)).items()}
        )
    errors = problem.errors if problem else {}
    return {
        **item,
        "what": _what(asking, item),
        "basis": duty.basis,
        "action": f"{PATH}/{item['duty']}/{item['period']}",
        "key": typed.first("idempotency_key") or fresh_key(),
        "fields": fields,
        "typed": typed,
        "errors": errors,
        "focus": next((one.input_name for one in fields if one.name in errors), ""),
    }


def _today(asking: Asking) -> str:
    return civil_date(asking.house.clock.now()).isoformat()


def _what(asking: Asking, item: Mapping[str, Any]) -> str:
    """Report and period in words."""
    words = asking.words
    opened, closed = ("（", "）") if words.language == "zh" else (" (", ")")
    return f"{words.of(item)}{opened}{words.of(period_words(item['period']))}{closed}"


def _rows(
    asking: Asking, items: Iterable[Mapping[str, Any]], names: Names, own: str | None
) -> list[dict[str, Any]]:
    """The list as the page shows it."""
    now, calendar, people = asking.house.clock.now(), asking.house.law.calendar, people_of(asking.house)
    today = _today(asking)
    return [
        {
            **one,
            "what": _what(asking, one),
            "shown": shown_state(one, today),
            "department_title": names.department(one["department"]),
            "left": "" if one["handed_in"] else left_of(one["due_on"], now, calendar, asking.words),
            "by": people.name(one["handed_in"]["handed_in_by"]) if one["handed_in"] else "",
            "form": _address(one["due_on"][:4], duty=one["duty"], period=one["period"])
            if one["department"] == own and one["begins_on"] <= today
            else "",
        }
        for one in items
    ]


def _corrected(asking: Asking, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of a report that stands alone on the page what was handed in before and corrected since."""
    if len(items) != 1 or not items[0]["handed_in"]:
        return []
    [one] = items
    asked = {"department": [one["department"]]}
    reports = asking.house.duty_reader.reports(asking.who, one["duty"], one["period"], asked)["items"]
    return list(reports[1:])


def shown_state(item: Mapping[str, Any], today: str) -> str:
    """done, done_late, late, due, or wait before anything can be handed in."""
    if item["handed_in"]:
        return "done_late" if item["handed_in"]["late"] else "done"
    return "wait" if item["begins_on"] > today else str(item["state"])


def _address(year: int | str, **asked: str) -> str:
    return query_path(PATH, {"year": [str(year)], **{name: [value] for name, value in asked.items()}})


def _counts(items: Iterable[Mapping[str, Any]], year: int, asked: Mapping[str, str]) -> dict[str, Any]:
    """How many of these are handed in, late, missing and still due, each with the address of exactly those rows."""
    items = list(items)
    counted = Counter(one["state"] for one in items)
    counted["done_late"] = sum(bool(one["handed_in"] and one["handed_in"]["late"]) for one in items)
    numbers = {
        state: {"name": state, "count": counted[state], "path": _address(year, **asked, state=state)}
        for state in COUNTED
    }
    every = query_path(PATH, {"year": [str(year)], "state": list(EVERY_STATE)})
    return {"owed": {"name": "owed", "count": len(items), "path": every}, **numbers}


def _matrix(asking: Asking, items: Sequence[Mapping[str, Any]], year: int, names: Names) -> dict[str, Any]:
    """Departments by periods, with the counts of each line and of each column."""
    today = _today(asking)
    columns = list(dict.fromkeys((one["duty"], one["period"], one["due_on"]) for one in items))
    return {
        "columns": [
            {
                "key": f"{duty}.{period}",
                "title": _heading(asking, period),
                "what": asking.words.of(asking.house.office.duties.reports[duty]),
                "due_on": due_on,
                "counts": _counts(
                    [one for one in items if (one["duty"], one["period"]) == (duty, period)],
                    year,
                    {"duty": duty, "period": period},
                ),
            }
            for duty, period, due_on in columns
        ],
        "lines": [
            {
                "department": department,
                "title": names.department(department),
                "cells": [
                    {
                        **one,
                        "shown": shown_state(one, today),
                        "heading": _heading(asking, one["period"]),
                        "path": _address(year, department=department, duty=one["duty"], period=one["period"]),
                    }
                    for one in items
                    if one["department"] == department
                ],
                "counts": _counts(
                    [one for one in items if one["department"] == department],
                    year,
                    {"department": department},
                ),
            }
            for department in dict.fromkeys(one["department"] for one in items)
        ],
    }


def _heading(asking: Asking, period: str) -> str:
    """The period as the head of a narrow column."""
    part = period.partition("-")[2]
    if part in ("", "H1"):
        return asking.words("duties.half" if part else "duties.whole")
    return asking.words(f"duties.month.{part}")
