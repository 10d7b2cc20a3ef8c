"""A period that was extended is counted anew when it stood still: what the extension added stays added once."""

from __future__ import annotations

from typing import Any

from tests.builders import Town
from tests.engine.test_penalty_papers import FILING, verifying

SPECIAL = {"reason": "情况特殊。"}


def test_a_test_after_an_extension_takes_out_its_days_and_adds_nothing(town: Town) -> None:
    finding, case = verifying(town)
    town.step("C02", finding, "propose_verify_extension", case, **SPECIAL)
    town.step("H01", finding, "verify_extend", case, **SPECIAL)
    before = _clock(town, finding, "DL20")

    _tested(town, finding, case)
    once = _clock(town, finding, "DL20")
    _tested(town, finding, case)

    assert before["length"] == once["length"] == _clock(town, finding, "DL20")["length"] == 30


def test_an_extension_set_by_order_keeps_its_length_when_it_stood_still(town: Town) -> None:
    finding, case = verifying(town)
    town.step("C02", finding, "propose_filing", case, **FILING)
    town.step("H01", finding, "approve_filing", case)
    town.step("U01", finding, "assign_officers", case, officers=["W01", "W02"])
    day = town.house.clock.now().date().isoformat()
    discussed = {"period_length": 20, "discussion_date": day, "participants": ["W01", "W02"]}
    for decide, length in (("decide_extend_first", {}), ("decide_extend_second", discussed)):
        town.step("C02", finding, "propose_decide_extension", case, **SPECIAL)
        town.step("H01", finding, decide, case, **SPECIAL, **length)
    before = {term: _clock(town, finding, term)["length"] for term in ("DL28", "DL28.collective")}

    _tested(town, finding, case)
    _tested(town, finding, case)

    assert before == {"DL28": 140, "DL28.collective": 140}
    assert before == {term: _clock(town, finding, term)["length"] for term in before}


def _tested(town: Town, finding: str, case: str) -> None:
    """Something was sent to a laboratory and came back on the same day."""
    kind, day = {"test_kind": "inspection"}, town.house.clock.now().date().isoformat()
    town.step("C02", finding, "start_test", case, **kind, testing_body="检验检测中心", started_on=day)
    town.step("C02", finding, "end_test", case, **kind, ended_on=day, result_text="不合格。")


def _clock(town: Town, finding: str, term: str) -> dict[str, Any]:
    """What is stored of the running deadline of that term."""
    running = [one for one in town.deadlines(finding) if one.term == term and one.state == "running"]
    return dict(running[-1].spec)
