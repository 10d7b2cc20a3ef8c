"""`bihuan rules`: facts are ruled upon, the rulebook's examples are tried, and drafts are tried on stored findings.

Only the last opens a database.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.backtesting import add_backtest
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
    acts.add_parser("test", help="every example of every rule, before both evaluators").set_defaults(
        run=_test
    )
    add_backtest(acts)
    return parser


def _decide(args: argparse.Namespace) -> int:
    from api.trial_ruling import ruled
    from rules.arbiter import Arbiter
    from rules.rulebook import load_rulebook

    try:
        said = parsed(args.facts.read_bytes())
    except Malformed as fault:
        raise Refusal("body_malformed", detail=str(fault)) from fault
    facts = said["facts"] if isinstance(said, dict) and "facts" in said else said
    book = load_rulebook()
    arbiter = Arbiter(book, book.facts, book.office)
    try:
        ruling = ruled(arbiter, {"facts": facts, "on": args.on})
    finally:
        arbiter.close()
    told(ruling, as_json=args.json)
    return DONE


def _test(args: argparse.Namespace) -> int:
    from rules.arbiter import Arbiter
    from rules.examination import examine
    from rules.rulebook import load_rulebook

    book = load_rulebook()
    arbiter = Arbiter(book, book.facts, book.office)
    try:
        faults = examine(arbiter)
    finally:
        arbiter.close()
    told({"rules": len(book.rules), "faults": faults}, as_json=args.json)
    return REFUSED if faults else DONE
