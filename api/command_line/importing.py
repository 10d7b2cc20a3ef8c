"""`bihuan import`: the rows of a file become commands, and every row is told of."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, progress, told
from engine.core.commands import IMPORTER, Principal
from engine.core.refusals import FieldError, Refusal

if TYPE_CHECKING:
    from engine.house import House


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("import", help="bring in a file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--mapping", required=True, metavar="NAME|FILE", help="how its columns are read")
    parser.add_argument("--dry-run", action="store_true", help="read and check every row, write nothing")
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="whose commands they are")
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="every rejected row and warning, a JSON line each"
    )
    parser.set_defaults(run=_import)
    return parser


def _import(args: argparse.Namespace) -> int:
    from engine.importing import import_file

    with house_of(args) as house:
        report = import_file(
            house,
            args.file,
            args.mapping,
            dry_run=args.dry_run,
            who=_principal(house, args.login),
            progress=None if args.json else progress,
        )
    if args.report is not None:
        args.report.write_text("".join(f"{line}\n" for line in report.lines()), encoding="utf-8")
    elif not args.json:
        for line in report.lines():
            print(line, file=sys.stderr)
    told(report.answer(), as_json=args.json)
    return DONE


def _principal(house: House, login: str | None) -> Principal:
    """The built-in importer, or the account named; raises `facts_invalid` when there is none."""
    if login is None:
        return IMPORTER
    who = house.accounts.named(login)
    if who is None:
        words = ("没有这个账号，或者已停用", "no such account, or it is disabled")
        raise Refusal("facts_invalid", errors=[FieldError("/as", "vocabulary", *words)])
    return who
