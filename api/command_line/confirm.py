"""`bihuan confirm`: a second administrator confirms what another one proposed."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, progress, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("confirm", help="confirm a proposal")
    parser.add_argument("proposal", metavar="PROPOSAL")
    parser.add_argument("--as", dest="login", required=True, metavar="LOGIN")
    parser.add_argument("--password-stdin", action="store_true", required=True)
    parser.set_defaults(run=_confirm)
    return parser


def _confirm(args: argparse.Namespace) -> int:
    from engine.administration import Administration

    password = password_from_stdin()
    with house_of(args) as house:
        who = proven(house, args.login, password)
        counted = partial(house.recounting.run, progress=None if args.json else progress)
        counted()  # so that what moves afterwards is moved by what is confirmed
        result = dict(Administration(house).confirm(args.proposal, who))
        if "notice" in result:  # a notice was loaded: running deadlines are counted anew by it
            result |= counted().answer()
        told(result, as_json=args.json)
    return DONE
