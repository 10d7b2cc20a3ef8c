"""Files come in through the desk: rows become commands in batches, and every row is told of in the report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.core.audit import canonical
from engine.core.commands import IMPORTER, CarryCommand, Command, InspectionCommand, Outcome, Principal
from engine.core.refusals import Refusal
from engine.intake import CarriedInspection, Export, NewInspection, RowFault, read_export
from models import records
from rules.intake_lists import intake_vocabularies
from rules.mapping import Mapping, load_mapping

if TYPE_CHECKING:
    from engine.house import House

BATCH_INSPECTIONS = 50
Telling = Callable[[int], None]


@dataclass(slots=True)
class Report:
    """What became of every row; `told` are the faults and warnings by line."""

    read: int = 0
    accepted: int = 0
    rejected: int = 0
    unchanged: int = 0
    corrected: int = 0
    inspections: int = 0
    told: list[RowFault] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """References that an earlier export held and this one does not; nothing is deleted."""

    def answer(self) -> dict[str, Any]:
        """The summary that the command line prints."""
        warnings = sum(1 for fault in self.told if fault.severity == "warning")
        counts = {
            name: getattr(self, name) for name in ("read", "accepted", "rejected", "unchanged", "corrected")
        }
        return {**counts, "warnings": warnings, "inspections": self.inspections, "gone": len(self.gone)}

    def lines(self) -> Iterator[str]:
        """The report as JSON lines, one fault or gone row a line, in the order of the file."""
        for fault in sorted(self.told, key=lambda one: one.line):
            yield json.dumps(asdict(fault), ensure_ascii=False)
        for reference in self.gone:
            yield json.dumps(
                {"code": "row_gone", "reference": reference, "severity": "warning"}, ensure_ascii=False
            )


def import_file(
    house: House,
    path: Path,
    mapping_name: str,
    *,
    dry_run: bool = False,
    who: Principal = IMPORTER,
    progress: Telling | None = None,
) -> Report:
    """Every row of the file is in, or told why not; sending the file again changes nothing. Raises FileRefused.

    A dry run reads and checks each row and writes nothing. Stopped in the middle, it goes on where it was.
    """
    mapping = load_mapping(mapping_name, intake_vocabularies(house.facts, house.office))
    export = read_export(path, mapping, progress=progress)
    report = Report(read=export.read)
    waiting: list[CarriedInspection] = []
    rejected: set[int] = set()
    for outcome in export:
        if isinstance(outcome, RowFault):
            report.told.append(outcome)
            if outcome.severity == "rejected":
                rejected.add(outcome.line)
        elif isinstance(outcome, NewInspection):
            _take_new(house, who, outcome, report, rejected, dry_run)
        else:
            waiting.append(outcome)
            if len(waiting) == BATCH_INSPECTIONS:
                _take_carried(house, who, waiting, path.name, report, rejected, dry_run)
                waiting = []
    _take_carried(house, who, waiting, path.name, report, rejected, dry_run)
    report.rejected = len(rejected)
    if not dry_run:
        report.gone = _gone(house, mapping, export)
    return report


def _take_carried(
    house: House,
    who: Principal,
    batch: list[CarriedInspection],
    source: str,
    report: Report,
    rejected: set[int],
    dry_run: bool,
) -> None:
    """The batch is one transaction; when one of it is refused, each goes alone and is told of."""
    if not batch:
        return
    if dry_run:
        _compare(house, batch, report)
        return
    commands = [_carry_command(who, one, source) for one in batch]
    try:
        outcomes = house.writer.submit(lambda connection: _all(house, connection, commands))
    except Refusal:
        outcomes = [
            _alone(house, command, one, report, rejected)
            for command, one in zip(commands, batch, strict=True)
        ]
    for one, outcome in zip(batch, outcomes, strict=True):
        if outcome is not None:
            _count(one, outcome, report)


def _all(house: House, connection: Connection, commands: Iterable[Command]) -> list[Outcome | None]:
    return [house.desk.handle_within(connection, command) for command in commands]


def _alone(
    house: House, command: Command, one: CarriedInspection, report: Report, rejected: set[int]
) -> Outcome | None:
    try:
        return house.desk.handle(command)
    except Refusal as refusal:
        for finding in one.findings:
            rejected.add(finding.line)
            report.told.append(refused_row(finding.line, refusal))
        return None


def _count(one: CarriedInspection, outcome: Outcome, report: Report) -> None:
    lines = len(one.findings)
    if outcome.decision.get("replayed"):
        report.unchanged += lines
        return
    report.accepted += len(outcome.decision["accepted"])
    report.unchanged += len(outcome.decision["unchanged"])
    report.corrected += len(outcome.decision["corrected"])
    report.inspections += 1


def _compare(house: House, batch: list[CarriedInspection], report: Report) -> None:
    """What a real run would do, told without doing it."""
    with house.database.read() as connection:
        for one in batch:
            for finding in one.findings:
                known = records.finding_by_reference(
                    connection, house.office.office_id, one.fields["department"], finding.reference
                )
                if known is None:
                    report.accepted += 1
                elif known.digest == finding.digest:
                    report.unchanged += 1
                else:
                    report.corrected += 1
            report.inspections += 1


def _carry_command(who: Principal, one: CarriedInspection, source: str) -> Command:
    digest = hashlib.sha256(
        canonical([one.digest, [finding.digest for finding in one.findings]]).encode()
    ).hexdigest()
    return Command(who, f"carry:{one.reference}:{digest[:32]}", digest, CarryCommand(one, source))


def _take_new(
    house: House, who: Principal, one: NewInspection, report: Report, rejected: set[int], dry_run: bool
) -> None:
    body = json.loads(json.dumps(one.body, default=_plain))
    command = Command(who, f"import:{one.reference}:{one.digest[:32]}", one.digest, InspectionCommand(body))
    try:
        if dry_run:
            house.desk.reception.prepare(command)
            report.accepted += len(one.lines)
            return
        outcome = house.desk.handle(command)
    except Refusal as refusal:
        for error in refusal.errors or (None,):
            line = one.line_of(error.pointer) if error else one.lines[0]
            report.told.append(refused_row(line, refusal, error))
        rejected.update(one.lines)
        return
    known = "unchanged" if outcome.decision.get("replayed") else outcome.status
    name = {"created": "accepted", "unchanged": "unchanged", "corrected": "corrected"}[known]
    setattr(report, name, getattr(report, name) + len(one.lines))
    report.inspections += 1


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"a workbook cell gave {type(value).__name__}")


def refused_row(line: int, refusal: Refusal, error: Any = None) -> RowFault:
    """The refusal of a command as a line of the report."""
    if error is not None:
        told = error.answer()
        return RowFault(
            line, error.code, f"{error.pointer}：{told['zh']}", f"{error.pointer}: {told['en']}", "rejected"
        )
    reasons = "；".join(reason.zh for reason in refusal.reasons) or refusal.code
    english = "; ".join(reason.en for reason in refusal.reasons) or refusal.code
    return RowFault(line, refusal.code, reasons, english, "rejected")


def _gone(house: House, mapping: Mapping, export: Export) -> list[str]:
    if mapping.source is None:
        return []
    with house.database.read() as connection:
        known = records.carried_references(connection, house.office.office_id, mapping.source)
    return sorted(set(known) - export.references)
