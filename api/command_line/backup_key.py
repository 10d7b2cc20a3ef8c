"""`bihuan backup-key`: a key for backups, to be kept away from the machine that makes them."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from api.command_line.backup import write_key
from api.command_line.opening import password_from_stdin
from api.command_line.telling import DONE, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("backup-key", help="make a key for backups")
    parser.add_argument("file", type=Path, metavar="FILE", help="where the private key is written")
    parser.add_argument(
        "--passphrase-stdin", action="store_true", help="the file opens by the passphrase on stdin only"
    )
    parser.set_defaults(run=_make)
    return parser


def _make(args: argparse.Namespace) -> int:
    from engine.keeping.box import locked, new_key

    private, public = new_key()
    if args.passphrase_stdin:
        content = locked(private + "\n", password_from_stdin())
        handle = os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    else:
        write_key(args.file, private, public)
    told({"file": str(args.file), "public_key": public}, as_json=args.json)
    return DONE
