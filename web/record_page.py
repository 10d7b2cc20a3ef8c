"""What was done in administration, and what was tried and refused: the three administrators watch one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.problems import problem_of
from engine.administration import WITHDRAWN
from engine.core.policies import may
from engine.core.refusals import Refusal
from engine.core.two_persons import TWO_PERSONS
from engine.refused import KEPT
from web.account_view import act_name
from web.account_view import shown_detail as detail_of_account
from web.asking import Asked, Asking
from web.fields import Choice
from web.look import page, query_path
from web.naming import Names
from web.people import People, people_of
from web.problems import read_filtered
from web.routing import PageRoute
from web.system_view import shown_detail as detail_of_system

router = APIRouter(route_class=PageRoute, include_in_schema=False)
RECORD, ATTEMPTS = "/admin/record", "/admin/attempts"
Shown = Callable[[Asking, Names, People, Mapping[str, Any]], dict[str, Any]]


@router.get(RECORD)
def record_page(asking: Asked) -> Response:
    """The administrative record, newest first."""
    acts = [Choice(act, act_name(asking, act)) for act in TWO_PERSONS]
    return _page(asking, RECORD, asking.house.account_reader.entries, _entry, acts)


@router.get(ATTEMPTS)
def attempts_page(asking: Asked) -> Response:
    """Refused attempts, newest first, without the record that was meant."""
    codes = [Choice(code, _sentence(asking, code)) for code in sorted(KEPT)]
    return _page(asking, ATTEMPTS, asking.house.account_reader.attempts, _attempt, codes)


def _page(
    asking: Asking, path: str, read: Callable[..., dict[str, Any]], shown: Shown, acts: list[Choice]
) -> Response:
    words, names, people = asking.words, Names(asking.house, asking.words), people_of(asking.house)
    listed, query, wrong = read_filtered(asking.query, words, lambda asked: read(asking.who, asked))
    return page(
        asking,
        "record.html",
        problem=wrong,
        here=path,
        title=words("record.title" if path == RECORD else "record.attempts"),
        lead=words("record.lead" if path == RECORD else "record.attempts_lead"),
        sees_attempts=may(asking.who, "attempt.read"),
        rows=[shown(asking, names, people, item) for item in listed["items"]],
        given=query,
        filters=[{"name": "act", "choices": acts, "value": (query.get("act") or [""])[0]}],
        next=query_path(path, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(path, query, cursor="") if "cursor" in query else "",
    )


def _entry(asking: Asking, names: Names, people: People, item: Mapping[str, Any]) -> dict[str, Any]:
    detail = item["detail"]
    act = str(detail.get("act", item["action"]))
    of_system = act.startswith("system.")
    name = act_name(asking, act)
    if item["action"] == WITHDRAWN:
        name = f"{asking.words('admin.withdraw')}{asking.words.colon}{name}"
    told = (detail_of_system if of_system else detail_of_account)(asking, names, detail)
    return {
        "at": item["at"],
        "by": people.name(item["by"]),
        "act": name,
        "about": str(detail.get("login", detail.get("id", ""))),
        "proposed_by": people.name(str(detail.get("proposed_by", ""))),
        "detail": told,
    }


def _attempt(asking: Asking, names: Names, people: People, item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "at": item["at"],
        "by": people.name(item["by"]),
        "act": _sentence(asking, item["code"]),
        "about": asking.words(f"record.subject_{item['subject']}"),
        "proposed_by": "",
        "detail": [],
    }


def _sentence(asking: Asking, code: str) -> str:
    return asking.words.of(problem_of(Refusal(code)))
