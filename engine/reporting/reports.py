"""Reports made to order: which one, on which period, of which department, as of when, in which form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.core.visibility import reads_findings, sees_department, sees_office
from engine.projections.asked import Asked, Query
from engine.projections.instants import CIVIL, recorded
from engine.reporting.figures import Counted, Progress, Reading
from engine.reporting.paper import report_paper
from engine.sheets.flat import MARK
from models.reading.scope import behalf, scope
from rules.report_templates import Period, Report, load_reports, period_of

if TYPE_CHECKING:
    from engine.house import House

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
ALL_DEPARTMENTS = "各成员单位"
REPORT = ("form", "department", "as_of")
AT_ONCE_MAX = 5_000
"""So many records are counted while somebody waits for the answer."""
TOO_MANY = (
    "本期间涉及 {count} 条记录，一次最多直接统计 {most} 条：请分部门统计。 · "
    "{count} records are concerned, at most {most} are counted at once: ask for one department."
)


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was counted: what was asked for, and what came out."""

    report: Report
    period: Period
    department: str | None
    as_of: datetime
    counted: Sequence[Counted]


def reports_of(house: House) -> Mapping[str, Report]:
    """The reports that the house can make, by code; raises DataFault."""
    return load_reports({name: chart.triggers for name, chart in house.charts.by_name.items()})


def make_report(
    house: House,
    who: Principal,
    code: str,
    key: str,
    *,
    department: str | None = None,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    records_max: int | None = None,
) -> Made:
    """The report on that period, of one department or all that the person sees, as of that instant or now.

    Raises `not_yours`, `not_found` for no report or period, `parameter_invalid` for an instant to come or before the
    period, and for more records than `records_max`.
    """
    report, period, as_of = check_report(house, who, code, key, department=department, as_of=as_of)
    since = datetime.combine(period.first, time(), CIVIL)
    seen = scope(house.office.office_id, who)
    reading = Reading(house.charts, seen, _own(who, department), period, since, as_of)
    with house.database.read(behalf(house.office.office_id, who)) as connection:
        count = reading.how_many(connection)
        if records_max is not None and count > records_max:
            raise Refusal("parameter_invalid", detail=TOO_MANY.format(count=count, most=records_max))
        counted = reading.counted(connection, report.figures, progress or (lambda done, of: None))
    return Made(report, period, _own(who, department), as_of, counted)


def check_report(
    house: House,
    who: Principal,
    code: str,
    key: str,
    *,
    department: str | None = None,
    as_of: datetime | None = None,
) -> tuple[Report, Period, datetime]:
    """The report, its period and its instant, as they can be asked for; raises as `make_report`."""
    if not reads_findings(who):
        raise Refusal("not_yours")
    report = reports_of(house).get(code)
    period = None if report is None else period_of(report.covers, key)
    if report is None or period is None:
        raise Refusal("not_found")
    since, now = datetime.combine(period.first, time(), CIVIL), house.clock.now()
    # Whole seconds, as the report prints it: whoever reads it there can count again.
    as_of = as_of or now.replace(microsecond=0)
    errors = []
    if department is not None and department not in house.office.departments:
        errors.append(FieldError("/?department", "vocabulary"))
    if not since <= as_of <= now:
        errors.append(FieldError("/?as_of", "range"))
    if errors:
        raise Refusal("parameter_invalid", errors=errors)
    return report, period, as_of


def _own(who: Principal, department: str | None) -> str | None:
    """Whoever sees one department alone has a report of it, which says so."""
    return department if sees_office(who) else department or sees_department(who)


def report_file(house: House, who: Principal, code: str, key: str, query: Query) -> tuple[bytes, str, str]:
    """The report as a file, with its name and media type; the query names form, department and instant."""
    asked = Asked(query, REPORT)
    form = asked.code("form", MEDIA_TYPES) or "docx"
    department, as_of = asked.text("department"), asked.instant("as_of")
    asked.done()
    made = make_report(house, who, code, key, department=department, as_of=as_of, records_max=AT_ONCE_MAX)
    return written(house, made, form), file_name(made, form), MEDIA_TYPES[form]


def written(house: House, made: Made, form: str) -> bytes:
    """The report in that form: docx and pdf to hand in, json and csv to count with; the same bytes for the same report."""
    return _FORMS[form](house, made)


def file_name(made: Made, form: str) -> str:
    """The name of the file."""
    return f"{made.report.title}-{made.period.key}.{form}"


def _docx(house: House, made: Made) -> bytes:
    return house.press.editable(_paper(house, made), issued_on=civil_date(made.as_of))


def _pdf(house: House, made: Made) -> bytes:
    return house.press.sheet(_paper(house, made), issued_on=civil_date(made.as_of))


def _paper(house: House, made: Made) -> Any:
    office = house.office
    organisation = office.departments[made.department or office.duties.receiver]
    told = {
        "organisation": organisation.zh,
        "period": made.period.zh,
        "first": made.period.first.isoformat(),
        "last": made.period.last.isoformat(),
        "scope": ALL_DEPARTMENTS if made.department is None else organisation.zh,
        "as_of": recorded(made.as_of),
    }
    departments = {code: one.short for code, one in office.departments.items()}
    return report_paper(made.report, made.counted, told, departments)


def _answer(_: House, made: Made) -> dict[str, Any]:
    parameters = {
        "from": made.period.first.isoformat(),
        "to": made.period.last.isoformat(),
        "department": made.department,
        "as_of": made.as_of.astimezone(CIVIL).isoformat(),
    }
    return {
        "report": made.report.code,
        "title": made.report.title,
        "period": made.period.key,
        "figures": [
            {
                "query": one.figure.code,
                "zh": one.figure.zh,
                "en": one.figure.en,
                "unit": "fen" if one.figure.sums else "count",
                "value": one.value,
                "by_department": dict(sorted(one.by_department.items())),
                "parameters": parameters,
                "rows": one.rows,
                "digest": one.digest,
            }
            for one in made.counted
        ],
    }


def _json(house: House, made: Made) -> bytes:
    return json.dumps(_answer(house, made), ensure_ascii=False, indent=1).encode() + b"\n"


def _csv(house: House, made: Made) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("query", "zh", "department", "unit", "value", "from", "to", "as_of", "rows", "digest"))
    for one in _answer(house, made)["figures"]:
        said = one["parameters"]
        told = (said["from"], said["to"], said["as_of"], one["rows"], one["digest"])
        writer.writerow((one["query"], one["zh"], "", one["unit"], one["value"], *told))
        for department, value in one["by_department"].items():
            writer.writerow((one["query"], one["zh"], department, one["unit"], value, *told))
    return (MARK + out.getvalue()).encode()


_FORMS: Mapping[str, Callable[[House, Made], bytes]] = {
    "docx": _docx,
    "pdf": _pdf,
    "json": _json,
    "csv": _csv,
}


def write_report(
    house: House, who: Principal, code: str, key: str, path: Path, **more: Any
) -> dict[str, Any]:
    """The report stands at the path, in the form that its name ends with; answers as of when, and its figures."""
    made = make_report(house, who, code, key, **more)
    path.write_bytes(written(house, made, path.suffix.removeprefix(".")))
    return {"as_of": made.as_of.isoformat(), "figures": {one.figure.code: one.value for one in made.counted}}
