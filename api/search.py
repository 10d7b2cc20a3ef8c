"""Everything that can be found by typing it."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received

router = APIRouter(prefix="/api/v1/search", tags=["search"])


@router.get("")
def search(call: Received) -> Response:
    """Parties, findings, inspections and documents that hold what was typed."""
    return answer(call.house.reader.search.search(call.who, call.query))
