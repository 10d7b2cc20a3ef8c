"""Back-tests as pages: for those who may read them, each change with the finding that it opens."""

from __future__ import annotations

import re
from pathlib import Path

from tests.rules import trial
from tests.web.conftest import Pages

RUNS = "/rulebook/backtests"


def test_a_run_tells_what_it_changes_of_what_the_reader_sees_and_opens_each_finding(
    pages: Pages, tmp_path: Path
) -> None:
    town = pages.town
    trial.put(town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    blocked = {**trial.unanswered(16), "domain": "fire", "violation": "fire_exit_blocked"}
    [theirs] = trial.put(town.house.database, [blocked], department="fire_rescue")
    run = trial.backtest_of(town).run(trial.longer_interval(tmp_path / "draft"))
    whole, legal = pages.visit("S01"), pages.visit("L01")

    for visitor, count in ((whole, trial.MOVED + 1), (legal, trial.MOVED)):
        assert f'href="{RUNS}/{run}"' in visitor.get(RUNS).text
        text = visitor.get(f"{RUNS}/{run}").text
        rows = re.findall(r'<tr data-finding="([^"]+)"', text)
        assert len(rows) == count and (theirs in rows) is (visitor is whole)
        assert f'data-number="changed">{count}<' in text
        lost = re.search(r'data-turn="lost" data-code="abnormal_list">.*?class="number">(\d+)<', text, re.S)
        assert lost is not None and int(lost.group(1)) == count
        assert ("消防" in text.partition('id="list-title"')[0]) is (visitor is whole)
        assert visitor.get(f"/findings/{rows[0]}").status_code == 200

    first = whole.get(f"{RUNS}/{run}?limit=1&flag=abnormal_list").text
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = whole.get(following.group(1).replace("&amp;", "&")).text
    assert first.count("<tr data-finding") == second.count("<tr data-finding") == 1
    assert whole.get(f"{RUNS}/{run}?department=fire_rescue").text.count("<tr data-finding") == 1
    assert whole.get(f"{RUNS}/{run}?domain=food&flag=&route_to=").text.count("<tr data-finding") == 0
    assert whole.get(f"{RUNS}/{run}?domain=blue&flag=").status_code == 400
    assert 'href="/rulebook/backtests"' in whole.get("/rulebook").text

    outsider, never = pages.visit("W01"), run[:-1] + ("0" if run[-1] != "0" else "1")
    hidden, unknown = outsider.get(f"{RUNS}/{run}"), outsider.get(f"{RUNS}/{never}")
    assert hidden.status_code == unknown.status_code == outsider.get(RUNS).status_code == 404
    assert hidden.content.replace(run.encode(), never.encode()) == unknown.content
    assert whole.get(f"{RUNS}/{never}").status_code == 404
