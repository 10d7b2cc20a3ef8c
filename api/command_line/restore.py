"""`bihuan restore`: a backup takes the place of the database, after it was verified to the last byte."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.backup import KEY_ENDING
from api.command_line.opening import password_from_stdin, settings_of
from api.command_line.proving import add_person, person
from api.command_line.telling import DONE, PROPOSED, progress, told
from engine.core.refusals import FieldError, Refusal

if TYPE_CHECKING:
    from engine.keeping.restoring import Ready
    from engine.settings import Settings

NO_KEY = (
    "没有指明打开备份的私钥：用 --key 或者 BIHUAN_BACKUP_KEY 指明",
    "no private key was named: name the one that opens the backup with --key or BIHUAN_BACKUP_KEY",
)


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("restore", help="restore a backup")
    parser.add_argument("file", type=Path, metavar="FILE")
    add_key_options(parser)
    parser.add_argument("--verify-only", action="store_true", help="verify it and change nothing")
    parser.add_argument(
        "--accept-faults", action="store_true", help="also where its audit chains or papers do not hold"
    )
    add_person(parser)
    parser.set_defaults(run=_restore)
    return parser


def add_key_options(parser: argparse.ArgumentParser) -> None:
    """How the backup is opened."""
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="the private key; BIHUAN_BACKUP_KEY or FILE.key if left out"
    )
    parser.add_argument("--passphrase-stdin", action="store_true", help="the passphrase of the key file")


def _restore(args: argparse.Namespace) -> int:
    from engine.administration import Administration, system_user
    from engine.keeping.acts import RESTORE
    from engine.opening import opened

    settings = settings_of(args)
    who = None if args.verify_only else person(args)  # the password stands before the passphrase
    with ready_to_restore(settings, args.file.absolute(), args, accept_faults=args.accept_faults) as ready:
        if args.verify_only:
            told(ready.told(), as_json=args.json)
            return DONE
        with opened(settings) as house:
            command = f"restore {args.file.name}"
            asked = Administration(house).ask(RESTORE, ready.detail(), command=command, who=who)
            now = house.clock.now()
        if asked.done:
            told(ready.swap(f"os:{system_user()}", now), as_json=args.json)
            return DONE
    words = f"已提出，待第二名管理员确认 · proposed, a second administrator must confirm: {asked.proposal}"
    told({"proposal": asked.proposal}, as_json=args.json, words=words)
    return PROPOSED


@contextmanager
def ready_to_restore(
    settings: Settings, file: Path, args: argparse.Namespace, *, accept_faults: bool
) -> Iterator[Ready]:
    """The verified backup beside the present database; raises `facts_invalid` with why it cannot be restored."""
    from engine.clock import Clock, Machine
    from engine.keeping.box import BoxFault, identities_in
    from engine.keeping.copying import CopyFault
    from engine.keeping.restoring import Wanted, prepared
    from engine.lawbook_of_the_house import RULES
    from rules.offices import load_office

    passphrase = password_from_stdin() if args.passphrase_stdin else None
    key = _key_of(args.key or settings.backup_key, file)
    now = Clock(settings.test_clock, Machine()).real_now()
    office_id = load_office(RULES / "offices" / "yuanping.yaml").office_id
    try:
        wanted = Wanted(file, identities_in(key, passphrase), accept_faults)
        with prepared(settings, office_id, wanted, now, None if args.json else progress) as ready:
            yield ready
    except (BoxFault, CopyFault) as fault:
        zh, _, en = str(fault).partition(" · ")
        raise Refusal("facts_invalid", errors=[FieldError("/file", "format", zh, en)]) from fault


def _key_of(named: Path | None, file: Path) -> Path:
    """The file with the private key; raises `facts_invalid` where none is named and none lies beside the backup."""
    if not file.exists():
        raise FileNotFoundError(f"{file}")
    key = named or file.with_name(file.name + KEY_ENDING)
    if named is None and not key.exists():
        raise Refusal("facts_invalid", errors=[FieldError("/key", "missing", *NO_KEY)])
    return key
