"""Whether the house stands, and its figures for monitoring."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.answers import answer
from engine.core.refusals import Refusal
from engine.house import House

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """The clock can be read and the database answers; else 503 with the reason. Pages can be read while nothing is recorded."""
    house: House = request.app.state.house
    now = house.clock.now()
    try:
        ready, walled = house.database.ready(), house.database.walled()
    except Exception as fault:
        raise Refusal("not_ready", retry_after=5) from fault
    if not ready:
        raise Refusal("not_ready", retry_after=5)
    leapt = {"clock": "leapt"} if house.clock.anchor.leap is not None else {}
    doubted = {"ledger": "doubted"} if house.witness.doubted else {}
    down = {"second_wall": "down"} if walled is False else {}
    return answer({"status": "ready", "now": now.isoformat(timespec="seconds"), **leapt, **doubted, **down})


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures in the text format of Prometheus."""
    return Response(generate_latest(request.app.state.figures.registry), media_type=CONTENT_TYPE_LATEST)
