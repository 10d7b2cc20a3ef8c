"""Tries a rulebook on a worker that is thrown away, before any decision may rest on it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from rules.compiled import python_evaluator
from rules.data_file import DataFault
from rules.facts import Value
from rules.fence.pool import WORKER, DurablePool
from rules.fence.process import WorkerGone
from rules.fence.rulesets import durable_rulesets
from rules.rulebook import Rulebook

QUESTION_SECONDS = 2.0
Question = tuple[str, Mapping[str, Value], date]


def safe_to_publish(rulebook: Rulebook, worker_command: Sequence[str] = WORKER) -> list[str]:
    """What speaks against handing the rulebook to durable_rules, one sentence each; empty when nothing does.

    The limits are checked, then a worker of its own is asked once for each domain and for every example of every
    rule, and must name the rules that the Python evaluator names. Whether the examples hold is not asked here.
    """
    try:
        rulesets = durable_rulesets(rulebook)
    except DataFault as fault:
        return [str(fault)]
    pool = DurablePool(rulesets, workers=1, spares=1, command=worker_command)
    try:
        pool.start()
        return _faults(rulebook, pool)
    except WorkerGone as gone:
        return [f"no worker can start with this rulebook: {gone}"]
    finally:
        pool.close()


def _faults(rulebook: Rulebook, pool: DurablePool) -> list[str]:
    """The first question without an answer ends the trial: each of the others would take its whole time too."""
    python = python_evaluator(rulebook)
    faults: list[str] = []
    for name, given, on in _questions(rulebook):
        facts = rulebook.facts.complete(given)
        first = sorted(python.fired(facts, on))
        try:
            second = sorted(pool.fired(facts, on, time.monotonic() + QUESTION_SECONDS))
        except WorkerGone as gone:
            return [*faults, f"{name}: the worker has no answer: {gone}"]
        if first != second:
            faults.append(f"{name}: Python names {first}, durable_rules {second}")
    if pool.tally.deaths or pool.tally.time_outs:
        faults.append(f"workers were lost on the way: {pool.tally.deaths + pool.tally.time_outs}")
    return faults


def _questions(rulebook: Rulebook) -> Iterator[Question]:
    """Each domain on the day on which the youngest rule begins, then every example."""
    if rulebook.rules:
        on = max(rule.in_force_from for rule in rulebook.rules)
        for domain in rulebook.facts.vocabulary.domains:
            yield f"domain {domain}", {"domain": domain}, on
    for rule in rulebook.rules:
        for number, example in enumerate(rule.examples, start=1):
            yield f"{rule.key}, example {number}", example.facts, example.on
