"""`bihuan system`: linked systems are added, listed, tried, and get new keys."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import administered, house_of
from api.command_line.telling import DONE, REFUSED, told

OVERLAP_HOURS = 24


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("system", help="linked systems")
    acts = parser.add_subparsers(dest="act", required=True)
    _add_options(acts.add_parser("add", help="link a system; its key is shown this once"))
    acts.add_parser("list", help="every linked system").set_defaults(run=_list)
    rotate = acts.add_parser("rotate-key", help="a new key; the old one counts a while longer")
    rotate.add_argument("id", metavar="ID")
    rotate.add_argument("--overlap", type=int, default=OVERLAP_HOURS, metavar="HOURS")
    rotate.set_defaults(run=_rotate)
    allow = acts.add_parser("allow", help="the only hosts and networks that the system may be called at")
    allow.add_argument("id", metavar="ID")
    listed = allow.add_mutually_exclusive_group(required=True)
    listed.add_argument("--only", nargs="+", metavar="HOST|NETWORK")
    listed.add_argument("--any", action="store_true", help="no such list any more")
    allow.set_defaults(run=_allow)
    ping = acts.add_parser("ping", help="try whether the system answers")
    ping.add_argument("id", metavar="ID")
    ping.set_defaults(run=_ping)
    return parser


def _add_options(add: argparse.ArgumentParser) -> None:
    add.add_argument("id", metavar="ID")
    add.add_argument(
        "--kind", required=True, nargs="+", action="extend", metavar="KIND", help="message kinds, or all"
    )
    add.add_argument("--department", required=True, metavar="CODE", help="whose system it is")
    way = add.add_mutually_exclusive_group(required=True)
    way.add_argument("--url", help="where messages are brought")
    way.add_argument("--pull", action="store_true", help="the system fetches its messages")
    way.add_argument("--carrier", action="store_true", help="it has no network: bundles are carried to it")
    keys = add.add_mutually_exclusive_group(required=True)
    keys.add_argument("--hmac", dest="scheme", action="store_const", const="hmac")
    keys.add_argument("--ed25519", dest="scheme", action="store_const", const="ed25519")
    add.add_argument("--public-key", metavar="KEY", help="whpk_…, with --ed25519")
    add.add_argument(
        "--carrier-key", metavar="KEY", help="bhek_…, which bundles are sealed to, with --carrier"
    )
    add.add_argument("--allow-private", action="store_true", help="the address may lie in a private network")
    add.set_defaults(run=_add)


def _add(args: argparse.Namespace) -> int:
    detail = {
        "id": args.id,
        "department": args.department,
        "kinds": list(dict.fromkeys(args.kind)),
        "scheme": args.scheme,
        "url": args.url,
        "allow_private": args.allow_private,
        "public_key": args.public_key,
        "carrier": args.carrier or None,
        "carrier_key": args.carrier_key,
    }
    way = f"--url {args.url}" if args.url else "--carrier" if args.carrier else "--pull"
    command = f"system add {args.id} --kind {' '.join(args.kind)} {way} --{args.scheme} --department {args.department}"
    with house_of(args) as house:
        return administered(house, "system.add", detail, command, as_json=args.json)


def _rotate(args: argparse.Namespace) -> int:
    detail = {"id": args.id, "overlap_hours": max(0, args.overlap)}
    with house_of(args) as house:
        return administered(
            house, "system.rotate_key", detail, f"system rotate-key {args.id}", as_json=args.json
        )


def _allow(args: argparse.Namespace) -> int:
    detail = {"id": args.id, "allowed": args.only}
    said = "--any" if args.any else f"--only {' '.join(args.only)}"
    with house_of(args) as house:
        return administered(
            house, "system.allow", detail, f"system allow {args.id} {said}", as_json=args.json
        )


def _list(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        systems = house.systems.list()
    lines = [
        f"{one['id']}\t{one['department']}\t{_way(one)}\t{one['waiting']}\t{one['circuit']}"
        for one in systems
    ]
    told({"systems": systems}, as_json=args.json, words="\n".join(lines))
    return DONE


def _way(system: dict[str, Any]) -> str:
    """How the system is reached."""
    return "carrier" if system["carrier"] else "pull" if system["pull"] else str(system["url"])


def _ping(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        answered = house.systems.ping(args.id)
    told(answered, as_json=args.json)
    return REFUSED if answered["reachable"] is False else DONE
