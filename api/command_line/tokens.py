"""`bihuan token`: bearer tokens are issued; each is shown once."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from typing import Any

from api.command_line.opening import administered, house_of
from engine.core.calendar import SHANGHAI
from engine.core.refusals import FieldError, Refusal

LAST_SECOND = time(23, 59, 59)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("token", help="bearer tokens")
    acts = parser.add_subparsers(dest="act", required=True)
    issue = acts.add_parser("issue", help="a new token with the rights of its account; shown this once")
    issue.add_argument("login", metavar="LOGIN")
    issue.add_argument("--expires", required=True, metavar="DATE|INSTANT", help="a date counts to its end")
    issue.add_argument("--scope", choices=("read", "write"), default="write")
    issue.set_defaults(run=_issue)
    return parser


def _issue(args: argparse.Namespace) -> int:
    expires = moment(args.expires).isoformat()
    detail = {"login": args.login, "scope": args.scope, "expires": expires}
    command = f"token issue {args.login} --expires {args.expires} --scope {args.scope}"
    with house_of(args) as house:
        return administered(house, "token.issue", detail, command, as_json=args.json)


def moment(text: str) -> datetime:
    """The instant named, or the last second of the date named; raises `facts_invalid`."""
    try:
        if len(text) == len("2024-01-01"):
            return datetime.combine(date.fromisoformat(text), LAST_SECOND, SHANGHAI)
        read = datetime.fromisoformat(text)
        if read.tzinfo is not None:
            return read.astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        pass
    words = ("应为日期，或者带时区的时间", "a date, or an instant with offset")
    raise Refusal("facts_invalid", errors=[FieldError("/expires", "format", *words)])
