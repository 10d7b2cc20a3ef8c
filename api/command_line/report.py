"""`bihuan report`: the monthly report, half-year summary or annual self-check, with figures that can be counted again."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from api.command_line.export import reader_of
from api.command_line.opening import house_of
from api.command_line.telling import DONE, told

SUFFIXES = (".docx", ".pdf", ".json", ".csv")
REPORTS = ("monthly", "half_year", "annual")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("report", help="a report with its figures")
    parser.add_argument("report", choices=REPORTS)
    parser.add_argument("file", type=_file, metavar="FILE.docx", help="or FILE.pdf, FILE.json, FILE.csv")
    parser.add_argument("--period", required=True, metavar="P", help="2024-09, 2024-H1 or 2024")
    parser.add_argument("--department", metavar="D", help="one department instead of all")
    parser.add_argument("--as-of", type=_instant, metavar="INSTANT", help="count what was recorded by then")
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="with the rights of that person")
    parser.add_argument(
        "--password-stdin", action="store_true", help="the password on the first line of stdin"
    )
    parser.set_defaults(run=_report)
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text}: {', '.join(SUFFIXES)}")
    return path


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: 须写明时区，如 +08:00 · needs an offset, such as +08:00")
    return instant


def _report(args: argparse.Namespace) -> int:
    from engine.reporting.reports import write_report

    with house_of(args) as house:
        done = write_report(
            house,
            reader_of(args, house),
            args.report,
            args.period,
            args.file,
            department=args.department,
            as_of=args.as_of,
        )
    told({"file": str(args.file), **done}, as_json=args.json)
    return DONE
