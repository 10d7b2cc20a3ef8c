"""`bihuan audit`: audit chains are followed from first entry to head, and editions held against their signatures."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, REFUSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("audit", help="the audit chains")
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("verify", help="every chain holds, or the first place where it breaks").set_defaults(
        run=_verify
    )
    hands = "where one natural person did what takes two, as their accounts are known now; nothing is changed"
    acts.add_parser("hands", help=hands).set_defaults(run=_hands)
    return parser


def _hands(args: argparse.Namespace) -> int:
    from engine.hands import audit_hands

    with house_of(args) as house:
        audited = audit_hands(house.database, house.charts, house.office.office_id)
    lines = [
        f"{one['record']} {one['sequence']} {one['trigger']} {one['by']}: {one['zh']} · {one['en']}"
        for one in audited["found"]
    ]
    lines += [f"{login}: 管理员混岗 · an administrator with another role" for login in audited["mixed"]]
    told(audited, as_json=args.json, words="\n".join([*lines, f"found: {len(lines)}"]))
    return REFUSED if lines else DONE


def _verify(args: argparse.Namespace) -> int:
    from engine.auditing import verify, verify_editions

    with house_of(args) as house:
        audited = verify(house.database)
        audited.faults += verify_editions(house.in_force.shelf)
    told(audited.answer(), as_json=args.json)
    return REFUSED if audited.faults else DONE
