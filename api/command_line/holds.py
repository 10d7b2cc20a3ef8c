"""`bihuan hold`: a legal hold is put on a finding or its party, and released by two persons."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, PROPOSED, told

if TYPE_CHECKING:
    from engine.core.commands import Principal
    from engine.house import House


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; each act has its `run`."""
    parser: argparse.ArgumentParser = commands.add_parser("hold", help="legal holds on a finding")
    acts = parser.add_subparsers(dest="act", required=True)
    put = acts.add_parser("put", help="nothing of the finding is erased while it stands")
    put.add_argument("finding", metavar="FINDING")
    put.add_argument("--party", action="store_true", help="hold everything of its party")
    put.set_defaults(run=_put)
    release = acts.add_parser("release", help="the first proposes it (exit 3), another person carries it out")
    release.add_argument("finding", metavar="FINDING")
    release.add_argument("hold", metavar="HOLD")
    release.add_argument("--keep", action="store_true", help="a proposed release is refused: the hold stays")
    release.set_defaults(run=_release)
    listed = acts.add_parser("list", help="the holds on a finding and its party")
    listed.add_argument("finding", metavar="FINDING")
    listed.set_defaults(run=_holds)
    for one in (put, release):
        one.add_argument("--reason", required=True, metavar="TEXT")
    for one in (put, release, listed):
        signing_in(one)
    return parser


def signing_in(parser: argparse.ArgumentParser) -> None:
    """The command is done by a person, who is known by a password."""
    parser.add_argument("--as", dest="login", required=True, metavar="LOGIN")
    parser.add_argument("--password-stdin", action="store_true", required=True)


def person_of(house: House, args: argparse.Namespace) -> Principal:
    """Who asks, proven by the password on standard input."""
    return proven(house, args.login, password_from_stdin())


def done_in_the_archive(
    house: House, who: Principal, finding: str, act: str, of: str | None, body: Mapping[str, Any]
) -> str:
    """The id of the hold or erasure, after the act; raises Refusal."""
    from api.archive import archive_command, archive_path
    from api.calls import digest_of
    from engine.core.commands import Command

    asked = archive_command(finding, act, of)(dict(body))
    digest = digest_of("POST", archive_path(asked), dict(body))
    return house.archive.handle(Command(who, f"cli-{uuid4()}", digest, asked)).id


def _put(args: argparse.Namespace) -> int:
    body = {"on": "party" if args.party else "finding", "reason": args.reason}
    with house_of(args) as house:
        who = person_of(house, args)
        id = done_in_the_archive(house, who, args.finding, "hold", None, body)
        told(house.archive.reader.hold(who, args.finding, id), as_json=args.json)
    return DONE


def _release(args: argparse.Namespace) -> int:
    body = {"outcome": "keep" if args.keep else "release", "reason": args.reason}
    with house_of(args) as house:
        who = person_of(house, args)
        id = done_in_the_archive(house, who, args.finding, "release", args.hold, body)
        shown = house.archive.reader.hold(who, args.finding, id)
    told(shown, as_json=args.json)
    return PROPOSED if shown["state"] == "release_proposed" else DONE


def _holds(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        shown = house.archive.reader.holds(person_of(house, args), args.finding)
    lines = [f"{one['id']}\t{one['state']}\t{one['on']}\t{one['reason'] or ''}" for one in shown["items"]]
    told({"holds": shown["items"]}, as_json=args.json, words="\n".join(lines))
    return DONE
