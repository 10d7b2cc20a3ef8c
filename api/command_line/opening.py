"""How commands find their house: settings from options and environment, opened and closed around the command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.telling import DONE, PROPOSED, told
from engine.core.refusals import FieldError, Refusal
from engine.settings import Settings

if TYPE_CHECKING:
    from engine.core.commands import Principal
    from engine.house import House

ACTING: ContextVar[Principal | None] = ContextVar("acting", default=None)
"""Who has proven to the command who they are."""


def settings_of(args: argparse.Namespace, **more: Any) -> Settings:
    """The settings that hold for this command."""
    return Settings.from_environment(
        data_dir=Path(args.data) if args.data else None,
        test_clock=Path(args.test_clock).absolute() if args.test_clock else None,
        **more,
    )


@contextmanager
def house_of(args: argparse.Namespace) -> Iterator[House]:
    """The house that the command works in."""
    from engine.opening import opened

    with opened(settings_of(args)) as house:
        ACTING.set(None)
        try:
            yield house
        except Refusal as refusal:
            _note(house, args, refusal)
            raise


def _note(house: House, args: argparse.Namespace, refusal: Refusal) -> None:
    """What a person was refused who has proven who they are is on record."""
    from engine.refused import Attempt

    who = ACTING.get()
    if who is not None:
        words = " ".join(str(word) for word in (args.command, getattr(args, "act", None)) if word)
        house.desk.attempts.keep(who, Attempt("command", "", words), refusal)


def password_from_stdin() -> str:
    """The password on the first line of stdin; raises `facts_invalid` when there is none."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise Refusal("facts_invalid", errors=[FieldError("/password", "missing")])
    return password


def point_out(said: Iterable[str]) -> None:
    """What should be looked at stands on standard error."""
    for one in said:
        print(f"注意 · note: {one}", file=sys.stderr)


def proven(house: House, login: str, password: str) -> Principal:
    """The person of that login and password; where the account has a second factor, the next line of stdin is its code."""
    code = sys.stdin.readline().strip() if house.accounts.prover.asks_code(login) else ""
    who = house.accounts.verify(login, password, code)
    ACTING.set(who)
    return who


def administered(
    house: House,
    act: str,
    detail: dict[str, Any],
    command: str,
    *,
    as_json: bool,
    who: Principal | None = None,
    afterwards: Callable[[], Mapping[str, Any]] = dict,
) -> int:
    """The administrative act is done, or proposed and waiting; the exit code says which.

    `who` is None where the account of the operating system stands for the person; `afterwards` is carried out, and
    told with the result, when the act is done.
    """
    from engine.administration import Administration

    asked = Administration(house).ask(act, detail, command=command, who=who)
    point_out(asked.pointed_out)
    if asked.done:
        told({**asked.result, **afterwards()}, as_json=as_json)
        return DONE
    told(
        {"proposal": asked.proposal},
        as_json=as_json,
        words=f"已提出，待第二名管理员确认 · proposed, a second administrator must confirm: {asked.proposal}",
    )
    return PROPOSED
