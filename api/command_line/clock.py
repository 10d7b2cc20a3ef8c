"""`bihuan clock`: what time the house has, and a person's word that a leap of it is right."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, REFUSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("clock", help="show the time of the house")
    parser.set_defaults(run=_show)
    acts = parser.add_subparsers(metavar="ACT")
    accept = acts.add_parser("accept", help="the time that is shown now is right: go on from it")
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
    from engine.administration import Administration, system_user
    from engine.core.refusals import FieldError, Refusal

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        if args.login and password:
            who = proven(house, args.login, password)
            accepted = house.time_guard.accept(who, who.login)
        elif Administration(house).acts_directly():
            accepted = house.time_guard.accept(None, f"os:{system_user()}")
        else:
            missing = FieldError(
                "/as", "missing", "请写明 --as 和 --password-stdin", "give --as and --password-stdin"
            )
            raise Refusal("facts_invalid", errors=[missing])
        told(
            {
                "expected": accepted.expected.isoformat(timespec="seconds"),
                "accepted": accepted.shown.isoformat(timespec="seconds"),
            },
            as_json=args.json,
        )
    return DONE
