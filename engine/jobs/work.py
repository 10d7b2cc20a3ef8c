"""What jobs do: each kind checks what it is asked for, and makes its file while it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.commands import Principal
from engine.core.policies import may, roles_for
from engine.core.refusals import FieldError, Refusal
from engine.core.visibility import reads_findings
from engine.jobs.intake_file import take_workbook
from engine.projections.asked import Asked
from engine.projections.filters import FINDINGS, PAGING, finding_filter
from engine.reporting import reports
from engine.second_person import check_role
from engine.sheets import ledger, listed, taking
from models import jobs

if TYPE_CHECKING:
    from engine.house import House

MEDIA_TYPES = {**ledger.MEDIA_TYPES, **reports.MEDIA_TYPES}
"""Of the files that come out, by the ends of their names."""
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Task:
    """One job in hand: for whom, with which parameters, where its file goes, and whom to tell how far it is."""

    house: House
    who: Principal
    parameters: Mapping[str, Any]
    folder: Path
    progress: Progress
    given: Path | None = None
    """The file that came with it."""
    referrals: set[str] = field(default_factory=set)
    """The criminal referrals that the file tells of."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came out: a file under its name, and what is told of it."""

    outcome: Mapping[str, Any]
    path: Path | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work: the policy it needs, the check of its parameters, and the work."""

    action: str
    check: Callable[[House, Principal, Mapping[str, Any]], None]
    carry_out: Callable[[Task], Result]


def check_asked(house: House, who: Principal, kind: str, parameters: Mapping[str, Any]) -> None:
    """Returns when the person may ask for such work; raises `not_yours`, `facts_invalid` or what the kind refuses."""
    if kind not in KINDS:
        raise Refusal("facts_invalid", errors=[FieldError("/kind", "vocabulary")])
    action = KINDS[kind].action
    if not may(who, action):
        check_role(who, roles_for(action))
    KINDS[kind].check(house, who, parameters)


def _texts(parameters: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """The parameters, each a text; raises `facts_invalid` for others and for what is no text."""
    errors = [
        FieldError(f"/parameters/{name}", "unknown_field" if name not in names else "type")
        for name, value in parameters.items()
        if name not in names or not isinstance(value, str)
    ]
    if errors:
        raise Refusal("facts_invalid", errors=errors)
    return {name: value for name, value in parameters.items() if value}


_FILTERS = tuple(name for name in FINDINGS if name not in PAGING)


def _query(parameters: Mapping[str, Any]) -> tuple[dict[str, list[str]], str]:
    """The filters of a list of findings, each with its values, and the form of the file."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in parameters.items()}
    faults = [
        FieldError(f"/parameters/{name}", "unknown_field" if name not in (*_FILTERS, "form") else "type")
        for name, values in lists.items()
        if name not in (*_FILTERS, "form") or not all(isinstance(one, str) for one in values)
    ]
    form = "".join(lists.pop("form", ["xlsx"])) if not faults else "xlsx"
    if form not in ledger.MEDIA_TYPES:
        faults.append(FieldError("/parameters/form", "vocabulary"))
    if faults:
        raise Refusal("facts_invalid", errors=faults)
    return lists, form


def _check_export(house: House, _: Principal, parameters: Mapping[str, Any]) -> None:
    query, _form = _query(parameters)
    asked, _wanted = finding_filter(house.reader.sources, query)
    asked.done()


def _export(task: Task) -> Result:
    query, form = _query(task.parameters)
    path = task.folder / f"made.{form}"
    done = ledger.write_ledger(task.house, task.who, query, path, task.progress, referrals=task.referrals)
    return Result(done, path, f"台账-{done['as_of'][:10]}.{form}")


_OF_A_LIST = ("list", "language")


def _list_asked(parameters: Mapping[str, Any]) -> tuple[str, str, dict[str, list[str]]]:
    """Which list in which language, and its filters, each with its values."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in parameters.items()}
    faults = [
        FieldError(f"/parameters/{name}", "type")
        for name, values in lists.items()
        if not all(isinstance(one, str) for one in values)
    ]
    if faults:
        raise Refusal("facts_invalid", errors=faults)
    name, language = ("".join(lists.get(one, [])) for one in _OF_A_LIST)
    language = language or listed.LANGUAGES[0]
    known = (("list", name, listed.LISTS), ("language", language, listed.LANGUAGES))
    faults = [
        FieldError(f"/parameters/{one}", "vocabulary") for one, code, codes in known if code not in codes
    ]
    if faults:
        raise Refusal("facts_invalid", errors=faults)
    return name, language, {one: values for one, values in lists.items() if one not in _OF_A_LIST}


def _check_list(house: House, who: Principal, parameters: Mapping[str, Any]) -> None:
    name, _, query = _list_asked(parameters)
    listed.check_list(house, who, name, query)


def _list(task: Task) -> Result:
    name, language, query = _list_asked(task.parameters)
    path = task.folder / f"made.{listed.FORM}"
    done = listed.write_list(task.house, task.who, name, query, path, language, task.progress)
    return Result({"rows": done["rows"], "as_of": done["as_of"]}, path, done["name"])


_REPORT = ("report", "period", *reports.REPORT)


def _report_asked(parameters: Mapping[str, Any]) -> tuple[str, str, dict[str, Any], str]:
    told = _texts(parameters, _REPORT)
    asked = Asked({name: [told[name]] for name in reports.REPORT if name in told}, reports.REPORT)
    form = asked.code("form", reports.MEDIA_TYPES) or "docx"
    more = {"department": asked.text("department"), "as_of": asked.instant("as_of")}
    asked.done()
    return told.get("report", ""), told.get("period", ""), more, form


def _check_report(house: House, who: Principal, parameters: Mapping[str, Any]) -> None:
    code, key, more, _ = _report_asked(parameters)
    reports.check_report(house, who, code, key, **more)


def _report(task: Task) -> Result:
    code, key, more, form = _report_asked(task.parameters)
    made = reports.make_report(task.house, task.who, code, key, **more, progress=task.progress)
    path = task.folder / f"made.{form}"
    path.write_bytes(reports.written(task.house, made, form))
    return Result({"as_of": made.as_of.isoformat()}, path, reports.file_name(made, form))


def _check_file(kind: str, house: House, who: Principal, parameters: Mapping[str, Any]) -> None:
    """A file is tried as it comes; it is taken once its owner has seen what would be done."""
    told = _texts(parameters, ("of", "name"))
    if not reads_findings(who):
        raise Refusal("not_yours")
    if "of" not in told:
        return
    with house.database.read() as connection:
        tried = jobs.job_of(connection, house.office.office_id, who.login.casefold(), told["of"])
    if tried is None or tried.kind != kind or tried.state != jobs.DONE or "of" in tried.parameters:
        raise Refusal("not_found")


def _take_file(take: Callable[..., dict[str, Any]], task: Task) -> Result:
    if task.given is None:
        raise Refusal("upload_refused", detail=taking.WORDS["no_sheet"])
    dry_run = "of" not in task.parameters
    return Result(take(task.house, task.who, task.given, task.progress, dry_run=dry_run))


SHEET_IMPORT, INTAKE_IMPORT = "sheet_import", "intake_import"
KINDS: Mapping[str, Kind] = {
    "ledger_sheet": Kind("ledger.export", _check_export, _export),
    "list_sheet": Kind("ledger.export", _check_list, _list),
    SHEET_IMPORT: Kind("job.ask", partial(_check_file, SHEET_IMPORT), partial(_take_file, taking.take_sheet)),
    INTAKE_IMPORT: Kind(
        "intake.write", partial(_check_file, INTAKE_IMPORT), partial(_take_file, take_workbook)
    ),
    "report": Kind("report.make", _check_report, _report),
}
"""Every kind of work by its name."""
