"""The archive: how long closed records are kept, legal holds (保全), and lawful erasure (依法销毁)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, answered, no_query
from api.documented import body_of
from api.step_request import body_object
from engine.core.archive_form import ErasureDecisionForm, ErasureForm, HoldForm, ReleaseForm
from engine.core.commands import ArchiveCommand

router = APIRouter(prefix="/api/v1", tags=["archive"])
WITHIN = {
    "hold": "holds",
    "release": "holds/{}/release",
    "erase": "erasures",
    "decide": "erasures/{}/decision",
}


def archive_command(finding: str, act: str, of: str | None = None) -> Callable[[Any], ArchiveCommand]:
    """Reads a body into that act on the finding; what is in it is checked when it is carried out."""
    named = None if of is None else an_id(of)
    return lambda body: ArchiveCommand(an_id(finding), act, named, body_object(body))


def archive_path(asked: ArchiveCommand) -> str:
    """The path at which the command is sent."""
    return f"/api/v1/findings/{asked.finding}/{WITHIN[asked.act].format(asked.of)}"


@router.get("/retention")
def retention(call: Received) -> Response:
    """How long each category of closed findings is kept; `years` null: not settled, and nothing is erased."""
    no_query(call.request)
    return answer({"items": call.house.archive.reader.schedule()})


@router.get("/findings/{id}/holds")
def holds(call: Received, id: str) -> Response:
    """The legal holds on a finding and its party, and whether the caller may put one on."""
    who = call.who
    no_query(call.request)
    return answer(call.house.archive.reader.holds(who, an_id(id)))


@router.post("/findings/{id}/holds", status_code=201, openapi_extra=body_of(HoldForm, keyed=True))
def put_on(call: Received, id: str) -> Response:
    """The finding, or everything of its party, is held."""
    who, outcome = call.command(archive_command(id, "hold"), call.house.archive.handle)
    shown = call.house.archive.reader.hold(who, id, outcome.id)
    return answered(shown, outcome, f"/api/v1/findings/{id}/holds", {})


@router.post("/findings/{id}/holds/{hid}/release", openapi_extra=body_of(ReleaseForm, keyed=True))
def release(call: Received, id: str, hid: str) -> Response:
    """The release is proposed, or carried out by another person, or the hold stays."""
    who, outcome = call.command(archive_command(id, "release", hid), call.house.archive.handle)
    return answered(call.house.archive.reader.hold(who, id, hid), outcome, "", {})


@router.get("/findings/{id}/erasures")
def erasures(call: Received, id: str) -> Response:
    """What was proposed and erased of a finding, and what keeps it."""
    who = call.who
    no_query(call.request)
    return answer(call.house.archive.reader.erasures(who, an_id(id)))


@router.post("/findings/{id}/erasures", status_code=201, openapi_extra=body_of(ErasureForm, keyed=True))
def propose(call: Received, id: str) -> Response:
    """An erasure is proposed to the principal head."""
    who, outcome = call.command(archive_command(id, "erase"), call.house.archive.handle)
    shown = call.house.archive.reader.erasure(who, id, outcome.id)
    return answered(shown, outcome, f"/api/v1/findings/{id}/erasures", {})


@router.post("/findings/{id}/erasures/{eid}/decision", openapi_extra=body_of(ErasureDecisionForm, keyed=True))
def decide(call: Received, id: str, eid: str) -> Response:
    """The principal head has it carried out or refuses it; whoever proposed it may withdraw it."""
    who, outcome = call.command(archive_command(id, "decide", eid), call.house.archive.handle)
    return answered(call.house.archive.reader.erasure(who, id, eid), outcome, "", {})
