"""`bihuan exchange resend | paper | release`: a message is sent again, or was delivered on paper; all go out again."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import uuid4

from api.command_line.opening import house_of, password_from_stdin, proven
from api.command_line.telling import DONE, told
from engine.core.paper_form import HOW


def add_acts(acts: Any) -> None:
    """They stand among what the command does; their `run` is set."""
    again = acts.add_parser("resend", help="the same message goes out once more")
    paper = acts.add_parser("paper", help="the message was delivered on paper")
    paper.add_argument("--how", required=True, choices=HOW)
    paper.add_argument("--on", required=True, dest="delivered_on", metavar="DATE")
    paper.add_argument("--note", metavar="TEXT")
    for one in (again, paper):
        one.add_argument("id", metavar="ID")
        one.add_argument("--as", dest="login", required=True, metavar="LOGIN")
        one.add_argument("--password-stdin", action="store_true", required=True)
        one.set_defaults(run=_act)
    go = acts.add_parser("release", help="messages that wait since a restoration are brought again")
    go.add_argument("--as", dest="login", metavar="LOGIN", help="a system administrator")
    go.add_argument("--password-stdin", action="store_true")
    go.set_defaults(run=_release)


def _act(args: argparse.Namespace) -> int:
    from api.calls import an_id, digest_of
    from api.step_request import paper_command, resend_command
    from engine.core.commands import Command

    password, id = password_from_stdin(), an_id(args.id)
    body = {"how": args.how, "delivered_on": args.delivered_on} if args.act == "paper" else {}
    if body and args.note:
        body["note"] = args.note
    asked = paper_command(id)(body) if args.act == "paper" else resend_command(id)(body)
    digest = digest_of("POST", f"/api/v1/messages/{id}/{args.act}", body)
    with house_of(args) as house:
        who = proven(house, args.login, password)
        acts = house.exchange.acts
        acts.handle(Command(who, f"command-{uuid4()}", digest, asked))
        told(acts.message(who, id), as_json=args.json)
    return DONE


def _release(args: argparse.Namespace) -> int:
    from engine.administration import Administration, system_user
    from engine.core.refusals import FieldError, Refusal
    from engine.keeping.holding import release

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        if args.login and password:
            who = house.accounts.verify(args.login, password)
            released = release(house, who, who.login)
        elif Administration(house).acts_directly():
            released = release(house, None, f"os:{system_user()}")
        else:
            words = ("请写明 --as 和 --password-stdin", "give --as and --password-stdin")
            raise Refusal("facts_invalid", errors=[FieldError("/as", "missing", *words)])
        told(released, as_json=args.json)
    return DONE
