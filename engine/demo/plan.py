"""The plan of the demonstration: every command of every case with its instant and its facts, in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from engine.core.calendar import SHANGHAI, civil_date
from engine.core.chart import CRIMINAL
from engine.demo.cases import Case
from engine.demo.days import Days
from engine.demo.filling import Filling
from engine.demo.scenery import Wording
from engine.demo.stories import Line
from engine.ledger_numbers import DIGITS, PATTERN
from rules.offices import Office

OPENING = time(8, 40)
BETWEEN_STEPS = timedelta(minutes=13)
INSPECTED_FOR, FOUND_BEFORE_END, WRITTEN_AFTER = (
    timedelta(minutes=90),
    timedelta(minutes=20),
    timedelta(minutes=25),
)


@dataclass(frozen=True, slots=True)
class Planned:
    """One command: the inspection itself (no steps), or steps on it or on one of its findings."""

    at: datetime
    case: Case
    number: int
    """Its place within the case; with the case's reference it makes the key of the command."""
    finding: int | None
    by: str
    """The part that acts."""
    steps: tuple[tuple[Line, Mapping[str, Any]], ...] = ()
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same command has the same key whenever it is told."""
        return f"{self.case.reference}:{self.number}"

    @property
    def login(self) -> str:
        """Who acts."""
        return self.case.cast.login(self.by)


@dataclass(frozen=True, slots=True)
class Placed:
    """A command that has its instant and has no facts yet."""

    at: datetime
    case: Case
    number: int
    finding: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Planner:
    """Lays the cases out in time; nothing lies after `now`."""

    days: Days
    office: Office
    wording: Wording
    now: datetime

    def plan(self, cases: Iterable[Case]) -> list[Planned]:
        """Every command, oldest first."""
        placed = sorted((one for case in cases for one in self._place(case)), key=_order)
        ledger: Counter[int] = Counter()
        return [self._filled(one, ledger) for one in placed]

    def _place(self, case: Case) -> Iterator[Placed]:
        opening = timedelta(minutes=case.luck.randrange(40), seconds=case.number % 60)
        of_day: Counter[date] = Counter()
        for number, (day, finding, lines) in enumerate(_together(case)):
            on = self.days.before(day - case.shift)
            begin = datetime.combine(on, OPENING, SHANGHAI) + opening
            at = begin + of_day[on] * BETWEEN_STEPS
            of_day[on] += 1
            yield Placed(min(at, self.now), case, number, finding, lines)

    def _filled(self, placed: Placed, ledger: Counter[int]) -> Planned:
        case, on = placed.case, civil_date(placed.at)
        first = Planned(placed.at, case, placed.number, placed.finding, "inspector")
        if not placed.lines:
            return replace(first, body=self._inspection(case, placed.at))
        ledger[on.year] += sum(line.trigger == "register" for line in placed.lines)
        ledger_no = f"{PATTERN.format(year=on.year)}{ledger[on.year]:0{DIGITS}d}"
        found = None if placed.finding is None else case.found[placed.finding]
        filling = Filling(self.days, self.office, self.wording, case, found, placed.at, ledger_no)
        steps = tuple((line, filling.facts(line.facts)) for line in placed.lines)
        return replace(first, by=placed.lines[0].by, steps=steps)

    def _inspection(self, case: Case, at: datetime) -> dict[str, Any]:
        story, luck, wording = case.story, case.luck, self.wording
        midnight = datetime.combine(civil_date(at), time.min, SHANGHAI)
        finished = max(midnight, at - WRITTEN_AFTER)
        found_at = max(midnight, finished - FOUND_BEFORE_END)
        joint = story.check_type == "joint"
        plan = {name: text.format(year=at.year) for name, text in wording.plans[0 if joint else 1].items()}
        items = "、".join(dict.fromkeys(found.matter.item for found in case.found))
        body = {
            "reference": case.reference,
            "plan_no": plan["plan_no"],
            "plan_name": plan["plan_name"],
            "task_no": f"{plan['task']}-{case.number:04d}",
            "task_name": f"虚构示例·{case.trade.industry}抽查",
            "check_type": story.check_type,
            "method": "onsite",
            "sampling_mode": luck.choice(("targeted", "untargeted")),
            "department": story.department,
            "party": dict(case.party),
            "items": items or luck.choice(wording.items),
            "result_codes": list(story.results),
            "started_at": max(midnight, finished - INSPECTED_FOR).isoformat(),
            "finished_at": finished.isoformat(),
            "officers": list(case.cast.inspectors),
            "recusal_told": True,
            "risk_class": luck.choice("ABCD"),
            "risk_class_used": True,
            "evidence_list": luck.choice(wording.texts["evidence"]),
            "remarks": wording.remarks,
            "findings": [self._finding(case, index, found_at) for index in range(len(case.found))],
        }
        if joint:
            body |= {"lead_department": story.department, "participating": list(story.participating)}
        return body

    def _finding(self, case: Case, index: int, found_at: datetime) -> dict[str, Any]:
        found = case.found[index]
        matter = found.matter
        body = {
            "reference": f"{case.reference}-{index + 1}",
            "domain": matter.domain,
            "violation": matter.violation,
            "item": matter.item,
            "facts_summary": found.summary,
            "discovered_at": found_at.isoformat(),
            "level": matter.level,
            "facts": dict(matter.facts),
            "evidence_list": case.luck.choice(self.wording.texts["evidence"]),
        }
        return body | ({"clause": matter.said["clause"]} if "clause" in matter.said else {})


def _together(case: Case) -> Iterator[tuple[int, int | None, tuple[Line, ...]]]:
    """The commands of a case by day: what one person does to one record on one day in a row is one command."""
    steps: list[tuple[int, int | None, Line]] = [(line.day, None, line) for line in case.story.lines]
    for index, found in enumerate(case.found):
        steps += [(line.day, index, line) for line in found.strand.lines]
    yield case.story.day, None, ()
    steps.sort(key=lambda step: step[0])  # stable: what a story writes first on a day comes first
    for (day, finding, *_), row in groupby(steps, key=_one_command):
        yield day, finding, tuple(line for _, _, line in row)


def _one_command(step: tuple[int, int | None, Line]) -> tuple[int, int | None, str, bool]:
    day, finding, line = step
    return day, finding, line.by, line.chart == CRIMINAL


def _order(placed: Placed) -> tuple[datetime, int, int]:
    return placed.at, placed.case.number, placed.number
