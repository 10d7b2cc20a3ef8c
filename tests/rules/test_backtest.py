"""A draft is tried on every stored finding: exactly what should change does, and a run that broke off goes on."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.backtest import Backtest
from models import backtesting
from models.backtesting import Results
from rules.arbiter import Arbiter, Undecided
from rules.backtest import check_draft, outcome_of
from rules.data_file import DataFault
from rules.rulebook import load_rulebook
from tests.builders import Town, refused
from tests.reading.world import World
from tests.rules import trial


def without_run(report: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in report.items() if name != "run"}


def stops_after(batches: int) -> Any:
    """Progress that is interrupted after so many batches."""
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append(done)
        if len(told) > batches:
            raise KeyboardInterrupt

    return progress


def test_exactly_the_findings_between_the_two_bounds_change(town: Town, tmp_path: Path) -> None:
    ids = trial.put(town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    between = [id for id, days in zip(ids, trial.INTERVALS, strict=True) if 15 <= days < 20]

    report = trial.report_of(town, trial.backtest_of(town).run(trial.longer_interval(tmp_path / "draft")))

    assert [one["finding"] for one in report["changes"]] == between
    assert report["run"]["done"] == report["run"]["total"] == len(ids)
    assert report["run"]["undecidable"] == 0
    assert report["changed"] == {
        "findings": len(between),
        "parties": len(between),
        "fine_fen": 0,
        "amount_fen": 0,
        "disagreements": 0,
    }
    assert [(one["code"], one["turn"]) for one in report["by_flag"]] == [("abnormal_list", "lost")]
    assert [(one["from"], one["to"]) for one in report["by_routes"]] == [(["credit_flag"], ["ledger_only"])]
    turns = {(one["code"], one["turn"]): one["findings"] for one in report["by_route"]}
    assert turns == {("credit_flag", "lost"): len(between), ("ledger_only", "gained"): len(between)}
    assert [one["department"] for one in report["by_department"]] == ["market_regulation"]
    assert {one["findings"] for one in report["by_party"]} == {1}


def test_each_changed_row_is_what_deciding_again_gives(sqlite_town: Town, tmp_path: Path) -> None:
    trial.put(sqlite_town.house.database, [trial.unanswered(days) for days in range(5, 35)])
    backtest, folder = trial.backtest_of(sqlite_town), trial.longer_interval(tmp_path / "draft")

    report = trial.report_of(sqlite_town, backtest.run(folder))

    book = load_rulebook(folder)
    draft = Arbiter(book, book.facts, book.office)
    with sqlite_town.house.database.read() as connection:
        stored = backtesting.batch_of_findings(connection, "yuanping", "", 100)
    changed = {one["finding"]: one for one in report["changes"]}
    assert len(changed) == 5
    for one in stored:
        facts, on = backtest.live.facts_of(one.finding.inspection_intake, one.finding.intake, one.proceedings)
        live, new = (
            outcome_of(by.decide_alone(facts, on, confidential=False).ruling).as_data()
            for by in (backtest.live.arbiter, draft)
        )
        assert (live != new) == (one.finding.id in changed)
        if live != new:
            assert (changed[one.finding.id]["was"], changed[one.finding.id]["becomes"]) == (live, new)


def test_the_law_itself_as_a_draft_changes_nothing(sqlite_town: Town, tmp_path: Path) -> None:
    sqlite_town.finding()
    trial.put(sqlite_town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])

    report = trial.report_of(
        sqlite_town, trial.backtest_of(sqlite_town).run(trial.draft_of_the_law(tmp_path / "draft"))
    )

    assert report["run"]["done"] == len(trial.INTERVALS) + 1
    assert report["changed"]["findings"] == report["criminal"]["findings"] == 0
    assert report["run"]["draft"] == report["run"]["live"]


def test_a_run_that_was_cut_off_goes_on_and_finds_the_same(town: Town, tmp_path: Path) -> None:
    trial.put(town.house.database, [trial.unanswered(days) for days in range(5, 30)])
    backtest, draft = trial.backtest_of(town), trial.longer_interval(tmp_path / "draft")

    with pytest.raises(KeyboardInterrupt):
        backtest.run(draft, progress=stops_after(3))
    with town.house.database.read() as connection:
        cut = connection.execute(backtesting.RUN.select()).one()
    told: list[int] = []
    resumed = backtest.run(draft, resume=True, progress=lambda done, total: told.append(done))

    assert (cut.state, cut.done, resumed) == ("running", 12, cut.id)
    assert told[0] == 12
    whole = backtest.run(draft)
    assert whole != resumed
    assert without_run(trial.report_of(town, whole)) == without_run(trial.report_of(town, resumed))
    assert refused(backtest.run, draft, resume=True).code == "not_found"


def test_a_batch_that_another_process_kept_counts_once(town: Town, tmp_path: Path) -> None:
    ids = trial.put(town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])
    backtest, draft = trial.backtest_of(town), trial.longer_interval(tmp_path / "draft")
    with pytest.raises(KeyboardInterrupt):
        backtest.run(draft, progress=stops_after(1))
    with town.house.database.read() as connection:
        run = connection.execute(backtesting.RUN.select()).one()

    again = Results("", ids[3], 4, 0, [], [], [])
    kept = town.house.writer.submit(lambda connection: backtesting.keep_results(connection, run.id, again))

    assert not kept
    assert trial.report_of(town, backtest.run(draft))["run"]["done"] == len(ids)


def test_the_confidential_part_is_counted_apart_and_shown_nowhere(town: Town, tmp_path: Path) -> None:
    fakes = [
        {**trial.FAKE, "facts": {"sales_fen": sales}} for sales in (trial.FAR_BELOW, trial.BETWEEN, 9_000_000)
    ]
    trial.put(town.house.database, fakes)

    report = trial.report_of(town, trial.backtest_of(town).run(trial.higher_threshold(tmp_path / "draft")))

    assert report["criminal"] == {"findings": 1, "disagreements": 0}
    assert report["changed"]["findings"] == 0
    assert "criminal_referral" not in str({**report, "criminal": None})


def test_money_is_the_largest_sum_of_each_finding(sqlite_town: Town, tmp_path: Path) -> None:
    sums = {"sales_fen": 1_200_00, "illegal_gains_fen": 700_00}
    trial.put(sqlite_town.house.database, [trial.unanswered(16, **sums), trial.unanswered(17)])

    report = trial.report_of(
        sqlite_town, trial.backtest_of(sqlite_town).run(trial.longer_interval(tmp_path / "draft"))
    )

    assert report["changed"]["amount_fen"] == 1_200_00
    assert {one["money"]: one["findings"] for one in report["by_money"]} == {"none": 1, "under_10000": 1}


def test_what_became_of_a_finding_counts_as_it_does_for_live_cases(town: Town, tmp_path: Path) -> None:
    [id] = trial.put(town.house.database, [trial.unanswered(16)])
    world = World(count=50)
    record = {"facts": {"fine_fen": 300_00, "penalty_kinds": ["fine"]}, "acts": {"decide_fine": {}}}
    world.proceeding(id, "penalty", "decided", record=record)
    with town.house.database.writing() as connection, connection.begin():
        world.insert(connection)
    backtest = trial.backtest_of(town)

    report = trial.report_of(town, backtest.run(trial.longer_interval(tmp_path / "draft")))

    with town.house.database.read() as connection:
        judgment = backtest.live.finding(connection, id)
    assert judgment is not None
    [change] = report["changes"]
    assert {name: judgment.shown[name] for name in change["was"]} == change["was"]
    assert judgment.facts["fine_fen"] == change["fine_fen"] == report["changed"]["fine_fen"] == 300_00


def test_where_the_evaluators_differ_a_line_says_so(
    sqlite_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial.put(sqlite_town.house.database, [trial.unanswered(days) for days in trial.INTERVALS])

    def differs(*_: Any, **__: Any) -> Any:
        raise Undecided({"python": {"fired": []}, "durable_rules": {"fired": ["R26@1"]}})

    monkeypatch.setattr(Arbiter, "decide", differs)
    report = trial.report_of(
        sqlite_town, trial.backtest_of(sqlite_town).run(trial.longer_interval(tmp_path / "draft"))
    )

    assert report["changed"]["disagreements"] == len(report["disagreements"]) == trial.MOVED
    assert report["disagreements"][0]["trace"]["durable_rules"] == {"fired": ["R26@1"]}


def test_a_finding_whose_facts_the_draft_does_not_know_is_told(sqlite_town: Town, tmp_path: Path) -> None:
    [id] = trial.put(sqlite_town.house.database, [{"domain": "food", "violation": "food_item_failed"}])
    draft = trial.draft_of_the_law(tmp_path / "draft")
    vocabulary = draft / "vocabulary.yaml"
    code = "food_item_failed"
    for path in [vocabulary, *sorted(draft.rglob("*.yaml"))]:
        path.write_text(path.read_text(encoding="utf-8").replace(code, "food_renamed"), encoding="utf-8")

    report = trial.report_of(sqlite_town, trial.backtest_of(sqlite_town).run(draft))

    [change] = report["changes"]
    assert (change["finding"], change["becomes"]) == (id, None)
    assert [(one["subject"], one["turn"]) for one in report["by_other"]] == [("undecidable", "gained")]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (trial.LETTERS, "letters_unsigned", "letters_unread", "there is no fact 'letters_unread'"),
        ("rulebook.yaml", "version:", "versoin:", "version"),
    ],
)
def test_a_draft_that_cannot_be_loaded_is_told(
    sqlite_town: Town, tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    path = trial.draft_of_the_law(tmp_path / "draft") / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(DataFault, match=said):
        trial.backtest_of(sqlite_town).run(tmp_path / "draft")

    with sqlite_town.house.database.read() as connection:
        assert connection.execute(backtesting.RUN.select()).all() == []


def peak(backtest: Backtest, draft: Path) -> int:
    """Bytes in use at most while findings are decided, over what was in use before the first."""

    def progress(done: int, _: int) -> None:
        if done == 0:
            tracemalloc.start()

    try:
        backtest.run(draft, progress=progress)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_findings_take_no_more_memory(sqlite_town: Town, tmp_path: Path) -> None:
    backtest, draft = trial.backtest_of(sqlite_town, batch=25), trial.longer_interval(tmp_path / "draft")
    intakes = [trial.unanswered(16 if n % 10 == 0 else 5) for n in range(1_000)]
    trial.put(sqlite_town.house.database, intakes[:100])
    few = peak(backtest, draft)
    trial.put(sqlite_town.house.database, intakes[100:], department="fire_rescue")

    many = peak(backtest, draft)
    assert (many - few) / 900 < 300, "bytes: one that stayed in memory would take thousands"


def test_a_draft_without_a_fact_that_the_house_derives_is_refused() -> None:
    live = load_rulebook()
    facts = {name: fact for name, fact in live.facts.by_name.items() if name != "limitation"}

    with pytest.raises(DataFault, match="limitation"):
        check_draft(replace(live, facts=replace(live.facts, by_name=facts)), live)
    check_draft(live, live)
