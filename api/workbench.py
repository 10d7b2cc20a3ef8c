"""What an officer keeps beside the records: comments on findings, drafts of forms, filters with a name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Call, Received, an_id, answered, no_query
from api.documented import body_of
from api.step_request import body_object
from engine.comments import COMMENT, Comments
from engine.core.commands import CommentCommand
from engine.core.comment_form import CommentForm
from engine.core.desk_forms import DraftForm, ViewForm, read_draft
from engine.core.refusals import FieldError, Refusal
from engine.drafts import Drafts, Form, Kept
from engine.projections.asked import Asked
from engine.work_views import WorkViews

router = APIRouter(prefix="/api/v1", tags=["workbench"])
NOT_KEPT = (
    "这一步的表单不存草稿，或者内容太长。",
    "no draft of this form is kept, or it is too long",
)


@router.get("/findings/{id}/comments")
def comments(call: Received, id: str) -> Response:
    """The comments on a finding, oldest first, as entries of its timeline."""
    return answer(call.house.reader.timeline(call.who, _finding(call, id), call.query, COMMENT))


@router.post("/findings/{id}/comments", openapi_extra=body_of(CommentForm, keyed=True))
def comment(call: Received, id: str) -> Response:
    """Whoever may act on the finding says something about it; it raises `sequence` alone."""
    house = call.house
    who, outcome = call.command(
        lambda body: CommentCommand(an_id(id), body_object(body)), Comments(house.desk).handle
    )
    here = {"after": [str(outcome.decision["sequence"] - 1)], "limit": ["1"]}
    [entry] = house.reader.timeline(who, id, here, COMMENT)["items"]
    return answered(entry, outcome, "", {})


@router.get("/findings/{id}/drafts")
def drafts(call: Received, id: str) -> Response:
    """The caller's own drafts on the finding."""
    return _kept(call, _finding(call, id))


@router.put("/findings/{id}/drafts", openapi_extra=body_of(DraftForm))
def keep_draft(call: Received, id: str) -> Response:
    """What was typed into a form of the finding is kept in the place of what was kept of that form before."""
    return _keep(call, _finding(call, id))


@router.delete("/findings/{id}/drafts", status_code=204)
def forget_draft(call: Received, id: str) -> Response:
    """The caller has no draft of that form."""
    return _forget(call, _finding(call, id))


@router.get("/inspections/{id}/drafts")
def inspection_drafts(call: Received, id: str) -> Response:
    """The caller's own drafts on the inspection."""
    return _kept(call, _inspection(call, id))


@router.put("/inspections/{id}/drafts", openapi_extra=body_of(DraftForm))
def keep_inspection_draft(call: Received, id: str) -> Response:
    """What was typed into a form of the inspection is kept."""
    return _keep(call, _inspection(call, id))


@router.delete("/inspections/{id}/drafts", status_code=204)
def forget_inspection_draft(call: Received, id: str) -> Response:
    """The caller has no draft of that form."""
    return _forget(call, _inspection(call, id))


@router.get("/work/views")
def views(call: Received) -> Response:
    """The caller's own filters of /work, by name."""
    who = call.who
    no_query(call.request)
    return answer({"items": [_view(*one) for one in WorkViews.of(call.house).all(who).items()]})


@router.put("/work/views", openapi_extra=body_of(ViewForm))
def save_view(call: Received) -> Response:
    """The caller's filter of that name is this one."""
    who = call.who
    no_query(call.request)
    body = call.checked(ViewForm)
    name = body["name"].strip()
    WorkViews.of(call.house).save(who, name, body["query"])
    return answer(_view(name, body["query"]))


@router.delete("/work/views", status_code=204)
def forget_view(call: Received) -> Response:
    """The caller has no filter of that name."""
    who, asked = call.who, Asked(call.query, ("name",))
    name = asked.text("name")
    asked.done()
    WorkViews.of(call.house).forget(who, name or "")
    return Response(status_code=204)


def _finding(call: Call, id: str) -> str:
    """The id of a finding that the caller sees; raises `not_found`."""
    call.house.reader.finding(call.who, an_id(id))
    return id


def _inspection(call: Call, id: str) -> str:
    """The id of an inspection that the caller sees; raises `not_found`."""
    call.house.reader.inspection(call.who, an_id(id))
    return id


def _kept(call: Call, record: str) -> Response:
    no_query(call.request)
    found = Drafts.of(call.house).of_records(call.who, record)
    return answer({"items": [_draft(form, kept) for form, kept in sorted(found.items())]})


def _keep(call: Call, record: str) -> Response:
    no_query(call.request)
    said, house_drafts = read_draft(body_object(call.body())), Drafts.of(call.house)
    form = (record, " ".join(said.triggers), said.proceeding or "")
    if not house_drafts.keep(call.who, form, said.typed, said.expected_version):
        raise Refusal("facts_invalid", errors=[FieldError("/triggers", "vocabulary", *NOT_KEPT)])
    return answer(_draft(form, house_drafts.of_records(call.who, record)[form]))


def _forget(call: Call, record: str) -> Response:
    asked = Asked(call.query, ("triggers", "proceeding"))
    triggers, proceeding = asked.text("triggers"), asked.text("proceeding")
    asked.done()
    form = (record, " ".join((triggers or "").split()), proceeding or "")
    Drafts.of(call.house).forget(call.who, form)
    return Response(status_code=204)


def _draft(form: Form, kept: Kept) -> dict[str, Any]:
    return {
        "triggers": form[1].split(),
        "proceeding": form[2] or None,
        "version": kept.version,
        "saved_at": kept.saved_at,
        "typed": dict(kept.typed),
    }


def _view(name: str, query: str) -> dict[str, str]:
    return {"name": name, "query": query}
