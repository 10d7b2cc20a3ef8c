"""Inspections come in and are read."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, no_query
from api.documented import body_of
from api.step_request import inspection_command, step_command

router = APIRouter(prefix="/api/v1/inspections", tags=["inspections"])


@router.post("", status_code=201, openapi_extra=body_of("inspection_intake", keyed=True))
def record_inspection(call: Received) -> Response:
    """One inspection of one party with its findings is recorded, all or none."""
    return call.inspection(inspection_command)


@router.get("")
def inspections(call: Received) -> Response:
    """A page of inspections."""
    return answer(call.house.reader.inspections(call.who, call.query))


@router.get("/{id}")
def inspection(call: Received, id: str) -> Response:
    """One inspection with what may happen to it."""
    who = call.who
    no_query(call.request)
    shown = call.house.reader.inspection(who, an_id(id))
    return answer({name: value for name, value in shown.items() if name != "state"})


@router.post("/{id}/steps", openapi_extra=body_of("step_request", keyed=True))
def take_inspection_steps(call: Received, id: str) -> Response:
    """Steps of an inspection are taken, all or none."""
    return call.inspection(step_command("inspection", id))
