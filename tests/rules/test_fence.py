"""What the fence does when workers misbehave, when none is free, and before a rulebook is used."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rules.arbiter import Arbiter, Undecided
from rules.conditions import All, AnyOf, Comparison
from rules.data_file import DataFault
from rules.fence.pool import WORKER, DurablePool
from rules.fence.process import WorkerGone
from rules.fence.rulesets import durable_rulesets
from rules.fence.smoke import safe_to_publish
from rules.rulebook import Rulebook

from .faults import DOUBLE, PROMISED_SECONDS, SLACK, inject

ON = date(2024, 6, 1)
FIRE = {"domain": "fire", "violation": "fire_exit_blocked", "own_power": False}
DOZEN = [
    *("crash once", "exit once", "hang once", "grow once", "babble once", "break_off once"),
    *("garble", "grow", "hang", "killed", "stopped", "lie"),
]


def test_a_dozen_faults_of_workers_cost_time_and_never_a_wrong_ruling() -> None:
    found = inject(DOZEN, seed=12)
    assert found.right + found.waiting == 12
    assert found.waiting >= 4, "what no new worker mends waits for a person"


def test_while_every_worker_hangs_whoever_waits_for_one_is_answered_in_time_too(rulebook: Rulebook) -> None:
    silent = "import sys, time; sys.stdin.readline(); print('{\"ready\": true}', flush=True); time.sleep(60)"
    arbiter = Arbiter(
        rulebook, rulebook.facts, rulebook.office, worker_command=(sys.executable, "-I", "-c", silent)
    )
    took: list[float] = []

    def ask() -> None:
        begun = time.monotonic()
        with pytest.raises(Undecided):
            arbiter.rule(FIRE, ON)
        took.append(time.monotonic() - begun)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    arbiter.close()
    assert len(took) == 4
    assert max(took) < PROMISED_SECONDS + SLACK


def test_a_decision_that_asks_twice_has_one_budget_and_counts_once(rulebook: Rulebook) -> None:
    """Else the figures would tell of a criminal record."""
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, timeout_seconds=20)
    facts = {"domain": "food", "violation": "food_unsafe", "circumstances": "serious"}
    try:
        for given in (facts, {**facts, "criminal_outcome": "refused"}):
            arbiter.decide_twice(given, ON)
        assert arbiter.tally.evaluations == 2
    finally:
        arbiter.close()


def test_the_spare_takes_over_and_another_warms_up(rulebook: Rulebook) -> None:
    pool = DurablePool(durable_rulesets(rulebook), workers=1, spares=1)
    facts = rulebook.facts.complete(FIRE)
    try:
        pool.start()
        (first,) = pool.pids()
        spare = pool._spares[0].pid
        os.kill(first, signal.SIGKILL)
        assert pool.fired(facts, ON, time.monotonic() + 20) == ("R20@1",)
        assert pool.pids() == [spare]
        assert pool.alive() == 2
        assert (pool.tally.deaths, pool.tally.respawns) == (1, 1)
        waiting = pool._spares[0]
        os.kill(waiting.pid, signal.SIGKILL)
        os.kill(spare, signal.SIGKILL)
        until = time.monotonic() + 10
        while waiting.alive and time.monotonic() < until:
            time.sleep(0.01)  # the signal is on its way
        assert pool.fired(facts, ON, time.monotonic() + 20) == ("R20@1",), "a dead spare is passed over"
    finally:
        pool.close()
    assert pool.alive() == 0


def test_renewing_waits_for_nobody(rulebook: Rulebook, tmp_path: Path) -> None:
    """A worker that is being asked finishes its question and is not asked again; an idle one ends at once."""
    told = tmp_path / "fault"
    command = (sys.executable, "-I", str(DOUBLE), WORKER[-1], str(told))
    pool = DurablePool(durable_rulesets(rulebook), workers=1, command=command)
    facts = rulebook.facts.complete(FIRE)
    answers: list[tuple[str, ...]] = []
    try:
        pool.start()
        told.write_text("slow once", encoding="utf-8")
        asking = threading.Thread(target=lambda: answers.append(pool.fired(facts, ON, time.monotonic() + 20)))
        asking.start()
        while told.exists():
            time.sleep(0.005)
        pool.renew()
        assert asking.is_alive()
        asking.join()
        assert (answers, pool.pids()) == ([("R20@1",)], [])
        pool.start()
        pool.renew()
        assert pool.pids() == []
    finally:
        pool.close()


def test_workers_that_cannot_start_leave_their_places_to_others(rulebook: Rulebook) -> None:
    pool = DurablePool(durable_rulesets(rulebook), workers=2, command=("/nonexistent/worker",))
    for _again in range(2):
        with pytest.raises(WorkerGone, match="cannot be started"):
            pool.start()
    pool.close()


def test_the_rulebook_of_the_house_is_safe_to_publish(rulebook: Rulebook) -> None:
    assert safe_to_publish(rulebook) == []


def test_a_rule_of_countless_alternatives_is_refused_before_they_are_written_out(rulebook: Rulebook) -> None:
    either = AnyOf(tuple(Comparison("sales_fen", ">=", figure) for figure in range(10)))
    monster = replace(rulebook.rules[0], when=All((either,) * 40))
    with pytest.raises(DataFault, match="alternatives"):
        durable_rulesets(replace(rulebook, rules=(monster,)))
    (fault,) = safe_to_publish(replace(rulebook, rules=(monster,)))
    assert monster.key in fault


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("crash", "domain food: the worker has no answer"),
        ("crash once", "workers were lost on the way: 1"),
        ("lie once", "domain food: Python names"),
    ],
)
def test_a_rulebook_under_which_a_worker_misbehaves_is_not_safe(
    fault: str, said: str, rulebook: Rulebook, tmp_path: Path
) -> None:
    told = tmp_path / "fault"
    told.write_text(fault, encoding="utf-8")
    (found,) = safe_to_publish(rulebook, (sys.executable, "-I", str(DOUBLE), WORKER[-1], str(told)))
    assert said in found


def test_a_rulebook_under_which_no_worker_starts_is_not_safe(rulebook: Rulebook) -> None:
    (found,) = safe_to_publish(rulebook, (sys.executable, "-c", "raise SystemExit(3)"))
    assert found.startswith("no worker can start")
