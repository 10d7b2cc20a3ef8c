"""`bihuan explain`: a finding's state, its clocks, what is open, and what is shut and why."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, told
from engine.core.commands import Principal
from engine.core.decide import NO_SUCH_STEP
from engine.core.refusals import Refusal

if TYPE_CHECKING:
    from engine.house import House

BY_NOBODY = frozenset({"clock", "linked_system"})
SHOWN = (
    "id",
    "ledger_no",
    "state",
    "marks",
    "light",
    "department",
    "owner_role",
    "version",
    "sequence",
    "routes",
)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "explain", help="why a finding stands where it stands"
    )
    parser.add_argument("finding", metavar="FINDING", help="its id or ledger number")
    parser.set_defaults(run=_explain)
    return parser


def _explain(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        explained = explanation(house, args.finding)
    told(explained, as_json=args.json, words=_spoken(explained))
    return DONE


def anybody_in(house: House) -> Principal:
    """Somebody of every role and on no list: what they may be shown, whoever works at the machine may know."""
    return Principal("explain", "explain", frozenset(house.charts.dictionary["roles"]) - BY_NOBODY)


def explanation(house: House, named: str) -> dict[str, Any]:
    """What may happen to a finding at all, whoever does it; raises `not_found`."""
    anybody = anybody_in(house)
    finding = house.reader.finding(anybody, id_of(house, anybody, named))
    steps = finding["steps"]
    return {
        **{name: finding[name] for name in SHOWN},
        "proceedings": finding["proceedings"],
        "deadlines": finding["deadlines"],
        "open": [_without_form(step) for step in steps if step["open"]],
        "shut": [_without_form(step) for step in steps if not step["open"] and not _elsewhere(step)],
    }


def _without_form(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "form"}


def _elsewhere(step: dict[str, Any]) -> bool:
    """True for triggers that belong to other states altogether."""
    return [reason["code"] for reason in step["reasons"]] == [NO_SUCH_STEP[0]]


def id_of(house: House, anybody: Principal, named: str) -> str:
    """The id of the finding with that id or ledger number."""
    asked, matching, onward = {"q": [named[:200]]}, list[str](), ""
    while not matching and onward is not None:
        page = house.reader.findings(anybody, asked | ({"cursor": [onward]} if onward else {}))
        matching, onward = [one["id"] for one in page["items"] if one["ledger_no"] == named], page["next"]
    try:
        return matching[0] if matching else str(house.reader.finding(anybody, named)["id"])
    except Refusal:
        raise Refusal("not_found") from None


def _spoken(explained: dict[str, Any]) -> str:
    lines = [
        f"{explained['ledger_no'] or explained['id']}  {explained['state']}  {explained['light'] or '-'}"
    ]
    for one in explained["deadlines"]:
        lines.append(
            f"  {one['term']} {one['title']}  {one['due_effective']}  {one['state']}  {one['light'] or '-'}"
        )
    for step in explained["open"]:
        lines.append(f"  ✓ {step['trigger']} {step['title']}  {' '.join(step.get('roles', []))}")
    for step in explained["shut"]:
        why = "；".join(reason["zh"] for reason in step["reasons"])
        lines.append(f"  ✗ {step['trigger']} {step['title']}：{why}")
    return "\n".join(lines)
