"""Long work in the background: asked for, looked at, cancelled, and its file fetched."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer, streamed
from api.calls import Received, an_id, check_empty, no_query, whole
from api.documented import body_of
from engine.core.job_form import JobForm
from engine.jobs import book
from engine.jobs.work import MEDIA_TYPES

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])


@router.get("")
def jobs(call: Received) -> Response:
    """A page of the caller's own jobs, newest first."""
    return answer(book.page(call.house, call.who, call.query))


@router.post("", status_code=202, openapi_extra=body_of(JobForm))
def ask(call: Received) -> Response:
    """The job waits for its turn; asked twice there are two."""
    who = call.who
    no_query(call.request)
    body = call.checked(JobForm)
    shown = book.ask(call.house, who, body["kind"], body["parameters"])
    return answer(shown, 202, {"Location": f"/api/v1/jobs/{shown['id']}"})


@router.get("/{id}")
def job(call: Received, id: str) -> Response:
    """One of the caller's jobs, with how far it is and what came out."""
    who = call.who
    no_query(call.request)
    return answer(book.one(call.house, who, an_id(id)))


@router.post("/{id}/cancel")
def cancel(call: Received, id: str) -> Response:
    """The job ends as soon as it can; what has ended stays as it is."""
    who = call.who
    no_query(call.request)
    check_empty(whole(call.raw))
    return answer(book.cancel(call.house, who, an_id(id)))


@router.get("/{id}/result")
def result(call: Received, id: str) -> Response:
    """The file that came out, for its owner, while they may see what is in it."""
    who = call.who
    no_query(call.request)
    name, pieces = book.result(call.house, who, an_id(id))
    return streamed(pieces, name, MEDIA_TYPES[name.rpartition(".")[2]])
