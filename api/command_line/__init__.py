"""`bihuan` on the command line: each command is a module that is loaded only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "serve": "serve the office over HTTP",
    "demo": "set up the demonstration office",
    "import": "bring in a file of inspections and findings",
    "export": "the ledger as a sheet",
    "report": "a monthly, half-year or annual report with its figures",
    "template": "write the workbook that departments fill in",
    "documents": "papers and their templates: list, change, look at",
    "check": "prove charts and rulebook",
    "explain": "why a finding stands where it stands",
    "sweep": "ring the bell now: what the clock alone may do",
    "clock": "the time of the house, and a person's word that a leap of it is right",
    "deadline": "count a deadline; opens no database",
    "duties": "reports that departments owe: what was handed in, what is missing",
    "calendar": "notices of the State Council: load, show, compare",
    "rules": "rule on facts, examine the rulebook",
    "user": "accounts",
    "delegation": "who stands in for whom during leave",
    "token": "bearer tokens",
    "system": "linked systems",
    "exchange": "messages that do not arrive, and the exchange described for integrators",
    "partner": "a simulated linked system, to try the exchange against",
    "carrier": "bundles for departments without a network",
    "confirm": "confirm what another administrator proposed",
    "withdraw": "take back what one proposed oneself",
    "audit": "verify the record, sign and prove it",
    "rights": "who may do what; opens no database",
    "backup": "seal everything into one file",
    "backup-key": "make a key for backups",
    "restore": "restore a backup",
    "retention": "how long closed records are kept",
    "hold": "legal holds: what must not be erased",
    "erase": "lawful erasure of what a closed case says",
    "personal": "what the ledger holds about one person",
    "copy": "a masked copy of the ledger to learn with",
    "settings": "the settings in force",
}
MODULES = {
    "backup-key": "backup_key",
    "calendar": "calendars",
    "import": "importing",
    "rules": "rulings",
    "user": "users",
    "delegation": "delegations",
    "token": "tokens",
    "system": "systems",
    "audit": "auditing",
    "hold": "holds",
    "check": "checking",
    "settings": "settings_shown",
}
TAKES_VALUE = ("--data", "--test-clock")
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code says how it went: 0 done, 1 refused, 2 usage, 3 proposed, 4 not reachable."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="bihuan", description="闭环 Bihuan: every finding until its loop is closed."
    )
    for option, meaning in zip(
        TAKES_VALUE, ("the folder of the data", "a file that tells the time"), strict=True
    ):
        parser.add_argument(option, metavar="FILE" if "clock" in option else "DIR", help=meaning)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = _asked(words)
    for name, meaning in COMMANDS.items():
        if name == asked:
            module = importlib.import_module(f"api.command_line.{MODULES.get(name, name)}")
            _complete(module.add_parser(commands))
        else:
            commands.add_parser(name, help=meaning)
    return _run(parser.parse_args(words))


def _asked(words: Sequence[str]) -> str | None:
    """The command among the words: the first that is neither an option nor an option's value."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in TAKES_VALUE:
            skip = True
        elif not word.startswith("-"):
            return word
    return None


def _complete(parser: argparse.ArgumentParser) -> None:
    """The options that hold for all commands may also stand behind the command."""
    for leaf in _leaves(parser):
        leaf.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="the folder of the data")
        leaf.add_argument(
            "--test-clock", metavar="FILE", default=argparse.SUPPRESS, help="a file that tells the time"
        )
        if "--json" not in leaf._option_string_actions:
            leaf.add_argument("--json", action="store_true", help="one JSON document on stdout")


def _leaves(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        return [parser]
    return [leaf for group in groups for one in group.choices.values() for leaf in _leaves(one)]


def _run(args: argparse.Namespace) -> int:
    """The command ran; what it refuses is told on stderr, or as a problem."""
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        print("已中断 · interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as fault:
        from api.command_line.telling import told_fault

        return told_fault(fault, as_json=args.json)
