"""Back-tests over HTTP and on the command line: who may read them, and that only what may be known is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.command_line import main
from tests.api.conftest import Office
from tests.builders import Town
from tests.rules import trial

RUNS = "/api/v1/rulebook/backtests"


def walked(office: Office, login: str, path: str) -> list[dict[str, Any]]:
    """Every item of the list, page by page, one on each."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = office.visit(login).get(f"{path}{'&' if '?' in path else '?'}limit=1{cursor}").json()
        items += answer["items"]
        if answer["next"] is None:
            return items
        cursor = f"&cursor={answer['next']}"


def test_changes_are_paged_and_filtered_and_shown_to_who_sees_the_finding(
    each_office: Office, tmp_path: Path
) -> None:
    town = each_office.town
    ours = trial.put(town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    blocked = {**trial.unanswered(16), "domain": "fire", "violation": "fire_exit_blocked"}
    theirs = trial.put(town.house.database, [blocked], department="fire_rescue")
    run = trial.backtest_of(town).run(trial.longer_interval(tmp_path / "draft"))
    changes = f"{RUNS}/{run}/changes"

    [listed] = walked(each_office, "S01", RUNS)
    everything = walked(each_office, "S01", changes)
    [legal] = each_office.visit("L01").get(RUNS).json()["items"]

    assert (listed["id"], listed["state"], listed["changed"]) == (run, "finished", trial.MOVED + 1)
    assert legal["changed"] == trial.MOVED
    assert {one["finding"] for one in everything} >= {*theirs}
    assert {one["finding"] for one in walked(each_office, "L01", changes)} < {*ours}
    for filters, count in {
        "route_from=credit_flag&route_to=ledger_only": trial.MOVED + 1,
        "route_from=ledger_only": 0,
        "flag=abnormal_list&department=fire_rescue": 1,
        "domain=fire": 1,
        "domain=food": 0,
    }.items():
        assert len(walked(each_office, "S01", f"{changes}?{filters}")) == count, filters
    assert each_office.visit("S01").get(f"/api/v1{everything[0]['href']}").status_code == 200


def test_back_tests_are_for_the_legal_section_and_the_lead_office(office: Office) -> None:
    run = trial.run_of_nothing(office.town)
    assert office.stranger().get(RUNS).status_code == 401
    for login in ("W01", "H01", "A01", "O01"):
        assert office.visit(login).get(RUNS).json()["code"] == "not_yours", login
        assert office.visit(login).get(f"{RUNS}/{run}/changes").json()["code"] == "not_found", login
    legal = office.visit("L01")
    assert legal.get(f"{RUNS}/{run}/changes").json()["items"] == []
    assert legal.get(f"{RUNS}/00000000-0000/changes").json()["code"] == "not_found"
    assert legal.get(f"{RUNS}?order=desc").json()["code"] == "parameter_invalid"
    assert legal.get(f"{RUNS}/00000000-0000/changes?route_from=prison").json()["code"] == "parameter_invalid"


def test_no_answer_says_anything_of_the_confidential_part(office: Office, tmp_path: Path) -> None:
    town = office.town
    fake = {**trial.FAKE, "facts": {"sales_fen": trial.BETWEEN}}
    trial.put(town.house.database, [fake])
    run = trial.backtest_of(town).run(trial.higher_threshold(tmp_path / "draft"))

    answers = [office.visit("S01").get(path) for path in (RUNS, f"{RUNS}/{run}/changes")]

    assert answers[0].json()["items"][0]["changed"] == 0
    assert answers[1].json()["items"] == []
    assert all("criminal" not in answer.text for answer in answers)


def told(town: Town, output: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `bihuan rules backtest` with these words."""
    clock = ["--data", str(town.clock_file.parent), "--test-clock", str(town.clock_file)]
    code = main([*clock, "rules", "backtest", *words])
    out, err = output.readouterr()
    return code, out, err


def test_the_command_line_tells_progress_and_report(
    sqlite_town: Town,
    sqlite_town_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BIHUAN_DATABASE_URL", sqlite_town_url)
    monkeypatch.setenv("BIHUAN_ACCEPT_TEST_DATABASE", "1")
    trial.put(sqlite_town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    draft = str(trial.longer_interval(tmp_path / "draft"))

    code, out, err = told(sqlite_town, capsys, "--with", draft, "--format", "json")
    report = json.loads(out)
    assert (code, report["changed"]["findings"]) == (0, trial.MOVED)
    assert err.splitlines() == ["… 0/6", "… 6/6"]

    code, out, _ = told(sqlite_town, capsys, "--with", draft, "--limit", "1")
    assert code == 0
    assert f"结论改变 changed: {trial.MOVED} 件 findings, {trial.MOVED} 户 parties" in out
    assert "credit_flag → " in out
    assert out.count("-finding  ") == 1
    assert "criminal: 0 (0)" in out

    code, _, err = told(sqlite_town, capsys, "--with", draft, "--resume")
    assert (code, "没有可以继续的回溯测算" in err) == (1, True)
    code, _, err = told(sqlite_town, capsys, "--with", str(tmp_path / "nowhere"))
    assert (code, "nowhere" in err) == (1, True)
