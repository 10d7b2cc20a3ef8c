"""Messages that do not arrive: a person sends one again as it is, or enters that it was delivered on paper."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, answered, no_query
from api.documented import Nothing, body_of
from api.step_request import paper_command, resend_command
from engine.core.commands import Outcome, Principal
from engine.core.paper_form import PaperForm
from engine.house import House

router = APIRouter(prefix="/api/v1/messages", tags=["exchange"])


@router.get("/{id}")
def message(call: Received, id: str) -> Response:
    """One message as it stands, for those who may act on it."""
    who = call.who
    no_query(call.request)
    return answer(call.house.exchange.acts.message(who, an_id(id)))


@router.post("/{id}/resend", openapi_extra=body_of(Nothing, keyed=True))
def resend(call: Received, id: str) -> Response:
    """Sends it again with the same id and body; the body is {}."""
    who, outcome = call.command(resend_command(an_id(id)), call.house.exchange.acts.handle)
    return _answered(call.house, who, outcome)


@router.post("/{id}/paper", openapi_extra=body_of(PaperForm, keyed=True))
def on_paper(call: Received, id: str) -> Response:
    """Enters how and when it was delivered on paper; it is sent no more."""
    who, outcome = call.command(paper_command(an_id(id)), call.house.exchange.acts.handle)
    return _answered(call.house, who, outcome)


def _answered(house: House, who: Principal, outcome: Outcome) -> Response:
    shown = house.exchange.acts.message(who, outcome.id)
    return answered(
        shown | {"decision": dict(outcome.decision)}, outcome, f"/api/v1/messages/{outcome.id}", {}
    )
