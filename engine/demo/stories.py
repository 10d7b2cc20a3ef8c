"""The stories of the demonstration as data: which inspections, which findings, and what happens on which day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from engine.demo import scenery
from rules.data_file import Fields, read_as
from rules.faults import nearest

CHARTS = ("inspection", "finding", "rectification", "penalty", "transfer", "copy_notice", "credit_flag")
PARTS = ("inspector", "officer", *scenery.PARTS)


@dataclass(frozen=True, slots=True)
class Act:
    """What a step says unless the story says otherwise: the part that takes it, and its facts."""

    by: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a story, so many working days before the day of the build."""

    day: int
    chart: str
    trigger: str
    by: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Strand:
    """`times` findings of one inspection that go the same way; `about` are the groups of matters they may be of."""

    about: tuple[str, ...]
    times: int
    routes: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One inspection with its findings; told once for each entry of `back`, so many working days earlier."""

    name: str
    department: str
    back: tuple[int, ...]
    trades: tuple[str, ...]
    not_before: date | None
    check_type: str
    participating: tuple[str, ...]
    day: int
    results: tuple[str, ...]
    lines: tuple[Line, ...]
    strands: tuple[Strand, ...]


@dataclass(frozen=True, slots=True)
class Repertoire:
    """Every act by "chart.trigger", and the runs of steps that stories have in common."""

    acts: Mapping[str, Act]
    runs: Mapping[str, tuple[tuple[int, str, list[Any]], ...]]

    def lines(self, written: list[Any], chart: str, fields: Fields, place: str) -> Iterator[Line]:
        """The steps as written, runs put in; `chart` is meant where a step names none."""
        for number, one in enumerate(written):
            day, name, *more = one
            if name.startswith("+"):
                if name[1:] not in self.runs:
                    near = nearest(name[1:], self.runs)
                    raise fields.fault(f"{place}/{number}", "no_run", near=near, value=name)
                yield from (
                    self._line(day + later, step, chart, said) for later, step, said in self.runs[name[1:]]
                )
                continue
            if self._named(name, chart) not in self.acts:
                near = nearest(name, self.acts)
                raise fields.fault(f"{place}/{number}", "no_act", near=near, value=name)
            yield self._line(day, name, chart, more)

    def _named(self, name: str, chart: str) -> str:
        return name if "." in name else f"{chart}.{name}"

    def _line(self, day: int, name: str, chart: str, more: list[Any]) -> Line:
        full = self._named(name, chart)
        act = self.acts[full]
        facts = {**act.facts, **(more[0] if more else {})}
        said = {name: value for name, value in facts.items() if value is not None}
        of_chart, _, trigger = full.partition(".")
        return Line(day, of_chart, trigger, more[1] if len(more) > 1 else act.by, said)


def load_stories(folder: Path) -> tuple[Story, ...]:
    """Every story of the folder, in the order of its files; raises DataFault."""
    repertoire = read_as(folder / "acts.yaml", _repertoire)
    files = sorted((folder / "stories").glob("*.yaml"))
    return tuple(story for file in files for story in read_as(file, partial(_stories, repertoire)))


def _repertoire(data: Any) -> Repertoire:
    fields = Fields(data)
    acts = {name: _act(Fields(act, f"/acts/{name}")) for name, act in fields.take("acts").items()}
    runs = {
        name: tuple((day, step if "." in step else f"finding.{step}", said) for day, step, *said in steps)
        for name, steps in fields.take("runs").items()
    }
    for name, steps in runs.items():
        for _, step, _ in steps:
            if step not in acts:
                raise fields.fault(f"runs/{name}", "no_act", near=nearest(step, acts), value=step)
    fields.done()
    return Repertoire(acts, runs)


def _act(fields: Fields) -> Act:
    act = Act(fields.code("by", PARTS), dict(fields.take("facts")))
    fields.done()
    return act


def _stories(repertoire: Repertoire, data: Any) -> list[Story]:
    fields = Fields(data)
    written = [Fields(one, f"/stories/{place}") for place, one in enumerate(fields.items("stories"))]
    fields.done()
    return [_story(repertoire, one) for one in written]


def _story(repertoire: Repertoire, fields: Fields) -> Story:
    inspection = Fields(fields.take("inspection"), fields.where("inspection"))
    story = Story(
        name=fields.text("story"),
        department=fields.text_or_none("department") or "market_regulation",
        back=tuple(fields.items("back")),
        trades=fields.codes("from"),
        not_before=fields.day_or_none("not_before") if fields.has("not_before") else None,
        check_type=fields.text_or_none("check_type") or "internal",
        participating=fields.codes("participating"),
        day=inspection.integer("day"),
        results=inspection.codes("results"),
        lines=tuple(repertoire.lines(inspection.items("steps"), "inspection", inspection, "steps")),
        strands=tuple(
            _strand(repertoire, Fields(one, fields.where(f"findings/{place}")))
            for place, one in enumerate(fields.items("findings"))
        ),
    )
    inspection.done()
    fields.done()
    return story


def _strand(repertoire: Repertoire, fields: Fields) -> Strand:
    strand = Strand(
        about=fields.codes("about"),
        times=fields.integer("times") if fields.has("times") else 1,
        routes=fields.codes("routes"),
        lines=tuple(repertoire.lines(fields.items("steps"), "finding", fields, "steps")),
    )
    fields.done()
    return strand
