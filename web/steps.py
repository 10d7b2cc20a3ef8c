"""Which acts a page offers for a record, in which order, and which command a submitted form becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.core.chart import Charts, Row
from engine.core.commands import Principal
from engine.core.delegation import may_take

ACTS = Path(__file__).with_name("acts.yaml")
OPENS = "open_proceeding:"


@dataclass(frozen=True, slots=True)
class ActLine:
    """Several steps that belong together, as declared in acts.yaml."""

    id: str
    zh: str
    en: str
    steps: tuple[tuple[str, str], ...]
    given: Mapping[str, str]
    on_site: bool
    aside: bool
    conditions: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ActBook:
    """acts.yaml, read once."""

    acts: tuple[ActLine, ...]
    next: tuple[str, ...]
    aside: tuple[str, ...]
    checked: tuple[str, ...]
    singly: tuple[str, ...]
    approvals: frozenset[str]
    never_prefilled: frozenset[str]
    filled_by_the_house: frozenset[str]
    long_texts: frozenset[str]
    today: frozenset[str]
    now: frozenset[str]
    once: frozenset[str]
    not_from_proposal: Mapping[str, Sequence[str]]
    proposed_as: Mapping[str, str]
    carry: Mapping[str, str]
    ask_anew: Mapping[str, Sequence[str]]

    def is_aside(self, chart: str, trigger: str) -> bool:
        """True for steps that are never the next one."""
        return any(fnmatch(f"{chart}.{trigger}", pattern) for pattern in self.aside)

    def is_checked(self, chart: str, trigger: str) -> bool:
        """True for steps whose answers are shown once more before the act."""
        return any(fnmatch(f"{chart}.{trigger}", pattern) for pattern in self.checked)

    def is_single(self, name: str) -> bool:
        """True for steps that are decided for each case by itself."""
        return any(fnmatch(name, pattern) for pattern in self.singly)

    def place(self, chart: str, trigger: str) -> int:
        """Where a single step stands among those that may come next."""
        name = f"{chart}.{trigger}"
        return self.next.index(name) if name in self.next else len(self.next)

    def asks_anew(self, trigger: str, fact: str) -> bool:
        """True when the step wants the fact stated afresh."""
        return fact in self.never_prefilled or any(
            fnmatch(trigger, pattern) and fact in facts for pattern, facts in self.ask_anew.items()
        )


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of an offered act: its row, and the record it goes to (None, a proceeding's id, or "@n")."""

    row: Row
    proceeding: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page offers as one form: one step, or several that are taken together."""

    zh: str
    en: str
    chart: str
    proceeding: str | None
    steps: tuple[PlannedStep, ...]
    rank: tuple[int, int]
    first: bool
    """True when it may stand as the one next step."""
    given: Mapping[str, str]

    @property
    def triggers(self) -> str:
        """The triggers in order, as `data-trigger` carries them."""
        return " ".join(step.row.trigger for step in self.steps)

    @property
    def late(self) -> bool:
        """True when a step may be entered after it happened."""
        return any(not step.row.at_once for step in self.steps)


Pending = Callable[[Sequence[str], Sequence[str], str | None], bool]
"""(proposals, answers, proceeding) → whether a proposal waits for an answer."""


def answering(charts: Charts, row: Row) -> list[str]:
    """The triggers that answer the same proposals as the row."""
    return [one.trigger for one in charts[row.chart].rows if one.answers == row.answers]


@cache
def act_book() -> ActBook:
    """The acts and carries as declared."""
    data = yaml.safe_load(ACTS.read_text(encoding="utf-8"))
    known = {"id", "zh", "en", "steps", "set", "on_site", "aside"}
    lines = tuple(
        ActLine(
            line["id"],
            line["zh"],
            line["en"],
            tuple((chart, trigger) for chart, _, trigger in (step.partition(".") for step in line["steps"])),
            line.get("set", {}),
            bool(line.get("on_site")),
            bool(line.get("aside")),
            {name: value for name, value in line.items() if name not in known},
        )
        for line in data["acts"]
    )
    sets = {
        name: frozenset(data[name])
        for name in (
            "approvals",
            "never_prefilled",
            "filled_by_the_house",
            "long_texts",
            "today",
            "now",
            "once",
        )
    }
    return ActBook(
        acts=lines,
        next=tuple(data["next"]),
        aside=tuple(data["aside"]),
        checked=tuple(data["checked"]),
        singly=tuple(data["singly"]),
        not_from_proposal=data["not_from_proposal"],
        proposed_as=data["proposed_as"],
        carry=data["carry"],
        ask_anew=data["ask_anew"],
        **sets,
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides whether an act stands first: what the ruling and the approvals say of this finding."""

    routes: frozenset[str]
    opened: frozenset[str]
    own_power: bool
    urgent: bool
    same_day: bool
    running: frozenset[str] = frozenset()
    """The terms whose clocks run."""

    def suits(self, conditions: Mapping[str, Any]) -> bool:
        """True when every condition of an act holds here."""
        return all(
            (
                conditions.get("route") is None or conditions["route"] in self.routes,
                conditions.get("not_opened") is None or conditions["not_opened"] not in self.opened,
                not conditions.get("own_power") or self.own_power,
                not conditions.get("urgent") or self.urgent,
                not conditions.get("same_day") or self.same_day,
                conditions.get("running") is None or conditions["running"] in self.running,
            )
        )


def offers(
    charts: Charts,
    who: Principal,
    steps: Sequence[Mapping[str, Any]],
    states: Mapping[str | None, tuple[str, str]],
    situation: Situation,
    pending: Pending,
) -> list[Offer]:
    """Every act open to this person, the best first; `states` gives (chart, state) per record of the page.

    An answer to a proposal comes first only while such a proposal is `pending`.
    """
    book = act_book()
    open_now = {(step["chart"], step["trigger"], step["proceeding"]) for step in steps if step["open"]}
    found = [*_composite(book, charts, who, open_now, states, situation)]
    for step in steps:
        if not step["open"]:
            continue
        chart, trigger, proceeding = step["chart"], step["trigger"], step["proceeding"]
        row = takeable(charts, who, chart, states[proceeding][1], trigger)
        if row is None:
            continue
        place, moves = book.place(chart, trigger), row.to != row.source
        # What may be done besides in any state stands behind what leads on, and is first only while its own clock runs.
        leads = moves or place < len(book.next) or not situation.running.isdisjoint(row.settles)
        rank = (1 if leads else 2, place)
        planned = (PlannedStep(row, proceeding),)
        first = (
            leads
            and bool(row.by & who.all_roles)
            and not book.is_aside(chart, trigger)
            and (not row.answers or pending(row.answers, answering(charts, row), proceeding))
        )
        found.append(Offer(row.zh, row.en, chart, proceeding, planned, rank, first, {}))
    found.sort(key=lambda offer: (not offer.first, offer.rank))
    kept: dict[tuple[str, str | None], Offer] = {}
    for offer in found:
        kept.setdefault((offer.triggers, offer.proceeding), offer)
    return list(kept.values())


def _composite(
    book: ActBook,
    charts: Charts,
    who: Principal,
    open_now: set[tuple[str, str, str | None]],
    states: Mapping[str | None, tuple[str, str]],
    situation: Situation,
) -> Iterator[Offer]:
    for place, line in enumerate(book.acts):
        if line.on_site and not situation.same_day:
            continue
        chart, trigger = line.steps[0]
        records = [record for record in states if (chart, trigger, record) in open_now]
        for record in records:
            planned = plan(charts, who, line.steps, record, states)
            if planned is not None:
                first = not line.aside and situation.suits(line.conditions)
                yield Offer(line.zh, line.en, chart, record, planned, (0, place), first, line.given)


def plan(
    charts: Charts,
    who: Principal,
    steps: Sequence[tuple[str, str]],
    record: str | None,
    states: Mapping[str | None, tuple[str, str]],
) -> tuple[PlannedStep, ...] | None:
    """The rows that the steps would take one after the other, each seeing the one before; None where one cannot."""
    now = dict(states)
    planned: list[PlannedStep] = []
    opened: dict[str, str] = {}
    for chart, trigger in steps:
        target = None if chart in ("finding", "inspection") else opened.get(chart, record)
        if target not in now or now[target][0] != chart:
            return None
        row = takeable(charts, who, chart, now[target][1], trigger)
        if row is None:
            return None
        now[target] = (chart, row.to)
        for effect in row.effects:
            if effect.startswith(OPENS) and effect.removeprefix(OPENS) in charts:
                kind = effect.removeprefix(OPENS)
                opened[kind] = f"@{len(planned)}"
                now[opened[kind]] = (kind, charts[kind].initial)
        planned.append(PlannedStep(row, target))
    return tuple(planned)


def takeable(charts: Charts, who: Principal, chart: str, state: str, trigger: str) -> Row | None:
    """The row of that trigger from that state which the person may take."""
    rows = charts[chart].rows_from(state, trigger)
    return next((row for row in rows if may_take(who, row)), None)
