"""Facts for a step: valid ones as an officer would enter them, and nonsense of every kind."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import Row
from engine.core.fact_types import FactType
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Record, Snapshot

OFFICERS = ("W01", "W02", "C02")
TARGETS = ("fire_rescue", "ecology", "taxation", "housing", "health")
BUILT_ROUTES = ("rectification", "transfer", "copy_notice")
LATER_ROUTES = ("penalty", "credit_flag")
STAYS_AWAY_FROM_CLOSING = 0.03
"""How often a route without a chart is approved: such a finding can never close."""


@dataclass(slots=True)
class Pen:
    """Fills in forms; the same seed fills in the same."""

    law: Lawbook
    chance: random.Random
    number: int = 0
    wish: str | None = None
    """A route that is to be among those proposed and approved."""

    def valid(self, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> dict[str, Any]:
        """Facts that the row accepts when its guards are open at this instant."""
        form = self.law.forms.of(row)
        wanted = [*form.required, *(fact for fact in form.optional if self.chance.random() < 0.4)]
        facts = {fact.name: self._value(fact, snapshot, record, row, now) for fact in wanted}
        facts.update(self._for_guards(snapshot, record, row, now))
        if row.legal_date in facts and not row.by_clock_only:
            facts[row.legal_date] = self._legal_day(snapshot, record, row, now).isoformat()
        if facts.get("deadline_type") == "dated":
            facts["period_length"] = self.chance.choice((1, 5, 15, 30))
            facts["period_unit"] = self.chance.choice(("calendar_day", "working_day", "month"))
        facts.pop("late_reason", None)
        return facts

    def nonsense(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts with something wrong in them."""
        spoiled = dict(facts)
        names = list(spoiled) or ["reason"]
        name = self.chance.choice(names)
        rubbish: list[Any] = [
            None,
            -1,
            2**70,
            1.5,
            "",
            "\x00",
            "x" * 2001,
            [],
            [[]],
            {},
            {"login": 7},
            True,
            "9999-99-99",
            "2024-02-30",
            "２０２４-01-01",
            ["W01", "W01"],
            "nobody",
            "\ud800",
        ]
        act = self.chance.randrange(3)
        if act == 0:
            spoiled.pop(name, None)
        elif act == 1:
            spoiled[self.chance.choice(("surprise", "a/b~c", ""))] = 1
        else:
            spoiled[name] = self.chance.choice(rubbish)
        return spoiled

    def _value(self, fact: FactType, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> Any:
        special = _SPECIAL.get(fact.name)
        if special is not None:
            return special(self, snapshot, row, civil_date(now))
        if fact.many:
            return [self.chance.choice(fact.vocabulary)[0]]
        return _BY_TYPE[fact.type](self, fact, civil_date(now))

    def _for_guards(self, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        stated = row.guard("present_state_is")
        if stated:
            facts["present_state"] = stated.argument
        if row.guard("not_filed_by_target"):
            refused = {
                one.facts.get("target_department")
                for one in snapshot.proceedings.values()
                if one.facts.get("return_ground") == "already_filed"
            }
            facts["target_department"] = self.chance.choice(
                [one for one in TARGETS if one not in refused] or [*TARGETS]
            )
        if row.guard("removal_conditions"):
            facts["repair_regime"] = "rule_2025"
        if row.trigger in ("propose_extension", "approve_extension"):
            due = [one.dates.due_effective for one in _running(snapshot, record, "DL10")]
            latest = max([civil_date(now), *due])
            facts["new_due_on"] = (latest + timedelta(days=self.chance.randint(1, 20))).isoformat()
        if row.trigger in ("amend_result", "correct_publication") and "result_codes" in row.requires:
            facts["result_codes"] = ["PENDING_FOLLOWUP", "CORRECTED"]
        return facts

    def _legal_day(self, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> date:
        """Mostly today; else some day since the last act on the record, before the term when the row asks that."""
        today = civil_date(now)
        floor = civil_date(record.last_occurred_at) if record.last_occurred_at else today
        day = today
        if self.chance.random() < 0.3:
            day = max(floor, today - timedelta(days=self.chance.randint(0, 4)))
        guard = row.guard("before_expiry")
        for deadline in _running(snapshot, record, guard.argument if guard else None):
            due = deadline.dates.due_effective
            day = min(day, due if not isinstance(due, datetime) else civil_date(due))
        return day


def _running(snapshot: Snapshot, record: Record, term: str | None) -> list[Any]:
    owner = None if record is snapshot.main else record.id
    return [
        one
        for one in snapshot.deadlines
        if one.term == term and one.proceeding == owner and one.state == "running"
    ]


def _routes(pen: Pen, snapshot: Snapshot, row: Row, _: date) -> list[str]:
    if pen.chance.random() < STAYS_AWAY_FROM_CLOSING:
        return ["rectification", pen.chance.choice(LATER_ROUTES)]
    approved = list(snapshot.registers.get("approved_routes", ()))
    if row.trigger == "reopen" and approved and pen.chance.random() < 0.5:
        return approved
    some = pen.chance.sample(BUILT_ROUTES, pen.chance.randint(1, len(BUILT_ROUTES)))
    return list(dict.fromkeys([*some, *([pen.wish] if pen.wish else [])]))


def _ledger_no(pen: Pen, _: Snapshot, __: Row, today: date) -> str:
    pen.number += 1
    return f"原台〔{today.year}〕{pen.number:05d}"


def _ahead(pen: Pen, _: Snapshot, __: Row, today: date) -> str:
    return (today + timedelta(days=pen.chance.randint(0, 40))).isoformat()


_SPECIAL: dict[str, Callable[[Pen, Snapshot, Row, date], Any]] = {
    "routes": _routes,
    "ledger_no": _ledger_no,
    "department": lambda pen, snapshot, row, today: snapshot.department,
    "handler": lambda pen, snapshot, row, today: pen.chance.choice(OFFICERS),
    "officer": lambda pen, snapshot, row, today: pen.chance.choice(OFFICERS),
    "officers": lambda pen, snapshot, row, today: pen.chance.sample(OFFICERS, 2),
    "participants": lambda pen, snapshot, row, today: pen.chance.sample(OFFICERS, 2),
    "review_date": _ahead,
    "due_on": _ahead,
    "reply_by": _ahead,
    "jurisdiction_checked": lambda *_: True,
    "limitation_checked": lambda *_: True,
    "result_codes": lambda *_: ["PENDING_FOLLOWUP"],
    "target_department": lambda pen, *_: pen.chance.choice(TARGETS),
    "designated": lambda pen, *_: pen.chance.choice(TARGETS),
    "superior": lambda *_: "忻州市市场监督管理局",
}
_BY_TYPE: dict[str, Callable[[Pen, FactType, date], Any]] = {
    "text": lambda pen, fact, today: f"{fact.zh}：如实填写。",
    "code": lambda pen, fact, today: pen.chance.choice(fact.vocabulary)[0],
    "boolean": lambda pen, fact, today: pen.chance.random() < 0.5,
    "date": lambda pen, fact, today: today.isoformat(),
    "instant": lambda pen, fact, today: f"{today.isoformat()}T00:00:00+08:00",
    "money_fen": lambda pen, fact, today: pen.chance.randint(1, 9) * 100_000,
    "integer": lambda pen, fact, today: pen.chance.randint(1, 9),
    "department": lambda pen, fact, today: pen.chance.choice(TARGETS),
    "party": lambda pen, fact, today: {},
}
