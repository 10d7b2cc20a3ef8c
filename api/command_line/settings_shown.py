"""`bihuan settings`: what is in force, and what the database says of itself."""

from __future__ import annotations

import argparse
from typing import Any

from api.command_line.opening import house_of
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("settings", help="the settings in force")
    parser.set_defaults(run=_show)
    return parser


def _show(args: argparse.Namespace) -> int:
    from engine.marks import marks_of

    with house_of(args) as house:
        marks = marks_of(house)
        shown = house.settings.shown() | {
            "office": house.office.office_id,
            "rulebook": house.rulebook.version,
            "ran_on_test_clock": "test_clock" in marks,
            "demo": "demo" in marks,
            "sandbox": house.sandbox,
            "log": house.witness.signer.origin,
            "signs_log": house.witness.signer.may_sign(),
            "second_wall": house.database.walled(),
            "ledger_doubted": house.witness.doubted,
        }
    told(shown, as_json=args.json)
    return DONE
