"""`bihuan rules`: facts are ruled upon, the rulebook's examples are tried, and drafts are tried on stored findings.

Only back-tests, and the acts by which a draft is published, open a database.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.backtesting import add_backtest
from api.command_line.publishing import add_publishing, step_told
from api.command_line.telling import DONE, REFUSED, told
from engine.core.refusals import Refusal
from engine.core.strict_json import Malformed, parsed


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("rules", help="rule on facts, examine the rulebook")
    acts = parser.add_subparsers(dest="act", required=True)
    decide = acts.add_parser("decide", help="the ruling on the facts of a file")
    decide.add_argument(
        "--facts", required=True, type=Path, metavar="FILE", help='{"facts": {...}} or the facts'
    )
    decide.add_argument("--on", required=True, metavar="DATE", help="the day whose law counts")
    decide.set_defaults(run=_decide)
    nearest = acts.add_parser("nearest", help="the smallest changes of facts that would change the ruling")
    nearest.add_argument("--facts", required=True, type=Path, metavar="FILE", help="as for decide")
    nearest.add_argument("--on", required=True, metavar="DATE", help="the day whose law counts")
    nearest.set_defaults(run=_nearest)
    review = acts.add_parser("review", help="all that a draft must pass, and what it changes")
    review.add_argument("--with", dest="root", required=True, type=Path, metavar="DIR", help="the draft")
    review.add_argument(
        "--beside", type=Path, metavar="DIR", help="the rulebook in force; else that of the program"
    )
    review.set_defaults(run=_review)
    prove = acts.add_parser("prove", help="prove the rulebook: no gap, no contradiction, no fine for a crime")
    which = prove.add_mutually_exclusive_group()
    which.add_argument(
        "--with", dest="root", type=Path, metavar="DIR", help="a draft instead of the live rulebook"
    )
    which.add_argument(
        "--keep", action="store_true", help="prove the rulebook in force of this house, and keep the proof"
    )
    prove.set_defaults(run=_prove)
    test = acts.add_parser("test", help="every example of every rule, before both evaluators")
    test.add_argument(
        "--with", dest="root", type=Path, metavar="DIR", help="a draft instead of the live rulebook"
    )
    test.set_defaults(run=_test)
    acts.add_parser("facts", help="the facts dictionary as a page of documentation").set_defaults(
        run=_facts_told
    )
    add_backtest(acts)
    add_publishing(acts)
    return parser


def _decide(args: argparse.Namespace) -> int:
    from api.trial_ruling import ruled
    from rules.arbiter import Arbiter
    from rules.rulebook import load_rulebook

    book = load_rulebook()
    arbiter = Arbiter(book, book.facts, book.office)
    try:
        arbiter.start()
        ruling = ruled(arbiter, {"facts": _facts(args.facts), "on": args.on})
    finally:
        arbiter.close()
    told(ruling, as_json=args.json)
    return DONE


def _facts(file: Path) -> Any:
    """The facts of the file, as they are or below `facts`."""
    try:
        said = parsed(file.read_bytes())
    except Malformed as fault:
        raise Refusal("body_malformed", detail=str(fault)) from fault
    return said["facts"] if isinstance(said, dict) and "facts" in said else said


def _facts_told(args: argparse.Namespace) -> int:
    from rules.facts_table import facts_table
    from rules.rulebook import load_rulebook

    facts = load_rulebook().facts
    words = facts_table(facts).rstrip("\n")
    told({"facts": [fact.as_data() for fact in facts.by_name.values()]}, as_json=args.json, words=words)
    return DONE


def _nearest(args: argparse.Namespace) -> int:
    from api.trial_ruling import nearest
    from rules.rulebook import load_rulebook

    told(nearest(load_rulebook(), {"facts": _facts(args.facts), "on": args.on}), as_json=args.json)
    return DONE


def _prove(args: argparse.Namespace) -> int:
    """0 when every proof holds, else 1 and each fault with an example case."""
    from api.command_line.opening import house_of
    from rules.proof.faults import ProofFault
    from rules.proof.prove import prove
    from rules.rulebook import ROOT

    if args.keep:
        with house_of(args) as house:
            proof = house.editions.keep_proof(step_told)
    else:
        proof = prove(args.root or ROOT, told=step_told).as_data()
    by_hand = [
        f"{one['domain']}/{one['violation']}：{one['reason']}（{one['signed_by']}）"
        for one in proof["by_hand"]
    ]
    lines = [
        f"rulebook: {proof['version']} {proof['digest']}",
        f"rules: {proof['rules']}",
        f"regions: {proof['regions']}",
        *(f"by hand: {line}" for line in dict.fromkeys(by_hand)),
        *(f"fault: {ProofFault.of(one)}" for one in proof["faults"]),
        f"faults: {len(proof['faults'])}",
    ]
    told(proof, as_json=args.json, words="\n".join(lines))
    return REFUSED if proof["faults"] else DONE


def _review(args: argparse.Namespace) -> int:
    """0 when the draft may be published, else 1 and what speaks against it; what it changes is told either way."""
    from rules.proof.review import review
    from rules.rulebook import ROOT, load_rulebook

    found = review(args.root, load_rulebook(args.beside or ROOT), told=step_told)
    lines = [
        f"draft: {found.draft.version} {found.draft.digest}",
        *(f"{one['zh']} · {one['en']}" for one in found.notice),
        *(f"fault: {one}" for one in found.faults),
        f"publishable: {'no' if found.faults else 'yes'}",
    ]
    told(found.as_data(), as_json=args.json, words="\n".join(lines))
    return REFUSED if found.faults else DONE


def _test(args: argparse.Namespace) -> int:
    from rules.arbiter import Arbiter
    from rules.examination import examined
    from rules.rulebook import load_rulebook

    book = load_rulebook(args.root) if args.root else load_rulebook()
    arbiter = Arbiter(book, book.facts, book.office)
    try:
        arbiter.start()
        faults = examined(arbiter)
    finally:
        arbiter.close()
    told({"rules": len(book.rules), "faults": faults}, as_json=args.json)
    return REFUSED if faults else DONE
