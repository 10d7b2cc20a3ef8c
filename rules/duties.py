"""What an office's file says of reporting duties: which reports, by whom, to whom, and from when on."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from engine.core.duties import REPORTS_ON, Duty, ReportsOn
from engine.core.term import Term
from engine.core.visibility import DEPARTMENTAL
from rules.data_file import DataFault, Fields
from rules.faults import nearest

AT = "/duties"
FIELDS = ("since", "receiver", "hands_in", "reminds", "reports")
OF_A_REPORT = ("id", "zh", "en", "term", "reports_on", "first_month", "basis", "mark")
MONTHS = range(1, 13)
_ID = re.compile(r"[a-z][a-z_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duties:
    """The reporting duties of the member departments; what was due before `since` is nobody's.

    `receiver` receives the reports and owes none. `hands_in` are the roles that hand in for their own department,
    `reminds` those that are reminded.
    """

    since: date
    receiver: str
    hands_in: frozenset[str]
    reminds: tuple[str, ...]
    reports: Mapping[str, Duty]


def read_duties(data: Any, departments: Collection[str]) -> Duties:
    """The duties as the office's file has them; raises DataFault."""
    fields = Fields(data, AT, FIELDS)
    duties = Duties(
        since=fields.day("since"),
        receiver=fields.code("receiver", departments),
        hands_in=frozenset(_roles(fields, "hands_in")),
        reminds=_roles(fields, "reminds"),
        reports=_reports(fields),
    )
    fields.done()
    return duties


def check_duty_terms(duties: Duties, terms: Mapping[str, Term]) -> None:
    """Returns when every duty runs by a term with a fixed day that suits what it reports on; raises DataFault."""
    for position, duty in enumerate(duties.reports.values()):
        field, term = f"{AT}/reports/{position}/term", terms.get(duty.term)
        if term is None:
            raise DataFault("no_such_term", field=field, near=nearest(duty.term, terms), value=duty.term)
        monthly = duty.reports_on == "previous_month"
        if not (term.unit == "month_end" if monthly else term.unit.startswith("date ")):
            raise DataFault("no_day_of_report", field=field, value=duty.term, unit=term.unit)


def _roles(fields: Fields, name: str) -> tuple[str, ...]:
    roles = fields.codes(name, sorted(DEPARTMENTAL))
    if not roles:
        raise fields.fault(name, "duty_of_nobody")
    return roles


def _reports(fields: Fields) -> dict[str, Duty]:
    reports: dict[str, Duty] = {}
    for position, item in enumerate(fields.items("reports")):
        entry = Fields(item, fields.where(f"reports/{position}"), OF_A_REPORT)
        duty = _duty(entry)
        entry.done()
        if duty.id in reports:
            raise entry.fault("id", "twice", value=duty.id)
        reports[duty.id] = duty
    return reports


def _duty(entry: Fields) -> Duty:
    id = entry.text("id")
    if not _ID.fullmatch(id):
        raise entry.fault("id", "no_duty_id", value=id)
    reports_on = cast(ReportsOn, entry.code("reports_on", REPORTS_ON))
    return Duty(
        id=id,
        zh=entry.text("zh"),
        en=entry.text("en"),
        term=entry.text("term"),
        reports_on=reports_on,
        first_month=_first_month(entry) if reports_on == "previous_month" else None,
        basis=entry.text("basis"),
        mark=entry.text("mark"),
    )


def _first_month(entry: Fields) -> int:
    month = entry.integer("first_month")
    if month not in MONTHS:
        raise entry.fault("first_month", "no_month")
    return month
