"""What a closed case says is erased by two persons, and nothing that anybody may not have erased."""

from __future__ import annotations

import pytest

from engine.archive.blanking import MARKER
from engine.auditing import verify
from models import keeping
from tests.archive.closing import AFTER, SECRET, closed_case, decide, propose, set_period
from tests.builders import PARTY, Town, refused

SAID = (SECRET, "王小明", PARTY["name"], "92140981MA0L3Q8T17", "前进西街218号", "凉菜间")


def words_in(town: Town) -> dict[str, str]:
    """Every row of every table as text, by table."""
    with town.house.database.read() as connection:
        return {
            name: str(
                [
                    list(map(str, row))
                    for part in keeping.rows(connection, name, columns, keeping.key_of(name))
                    for row in part
                ]
            )
            for name, columns in keeping.table_forms().items()
        }


def test_two_persons_erase_a_closed_case_and_the_chain_stays_whole(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = closed_case(town)
    town.at(AFTER)
    assert "保存期限待定" in refused(propose, town, "H01", finding).reasons[0].zh
    set_period(town, monkeypatch)
    before = verify(town.house.database)
    id = propose(town, "H01", finding)
    assert refused(decide, town, "H01", finding, id).code == "not_yours"
    decide(town, "P01", finding, id)

    left = {name: [one for one in SAID if one in words] for name, words in words_in(town).items()}
    assert {name: found for name, found in left.items() if found} == {}
    audited = verify(town.house.database)
    assert audited.faults == [] and audited.erased == before.entries + 1
    assert town.house.witness.look().faults == []
    shown = town.house.reader.finding(town.who("W01"), finding)
    assert (shown["state"], shown["facts_summary"]) == ("closed", MARKER)
    timeline = town.house.reader.timeline(town.who("W01"), finding, {})["items"]
    assert [one["erased"] for one in timeline] == [True] * (len(timeline) - 1) + [False]
    assert timeline[-1]["title"] == "依法销毁案件内容" and timeline[-1]["by"] == "P01"
    assert not any(step["open"] for step in shown["steps"])
    told = refused(town.step, "S01", finding, "request_reopening", reason="复查。")
    assert told.code == "step_shut" and "依法销毁" in told.reasons[0].zh
