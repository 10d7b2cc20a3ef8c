"""`bihuan confirm`: a second administrator confirms what another one proposed."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of, password_from_stdin, point_out, proven
from api.command_line.restore import add_key_options, ready_to_restore
from api.command_line.telling import DONE, progress, told
from engine.core.refusals import FieldError, Refusal

if TYPE_CHECKING:
    from engine.house import House
    from engine.keeping.restoring import Ready


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("confirm", help="confirm a proposal")
    parser.add_argument("proposal", metavar="PROPOSAL")
    parser.add_argument("--as", dest="login", required=True, metavar="LOGIN")
    parser.add_argument("--password-stdin", action="store_true", required=True)
    add_key_options(parser)
    parser.set_defaults(run=_confirm)
    return parser


def _confirm(args: argparse.Namespace) -> int:
    from engine.administration import Administration

    password = password_from_stdin()
    with ExitStack() as afterwards:
        with house_of(args) as house:
            who = proven(house, args.login, password)
            counted = partial(house.recounting.run, progress=None if args.json else progress)
            counted()  # so that what moves afterwards is moved by what is confirmed
            ready = _restored(house, args, afterwards)
            administration = Administration(house)
            said = administration.pointed_out(args.proposal)
            result = dict(administration.confirm(args.proposal, who))
            point_out(said)
            if "notice" in result:  # a notice was loaded: running deadlines are counted anew by it
                result |= counted().answer()
            now = house.clock.now()
        if ready is not None:  # the house that was asked is closed: the other one takes its place
            result = ready.swap(who.login, now)
        told(result, as_json=args.json)
    return DONE


def _restored(house: House, args: argparse.Namespace, afterwards: ExitStack) -> Ready | None:
    """The backup that the proposal is to restore, verified anew; None where it proposes something else."""
    from engine.administration import Administration
    from engine.keeping.acts import RESTORE

    waiting = [one for one in Administration(house).waiting() if one["id"] == args.proposal]
    if not waiting or waiting[0]["act"] != RESTORE:
        return None
    detail = waiting[0]["detail"]
    file, accepted = Path(detail["file"]), bool(detail["accept_faults"])
    found = ready_to_restore(house.settings, file, args, accept_faults=accepted)
    ready = afterwards.enter_context(found)
    if ready.digest != detail["digest"]:
        words = ("文件已不是提出时的那个备份", "the file is not the backup that was proposed")
        raise Refusal("facts_invalid", errors=[FieldError("/file", "inconsistent", *words)])
    return ready
