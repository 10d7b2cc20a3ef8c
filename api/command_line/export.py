"""`bihuan export ledger`: the ledger (台账) as a workbook, CSV or JSON."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, told

if TYPE_CHECKING:
    from engine.core.commands import Principal
    from engine.house import House

SUFFIXES = (".xlsx", ".csv", ".json")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("export", help="the ledger as a sheet")
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    ledger = kinds.add_parser("ledger", help="one row a finding")
    ledger.add_argument("file", type=_file, metavar="FILE.xlsx", help="or FILE.csv, FILE.json")
    ledger.add_argument("--from", dest="since", metavar="DATE", help="found on that day or later")
    ledger.add_argument("--to", dest="until", metavar="DATE", help="found on that day or before")
    ledger.add_argument("--department", metavar="D", help="one department instead of all")
    ledger.add_argument("--as", dest="login", metavar="LOGIN", help="with the rights of that person")
    ledger.add_argument(
        "--password-stdin", action="store_true", help="the password on the first line of stdin"
    )
    ledger.set_defaults(run=_export)
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"{text}: .xlsx, .csv 或者 .json · .xlsx, .csv or .json")
    return path


def _export(args: argparse.Namespace) -> int:
    from engine.sheets.ledger import write_ledger

    given = {"from": args.since, "to": args.until, "department": args.department}
    query = {name: [value] for name, value in given.items() if value is not None}
    with house_of(args) as house, tempfile.TemporaryDirectory(dir=args.file.parent) as folder:
        made = Path(folder) / f"ledger{args.file.suffix}"
        done = write_ledger(house, reader_of(args, house), query, made, _progress)
        made.chmod(0o600)
        os.replace(made, args.file)
    told({"file": str(args.file), **done}, as_json=args.json)
    return DONE


def reader_of(args: argparse.Namespace, house: House) -> Principal:
    """The person whose rights hold; whoever holds the database and names nobody sees every finding."""
    from engine.sheets.ledger import WHOLE

    if args.login is None:
        return WHOLE
    return proven(house, args.login, password_from_stdin())


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} / {of}", end="\n" if done == of else "", file=sys.stderr, flush=True)
