"""`bihuan retention`: how long closed records are kept, and which are past their period; nothing is erased by it."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.holds import person_of, signing_in
from api.command_line.opening import house_of
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; each act has its `run`."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "retention", help="how long closed records are kept"
    )
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="the schedule of the office; opens no database").set_defaults(run=_show)
    past = acts.add_parser("past", help="closed findings of one's department whose period is over")
    signing_in(past)
    past.set_defaults(run=_past)
    return parser


def _show(args: argparse.Namespace) -> int:
    from engine.lawbook_of_the_house import RULES
    from rules.offices import load_office

    schedule = load_office(RULES / "offices" / "yuanping.yaml").retention
    lines = [
        f"{one.zh}\t{'待定' if one.years is None else f'{one.years} 年（内部期限）'}\t{one.basis or ''}\t{one.mark}"
        for one in schedule.values()
    ]
    told({"items": [one.answer() for one in schedule.values()]}, as_json=args.json, words="\n".join(lines))
    return DONE


def _past(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        found = house.archive.reader.past(person_of(house, args))
    lines = [f"{one['finding']}\t{one['ledger_no'] or ''}\t{one['until']}" for one in found]
    told({"findings": found}, as_json=args.json, words="\n".join(lines))
    return DONE
