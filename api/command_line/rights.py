"""`bihuan rights`: who may do what, action by action, as the gates of routes and pages know it; opens no database."""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import Any

from api.command_line.telling import DONE, told

HEAD = """# Who may do what

Made by `./dev bihuan rights`; what stands in no line nobody may do. *Reach*: `own` is the caller's own; `seen` are records of
the departments that the person sees (their own; supervisor and oversight all; the three administrators none); `chart` is that
as far as a row of the charts is for one of the person's roles; `list` are criminal referrals on whose list the person is;
`office` is what the office has one of. Whatever lies beyond is answered like what never was.

| action | who calls | roles | reach | others are answered | routes and pages |
|---|---|---|---|---|---|
"""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("rights", help="who may do what")
    parser.set_defaults(run=_show)
    return parser


def _show(args: argparse.Namespace) -> int:
    rows = policies()
    told(rows, as_json=args.json, words=page(rows).rstrip("\n"))
    return DONE


def policies() -> list[dict[str, Any]]:
    """Every policy as `action, caller, roles, reach, others, routes`; `roles` null stands for everybody who is known."""
    from api.rights import ROUTES
    from engine.core.policies import POLICIES
    from web.rights import PAGES

    routes = defaultdict[str, list[str]](list)
    for name, action in {**ROUTES, **PAGES}.items():
        routes[action].append(name)
    return [
        {
            "action": one.action,
            "caller": one.caller.value,
            "roles": None if one.roles is None else sorted(one.roles),
            "reach": one.reach.value,
            "others": None if one.roles is None else "not_found" if one.hidden else "not_yours",
            "routes": routes[one.action],
        }
        for one in POLICIES.values()
    ]


def page(rows: list[dict[str, Any]]) -> str:
    """The policies as docs/rights.md."""
    lines = [
        f"| `{row['action']}` | {row['caller']} | {', '.join(row['roles'] or ['every one'])} | {row['reach']} "
        f"| {row['others'] or '—'} | {'<br>'.join(f'`{name}`' for name in row['routes'])} |\n"
        for row in rows
    ]
    return HEAD + "".join(lines)
