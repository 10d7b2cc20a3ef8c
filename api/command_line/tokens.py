"""`bihuan token`: bearer tokens are issued, each shown once, are listed and revoked."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time
from typing import Any

from api.command_line.opening import administered, house_of, password_from_stdin, proven
from api.command_line.telling import DONE, told
from engine.core.calendar import SHANGHAI
from engine.core.refusals import FieldError, Refusal

LAST_SECOND = time(23, 59, 59)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    from engine.identity.scopes import NAMES

    parser: argparse.ArgumentParser = commands.add_parser("token", help="bearer tokens")
    acts = parser.add_subparsers(dest="act", required=True)
    issue = acts.add_parser("issue", help="a new token with the rights of its account; shown this once")
    issue.add_argument("login", metavar="LOGIN")
    issue.add_argument("--expires", required=True, metavar="DATE|INSTANT", help="a date counts to its end")
    issue.add_argument(
        "--scope", choices=NAMES, action="append", help="repeatable; finer ones restrict further"
    )
    issue.set_defaults(run=_issue)
    listed = acts.add_parser("list", help="every token, never the token itself")
    listed.add_argument("--login", metavar="LOGIN")
    listed.set_defaults(run=_list)
    revoke = acts.add_parser("revoke", help="a token opens nothing any more")
    revoke.add_argument("id", metavar="ID")
    revoke.add_argument(
        "--as", dest="login", metavar="LOGIN", help="its bearer or a security administrator, at once"
    )
    revoke.add_argument("--password-stdin", action="store_true")
    revoke.set_defaults(run=_revoke)
    return parser


def _issue(args: argparse.Namespace) -> int:
    expires, scopes = moment(args.expires).isoformat(), list(dict.fromkeys(args.scope or ["write"]))
    command = f"token issue {args.login} --expires {args.expires} --scope {' '.join(scopes)}"
    detail = {"login": args.login, "scope": scopes, "expires": expires}
    with house_of(args) as house:
        return administered(house, "token.issue", detail, command, as_json=args.json)


def _list(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        tokens = house.accounts.tokens.listed(args.login)
    shown = [{name: _shown(value) for name, value in one.items()} for one in tokens]
    lines = [
        f"{one['id']}\t{one['login']}\t{' '.join(one['scope'])}\t{one['expires']}\t{one['last_used_on'] or '—'}"
        + ("\t已撤销 · revoked" if one["revoked"] else "")
        for one in shown
    ]
    told({"tokens": shown}, as_json=args.json, words="\n".join(lines))
    return DONE


def _revoke(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        if args.login is None:
            command = f"token revoke {args.id}"
            return administered(house, "token.revoke", {"id": args.id}, command, as_json=args.json)
        house.accounts.tokens.revoke(args.id, proven(house, args.login, password_from_stdin()))
        told({"id": args.id}, as_json=args.json)
    return DONE


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


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
