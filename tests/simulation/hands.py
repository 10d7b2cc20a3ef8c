"""Random histories of a finding among few natural persons with two accounts each, who lend, change roles and step back.

Every step goes through the house's own `decide`. What came of it is judged by the timeline alone, by an oracle that knows
neither the guards nor the register of persons: whose an account is it reads off the login, p1a and p1b being p1's.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from engine.core.advance import CARRIED
from engine.core.chart import Row
from engine.core.commands import Absentee, Principal, Step
from engine.core.decide import decide
from engine.core.persons import KnownAccount, Persons
from engine.core.recusal import in_the_case
from engine.core.refusals import Refusal
from engine.core.scope import Scope
from engine.core.snapshot import Snapshot
from engine.outcomes import new_id
from engine.snapshots import load_finding
from tests.builders import Town
from tests.simulation.facts import Pen
from tests.simulation.forking import forked

PEOPLE, STEPS_MAX = 4, 45
LOGINS = tuple(f"p{person}{place}" for person in range(PEOPLE) for place in "ab")
REGISTER = Persons(tuple(KnownAccount(one, f"{one[:-1]}a") for one in LOGINS))
CONTRACT = json.loads((Path(__file__).parents[2] / "docs" / "contract" / "charts.json").read_text())
ROLES = tuple(
    sorted({role for chart in CONTRACT["charts"].values() for row in chart["rows"] for role in row["by"]})
)
DAY = date(2024, 1, 1)
CLOSED_BEFORE = 0.3
"""How many histories begin with a finding that was closed, which somebody may have reopened."""


def guarded(guard: str) -> frozenset[str]:
    """The triggers that the contract keeps by that guard."""
    return frozenset(
        row["trigger"]
        for chart in CONTRACT["charts"].values()
        for row in chart["rows"]
        if guard in row.get("guards", ())
    )


APPROVALS, OF_TWO, CHECKS, VERIFIES = (
    guarded("approver_is_not_proposer"),
    guarded("two_officers"),
    guarded("presider_not_case_officer") | guarded("reviewer_not_case_officer"),
    guarded("verifier_is_not_handler"),
)
INVESTIGATES = ("start_verification", "propose_filing", "close_investigation")
DECISIONS = ("propose_decision", "propose_decision_without_notice")
PROPOSED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("approve_route", "refuse_route", "add_route"), ("propose_route", "confirm_route")),
    **dict.fromkeys(("reopen", "refuse_reopening"), ("propose_reopening", "request_reopening")),
    **dict.fromkeys(("verify_extend", "refuse_verify_extension"), ("propose_verify_extension",)),
    **dict.fromkeys(("approve_measure_afterwards", "refuse_measure_afterwards"), ("seize_on_spot",)),
    **dict.fromkeys(("extend_measure", "refuse_measure_extension"), ("propose_measure_extension",)),
    **dict.fromkeys(("suspend", "refuse_suspension"), ("propose_suspension",)),
    **dict.fromkeys(
        ("decide_extend_first", "decide_extend_second", "refuse_decide_extension"),
        ("propose_decide_extension",),
    ),
    **dict.fromkeys(
        (
            "decide_fine",
            "decide_other_penalty",
            "decide_no_penalty",
            "decide_transfer_dept",
            "decide_refer_criminal",
        ),
        DECISIONS,
    ),
    **dict.fromkeys(("refuse_decision", "return_for_new_notice"), DECISIONS),
    **dict.fromkeys(
        ("revoke_own_decision", "change_own_decision", "refuse_own_correction"), ("propose_own_correction",)
    ),
    "withdraw": ("propose_withdrawal",),
    **dict.fromkeys(("approve_serious_listing",), ("propose_listing",)),
}


def proposals_for(trigger: str) -> tuple[str, ...]:
    """What the approval answers, by its name."""
    return PROPOSED.get(trigger) or (f"propose_{trigger.partition('_')[2]}",)


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a timeline."""

    record: str
    trigger: str
    hands: tuple[str, ...]
    facts: Mapping[str, Any]


def natural(logins: Any) -> set[str]:
    """Whose these accounts are."""
    return {login[:-1] for login in logins if login in LOGINS}


def wrongs(timeline: list[Told], recused_after: Mapping[str, int]) -> Iterator[str]:
    """Every act that one natural person took for two, or after having stepped back."""
    proposed: dict[tuple[str, str], list[set[str]]] = {}
    latest: dict[tuple[str, str], set[str]] = {}
    investigated: dict[str, set[str]] = {}
    officers: dict[str, set[str]] = {}
    handler: set[str] = set()
    for place, one in enumerate(timeline):
        hands = natural(one.hands)
        if one.trigger in APPROVALS:
            for name in proposals_for(one.trigger):
                key = (one.record, name)
                before = [latest.get(key, set())] if one.trigger == "add_route" else proposed.pop(key, [])
                if any(hands & each for each in before):
                    yield f"{one.trigger} by {one.hands} who took {name}"
        if one.trigger in CHECKS and hands & (
            investigated.get(one.record, set()) | officers.get(one.record, set())
        ):
            yield f"{one.trigger} by {one.hands} who investigated"
        if one.trigger in VERIFIES and hands & handler:
            yield f"{one.trigger} by {one.hands}, the handler"
        named = natural(each.get("login") for each in one.facts.get("officers") or ())
        if one.trigger in OF_TWO and one.facts.get("officers") and len(named) < 2:
            yield f"{one.trigger} with one officer"
        if any(recused_after.get(person, place) < place for person in hands):
            yield f"{one.trigger} by {one.hands} who has stepped back"
        proposed.setdefault((one.record, one.trigger), []).append(hands)
        latest[(one.record, one.trigger)] = hands
        if one.trigger in INVESTIGATES:
            investigated.setdefault(one.record, set()).update(hands)
        if one.facts.get("officers"):
            officers[one.record] = named
        if one.facts.get("handler"):
            handler = natural((one.facts["handler"].get("login"),))


@dataclass(slots=True)
class Histories:
    """Histories in one town, each from the same finding on, fresh or closed."""

    town: Town
    chance: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    fresh: Snapshot = field(init=False)
    pen: Pen = field(init=False)
    rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        house = self.town.house
        finding = self.town.finding()
        with house.database.read() as connection:
            file = load_finding(connection, house.office, finding)
        assert file is not None
        self.fresh, self.pen = file.snapshot, Pen(house.law, self.chance)

    def run(self, n: int) -> None:
        """So many histories were lived through and judged."""
        for _ in range(n):
            self._one()
            self.counts["histories"] += 1

    def _one(self) -> None:
        snapshot, timeline = forked(self.fresh), list[Told]()
        recused: dict[str, int] = {}
        if self.chance.random() < CLOSED_BEFORE:  # few histories would come to be reopened by themselves
            snapshot.main.state = "closed"
        now: datetime = self.town.house.clock.now()
        for _ in range(STEPS_MAX):
            now += timedelta(hours=self.chance.choice((0, 1, 30, 400)))
            if self.chance.random() < 0.02:
                login = self.chance.choice(LOGINS)
                snapshot.recused |= {login}
                recused.setdefault(login[:-1], len(timeline) - 1)
            snapshot = self._step(snapshot, timeline, now)
        self.counts["approvals"] += sum(one.trigger in APPROVALS for one in timeline)
        self.counts["reopened"] += sum(one.trigger == "reopen" for one in timeline)
        self.counts["steps"] += len(timeline)
        self.wrong += wrongs(timeline, recused)

    def _step(self, snapshot: Snapshot, timeline: list[Told], now: datetime) -> Snapshot:
        """The snapshot after somebody tried some row that leads from where a record stands."""
        law = self.town.house.law
        record = self.chance.choice([snapshot.main, *snapshot.proceedings.values()])
        rows = self._rows_from(record.chart, record.state)
        if not rows:
            return snapshot
        row = self.chance.choice(rows)
        who = self._somebody(row.roles)
        facts = self._named(self.pen.valid(snapshot, record, row, now))
        tried = forked(snapshot)
        step = Step(row.trigger, None if record is snapshot.main else record.id, facts)
        self.counts["tried"] += 1
        try:
            hand = in_the_case(who, tried.recused)
            decision = decide(Scope(law, hand, now, self._account, new_id), tried, (step,))
        except Refusal as refusal:
            self.counts[refusal.code] += 1
            return snapshot
        for taken in decision.taken:
            lender = _stood_in_for(hand, taken.row.roles)
            hands = (hand.login, *lender) if taken.by is None else ()
            timeline.append(Told(taken.proceeding or "main", taken.row.trigger, hands, taken.facts))
        return tried

    def _rows_from(self, chart: str, state: str) -> list[Row]:
        if (chart, state) not in self.rows:
            self.rows[chart, state] = [
                row
                for row in self.town.house.law.charts[chart].rows
                if row.source == state and row.trigger not in CARRIED and not row.by_clock_only
            ]
        return self.rows[chart, state]

    def _somebody(self, wanted: tuple[str, ...]) -> Principal:
        """Some account with the roles of this moment, which are not those of the step before; sometimes by lent ones."""
        login = self.chance.choice(LOGINS)
        roles = frozenset((*wanted, *self.chance.sample(ROLES, 2)))
        who = Principal(login, login, roles, "market_regulation", register=REGISTER)
        if self.chance.random() < 0.3:
            lender = self.chance.choice([one for one in LOGINS if one[:-1] != login[:-1]])
            lent = Absentee(lender, lender, None, roles, DAY, date(2099, 1, 1))
            own = roles if self.chance.random() < 0.5 else frozenset({"inspector"})
            who = replace(who, roles=own, acting_for=(lent,))
        return who

    def _named(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The facts with persons of these histories named in them."""
        for name in ("officers", "handler"):
            if name in facts:
                facts[name] = (
                    self.chance.sample(LOGINS, 2) if name == "officers" else self.chance.choice(LOGINS)
                )
        return facts

    @staticmethod
    def _account(login: str) -> Mapping[str, Any] | None:
        return {"name": login, "certificate_no": login, "login": login, "department": "market_regulation"}


def _stood_in_for(who: Principal, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Whom the entry would name: the colleague whose role it was, where the person held none of the row's."""
    if not who.acting_for or not who.roles.isdisjoint(roles):
        return ()
    return (who.acting_for[0].login,)


def lived_through(town: Town, n: int, seed: int) -> Histories:
    """So many histories from this seed, judged."""
    histories = Histories(town, random.Random(seed))
    histories.run(n)
    return histories
