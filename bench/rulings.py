"""Rulings per second of each evaluator, of a bare Python loop over the same table and of zen-engine, in one run.

python -m bench.rulings [CASES]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import Any

import zen

from bench.steps import rate
from rules.arbiter import Arbiter
from rules.compiled import python_evaluator
from rules.conditions import All, Comparison, Condition
from rules.facts import Value
from rules.fence.pool import DurablePool
from rules.fence.rulesets import ALWAYS, DurableRulesets, durable_rulesets
from rules.rulebook import Rulebook, load_rulebook
from tests.rules.edges import Edges

CASES = 10_000
ANSWER_SECONDS = 20.0
SEED = 20261127
ZEN = {"": "==", "$neq": "!=", "$lt": "<", "$lte": "<=", "$gt": ">", "$gte": ">="}
Case = tuple[dict[str, Value], date]
Ruler = Callable[[dict[str, Value], date], list[str]]


def flattened(book: Rulebook) -> Ruler:
    """Every rule as one Python expression, tried one after the other: what a program without any engine would do."""
    bare = [(rule, eval(f"lambda f: {_expression(rule.when)}")) for rule in book.rules]
    rules = [(rule.key, rule.in_force_from, rule.in_force_until or date.max, holds) for rule, holds in bare]

    def fired(facts: dict[str, Value], on: date) -> list[str]:
        return [key for key, begins, ends, holds in rules if begins <= on <= ends and holds(facts)]

    return fired


def _expression(condition: Condition) -> str:
    if isinstance(condition, Comparison):
        return f"f[{condition.fact!r}] {condition.operator} {condition.value!r}"
    word = " and " if isinstance(condition, All) else " or "
    return "(" + word.join(_expression(part) for part in condition.parts) + ")"


def zen_rules(rulesets: DurableRulesets) -> Ruler:
    """The rulesets of durable_rules as decision tables of zen-engine, one for each domain, that collect every hit."""
    engine = zen.ZenEngine()
    tables = {
        domain: engine.create_decision(json.dumps(_decision(definitions)))
        for domain, definitions in rulesets.definitions.items()
    }

    def fired(facts: dict[str, Value], on: date) -> list[str]:
        found: Any = tables[str(facts["domain"])].evaluate(rulesets.encode(facts, on))["result"]
        return sorted({str(one["rule"]).partition("#")[0] for one in found})

    return fired


def _decision(definitions: Mapping[str, Any]) -> dict[str, Any]:
    rows = {name: _cells(rule) for name, rule in definitions.items() if name != ALWAYS}
    fields = sorted({field for cells in rows.values() for field in cells})
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": field, "name": field, "field": field} for field in fields],
        "outputs": [{"id": "answer", "name": "rule", "field": "rule"}],
        "rules": [
            {
                "_id": name,
                **{field: " and ".join(cells.get(field, [])) for field in fields},
                "answer": json.dumps(name),
            }
            for name, cells in rows.items()
        ],
    }
    place = {"x": 0, "y": 0}
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {
                "id": "table",
                "type": "decisionTableNode",
                "name": "table",
                "position": place,
                "content": table,
            },
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
            {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
        ],
    }


def _cells(rule: Mapping[str, Any]) -> dict[str, list[str]]:
    """The comparisons of one branch by their fact, as zen-engine writes them."""
    test, cells = rule["all"][0]["m"], {}
    for part in test.get("$and", [test]):
        ((name, value),) = part.items()
        operator, (fact, number) = (name, *value.items()) if isinstance(value, dict) else ("", (name, value))
        cells.setdefault(fact, []).append(f"$ {ZEN[operator]} {number}")
    return cells


def timed(fired: Ruler, cases: Sequence[Case]) -> tuple[list[list[str]], float]:
    """The rules that fired in each case, sorted, and the rulings per second."""
    answers: list[list[str]] = []
    measured = rate(len(cases), lambda: answers.extend(fired(facts, on) for facts, on in cases))
    return [sorted(one) for one in answers], measured


def main() -> None:
    """Prints each figure and how many times the bare loop's time it is; every ruler must name the same rules."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    book, chance = load_rulebook(), Random(SEED)
    edges = Edges(book)
    drawn = [edges.case(chance) for _ in range(count)]
    cases: list[Case] = [(book.facts.complete(facts), on) for facts, on in drawn]
    rulesets, python = durable_rulesets(book), python_evaluator(book)
    pool = DurablePool(rulesets, workers=1)
    arbiter = Arbiter(book, book.facts, book.office, timeout_seconds=ANSWER_SECONDS)
    pool.start()
    arbiter.start()
    rulers: dict[str, Ruler] = {
        "bare Python loop (the floor)": flattened(book),
        "Python evaluator": lambda facts, on: list(python.fired(facts, on)),
        "durable_rules, asked by pipe": lambda facts, on: list(
            pool.fired(facts, on, time.monotonic() + ANSWER_SECONDS)
        ),
        "zen-engine": zen_rules(rulesets),
        "whole decision, both agreeing": lambda facts, on: [
            rule.key for rule in arbiter.decide(facts, on).rules
        ],
    }
    floor, wanted = 0.0, [sorted(python.fired(facts, on)) for facts, on in cases]
    try:
        for name, fired in rulers.items():
            answers, measured = timed(fired, cases)
            assert answers == wanted, f"{name} names other rules"
            floor = floor or measured
            print(f"{name:30} {measured:9.0f} /s   {floor / measured:6.1f} × the floor's time")
    finally:
        pool.close()
        arbiter.close()


if __name__ == "__main__":
    main()
