"""`bihuan backup`: everything the house keeps, sealed into one file while the house is at work."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import settings_of
from api.command_line.proving import add_person, person
from api.command_line.telling import DONE, progress, told
from engine.core.refusals import FieldError, Refusal

if TYPE_CHECKING:
    from engine.keeping.box import Recipient

KEY_ENDING = ".key"
KEY_BESIDE = (
    "没有指定公钥：打开备份的密钥写在 {key}。把它与备份分开保管；两者在一起，谁都能读；没有它，谁也打不开。"
    "\nNo public key was named: the key that opens the backup is in {key}. Keep the two apart: with both anybody "
    "reads everything, without the key nobody opens it."
)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("backup", help="seal everything into one file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--to", action="append", default=[], metavar="KEY", help="a public key age1… that may open it"
    )
    parser.add_argument("--with-keys", action="store_true", help="the keys of the house go with it")
    add_person(parser)
    parser.set_defaults(run=_backup)
    return parser


def _backup(args: argparse.Namespace) -> int:
    from engine.keeping.backup import back_up

    settings = settings_of(args)
    if args.file.exists() and args.file.stat().st_size:
        raise FileExistsError(f"{args.file}")
    who = person(args)
    keys = args.to or list(settings.backup_to)
    recipients = [_recipient(text) for text in keys]
    beside = None if recipients else args.file.with_name(args.file.name + KEY_ENDING)
    if beside is not None:
        recipients = [_new_key(beside)]
    try:
        shown, by = None if args.json else progress, who.login if who is not None else None
        answer = back_up(settings, args.file, recipients, args.with_keys, shown, by)
    except BaseException:
        if beside is not None:  # it opens nothing
            beside.unlink()
        raise
    if beside is not None:
        answer["key"] = str(beside)
        print(KEY_BESIDE.format(key=beside), file=sys.stderr)
    told(answer, as_json=args.json)
    return DONE


def _recipient(text: str) -> Recipient:
    from engine.keeping.box import BoxFault, recipient_of

    try:
        return recipient_of(text)
    except BoxFault as fault:
        zh, _, en = str(fault).partition(" · ")
        raise Refusal("facts_invalid", errors=[FieldError("/to", "format", zh, en)]) from fault


def _new_key(path: Path) -> Recipient:
    """A key for this backup alone, in a file beside it."""
    from engine.keeping.box import new_key

    private, public = new_key()
    write_key(path, private, public)
    return _recipient(public)


def write_key(path: Path, private: str, public: str) -> None:
    """The key is in the file, which its owner alone reads; there was none of that name."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{private}\n")
        file.flush()
        os.fsync(file.fileno())
