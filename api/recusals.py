"""Recusal (回避): who steps back from a case, and what the head decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, answered, no_query
from api.documented import body_of
from api.step_request import body_object
from engine.core.commands import DecideRecusalCommand, RecuseCommand
from engine.core.recusal_form import RecusalDecisionForm, RecusalForm

router = APIRouter(prefix="/api/v1", tags=["recusals"])
PLACES = {"finding": "findings", "referral": "referrals"}


def recuse_command(subject: str, id: str) -> Callable[[Any], RecuseCommand]:
    """Reads a body into a recusal on that record; what is in it is checked when it is entered."""
    return lambda body: RecuseCommand(subject, an_id(id), body_object(body))


def decision_command(subject: str, id: str, recusal: str) -> Callable[[Any], DecideRecusalCommand]:
    """Reads a body into the decision of a recusal; what is in it is checked when it is decided."""
    return lambda body: DecideRecusalCommand(subject, an_id(id), an_id(recusal), body_object(body))


@router.get("/findings/{id}/recusals")
def recusals(call: Received, id: str) -> Response:
    """The recusals of a finding, and whether it needs another handler."""
    who = call.who
    no_query(call.request)
    return answer(call.house.recusal_reader.of_record(who, "finding", an_id(id)))


@router.post("/findings/{id}/recusals", status_code=201, openapi_extra=body_of(RecusalForm, keyed=True))
def recuse(call: Received, id: str) -> Response:
    """The caller steps back, or enters that a colleague is asked to."""
    return _entered(call, "finding", id)


@router.post("/findings/{id}/recusals/{rid}/decision", openapi_extra=body_of(RecusalDecisionForm, keyed=True))
def decide(call: Received, id: str, rid: str) -> Response:
    """The head decides on a recusal; an application may be withdrawn by whoever entered it."""
    return _decided(call, "finding", id, rid)


@router.get("/referrals/{id}/recusals")
def referral_recusals(call: Received, id: str) -> Response:
    """The recusals entered on a criminal referral."""
    who = call.who
    no_query(call.request)
    shown = call.house.recusal_reader.of_record(who, "referral", an_id(id))
    call.house.reader.referrals.note(who, id, "recusals")
    return answer(shown)


@router.post("/referrals/{id}/recusals", status_code=201, openapi_extra=body_of(RecusalForm, keyed=True))
def recuse_from_referral(call: Received, id: str) -> Response:
    """Somebody on the list steps back, or is asked to, on the record of the referral alone."""
    return _entered(call, "referral", id)


@router.post(
    "/referrals/{id}/recusals/{rid}/decision", openapi_extra=body_of(RecusalDecisionForm, keyed=True)
)
def decide_on_referral(call: Received, id: str, rid: str) -> Response:
    """The head decides on a recusal that was entered on a criminal referral."""
    return _decided(call, "referral", id, rid)


def _entered(call: Received, subject: str, id: str) -> Response:
    who, outcome = call.command(recuse_command(subject, id), call.house.recusals.handle)
    shown = call.house.recusal_reader.recusal(who, subject, id, outcome.id)
    place = f"/api/v1/{PLACES[subject]}/{id}/recusals"
    return answered(shown, outcome, place, {})


def _decided(call: Received, subject: str, id: str, rid: str) -> Response:
    who, outcome = call.command(decision_command(subject, id, rid), call.house.recusals.handle)
    return answered(call.house.recusal_reader.recusal(who, subject, id, rid), outcome, "", {})
