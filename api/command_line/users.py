"""`bihuan user`: accounts are added, get a password, are disabled, are listed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from api.command_line.opening import administered, house_of, password_from_stdin
from api.command_line.telling import DONE, told
from engine.core.refusals import Refusal

if TYPE_CHECKING:
    from engine.house import House


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
    roles = acts.add_parser("roles", help="other roles; open sessions end")
    roles.add_argument("login", metavar="LOGIN")
    roles.add_argument("--role", required=True, nargs="+", action="extend", metavar="ROLE")
    roles.set_defaults(run=_roles)
    reset = acts.add_parser("reset-second-factor", help="the telephone is lost; open sessions end")
    reset.add_argument("login", metavar="LOGIN")
    reset.set_defaults(run=_reset)
    disable = acts.add_parser("disable", help="out at once, and never in again")
    disable.add_argument("login", metavar="LOGIN")
    disable.set_defaults(run=_disable)
    acts.add_parser("list", help="every account").set_defaults(run=_list)
    return parser


def _add(args: argparse.Namespace) -> int:
    password = password_from_stdin()
    detail = {
        "login": args.login,
        "name": args.name,
        "roles": list(dict.fromkeys(args.role)),
        "department": args.department,
        "unit": args.unit,
    }
    command = f"user add {args.login} --name {args.name} --role {' '.join(args.role)} --department {args.department}"
    with house_of(args) as house:
        detail["password_hash"] = _hashed(house, password, args.login, args.name)
        return administered(house, "user.add", detail, command, as_json=args.json)


def _passwd(args: argparse.Namespace) -> int:
    password = password_from_stdin()
    with house_of(args) as house:
        known = house.accounts.directory([args.login]).get(args.login.casefold(), {})
        hashed = _hashed(house, password, args.login, known.get("name", ""))
        detail = {"login": args.login, "password_hash": hashed}
        return administered(house, "user.passwd", detail, f"user passwd {args.login}", as_json=args.json)


def _hashed(house: House, password: str, login: str, name: str) -> str:
    """The hash to be stored; a password that nobody might choose is refused, and where acts are done at once warned of."""
    from engine.administration import Administration
    from engine.identity.password_rules import faults_of
    from engine.identity.passwords import hash_password

    faults = [replace(fault, pointer="/password") for fault in faults_of(password, login, name, house.office)]
    if faults and not Administration(house).acts_directly():
        raise Refusal("facts_invalid", errors=faults)
    for fault in faults:
        print(f"口令较弱：{fault.zh} · a weak password: {fault.en}", file=sys.stderr)
    return hash_password(password)


def _roles(args: argparse.Namespace) -> int:
    detail = {"login": args.login, "roles": list(dict.fromkeys(args.role))}
    command = f"user roles {args.login} --role {' '.join(detail['roles'])}"
    with house_of(args) as house:
        return administered(house, "user.roles", detail, command, as_json=args.json)


def _reset(args: argparse.Namespace) -> int:
    detail, command = {"login": args.login}, f"user reset-second-factor {args.login}"
    with house_of(args) as house:
        return administered(house, "user.reset_second_factor", detail, command, as_json=args.json)


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
