"""The fence around durable_rules: a worker that dies, hangs, lies or babbles decides nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from rules.arbiter import Arbiter, Undecided
from rules.fence.pool import WORKER, DurablePool
from rules.fence.rulesets import durable_rulesets
from rules.rulebook import Rulebook

ON = date(2024, 6, 1)
FIRE = {"domain": "fire", "violation": "fire_exit_blocked", "own_power": False}


@contextmanager
def _arbiter(rulebook: Rulebook, worker: str | None = None, seconds: float = 20) -> Iterator[Arbiter]:
    """An arbiter over the real worker, or over a program that stands in for it."""
    command = WORKER if worker is None else (sys.executable, "-I", "-c", worker)
    arbiter = Arbiter(
        rulebook, rulebook.facts, rulebook.office, timeout_seconds=seconds, worker_command=command
    )
    try:
        yield arbiter
    finally:
        arbiter.close()


def _answering(expression: str) -> str:
    """A worker that gets ready and answers every question with what the expression makes of it."""
    return (
        "import json, os, sys, time\n"
        "sys.stdin.readline()\n"
        'print(json.dumps({"ready": True}), flush=True)\n'
        "for line in sys.stdin:\n"
        "    asked = json.loads(line)\n"
        f"    print({expression}, flush=True)\n"
    )


def test_a_killed_worker_is_replaced_and_the_ruling_stands(rulebook: Rulebook) -> None:
    with _arbiter(rulebook) as arbiter:
        before = arbiter.rule(FIRE, ON)
        (pid,) = arbiter.worker_pids()
        os.kill(pid, signal.SIGKILL)
        assert arbiter.rule(FIRE, ON) == before
        assert arbiter.worker_pids() != [pid]


def test_a_hanging_worker_is_given_up_and_replaced(rulebook: Rulebook) -> None:
    with _arbiter(rulebook, seconds=4) as arbiter:
        before = arbiter.rule(FIRE, ON)
        (pid,) = arbiter.worker_pids()
        os.kill(pid, signal.SIGSTOP)
        assert arbiter.rule(FIRE, ON) == before
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize(
    ("worker", "reason"),
    [
        ("raise SystemExit(3)", "the process ended (code 3)"),
        ("import os; os.abort()", "the process ended"),
        (_answering("os.abort()"), "the process ended"),
        (_answering("time.sleep(60)"), "no answer in time"),
        (_answering("'no json'"), "JSONDecodeError"),
        (_answering("'[]'"), "the worker's answer is no object"),
        (_answering("json.dumps({'n': 7, 'fired': []})"), "answered another question"),
        (_answering("json.dumps({'n': asked['n'], 'error': 'SIGFPE'})"), "SIGFPE"),
        (_answering("json.dumps({'n': asked['n'], 'fired': None})"), "answered another question"),
    ],
)
def test_when_a_new_worker_fails_too_nothing_is_decided(worker: str, reason: str, rulebook: Rulebook) -> None:
    with _arbiter(rulebook, worker, seconds=0.5 if "sleep" in worker else 20) as arbiter:
        for _again in range(2):
            with pytest.raises(Undecided) as undecided:
                arbiter.rule(FIRE, ON)
            trace = undecided.value.trace
            assert trace["python"] == {"fired": ["R20@1"]}
            assert reason in trace["durable_rules"]["error"]
            assert trace["rulebook_version"] == rulebook.version
        assert arbiter.worker_pids() == []


def test_a_program_that_is_not_there_decides_nothing(rulebook: Rulebook) -> None:
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, worker_command=("/nonexistent/worker",))
    with pytest.raises(Undecided):
        arbiter.rule(FIRE, ON)
    arbiter.close()


@pytest.mark.parametrize("lie", ["[]", "['R20@1', 'R21a@1']", "['R20@2']", "[['R20@1']]", "[None]"])
def test_when_the_evaluators_disagree_nothing_is_decided(lie: str, rulebook: Rulebook) -> None:
    with (
        _arbiter(rulebook, _answering(f"json.dumps({{'n': asked['n'], 'fired': {lie}}})")) as arbiter,
        pytest.raises(Undecided) as undecided,
    ):
        arbiter.rule(FIRE, ON)
    trace = undecided.value.trace
    assert trace["python"] == {"fired": ["R20@1"]}
    assert trace["durable_rules"] != trace["python"]


def test_after_a_disagreement_the_next_ruling_asks_a_new_worker(rulebook: Rulebook, tmp_path: Path) -> None:
    flag = tmp_path / "lied"
    answer = f"(open({str(flag)!r}, 'a').write('x'), open({str(flag)!r}).read())[1]"
    worker = _answering(f"json.dumps({{'n': asked['n'], 'fired': [] if {answer} == 'x' else ['R20@1']}})")
    with _arbiter(rulebook, worker) as arbiter:
        with pytest.raises(Undecided):
            arbiter.rule(FIRE, ON)
        assert arbiter.worker_pids() == []
        assert arbiter.rule(FIRE, ON)["fired"] == ["R20"]


def test_a_disagreement_over_a_crime_is_no_concern_of_others(rulebook: Rulebook) -> None:
    worker = _answering("json.dumps({'n': asked['n'], 'fired': ['R24a@1']})")
    facts = {**FIRE, "domain": "hazchem", "violation": "hazchem_unlicensed", "dangerous_operation": True}
    with _arbiter(rulebook, worker) as arbiter:
        assert arbiter.rule(facts, ON, confidential=False)["fired"] == ["R24a"]
        with pytest.raises(Undecided) as undecided:
            arbiter.rule(facts, ON)
        assert undecided.value.trace["python"] == {"fired": ["R24a@1", "R24b@1"]}


def test_many_threads_share_the_workers_and_each_gets_its_own_answer(rulebook: Rulebook) -> None:
    arbiter = Arbiter(rulebook, rulebook.facts, rulebook.office, workers=2, timeout_seconds=20)
    asked = [
        (FIRE, ["R20"]),
        ({"domain": "labour", "violation": "wages_unpaid", "own_power": False}, ["R23a"]),
    ]
    wrong: list[object] = []

    def ask(turn: int) -> None:
        for number in range(40):
            facts, fired = asked[(turn + number) % 2]
            try:
                answer = arbiter.rule(facts, ON)["fired"]
            except Exception as error:
                wrong.append(error)
            else:
                if answer != fired:
                    wrong.append(answer)

    threads = [threading.Thread(target=ask, args=(turn,)) for turn in range(8)]
    for thread in threads:
        thread.start()
    for pid in arbiter.worker_pids():
        os.kill(pid, signal.SIGKILL)
    for thread in threads:
        thread.join()
    arbiter.close()
    assert wrong == []


def test_a_worker_is_recycled_after_its_share_of_evaluations(rulebook: Rulebook) -> None:
    pool = DurablePool(durable_rulesets(rulebook), workers=1, recycle_after=3)
    facts = rulebook.facts.complete(FIRE)
    seen = set()
    for _evaluation in range(7):
        assert pool.fired(facts, ON, time.monotonic() + 20) == ("R20@1",)
        seen |= set(pool.pids())
    pool.close()
    assert len(seen) == 3
    assert pool.tally.recycled == 2


def test_the_worker_ends_with_its_parent() -> None:
    """The server may be killed: its worker sees the end of its input and goes."""
    parent = (
        "import os, sys\n"
        "from rules.arbiter import Arbiter\n"
        "from rules.rulebook import load_rulebook\n"
        "book = load_rulebook()\n"
        "arbiter = Arbiter(book, book.facts, book.office)\n"
        "arbiter.start()\n"
        "print(arbiter.worker_pids()[0], flush=True)\n"
        "assert 'durable' not in sys.modules and 'durable_rules_engine' not in sys.modules\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", parent],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    pid = int(done.stdout)
    for _attempt in range(200):
        if not _runs(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the worker outlived its parent")


def _runs(pid: int) -> bool:
    """True while the process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
