"""`bihuan demo`: the demonstration office, all invented; twice changes nothing."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of, password_from_stdin
from api.command_line.telling import DONE, progress, told

if TYPE_CHECKING:
    from engine.house import House

PASSWORD_BYTES = 9


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("demo", help="set up the demonstration office")
    parser.add_argument("--password-stdin", action="store_true", help="everybody's password, one line")
    parser.add_argument("--accounts-only", action="store_true", help="people and linked systems, no findings")
    parser.set_defaults(run=_demo)
    return parser


def _demo(args: argparse.Namespace) -> int:
    from engine.demo import build

    with house_of(args) as house:
        fresh = not args.password_stdin and not _is_there(house)
        password = password_from_stdin() if args.password_stdin else secrets.token_urlsafe(PASSWORD_BYTES)
        if fresh:  # told first: whoever stops the building in the middle still knows it
            print(
                f"所有账号的口令（只显示这一次） · everybody's password, shown this once: {password}",
                file=sys.stderr,
            )
        built = build(house, password, args.accounts_only, None if args.json else progress)
    told(built, as_json=args.json)
    return DONE


def _is_there(house: House) -> bool:
    """True when the accounts have the password that was given first."""
    from engine.demo.marking import DEMO
    from engine.marks import marks_of

    return DEMO in marks_of(house)
