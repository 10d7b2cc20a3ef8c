"""`bihuan user`: accounts are added, get a password, are disabled, are listed."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import administered, house_of, password_from_stdin
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("user", help="accounts")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="a new account")
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, nargs="+", action="extend", metavar="ROLE")
    add.add_argument("--department", required=True, metavar="CODE")
    add.add_argument("--unit", metavar="CODE")
    add.add_argument("--password-stdin", action="store_true", required=True)
    add.set_defaults(run=_add)
    passwd = acts.add_parser("passwd", help="a new password; open sessions end")
    passwd.add_argument("login", metavar="LOGIN")
    passwd.add_argument("--password-stdin", action="store_true", required=True)
    passwd.set_defaults(run=_passwd)
    disable = acts.add_parser("disable", help="out at once, and never in again")
    disable.add_argument("login", metavar="LOGIN")
    disable.set_defaults(run=_disable)
    acts.add_parser("list", help="every account").set_defaults(run=_list)
    return parser


def _add(args: argparse.Namespace) -> int:
    from engine.accounts import hash_password

    detail = {
        "login": args.login,
        "name": args.name,
        "roles": list(dict.fromkeys(args.role)),
        "department": args.department,
        "unit": args.unit,
        "password_hash": hash_password(password_from_stdin()),
    }
    command = f"user add {args.login} --name {args.name} --role {' '.join(args.role)} --department {args.department}"
    with house_of(args) as house:
        return administered(house, "user.add", detail, command, as_json=args.json)


def _passwd(args: argparse.Namespace) -> int:
    from engine.accounts import hash_password

    detail = {"login": args.login, "password_hash": hash_password(password_from_stdin())}
    with house_of(args) as house:
        return administered(house, "user.passwd", detail, f"user passwd {args.login}", as_json=args.json)


def _disable(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        return administered(
            house, "user.disable", {"login": args.login}, f"user disable {args.login}", as_json=args.json
        )


def _list(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        users = house.accounts.users()
    lines = [
        f"{one['login']}\t{one['name']}\t{one['department']}\t{' '.join(one['roles'])}"
        + ("\t已停用 · disabled" if one["disabled"] else "")
        for one in users
    ]
    told({"users": users}, as_json=args.json, words="\n".join(lines))
    return DONE
