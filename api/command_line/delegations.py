"""`bihuan delegation`: who stands in for whom during leave is entered by administrators, ended, listed."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import administered, house_of
from api.command_line.telling import DONE, told
from engine.core.delegation_form import REASONS


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("delegation", help="delegation during leave")
    acts = parser.add_subparsers(dest="act", required=True)
    add = acts.add_parser("add", help="lends the roles of an account that is away")
    add.add_argument("login", metavar="LOGIN", help="the colleague who is away")
    add.add_argument("--delegate", required=True, metavar="LOGIN", help="who stands in")
    add.add_argument("--from", required=True, dest="first_on", metavar="DATE")
    add.add_argument("--to", required=True, dest="last_on", metavar="DATE", help="the last day, included")
    add.add_argument("--reason", choices=REASONS, default=REASONS[0])
    add.add_argument("--note", metavar="TEXT")
    add.add_argument(
        "--role", nargs="+", action="extend", metavar="ROLE", help="all that may be lent unless named"
    )
    add.set_defaults(run=_add)
    end = acts.add_parser("end", help="ends one before its last day")
    end.add_argument("id", metavar="ID")
    end.set_defaults(run=_end)
    listed = acts.add_parser("list", help="the latest first")
    listed.add_argument("--state", choices=("coming", "running", "past", "ended"))
    listed.set_defaults(run=_list)
    return parser


def _add(args: argparse.Namespace) -> int:
    from engine.administration import system_user

    detail = {
        "delegator": args.login,
        "delegate": args.delegate,
        "from": args.first_on,
        "to": args.last_on,
        "reason": args.reason,
        "note": args.note,
        "roles": args.role,
        "by": f"os:{system_user()}",
    }
    command = (
        f"delegation add {args.login} --delegate {args.delegate} --from {args.first_on} --to {args.last_on}"
    )
    with house_of(args) as house:
        return administered(house, "delegation.add", detail, command, as_json=args.json)


def _end(args: argparse.Namespace) -> int:
    from engine.administration import system_user

    detail = {"id": args.id, "by": f"os:{system_user()}"}
    with house_of(args) as house:
        return administered(house, "delegation.end", detail, f"delegation end {args.id}", as_json=args.json)


def _list(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        listed = house.delegation_reader.every(args.state)
    lines = [
        f"{one['id']}\t{one['state']}\t{one['from']}–{one['to']}\t{one['delegator']['login']} → "
        f"{one['delegate']['login']}\t{' '.join(one['roles'])}"
        for one in listed
    ]
    told({"delegations": listed}, as_json=args.json, words="\n".join(lines))
    return DONE
