"""The law as data: charts, rulebook, and rulings to try out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import APIRouter, Response

from api.answers import answer
from api.calls import Received, no_query
from api.documented import body_of
from api.trial_ruling import ruled
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.projections.asked import Asked
from rules.charts import chart_files

router = APIRouter(prefix="/api/v1", tags=["rulebook"])


@router.get("/charts")
def charts(call: Received) -> Response:
    """The charts of the house with the dictionary of what their rows name."""
    call.visit()
    no_query(call.request)
    return answer(charts_answer(call.house.charts))


@router.get("/rulebook")
def rulebook(call: Received) -> Response:
    """The rules in force on a day, and the facts they speak of."""
    call.visit()
    asked = Asked(call.query, ("on",))
    on = asked.day("on") or civil_date(call.house.clock.now())
    asked.done()
    return answer(call.house.rulebook.as_answer(on))


@router.post("/rulings", openapi_extra=body_of("ruling_request"))
def rule(call: Received) -> Response:
    """What the rules say about these facts; nothing is kept."""
    call.visit()
    no_query(call.request)
    return answer(ruled(call.house.arbiter, call.body()))


def charts_answer(charts: Charts) -> dict[str, Any]:
    """The charts in the shape of the contract's charts.json, as far as they are built."""
    named = charts.dictionary
    return {
        **{name: named[name] for name in ("roles", "messages", "facts", "vocabularies", "documents")},
        "proceeding_kinds": list(named["kinds"]),
        "guards": {name: {"name": name, **said} for name, said in named["guards"].items()},
        "charts": {name: _chart(declared) for name, declared in _declared().items()},
    }


@cache
def _declared() -> dict[str, dict[str, Any]]:
    return chart_files()


def _chart(declared: Mapping[str, Any]) -> dict[str, Any]:
    title = declared["title"]
    said = {name: declared[name] for name in ("initial", "states", "rows")}
    return {"title_zh": title["zh"], "title_en": title["en"], **said}
