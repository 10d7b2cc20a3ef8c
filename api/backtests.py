"""What drafts of the rulebook would change, as back-tests found it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, an_id

router = APIRouter(prefix="/api/v1/rulebook/backtests", tags=["rulebook"])


@router.get("")
def backtests(call: Received) -> Response:
    """A page of back-tests, newest first."""
    return answer(call.house.reader.backtests.runs(call.who, call.query))


@router.get("/{id}/changes")
def changes(call: Received, id: str) -> Response:
    """A page of the findings that the draft of a back-test would decide otherwise."""
    who = call.who
    return answer(call.house.reader.backtests.changes(who, an_id(id), call.query))
