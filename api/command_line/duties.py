"""`bihuan duties`: the reports that member departments owe, what was handed in, and what is missing."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, told

if TYPE_CHECKING:
    from engine.house import House

SHOWN = {
    "due": "待报 · due",
    "late": "缺报 · missing",
    "done": "已报 · handed in",
    "done_late": "迟报 · handed in late",
}


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("duties", help="reports that departments owe")
    parser.add_argument("--year", metavar="Y", help="the year in which they are due; this one unless given")
    parser.add_argument("--department", metavar="D", help="one member department instead of all")
    parser.set_defaults(run=_duties)
    return parser


def _duties(args: argparse.Namespace) -> int:
    given = {"year": args.year, "department": args.department}
    query = {name: [value] for name, value in given.items() if value is not None}
    with house_of(args) as house:
        listed = house.duty_reader.whole(query)
        lines = [_line(house, one) for one in listed["items"]]
    told(listed, as_json=args.json, words="\n".join(lines))
    return DONE


def _line(house: House, item: Mapping[str, Any]) -> str:
    """One duty on one line: due day, department, report, and how it stands."""
    handed_in = item["handed_in"]
    state = "done_late" if handed_in and handed_in["late"] else item["state"]
    said = [
        item["due_on"],
        house.office.departments[item["department"]].short,
        f"{item['zh']} {item['period']}",
        SHOWN[state],
    ]
    return "\t".join([*said, handed_in["title"]] if handed_in else said)
