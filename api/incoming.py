"""Inbound matters (来件): linked systems send them signed, officers enter and deal with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer
from api.calls import ID, Received, an_id, answered, no_query, whole
from api.documented import INCOMING_ANSWERS, INCOMING_BODY, body_of, signed
from api.exchange import from_here, headers_of, target_of
from api.problems import answers
from api.step_request import body_object
from engine.core.commands import EnterIncomingCommand, IncomingActCommand, Outcome, Principal
from engine.core.fact_types import read_instant
from engine.core.intake_forms import check_form
from engine.core.refusals import Faults
from engine.house import House

exchange_router = APIRouter(
    prefix="/api/v1/exchange/{system}/incoming", tags=["exchange"], dependencies=[Depends(from_here)]
)
router = APIRouter(prefix="/api/v1/incoming", tags=["incoming"])


class IncomingForm(BaseModel):
    """A matter that came on paper, by telephone or in person; what `data` says depends on its kind."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: str
    channel: str
    received_at: str
    data: dict[str, Any]
    sender_department: str | None = None
    sender_name: str | None = None
    late_reason: str | None = None


class IncomingActForm(BaseModel):
    """What is done with a matter; the facts that an act asks for depend on it and on the kind of the matter."""

    model_config = ConfigDict(extra="forbid", strict=True)

    act: str = Field(min_length=1, max_length=60)
    facts: dict[str, Any] = {}
    occurred_at: str | None = None


@exchange_router.post(
    "", openapi_extra={"parameters": signed(), "requestBody": INCOMING_BODY}, responses=INCOMING_ANSWERS
)
def arrive(call: Received, system: str) -> Response:
    """A matter is taken in and has a number; the same again is answered, not repeated."""
    no_query(call.request)
    told = call.house.incoming.arriving.receive(system, headers_of(call.request), whole(call.raw))
    words = answers()[told.code]
    return answer({"code": told.code, "zh": words.zh, "en": words.en, "incoming": told.incoming})


@exchange_router.get("/{id}", openapi_extra={"parameters": signed()})
def became(call: Received, system: str, id: str) -> Response:
    """What became of the matter that the system sent under that id; the signature covers `GET path`."""
    no_query(call.request)
    signs = target_of(call.request)
    sent = id if ID.fullmatch(id) else ""  # who calls is asked first
    return answer(call.house.incoming.arriving.told(system, headers_of(call.request), signs, sent))


@router.get("")
def matters(call: Received) -> Response:
    """A page of the matters that the caller may know of, soonest overdue first."""
    return answer(call.house.incoming.reader.page(call.who, call.query))


@router.get("/{id}")
def matter(call: Received, id: str) -> Response:
    """One matter with its clocks, what may be done with it, and its story."""
    who = call.who
    no_query(call.request)
    return answer(call.house.incoming.reader.matter(who, an_id(id)))


@router.post("", status_code=201, openapi_extra=body_of(IncomingForm, keyed=True))
def enter(call: Received) -> Response:
    """A matter that came without a linked system is entered for one's own department."""
    who, outcome = call.command(entry_command, call.house.incoming.dealing.handle)
    return _answered(call.house, who, outcome)


@router.post("/{id}/acts", openapi_extra=body_of(IncomingActForm, keyed=True))
def act(call: Received, id: str) -> Response:
    """The matter is signed for, accepted, returned, forwarded, noted or fed back; answered is the matter as it is now."""
    who, outcome = call.command(act_command(an_id(id)), call.house.incoming.dealing.handle)
    return _answered(call.house, who, outcome)


def entry_command(body: Any) -> EnterIncomingCommand:
    """The body as a matter; what is in it is checked when it is entered."""
    return EnterIncomingCommand(body_object(body))


def act_command(id: str) -> Callable[[Any], IncomingActCommand]:
    """Reads a body into an act on the matter; raises `facts_invalid` with every fault of its form."""

    def make(body: Any) -> IncomingActCommand:
        told: Mapping[str, Any] = body_object(body)
        faults = Faults()
        check_form(IncomingActForm, told, faults)
        faults.refuse()
        occurred_at = None
        if told.get("occurred_at") is not None:
            text = read_instant(told["occurred_at"], "/occurred_at", faults)
            faults.refuse()
            occurred_at = datetime.fromisoformat(text) if text is not None else None
        return IncomingActCommand(id, told["act"], told.get("facts") or {}, occurred_at)

    return make


def _answered(house: House, who: Principal, outcome: Outcome) -> Response:
    shown = house.incoming.reader.matter(who, outcome.id)
    place = f"/api/v1/incoming/{outcome.id}"
    return answered(shown | {"decision": dict(outcome.decision)}, outcome, place, {})
