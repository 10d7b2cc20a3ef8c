"""`bihuan copy --masked`: a copy of the ledger to learn with, in which nothing is said of a real person."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import Any

from api.command_line.opening import password_from_stdin, settings_of
from api.command_line.proving import add_person, person
from api.command_line.telling import DONE, progress, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("copy", help="a copy of the ledger to learn with")
    parser.add_argument("folder", type=Path, metavar="DIR", help="the data folder of the copy, which is new")
    parser.add_argument(
        "--masked",
        action="store_true",
        required=True,
        help="names, numbers, addresses and texts are invented",
    )
    parser.add_argument(
        "--password-stdin",
        action="store_true",
        help="everybody's password in the copy, instead of a random one; the line after those of --as",
    )
    add_person(parser, stdin="--proof-stdin")
    parser.set_defaults(run=_copy)
    return parser


def _copy(args: argparse.Namespace) -> int:
    from engine.keeping.backup import copy_masked

    who = person(args, always=True)
    password = password_from_stdin() if args.password_stdin else secrets.token_urlsafe(12)
    shown, by = None if args.json else progress, who.login if who is not None else None
    answer = copy_masked(settings_of(args), args.folder, password, shown, by)
    told(answer | ({} if args.password_stdin else {"password": password}), as_json=args.json)
    return DONE
