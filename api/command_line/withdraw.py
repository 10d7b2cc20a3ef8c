"""`bihuan withdraw`: whoever proposed something takes it back before another one confirms it."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "withdraw", help="take back a proposal of one's own"
    )
    parser.add_argument("proposal", metavar="PROPOSAL")
    parser.add_argument(
        "--as", dest="login", metavar="LOGIN", help="who proposed it; else this system account"
    )
    parser.add_argument("--password-stdin", action="store_true")
    parser.set_defaults(run=_withdraw)
    return parser


def _withdraw(args: argparse.Namespace) -> int:
    from engine.administration import Administration

    password = password_from_stdin() if args.login and args.password_stdin else ""
    with house_of(args) as house:
        who = proven(house, args.login, password) if args.login else None
        result = Administration(house).withdraw(args.proposal, who)
    told(dict(result), as_json=args.json)
    return DONE
