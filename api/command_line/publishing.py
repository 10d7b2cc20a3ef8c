"""`bihuan rules publish | approve | withdraw | editions | copy`: how the rulebook of a house is changed."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.backtesting import progress_told
from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, PROPOSED, REFUSED, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.core.commands import Principal
    from engine.house import House
    from rules.proof.review import Review


def add_publishing(acts: Any) -> None:
    """The acts stand among those of `bihuan rules`."""
    publish = acts.add_parser(
        "publish", help="propose a draft: reviewed, proven, back-tested, to be approved"
    )
    publish.add_argument("--with", dest="draft", required=True, type=Path, metavar="DIR", help="the draft")
    publish.add_argument(
        "--from",
        dest="since",
        required=True,
        type=_day,
        metavar="DATE",
        help="the day from which it stands, today or later",
    )
    _by_person(publish, _publish)
    approve = acts.add_parser("approve", help="approve an edition that somebody else proposed")
    approve.add_argument("edition", metavar="EDITION")
    _by_person(approve, _approve)
    withdraw = acts.add_parser("withdraw", help="take back an edition that is not in force yet")
    withdraw.add_argument("edition", metavar="EDITION")
    withdraw.add_argument("--reason", required=True, metavar="TEXT")
    _by_person(withdraw, _withdraw)
    listed = acts.add_parser("editions", help="the editions of this house, latest first")
    listed.set_defaults(run=_editions)
    copy = acts.add_parser("copy", help="copy the rulebook in force into a new folder, to make a draft of it")
    copy.add_argument("folder", type=Path, metavar="DIR")
    copy.set_defaults(run=_copy)


def _by_person(parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int]) -> None:
    """Editions are acts of persons: no account of the operating system stands for one."""
    parser.add_argument("--as", dest="login", required=True, metavar="LOGIN")
    parser.add_argument("--password-stdin", action="store_true", required=True)
    parser.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a date, YYYY-MM-DD") from None


def _publish(args: argparse.Namespace) -> int:
    """3 when the edition waits for an approval, 1 and what speaks against it when the draft does not pass."""
    password = password_from_stdin()
    with house_of(args) as house:
        who = proven(house, args.login, password)
        proposed = house.editions.propose(args.draft, args.since, who, told=step_told, progress=progress_told)
    answer = {**proposed.review.as_data(), "edition": proposed.edition}
    told(answer, as_json=args.json, words="\n".join(_lines(proposed.review, proposed.edition)))
    return REFUSED if proposed.edition is None else PROPOSED


def _lines(review: Review, edition: str | None) -> list[str]:
    return [
        f"draft: {review.draft.version} {review.draft.digest}",
        *(f"{one['zh']} · {one['en']}" for one in review.notice),
        *(f"fault: {one}" for one in review.faults),
        f"已提出，待另一人批准 · proposed, another person must approve: {edition}"
        if edition
        else "未提出 · nothing was proposed",
    ]


def _approve(args: argparse.Namespace) -> int:
    return _act(args, lambda house, who: house.editions.approve(args.edition, who))


def _withdraw(args: argparse.Namespace) -> int:
    return _act(args, lambda house, who: house.editions.withdraw(args.edition, args.reason, who))


def _act(args: argparse.Namespace, act: Callable[[House, Principal], None]) -> int:
    """The act of a person on one edition, which is told as it is afterwards."""
    password = password_from_stdin()
    with house_of(args) as house:
        act(house, proven(house, args.login, password))
        told(house.reader.editions.every(args.edition)[0], as_json=args.json)
    return DONE


def _editions(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        listed = house.reader.editions.every()
        version = house.rulebook.version
    lines = [
        f"{one['state']}\t{one['version']}\t{one['in_force_from']}\t{one['proposed_by']}\t"
        f"{one['approved_by'] or '-'}\t{one['id']}"
        for one in listed
    ]
    words = "\n".join((f"现行 in force: {version}", *lines))
    told({"in_force": version, "editions": listed}, as_json=args.json, words=words)
    return DONE


def _copy(args: argparse.Namespace) -> int:
    from rules.edition import copy_rulebook

    with house_of(args) as house:
        book = house.rulebook
        try:
            copy_rulebook(book.root, args.folder)
        except FileExistsError:
            print(f"{args.folder} 已经存在 · is there already", file=sys.stderr)
            return REFUSED
    told({"version": book.version, "digest": book.digest, "folder": str(args.folder)}, as_json=args.json)
    return DONE


def step_told(name: str) -> None:
    """Which check begins, on stderr."""
    print(f"… {name}", file=sys.stderr)
