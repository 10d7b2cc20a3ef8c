"""`bihuan exchange`: messages that do not arrive, and the exchange described for those who connect to it."""

from __future__ import annotations

import argparse
import json
from typing import Any

from api.command_line.exchanging import add_acts
from api.command_line.telling import DONE


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "exchange", help="messages, and the exchange for integrators"
    )
    acts = parser.add_subparsers(dest="act", required=True)
    describe = acts.add_parser("describe", help="messages and receipts with their schemas and examples")
    describe.add_argument("--asyncapi", action="store_true", required=True, help="as AsyncAPI 3, in JSON")
    describe.set_defaults(run=_describe)
    add_acts(acts)
    return parser


def _describe(args: argparse.Namespace) -> int:
    from api.asyncapi import description

    told = description(VERSION)
    print(json.dumps(told, ensure_ascii=False, indent=None if args.json else 2))
    return DONE


VERSION = "1.0.0"
"""That of the contract, as in the OpenAPI document."""
