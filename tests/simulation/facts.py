"""Facts for a step: valid ones as an officer would enter them, and nonsense of every kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from engine.core.calendar import civil_date
from engine.core.chart import CRIMINAL, Row
from engine.core.fact_types import FactType
from engine.core.lawbook import Lawbook
from engine.core.snapshot import Record, Snapshot
from tests.simulation.told_clocks import STATES_ONE_DATE

OFFICERS = ("W01", "W02", "C02")
SMALL_FINE = 20_000
"""Fen that any procedure may impose on anybody."""
SUMS = ("fine_fen", "confiscation_fen", "proposed_fine_fen", "proposed_confiscation_fen")
HEARD_AFTER = 20
"""Days between the notice of a hearing and the hearing."""
PERIODS_OVER = frozenset({"demand_period_over", "remedy_period_over", "defence_period_over"})
"""Guards of periods that are over today, and may not have been on an earlier day."""
AWKWARD = frozenset({"early"})
"""Codes that call for a year of waiting."""
TARGETS = ("fire_rescue", "ecology", "taxation", "housing", "health")
ROUTES = ("rectification", "transfer", "copy_notice", "penalty", "credit_flag", CRIMINAL)
AS_WISHED = 0.9
"""How often no other route is proposed and approved than those that a walk wants."""


@dataclass(slots=True)
class Pen:
    """Fills in forms; the same seed fills in the same."""

    law: Lawbook
    chance: random.Random
    number: int = 0
    wished: tuple[str, ...] = ()
    """Routes that are to be among those proposed and approved."""

    def valid(
        self,
        snapshot: Snapshot,
        record: Record,
        row: Row,
        now: datetime,
        says: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Facts that the row accepts when its guards are open at this instant, those that `says` states among them."""
        said = dict(says or {})
        self.wished = tuple(said.pop("routes", ()))
        form = self.law.forms.of(row)
        dates = {STATES_ONE_DATE.get(term) for term in row.opens}
        wanted = [
            *form.required,
            *(fact for fact in form.optional if self.chance.random() < (0.9 if fact.name in dates else 0.4)),
        ]
        facts = {fact.name: self._value(fact, snapshot, record, row, now) for fact in wanted}
        facts.update(said)
        facts.update(self._for_guards(snapshot, record, row, now))
        if row.legal_date in facts and not row.by_clock_only:
            instant = next(one.type for one in wanted if one.name == row.legal_date) == "instant"
            day = self._legal_day(snapshot, record, row, now)
            facts[row.legal_date] = now.isoformat(timespec="seconds") if instant else day.isoformat()
        if facts.get("deadline_type") == "dated":
            facts["period_length"] = self.chance.choice((1, 5, 15, 30))
            facts["period_unit"] = self.chance.choice(("calendar_day", "working_day", "month"))
        facts.pop("late_reason", None)
        if "late_reason" in {fact.name for fact in form.optional} and self._is_late(row, facts, now):
            facts["late_reason"] = "当日未能录入。"
        return {name: value for name, value in facts.items() if value is not None}

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
        if fact.type == "code":
            allowed = dict(row.allows).get(fact.name) or [one[0] for one in fact.vocabulary]
            code = self.chance.choice([one for one in allowed if one not in AWKWARD])
            return [code] if fact.many else code
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
        if row.guard("removal_conditions") and row.chart == "inspection":
            facts["repair_regime"] = "rule_2025"
        if row.chart == "penalty":
            facts.update(_money(row, record))
        if row.trigger == "approve_instalment":
            facts["due_on"] = civil_date(now).isoformat()
        if row.trigger == "notify_hearing":
            facts["hearing_on"] = (civil_date(now) + timedelta(days=HEARD_AFTER)).isoformat()
        if row.trigger in ("propose_extension", "approve_extension"):
            due = [one.dates.due_effective for one in _running(snapshot, record, "DL10")]
            latest = max([civil_date(now), *due])
            facts["new_due_on"] = (latest + timedelta(days=self.chance.randint(1, 20))).isoformat()
        if row.trigger in ("amend_result", "correct_publication") and "result_codes" in row.requires:
            facts["result_codes"] = ["PENDING_FOLLOWUP", "CORRECTED"]
        return facts

    @staticmethod
    def _is_late(row: Row, facts: Mapping[str, Any], now: datetime) -> bool:
        """True when the act lies on an earlier day."""
        return str(facts.get(str(row.legal_date), "9"))[:10] < civil_date(now).isoformat()

    def _legal_day(self, snapshot: Snapshot, record: Record, row: Row, now: datetime) -> date:
        """Mostly today; else some day since the last act on the record, before the term when the row asks that."""
        today = civil_date(now)
        floor = civil_date(record.last_occurred_at) if record.last_occurred_at else today
        day = today
        as_of_today = any(guard.name in PERIODS_OVER for guard in row.guards)
        if not as_of_today and self.chance.random() < 0.3:
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


def _money(row: Row, record: Record) -> dict[str, Any]:
    """Sums within what was told, decided and allowed; none where the row takes none."""
    form = (*row.requires, *row.optional)
    if row.guard("no_money"):
        kinds = [name for name in ("penalty_kinds", "proposed_kinds") if name in form]
        return {
            **dict.fromkeys((name for name in SUMS if name in form), None),
            **{name: ["warning"] for name in kinds},
        }
    if row.trigger == "record_performance":
        return {"performance_kind": ["paid"]}
    facts: dict[str, Any] = {}
    if "proposed_fine_fen" in form:
        facts["proposed_fine_fen"] = 5 * SMALL_FINE
    if "fine_fen" in form:
        known = record.facts.get("fine_fen") if row.trigger == "change_own_decision" else None
        facts["fine_fen"] = min(SMALL_FINE, int(known or SMALL_FINE))
    return facts


def _routes(pen: Pen, snapshot: Snapshot, row: Row, _: date) -> list[str]:
    approved = list(snapshot.registers.get("approved_routes", ()))
    if row.trigger == "reopen" and approved and pen.chance.random() < 0.5:
        return list(dict.fromkeys([*approved, *pen.wished]))
    if pen.wished and pen.chance.random() < AS_WISHED:
        return list(pen.wished)
    some = pen.chance.sample(ROUTES, pen.chance.randint(1, 3))
    return list(dict.fromkeys([*some, *pen.wished]))


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
    "team": lambda pen, snapshot, row, today: pen.chance.sample(OFFICERS, 2),
    "materials_complete": lambda *_: True,
    "end_date": _ahead,
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
    "boolean": lambda pen, fact, today: pen.chance.random() < 0.5,
    "date": lambda pen, fact, today: today.isoformat(),
    "instant": lambda pen, fact, today: f"{today.isoformat()}T00:00:00+08:00",
    "money_fen": lambda pen, fact, today: pen.chance.randint(1, 9) * 100_000,
    "integer": lambda pen, fact, today: pen.chance.randint(1, 9),
    "department": lambda pen, fact, today: pen.chance.choice(TARGETS),
    "party": lambda pen, fact, today: {},
    "officer": lambda pen, fact, today: pen.chance.choice(OFFICERS),
    "officers": lambda pen, fact, today: pen.chance.sample(OFFICERS, 2),
}
