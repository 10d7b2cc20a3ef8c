"""`bihuan clock`: what time the house has, and two administrators' word that a leap of it is right."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import administered, house_of, password_from_stdin, proven
from api.command_line.telling import DONE, REFUSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("clock", help="show the time of the house")
    parser.set_defaults(run=_show)
    acts = parser.add_subparsers(metavar="ACT")
    accept = acts.add_parser("accept", help="propose that the time shown now is right, to go on from it")
    accept.add_argument("--as", dest="login", metavar="LOGIN", help="a system administrator")
    accept.add_argument("--password-stdin", action="store_true")
    accept.set_defaults(run=_accept)
    return parser


def _show(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        found = house.clock.anchor.leap
        shown: dict[str, Any] = {
            "now": house.clock.now().isoformat(timespec="seconds"),
            "clock": "test" if house.clock.is_test else "real",
            "leap": None,
        }
        if found is not None:
            shown["leap"] = {
                "expected": found.expected.isoformat(timespec="seconds"),
                "shown": found.shown.isoformat(timespec="seconds"),
            }
        told(shown, as_json=args.json)
    return REFUSED if found is not None else DONE


def _accept(args: argparse.Namespace) -> int:
    from engine.administration import system_user

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        who = proven(house, args.login, password) if password else None
        detail = house.time_guard.asked(who.login if who else f"os:{system_user()}")
        return administered(house, "clock.accept", detail, "clock accept", as_json=args.json, who=who)
