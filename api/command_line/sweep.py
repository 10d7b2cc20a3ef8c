"""`bihuan sweep`: the bell is rung now."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, told

LIMIT = 500


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("sweep", help="ring the bell now")
    parser.add_argument(
        "--limit", type=_positive, default=LIMIT, metavar="N", help="at most so many due things"
    )
    parser.set_defaults(run=_sweep)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _sweep(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        swept = house.sweep.run(args.limit)
        house.ladder_bell.ring()
        told(swept.answer(), as_json=args.json)
    return DONE
