"""Delegation during leave: who stands in for whom, and from when to when."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, answered, no_query
from api.documented import Nothing, body_of
from api.step_request import delegation_command, delegation_end_command
from engine.core.commands import Outcome, Principal
from engine.core.delegation_form import DelegationForm
from engine.house import House

router = APIRouter(prefix="/api/v1/delegations", tags=["delegations"])


@router.get("")
def delegations(call: Received) -> Response:
    """A page of delegations that the caller may know of, the latest first."""
    return answer(call.house.delegation_reader.delegations(call.who, call.query))


@router.get("/{id}")
def delegation(call: Received, id: str) -> Response:
    """One delegation."""
    who = call.who
    no_query(call.request)
    return answer(call.house.delegation_reader.delegation(who, an_id(id)))


@router.post("", status_code=201, openapi_extra=body_of(DelegationForm, keyed=True))
def delegate(call: Received) -> Response:
    """Lends one's own roles, or as head of the department those of a colleague who is away already."""
    who, outcome = call.command(delegation_command, call.house.delegations.handle)
    return _answered(call.house, who, outcome)


@router.post("/{id}/end", openapi_extra=body_of(Nothing, keyed=True))
def end(call: Received, id: str) -> Response:
    """Ends the delegation at this moment; the body is {}."""
    who, outcome = call.command(delegation_end_command(an_id(id)), call.house.delegations.handle)
    return _answered(call.house, who, outcome)


def _answered(house: House, who: Principal, outcome: Outcome) -> Response:
    shown = house.delegation_reader.delegation(who, outcome.id)
    place = f"/api/v1/delegations/{outcome.id}"
    return answered(shown | {"decision": dict(outcome.decision)}, outcome, place, {})
