"""`bihuan personal`: what the ledger holds about one person, for whoever has to tell them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "personal", help="what the ledger holds about one person"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where the report is written, as JSON")
    parser.add_argument(
        "--as", dest="login", required=True, metavar="LOGIN", help="a head, or a security administrator"
    )
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        required=True,
        help="the password on the first line of stdin, the code on the next where there is one; then a name a line",
    )
    parser.set_defaults(run=_report)
    return parser


def _report(args: argparse.Namespace) -> int:
    from engine.keeping.personal import personal_report

    password = password_from_stdin()
    if args.file.exists():
        raise FileExistsError(f"{args.file}")
    with house_of(args) as house:
        who = proven(house, args.login, password)
        report = personal_report(house, who, sys.stdin.read().splitlines())
    handle = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
    told({"file": str(args.file), "places": len(report["places"])}, as_json=args.json)
    return DONE
