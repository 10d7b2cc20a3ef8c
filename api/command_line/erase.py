"""`bihuan erase`: what a closed case says is erased, proposed by one person and decided by the principal head."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.holds import done_in_the_archive, person_of, signing_in
from api.command_line.opening import house_of
from api.command_line.telling import DONE, PROPOSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; each act has its `run`."""
    parser: argparse.ArgumentParser = commands.add_parser("erase", help="lawful erasure of a closed case")
    acts = parser.add_subparsers(dest="act", required=True)
    propose = acts.add_parser("propose", help="proposes it (exit 3); the principal head decides")
    propose.add_argument("--basis", required=True, metavar="TEXT", help="the law, in words of your own")
    propose.add_argument(
        "--paper", action="append", metavar="DIGEST", help="a paper whose bytes go too; all unless named"
    )
    propose.set_defaults(run=_propose)
    decide = acts.add_parser("decide", help="the principal head decides; it is carried out at once")
    outcome = decide.add_mutually_exclusive_group(required=True)
    for name, value in (("carry-out", "carried_out"), ("refuse", "refused"), ("withdraw", "withdrawn")):
        outcome.add_argument(f"--{name}", dest="outcome", action="store_const", const=value)
    decide.set_defaults(run=_decide)
    listed = acts.add_parser("list", help="what was proposed and erased, and what keeps the finding")
    listed.set_defaults(run=_list)
    for one in (propose, decide, listed):
        one.add_argument("finding", metavar="FINDING")
        signing_in(one)
    decide.add_argument("erasure", metavar="ERASURE")
    for one in (propose, decide):
        one.add_argument("--reason", required=True, metavar="TEXT")
    return parser


def _propose(args: argparse.Namespace) -> int:
    body = {"basis": args.basis, "reason": args.reason}
    if args.paper:
        body["papers"] = args.paper
    with house_of(args) as house:
        id = done_in_the_archive(house, person_of(house, args), args.finding, "erase", None, body)
    told(
        {"proposal": id},
        as_json=args.json,
        words=f"已提请，待正职负责人决定 · proposed, the principal head must decide: {id}",
    )
    return PROPOSED


def _decide(args: argparse.Namespace) -> int:
    body = {"outcome": args.outcome, "reason": args.reason}
    with house_of(args) as house:
        who = person_of(house, args)
        id = done_in_the_archive(house, who, args.finding, "decide", args.erasure, body)
        shown = house.archive.reader.erasure(who, args.finding, id)
    told(shown, as_json=args.json)
    return DONE


def _list(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        shown = house.archive.reader.erasures(person_of(house, args), args.finding)
    lines = [f"{one['id']}\t{one['state']}\t{one['basis']}" for one in shown["items"]]
    lines += [f"{one['zh']} · {one['en']}" for one in shown["kept"]]
    told({"erasures": shown["items"], "kept": shown["kept"]}, as_json=args.json, words="\n".join(lines))
    return DONE
