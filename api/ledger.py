"""What looks across findings: the ledger's figures, deadlines, parties and the audit chain."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id, no_query

router = APIRouter(prefix="/api/v1", tags=["ledger"])


@router.get("/ledger")
def ledger(call: Received) -> Response:
    """The closed-loop ledger in figures, each with the list that gives exactly it."""
    return answer(call.house.reader.ledger(call.who, call.query))


@router.get("/publicity")
def publicity(call: Received) -> Response:
    """A page of the inspections behind a number of the publicity rate: owed, on_time, late, missing, not_on_time."""
    return answer(call.house.publicity_reader.page(call.who, call.query))


@router.get("/deadlines")
def deadlines(call: Received) -> Response:
    """A page of running deadlines, soonest first."""
    return answer(call.house.reader.deadlines(call.who, call.query))


@router.get("/deadlines/{id}/reckoning")
def reckoning(call: Received, id: str) -> Response:
    """How a deadline was counted, day 0 to the last, by which rules, and how much is left."""
    who = call.who
    no_query(call.request)
    return answer(call.house.reader.reckonings.reckoning(who, an_id(id)))


@router.get("/stuck")
def stuck(call: Received) -> Response:
    """A page of open records without a clock, an owner or a step that leads on; in a sound house it is empty."""
    return answer(call.house.stuck_reader.page(call.who, call.query))


@router.get("/parties/{id}")
def party(call: Received, id: str) -> Response:
    """A party with its findings, penalties and flags, as far as visible."""
    who = call.who
    no_query(call.request)
    return answer(call.house.reader.party(who, an_id(id)))


@router.get("/audit/{id}")
def audit(call: Received, id: str) -> Response:
    """The entries of a finding with their hashes and salted commitments."""
    who = call.who
    no_query(call.request)
    return answer(call.house.reader.audit(who, an_id(id)))
