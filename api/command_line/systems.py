"""`bihuan system`: linked systems are added, changed, suspended, listed, tried, and get new keys."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.opening import administered, house_of
from api.command_line.telling import DONE, REFUSED, told
from engine.core.refusals import FieldError, Refusal

OVERLAP_HOURS = 24
ENCRYPTION_KEY_SAID = (
    "a public JWK (P-256 or X25519) or bhek_…: its criminal queue, or what is carried, is sealed to it"
)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("system", help="linked systems")
    acts = parser.add_subparsers(dest="act", required=True)
    _add_options(acts.add_parser("add", help="link a system; its key is shown this once"))
    _change_options(acts.add_parser("change", help="other kinds, another address, or fetching instead"))
    acts.add_parser("list", help="every linked system").set_defaults(run=_list)
    rotate = acts.add_parser("rotate-key", help="a new key; the old one counts a while longer")
    rotate.add_argument("--public-key", metavar="KEY", help="their new public key, with another key of ours")
    sealed = acts.add_parser(
        "encryption-key", help="the key that its criminal queue, or what is carried, is sealed to"
    )
    for name, run, help in (
        ("disable", _disable, "neither called nor heard nor written to, until it is enabled"),
        ("enable", _enable, "called and heard again; what waited is brought"),
        ("ping", _ping, "try whether the system answers"),
    ):
        acts.add_parser(name, help=help).set_defaults(run=run)
    for one in (rotate, sealed, *(acts.choices[name] for name in ("disable", "enable", "ping"))):
        one.add_argument("id", metavar="ID")
    sealed.add_argument("key", metavar="FILE|KEY", help=ENCRYPTION_KEY_SAID)
    for one, run in ((rotate, _rotate), (sealed, _seal)):
        one.add_argument("--overlap", type=int, default=OVERLAP_HOURS, metavar="HOURS")
        one.set_defaults(run=run)
    allow = acts.add_parser("allow", help="the only hosts and networks that the system may be called at")
    allow.add_argument("id", metavar="ID")
    listed = allow.add_mutually_exclusive_group(required=True)
    listed.add_argument("--only", nargs="+", metavar="HOST|NETWORK")
    listed.add_argument("--any", action="store_true", help="no such list any more")
    allow.set_defaults(run=_allow)
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
    add.add_argument("--encryption-key", metavar="FILE|KEY", help=ENCRYPTION_KEY_SAID)
    add.add_argument("--allow-private", action="store_true", help="the address may lie in a private network")
    add.set_defaults(run=_add)


def _change_options(change: argparse.ArgumentParser) -> None:
    change.add_argument("id", metavar="ID")
    change.add_argument(
        "--kind", nargs="+", action="extend", metavar="KIND", help="all that it takes from now on"
    )
    way = change.add_mutually_exclusive_group()
    way.add_argument("--url", help="where messages are brought")
    way.add_argument("--pull", action="store_true", help="the system fetches its messages")
    change.add_argument(
        "--allow-private",
        action=argparse.BooleanOptionalAction,
        help="the address may lie in a private network",
    )
    change.set_defaults(run=_change)


def _add(args: argparse.Namespace) -> int:
    detail = {
        "id": args.id,
        "department": args.department,
        "kinds": list(dict.fromkeys(args.kind)),
        "scheme": args.scheme,
        "url": args.url,
        "allow_private": args.allow_private,
        "public_key": args.public_key,
        "encryption_key": _jwk(args.encryption_key) if args.encryption_key else None,
        "carrier": args.carrier or None,
    }
    way = f"--url {args.url}" if args.url else "--carrier" if args.carrier else "--pull"
    command = f"system add {args.id} --kind {' '.join(args.kind)} {way} --{args.scheme} --department {args.department}"
    with house_of(args) as house:
        return administered(house, "system.add", detail, command, as_json=args.json)


def _change(args: argparse.Namespace) -> int:
    from engine.system_acts import change_of

    wanted: dict[str, Any] = {}
    if args.kind:
        wanted["kinds"] = list(dict.fromkeys(args.kind))
    if args.url or args.pull:
        wanted["url"] = args.url
    if args.allow_private is not None:
        wanted["allow_private"] = args.allow_private
    with house_of(args) as house:
        detail = change_of(house.systems, args.id, wanted)
        return administered(house, "system.change", detail, f"system change {args.id}", as_json=args.json)


def _rotate(args: argparse.Namespace) -> int:
    detail = {"id": args.id, "overlap_hours": max(0, args.overlap), "public_key": args.public_key}
    with house_of(args) as house:
        return administered(
            house, "system.rotate_key", detail, f"system rotate-key {args.id}", as_json=args.json
        )


def _seal(args: argparse.Namespace) -> int:
    detail = {"id": args.id, "overlap_hours": max(0, args.overlap), "jwk": _jwk(args.key)}
    with house_of(args) as house:
        return administered(
            house, "system.encryption_key", detail, f"system encryption-key {args.id}", as_json=args.json
        )


def _jwk(given: str) -> dict[str, str]:
    """The public key that is written there or stands in the file; what is refused is never passed on."""
    from engine.system_checks import encryption_key_from

    if given.lstrip().startswith(("{", "bhek_", "bhdk_")):
        return encryption_key_from(given)
    try:
        return encryption_key_from(Path(given).read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as fault:
        words = ("读不到这个文件", "this file cannot be read")
        raise Refusal("facts_invalid", errors=[FieldError("/encryption_key", "missing", *words)]) from fault


def _disable(args: argparse.Namespace) -> int:
    return _switched(args, "disable")


def _enable(args: argparse.Namespace) -> int:
    return _switched(args, "enable")


def _switched(args: argparse.Namespace, how: str) -> int:
    with house_of(args) as house:
        return administered(
            house, f"system.{how}", {"id": args.id}, f"system {how} {args.id}", as_json=args.json
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
        f"{one['id']}\t{one['department']}\t{_way(one)}\t{one['state']}\t{one['waiting']}\t{one['circuit']}"
        for one in systems
    ]
    told({"systems": systems}, as_json=args.json, words="\n".join(lines))
    return DONE


def _way(system: dict[str, Any]) -> str:
    """How the system is reached."""
    return "carrier" if system["carrier"] else "pull" if system["pull"] else str(system["url"])


def _ping(args: argparse.Namespace) -> int:
    from engine.administration import system_user

    with house_of(args) as house:
        answered = house.systems.ping(args.id, f"os:{system_user()}")
    told(answered, as_json=args.json)
    return REFUSED if answered["reachable"] is False else DONE
