"""A workbook of inspections and findings as a job: tried first, then its rows become commands of whoever sent it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.importing import Report, import_file
from engine.intake.excel import workbook_rows
from engine.intake.records import FileRefused
from engine.sheets.taking import DONE, REFUSED, ROWS_TOLD_MAX, WOULD_BE_DONE

if TYPE_CHECKING:
    from engine.house import House

MAPPING = "intake"
WARNING = "warning"


def take_workbook(
    house: House, who: Principal, path: Path, progress: Callable[[int, int], None], *, dry_run: bool
) -> dict[str, Any]:
    """How many rows came to what, and every row that was refused or warned of; a dry run writes nothing.

    Sent again it records nothing twice; stopped in the middle, what was recorded stands. Raises `upload_refused` for what
    is no such workbook.
    """
    workbook = path.rename(path.with_suffix(".xlsx"))  # by which its reader is chosen
    try:
        rows = sum(1 for _ in workbook_rows(workbook, None))
        report = import_file(
            house, workbook, MAPPING, dry_run=dry_run, who=who, progress=lambda done: progress(done, rows)
        )
    except FileRefused as fault:
        raise Refusal("upload_refused", detail=f"{fault.zh} · {fault.en}") from fault
    return _told(report, dry_run)


def _told(report: Report, dry_run: bool) -> dict[str, Any]:
    taken = report.accepted + report.corrected
    results = {"rejected": REFUSED, "warning": WARNING}
    rows = [
        {"line": one.line, "ledger_no": "", "result": results[one.severity], "changes": [], "why": one.zh}
        for one in sorted(report.told, key=lambda one: one.line)
    ]
    return {
        "dry_run": dry_run,
        "read": report.read,
        "unchanged": report.unchanged,
        WOULD_BE_DONE if dry_run else DONE: taken,
        "corrected": report.corrected,
        REFUSED: report.rejected,
        "rows": rows[:ROWS_TOLD_MAX],
    }
