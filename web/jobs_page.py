"""Background jobs as their owner sees them: what is under way, how far it is, and the files that came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Response

from api.answers import streamed
from api.calls import an_id
from engine.core.refusals import Refusal
from engine.jobs import book
from engine.jobs.work import MEDIA_TYPES
from models.jobs import ALIVE
from web.asking import Asked, Asking, Form, check_form_token, see
from web.look import page, query_path
from web.problems import told
from web.routing import PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PATH = "/jobs"
LOOK_AGAIN_SECONDS = "3"
"""A page of something under way is asked for anew, with or without script."""


@router.get(PATH)
def jobs_page(asking: Asked) -> Response:
    """The jobs of the person, newest first."""
    query = asking.query
    listed = book.page(asking.house, asking.who, query)
    rows = [_shown(asking, one) for one in listed["items"]]
    answer = page(
        asking,
        "jobs.html",
        jobs=rows,
        next=query_path(PATH, query, cursor=listed["next"]) if listed["next"] else "",
        first=query_path(PATH, query, cursor="") if "cursor" in query else "",
    )
    return _looking_again(answer, any(one["alive"] for one in rows))


@router.post(PATH)
def ask(asking: Asked, posted: Form) -> Response:
    """A sheet of what a ledger list shows is made in the background; a refused one says why."""
    check_form_token(asking, posted)
    typed = posted.typed
    query: dict[str, Any] = {}
    for name, value in parse_qsl(urlsplit(typed.first("of")).query):
        if name != "cursor":
            query.setdefault(name, []).append(value)
    made = book.ask(
        asking.house, asking.who, "ledger_sheet", {**query, "form": typed.first("form") or "xlsx"}
    )
    return see(f"{PATH}/{made['id']}")


@router.get(PATH + "/{id}")
def job_page(asking: Asked, id: str) -> Response:
    """One job: how far it is, or what came out."""
    return _show(asking, id)


@router.post(PATH + "/{id}/cancel")
def cancel(asking: Asked, posted: Form, id: str) -> Response:
    """The job ends as soon as it can."""
    check_form_token(asking, posted)
    book.cancel(asking.house, asking.who, an_id(id))
    return see(f"{PATH}/{id}")


@router.get(PATH + "/{id}/result")
def result(asking: Asked, id: str) -> Response:
    """The file that came out; where rights have changed since, the page of the job says so."""
    try:
        name, pieces = book.result(asking.house, asking.who, an_id(id))
    except Refusal as refusal:
        if refusal.code != "not_yours":
            raise
        return _show(asking, id, refusal)
    return streamed(pieces, name, MEDIA_TYPES[name.rpartition(".")[2]])


def _show(asking: Asking, id: str, refusal: Refusal | None = None) -> Response:
    shown = _shown(asking, book.one(asking.house, asking.who, an_id(id)))
    problem = None if refusal is None else told(refusal, asking.words)
    answer = page(asking, "job.html", status=problem.status if problem else 200, job=shown, problem=problem)
    return _looking_again(answer, shown["alive"])


def _looking_again(answer: Response, alive: bool) -> Response:
    if alive:
        answer.headers["Refresh"] = LOOK_AGAIN_SECONDS
    return answer


def _shown(asking: Asking, job: Mapping[str, Any]) -> dict[str, Any]:
    words = asking.words
    return {
        **job,
        "path": f"{PATH}/{job['id']}",
        "title": words(f"jobs.kind_{job['kind']}"),
        "state_title": words(f"jobs.state_{job['state']}"),
        "alive": job["state"] in ALIVE,
        "facts": [
            (words(f"jobs.outcome_{name}"), value)
            for name, value in job["outcome"].items()
            if words.has(f"jobs.outcome_{name}")
        ],
    }
