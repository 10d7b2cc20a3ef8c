"""`bihuan user`: accounts are added, changed, disabled, get a password, are listed; and whose they are is said."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from api.command_line.opening import administered, house_of, password_from_stdin
from api.command_line.telling import DONE, told
from engine.core.two_persons import mixed

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
    add.add_argument("--person", metavar="LOGIN", help="the same natural person as that account")
    add.add_argument("--certificate", metavar="NO", help="the certificate for enforcement, one person's own")
    add.add_argument("--password-stdin", action="store_true", required=True)
    add.set_defaults(run=_add)
    _add_changes(acts)
    passwd = acts.add_parser("passwd", help="a new password; open sessions end")
    passwd.add_argument("login", metavar="LOGIN")
    passwd.add_argument("--password-stdin", action="store_true", required=True)
    passwd.set_defaults(run=_passwd)
    reset = acts.add_parser("reset-second-factor", help="the telephone is lost; open sessions end")
    reset.add_argument("login", metavar="LOGIN")
    reset.set_defaults(run=_reset)
    disable = acts.add_parser("disable", help="out at once, and never in again")
    disable.add_argument("login", metavar="LOGIN")
    disable.set_defaults(run=_disable)
    acts.add_parser("list", help="every account").set_defaults(run=_list)
    return parser


def _add_changes(acts: Any) -> None:
    change = acts.add_parser("change", help="other roles, department, unit, name, or whose it is")
    change.add_argument("login", metavar="LOGIN")
    change.add_argument("--name")
    change.add_argument(
        "--role", nargs="+", action="extend", metavar="ROLE", help="all that it holds from now on"
    )
    change.add_argument("--department", metavar="CODE")
    change.add_argument("--unit", metavar="CODE", help="an empty one for none")
    change.add_argument(
        "--person", metavar="LOGIN", help="of that account's natural person; its own login: of nobody else"
    )
    change.set_defaults(run=_change)
    same = acts.add_parser("same-person", help="two accounts are, and were, of one natural person")
    same.add_argument("login", metavar="A")
    same.add_argument("other", metavar="B")
    same.set_defaults(run=_same_person)


def _add(args: argparse.Namespace) -> int:
    password = password_from_stdin()
    detail = {
        "login": args.login,
        "name": args.name,
        "roles": list(dict.fromkeys(args.role)),
        "department": args.department,
        "unit": args.unit,
        "person": args.person,
        "certificate_no": args.certificate,
    }
    command = f"user add {args.login} --name {args.name} --role {' '.join(args.role)} --department {args.department}"
    with house_of(args) as house:
        detail["password_hash"] = _hashed(house, password, args.login, args.name)
        return administered(house, "user.add", detail, command, as_json=args.json)


def _change(args: argparse.Namespace) -> int:
    from engine.user_acts import change_of

    given = {"name": args.name, "department": args.department, "person": args.person}
    wanted: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if args.role is not None:
        wanted["roles"] = list(dict.fromkeys(args.role))
    if args.unit is not None:
        wanted["unit"] = args.unit or None
    with house_of(args) as house:
        detail = change_of(house, args.login, wanted)
        return administered(house, "user.change", detail, f"user change {args.login}", as_json=args.json)


def _same_person(args: argparse.Namespace) -> int:
    detail, command = (
        {"login": args.login, "other": args.other},
        f"user same-person {args.login} {args.other}",
    )
    with house_of(args) as house:
        return administered(house, "user.same_person", detail, command, as_json=args.json)


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

    hashed, faults = Administration(house).given_password(login, name, password)
    for fault in faults:
        print(f"口令较弱：{fault.zh} · a weak password: {fault.en}", file=sys.stderr)
    return hashed


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
    told({"users": users}, as_json=args.json, words="\n".join(_line(one) for one in users))
    return DONE


def _line(one: dict[str, Any]) -> str:
    said = [one["login"], one["name"], one["department"], " ".join(one["roles"])]
    if one["disabled"]:
        said.append("已停用 · disabled")
    if one["person"]:
        said.append(f"同一人 · same person: {one['person']}")
    if mixed(frozenset(one["roles"])):
        said.append("管理员混岗 · an administrator with another role")
    return "\t".join(said)
