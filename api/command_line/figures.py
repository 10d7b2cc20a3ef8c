"""`bihuan figures`: the counts that are kept beside the records are held against them."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, REFUSED, told
from engine.kept_figures import differing_figures, recount_figures


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("figures", help="are the kept counts right?")
    parser.add_argument("--recount", action="store_true", help="count them anew from the records")
    parser.set_defaults(run=_figures)
    return parser


def _figures(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        differing = differing_figures(house)
        if args.recount:
            recount_figures(house)
    told({"differing": differing, "recounted": bool(args.recount)}, as_json=args.json)
    return DONE if args.recount or not differing else REFUSED
