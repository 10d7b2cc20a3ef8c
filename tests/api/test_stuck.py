"""What stands still, over HTTP: the list, its refusals, and the metric that must read zero."""

from __future__ import annotations

import re

import pytest

from api.figures import STUCK_KEPT_SECONDS, StuckFigures
from engine.core.refusals import Refusal
from models import account_reading
from tests.api.conftest import Office
from tests.web.town_at_work import put_to_work

PATH = "/api/v1/stuck"
NO_MORE = {"disabled": True}


def without_a_head(office: Office) -> None:
    """The department has no enabled account of a head."""
    for login in ("h01", "c01"):
        office.town.house.writer.submit(
            lambda connection, login=login: account_reading.change_user(connection, login, NO_MORE)
        )


def told(office: Office) -> dict[str, float]:
    """The metric by what is lacking."""
    text = office.stranger().get("/metrics").text
    found = re.findall(r'^bihuan_stuck_records\{lacks="(\w+)"\} (\S+)$', text, re.MULTILINE)
    return {lacks: float(count) for lacks, count in found}


def test_the_list_has_the_shape_of_the_contract_s_lists(office: Office) -> None:
    put_to_work(office.town)
    empty = office.visit("S01").get(PATH)
    assert (empty.status_code, set(empty.json())) == (200, {"items", "next", "as_of"})
    assert empty.json()["items"] == []
    without_a_head(office)
    first = office.visit("S01").get(f"{PATH}?limit=1").json()
    last = office.visit("S01").get(f"{PATH}?limit=1&cursor={first['next']}").json()
    assert last["next"] is None
    assert first["items"][0]["finding"] < last["items"][0]["finding"]
    assert set(first["items"][0]) == {
        "finding", "ledger_no", "chart", "proceeding", "state", "department", "lacks", "reasons",
    }  # fmt: skip


def test_who_reads_no_findings_is_refused_and_so_is_a_wrong_filter(office: Office) -> None:
    for login in ("A01", "E01"):
        refused = office.visit(login).get(PATH)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")
    assert office.stranger().get(PATH).status_code == 401
    wrong = office.visit("S01").get(f"{PATH}?lacks=luck&colour=red")
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/?lacks", "/?colour"}
    first = office.visit("S01").get("/api/v1/findings?limit=1").json()
    assert office.visit("S01").get(f"{PATH}?cursor={first['next'] or 'x'}").status_code == 400


def test_the_metric_reads_zero_and_is_counted_once_a_minute(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_to_work(office.town)
    assert told(office) == {"clock": 0, "owner": 0, "step": 0}
    without_a_head(office)
    assert told(office) == {"clock": 0, "owner": 0, "step": 0}, "kept for a minute of real time"

    now = [0.0]
    figures = StuckFigures(office.town.house, lambda: now[0])

    def counted() -> dict[str, float]:
        (metric,) = figures.collect()
        return {one.labels["lacks"]: one.value for one in metric.samples}

    assert counted() == {"clock": 0, "owner": 2, "step": 2}

    def fails() -> None:
        raise Refusal("clock_refused")

    monkeypatch.setattr(office.town.house.stuck_reader, "by_lack", fails)
    now[0] = STUCK_KEPT_SECONDS - 1
    assert counted() == {"clock": 0, "owner": 2, "step": 2}
    now[0] = STUCK_KEPT_SECONDS
    assert counted() == {}, "what cannot be counted is not said to be zero"
