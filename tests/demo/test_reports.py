"""The demonstration office and the reports that its departments owe."""

from __future__ import annotations

from collections import Counter

from tests.demo.conftest import SUPERVISOR, Built


def test_some_reports_were_handed_in_some_late_and_some_are_missing(built: Built) -> None:
    items = built.house.duty_reader.overview(SUPERVISOR, 2026)
    told = {
        department: Counter(
            "late" if one["handed_in"] and one["handed_in"]["late"] else one["state"]
            for one in items
            if one["department"] == department and one["due_on"] <= "2026-11-20"
        )
        for department in ("market_regulation", "fire_rescue")
    }
    assert told["market_regulation"]["done"] > told["market_regulation"]["late"] > 0
    assert set(told["fire_rescue"]) == {"done", "late"} and any(
        one["state"] == "late" for one in items if one["department"] == "fire_rescue"
    )
    reports = [one["handed_in"] for one in items if one["handed_in"]]
    assert all(one["title"].startswith("虚构示例") and one["corrections"] == 0 for one in reports)
    assert {one["handed_in_by"] for one in reports} == {"D01", "F03"}
