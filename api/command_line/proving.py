"""Commands that take everything along: who runs one says who they are and proves it, where the office asks for that."""

from __future__ import annotations

import argparse
import getpass
import sys

from api.command_line.opening import house_of, password_from_stdin, proven, settings_of
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.core.two_persons import SYSTEM

MISSING = (
    "由系统管理员本人办理：写明 --as，并输入密码（启用验证码的，另输入验证码）",
    "done by a system administrator in person: give --as, and the password (with the code where there is one)",
)


def add_person(parser: argparse.ArgumentParser, *, stdin: str | None = "--password-stdin") -> None:
    """`--as`, and the option under which the password is read from stdin and not from the terminal."""
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="the system administrator who does this")
    if stdin is not None:
        parser.add_argument(
            stdin, dest="proof_stdin", action="store_true", help="the password on the first line of stdin"
        )


def person(args: argparse.Namespace, *, always: bool = False) -> Principal | None:
    """The system administrator who proved to be there; None where nobody is named and nobody has to be.

    Somebody has to where the office names the command (`identity.proven_commands`) or `always`, unless there is no account
    yet or time is not real. Raises `facts_invalid`, `authentication_required` or `not_yours`.
    """
    from engine.administration import Administration
    from engine.keeping.place import stands
    from engine.lawbook_of_the_house import RULES
    from engine.second_person import check_role
    from rules.offices import load_office

    asked = load_office(RULES / "offices" / "yuanping.yaml").proving.proven_commands
    if args.login is None and not always and args.command not in asked:
        return None
    if not stands(settings_of(args).database_url):
        return None  # there is nobody yet; to open it would make it
    with house_of(args) as house:
        if args.login is None:
            if not Administration(house).acts_directly():
                raise Refusal("facts_invalid", errors=[FieldError("/as", "missing", *MISSING)])
            return None
        who = proven(house, args.login, _password(args))
        check_role(who, {SYSTEM})
        return who


def _password(args: argparse.Namespace) -> str:
    if args.proof_stdin or not _at_a_terminal():
        return password_from_stdin()
    return getpass.getpass("密码 · password: ")


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()
