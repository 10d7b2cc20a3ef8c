"""What a person is reminded of, and that they have seen it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, check_empty, no_query, whole

router = APIRouter(prefix="/api/v1/reminders", tags=["reminders"])


@router.get("")
def reminders(call: Received) -> Response:
    """A page of reminders told to the caller's department and roles, the newest first."""
    return answer(call.house.reader.reminders.reminders(call.who, call.query))


@router.post("/{key}/seen")
def seen(call: Received, key: str) -> Response:
    """The reminder is done; seen again, it stays as it was first seen."""
    who = call.who
    no_query(call.request)
    check_empty(whole(call.raw))
    return answer(call.house.reminders.seen(who, key))
