"""`bihuan check`: charts, rulebook, terms and papers are proven, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.opening import settings_of
from api.command_line.telling import DONE, REFUSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("check", help="prove charts and rulebook")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="a contract's charts.json to compare with"
    )
    parser.set_defaults(run=_check)
    return parser


def _check(args: argparse.Namespace) -> int:
    """0 when nothing is at fault; what the contract has and this house has not yet is listed, and is no fault."""
    from engine.checking import check

    checked = check(args.against, settings_of(args).templates)
    answer = checked.answer()
    lines = [f"{name}: {one}" for name, listed in answer.items() for one in listed]
    told(answer, as_json=args.json, words="\n".join([*lines, f"faults: {len(checked.faults)}"]))
    return REFUSED if checked.faults else DONE
