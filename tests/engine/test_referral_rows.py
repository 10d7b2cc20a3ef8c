"""Every row of the criminal referral is taken through the desk, and after each one its laws hold (laws 1, 2, 3, 6, 7)."""

from __future__ import annotations

from collections import deque
from typing import Any

from engine.auditing import verify
from engine.core.chart import Chart, Row
from engine.core.fact_types import FactType
from engine.core.scene import Scene
from engine.snapshots import load_finding, load_referral
from tests.builders import OFFICERS, Town
from tests.referral_walk import opened

BY = {
    "unit_head": "U01",
    "case_officer": "C02",
    "department_head": "H01",
    "principal_head": "P01",
    "duty_clerk": "D01",
}


def value(town: Town, fact: FactType) -> Any:
    """What an officer would enter today."""
    now = town.house.clock.now()
    plain = {
        "date": now.date().isoformat(),
        "instant": now.isoformat(timespec="seconds"),
        "boolean": True,
        "officers": OFFICERS,
        "money_fen": 100_000,
        "text": "如实填写。",
    }
    return fact.vocabulary[0][0] if fact.type == "code" else plain[fact.type]


def way_to(chart: Chart, start: str, wanted: set[Row]) -> list[Row]:
    """The shortest way from the state to a row that is wanted, that row included; empty when there is none."""
    queue: deque[tuple[str, list[Row]]] = deque([(start, [])])
    seen = {start}
    while queue:
        state, way = queue.popleft()
        for row in (one for one in chart.rows if one.source == state):
            if row in wanted:
                return [*way, row]
            if row.to not in seen:
                seen.add(row.to)
                queue.append((row.to, [*way, row]))
    return []


def take(town: Town, referral: str, row: Row) -> None:
    """The row is taken by somebody who may take it, with facts of the day."""
    form = town.house.law.forms.of(row)
    facts = {fact.name: value(town, fact) for fact in form.required}
    login = next(BY[role] for role in row.roles if role in BY)
    town.on_referral(login, referral, row.trigger, **facts)


def check_laws(town: Town, finding: str, referral: str) -> None:
    """No open state without a running clock; the fine of the same act is as shut as the state says."""
    law, office = town.house.law, town.house.office
    with town.house.database.read() as connection:
        file, held = load_referral(connection, referral), load_finding(connection, office, finding)
    assert file is not None and held is not None
    state = law.charts["criminal_referral"].states[file.snapshot.main.state]
    running = [one.term for one in file.snapshot.deadlines if one.state == "running"]
    if state.kind == "open":
        assert running, f"{state.name} has no clock (law 3)"
    if state.kind == "ended":
        assert not running, f"{state.name} still has {running}"
    row = law.charts["finding"].any_row("record_threshold")
    scene = Scene(law, held.snapshot, held.snapshot.main, row, town.who("C02"), town.house.clock.now())
    assert (scene.law2.fine, scene.law2.close) == (state.fine, state.close), state.name


def test_every_row_is_taken_and_its_laws_hold(town: Town) -> None:
    chart = town.house.law.charts["criminal_referral"]
    wanted = {row for row in chart.rows if row.source is not None}
    violations = town.house.facts.vocabulary.violations
    inspection = town.inspect()
    unused = [(domain, code) for domain, codes in violations.items() for code in codes]
    while wanted:
        domain, violation = unused.pop(0)  # each an act of its own
        finding = town.add_finding(inspection, domain=domain, violation=violation)
        referral = opened(town, finding)
        before, state = len(wanted), chart.initial
        while way := way_to(chart, state, wanted):
            for row in way:
                take(town, referral, row)
                wanted.discard(row)
                state = row.to
                check_laws(town, finding, referral)
        assert len(wanted) < before, [f"{row.trigger} from {row.source}" for row in wanted]
    assert verify(town.house.database).faults == []
