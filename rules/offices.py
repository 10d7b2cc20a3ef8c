"""An office: its departments and their powers, common superiors, figures and document series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from engine.core.ladder import Rung
from engine.core.retention import Schedule
from rules.calendar_notice import CHINA
from rules.calendars import RULES, known_calendars
from rules.data_file import Fields, read_as
from rules.delegation import Delegating, delegating_of
from rules.duties import Duties, read_duties
from rules.escalation import lights_of, rungs_of
from rules.faults import nearest
from rules.identity import Proving, proving_of
from rules.retention import schedule_of

_KINDS = ("government", "vertical", "dispatched", "judicial", "coordinating", "superior")
_ANY = "*"
CLOSED, HALF_OPEN = "closed", "half_open"
"""How exclusions are counted: neither end, or the last day."""


@dataclass(frozen=True, slots=True)
class Department:
    """A body that finds, receives or supervises; `superior` is the code of the one above it."""

    code: str
    zh: str
    short: str
    en: str
    kind: str
    vertical: bool
    member: bool
    superior: str | None
    doc_prefix: str | None
    receives: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A part of a department."""

    code: str
    department: str
    zh: str


@dataclass(frozen=True, slots=True)
class Power:
    """Who is competent for the violations of a domain (`*`: all not named before), and by which law."""

    domain: str
    violation: str
    departments: tuple[str, ...]
    basis: str
    note: str | None

    def covers(self, domain: str, violation: str) -> bool:
        """True when this entry speaks of the violation."""
        return self.domain == domain and self.violation in (violation, _ANY)


@dataclass(frozen=True, slots=True)
class CommonSuperior:
    """Who designates the competent department when two kinds of body disagree, and what comes first."""

    between: str
    kind: str
    common_superior: str
    first_step: str
    mark: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure that the office or its province sets, with the mark of its basis."""

    name: str
    value: int
    unit: str
    mark: str
    title: str


@dataclass(frozen=True, slots=True)
class Office:
    """Everything that is particular to one office."""

    office_id: str
    region: str
    province: str
    time_zone: str
    effective_from: date
    departments: Mapping[str, Department]
    units: Mapping[str, Unit]
    powers: tuple[Power, ...]
    common_superiors: tuple[CommonSuperior, ...]
    thresholds: Mapping[str, Threshold]
    internal_terms: Mapping[str, int]
    document_series: Mapping[str, str]
    calendar: str
    """The calendar that its working days follow."""
    half_open: bool
    """True where the last day of an exclusion is counted; else neither end is (DOMAIN Q6)."""
    duties: Duties
    escalation: tuple[Rung, ...] = ()
    lights: Mapping[str, int | Fraction] = field(default_factory=dict)
    """When the yellow light of a term comes: working days before red, or for hours a share of the period."""
    delegation: Delegating = field(default_factory=Delegating)
    proving: Proving = field(default_factory=Proving)
    retention: Schedule = field(default_factory=dict)

    def department_by_name(self, name: str) -> str | None:
        """The code of the department with this code, short or full Chinese name; None when there is none."""
        if name in self.departments:
            return name
        for department in self.departments.values():
            if name in (department.short, department.zh):
                return department.code
        return None

    def competent(self, domain: str, violation: str) -> tuple[str, ...]:
        """Who is competent for the violation: the first entry that covers it; empty when none does."""
        for power in self.powers:
            if power.covers(domain, violation):
                return power.departments
        return ()

    @property
    def members(self) -> tuple[str, ...]:
        """The departments that owe the reports, in the order of the file: the members but the receiver."""
        return tuple(
            one.code for one in self.departments.values() if one.member and one.code != self.duties.receiver
        )

    def has_power(self, department: str, domain: str, violation: str) -> bool:
        """True when the department is competent for the violation."""
        return department in self.competent(domain, violation)

    def threshold(self, name: str) -> int:
        """The figure in force, in its own unit; raises KeyError for a name the office does not set."""
        return self.thresholds[name].value

    def series(self, kind: str) -> str | None:
        """The pattern of a document series, with {year} and {n}; None when the kind has no series."""
        return self.document_series.get(kind)


def load_office(path: Path, rules: Path = RULES) -> Office:
    """The office of the file, whose calendar is one of those in the rules; raises DataFault."""
    return read_as(path, partial(_office, calendars=known_calendars(rules)))


_T = TypeVar("_T")


def _all(fields: Fields, name: str, read: Callable[[Fields], _T]) -> list[_T]:
    """Every entry of a list, read to its last field."""
    values = []
    for position, item in enumerate(fields.items(name)):
        entry = Fields(item, f"/{name}/{position}")
        values.append(read(entry))
        entry.done()
    return values


def _department(entry: Fields) -> Department:
    return Department(
        code=entry.text("code"),
        zh=entry.text("zh"),
        short=entry.text("short"),
        en=entry.text("en"),
        kind=entry.code("kind", _KINDS),
        vertical=entry.boolean("vertical"),
        member=entry.boolean("member"),
        superior=entry.text_or_none("superior"),
        doc_prefix=entry.text_or_none("doc_prefix"),
        receives=entry.codes("receives"),
        note=entry.text_or_none("note"),
    )


def _departments(fields: Fields) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for department in _all(fields, "departments", _department):
        if department.code in departments:
            raise fields.fault("departments", "twice", value=department.code)
        departments[department.code] = department
    for position, department in enumerate(departments.values()):
        if department.superior is not None and department.superior not in departments:
            place = f"departments/{position}/superior"
            near = nearest(department.superior, departments)
            raise fields.fault(place, "no_such_department", near=near, value=department.superior)
    return departments


def _unit(entry: Fields, departments: Mapping[str, Department]) -> Unit:
    return Unit(entry.text("code"), entry.code("department", departments), entry.text("zh"))


def _power(entry: Fields, departments: Mapping[str, Department]) -> Power:
    power = Power(
        domain=entry.text("domain"),
        violation=entry.text("violation"),
        departments=entry.codes("departments", departments),
        basis=entry.text("basis"),
        note=entry.text_or_none("note"),
    )
    if not power.departments:
        raise entry.fault("departments", "competent_is_nobody")
    return power


def _superior(entry: Fields, departments: Mapping[str, Department]) -> CommonSuperior:
    return CommonSuperior(
        between=entry.text("between"),
        kind=entry.text("kind"),
        common_superior=entry.code("common_superior", departments),
        first_step=entry.text("first_step"),
        mark=entry.text("mark"),
    )


def _threshold(entry: Fields) -> Threshold:
    return Threshold(
        name=entry.text("name"),
        value=entry.integer("value"),
        unit=entry.text("unit"),
        mark=entry.text("mark"),
        title=entry.text("title"),
    )


def _series(entry: Fields) -> tuple[str, str]:
    return entry.text("kind"), entry.text("pattern")


def _calendar(fields: Fields, calendars: Sequence[str]) -> str:
    """The calendar that the office names; the one of the country where it names none."""
    if not fields.has("calendar"):
        return CHINA
    name = fields.text("calendar")
    if name not in calendars:
        near, allowed = nearest(name, calendars), ", ".join(calendars)
        raise fields.fault("calendar", "no_such_calendar", near=near, value=name, allowed=allowed)
    return name


def _office(data: Any, calendars: Sequence[str]) -> Office:
    fields = Fields(data)
    departments = _departments(fields)
    terms = Fields(fields.take("internal_terms"), "/internal_terms")
    office = Office(
        office_id=fields.text("office_id"),
        region=fields.text("region"),
        province=fields.text("province"),
        time_zone=fields.text("time_zone"),
        effective_from=fields.day("effective_from"),
        departments=departments,
        units={unit.code: unit for unit in _all(fields, "units", partial(_unit, departments=departments))},
        powers=tuple(_all(fields, "powers", partial(_power, departments=departments))),
        common_superiors=tuple(_all(fields, "common_superiors", partial(_superior, departments=departments))),
        thresholds={figure.name: figure for figure in _all(fields, "thresholds", _threshold)},
        internal_terms={name: terms.integer(name) for name in data["internal_terms"]},
        document_series=dict(_all(fields, "document_series", _series)),
        calendar=_calendar(fields, calendars),
        half_open=fields.has("exclusions") and fields.code("exclusions", (CLOSED, HALF_OPEN)) == HALF_OPEN,
        duties=read_duties(fields.take("duties"), departments),
        escalation=rungs_of(fields),
        lights=lights_of(fields),
        delegation=delegating_of(fields),
        proving=proving_of(fields),
        retention=schedule_of(fields),
    )
    terms.done()
    fields.done()
    return office
