"""`bihuan template`: the workbook that departments fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("template", help="the workbook of intake")
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    parser.set_defaults(run=_write)
    return parser


def _write(args: argparse.Namespace) -> int:
    from engine.sheets.template import write_intake_template
    from rules.rulebook import load_rulebook

    book = load_rulebook()
    write_intake_template(args.file, facts=book.facts, office=book.office)
    told({"file": str(args.file)}, as_json=args.json)
    return DONE
