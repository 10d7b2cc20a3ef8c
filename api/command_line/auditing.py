"""`bihuan audit`: the record is held against its signatures, checkpoints are signed, proofs are made and checked."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from api.command_line.opening import administered, house_of, password_from_stdin, proven
from api.command_line.telling import DONE, PROPOSED, REFUSED, told


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("audit", help="the audit chains and their log")
    acts = parser.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify", help="every chain holds, or the first place where it breaks")
    verify.add_argument("--checkpoint", metavar="FILE", help="a checkpoint that was kept elsewhere")
    verify.set_defaults(run=_verify)
    sign = acts.add_parser("checkpoint", help="sign the log as it is now, to be printed or time-stamped")
    sign.add_argument("file", nargs="?", metavar="FILE")
    sign.set_defaults(run=_checkpoint)
    proof = acts.add_parser("proof", help="everything of a finding that anybody needs to check it")
    proof.add_argument("finding", metavar="FINDING")
    proof.add_argument("file", metavar="FILE.zip")
    proof.add_argument("--since", metavar="FILE", help="an older checkpoint, to be shown to be the beginning")
    _signing_in(proof)
    proof.set_defaults(run=_proof)
    accept = acts.add_parser("accept", help="the database is accepted although it is not what was signed")
    accept.add_argument("--withdraw", action="store_true", help="take back the first signature, one's own")
    _signing_in(accept)
    accept.set_defaults(run=_accept)
    keys = acts.add_parser("key", help="the keys that sign the log").add_subparsers(
        dest="keys", required=True
    )
    keys.add_parser("show", help="one after the other, the one that signs now last").set_defaults(run=_keys)
    rotate = keys.add_parser("rotate", help="propose a new key, to which the present one hands over")
    _signing_in(rotate)
    rotate.set_defaults(run=_rotate)
    hands = "where one natural person did what takes two, as their accounts are known now; nothing is changed"
    acts.add_parser("hands", help=hands).set_defaults(run=_hands)
    return parser


def _signing_in(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="login", metavar="LOGIN")
    parser.add_argument("--password-stdin", action="store_true")


def _hands(args: argparse.Namespace) -> int:
    from engine.hands import audit_hands

    with house_of(args) as house:
        audited = audit_hands(house.database, house.charts, house.office.office_id)
    lines = [
        f"{one['record']} {one['sequence']} {one['trigger']} {one['by']}: {one['zh']} · {one['en']}"
        for one in audited["found"]
    ]
    lines += [f"{login}: 管理员混岗 · an administrator with another role" for login in audited["mixed"]]
    told(audited, as_json=args.json, words="\n".join([*lines, f"found: {len(lines)}"]))
    return REFUSED if lines else DONE


def _verify(args: argparse.Namespace) -> int:
    from engine.auditing import verify_editions
    from engine.witness.verifying import verify_all

    given = _read(args.checkpoint) if args.checkpoint else None
    with house_of(args) as house:
        audited, seen, checkpoints = verify_all(house.witness, given)
        audited.faults += verify_editions(house.in_force.shelf)
    log = {
        "leaves": seen.size,
        "root": seen.root.hex(),
        "checkpoints": checkpoints,
        "unsequenced": seen.unsequenced,
        "compared_from": None if seen.taken_at is None else seen.taken_at.isoformat(),
    }
    told({**audited.answer(), "log": log}, as_json=args.json)
    return REFUSED if audited.faults or audited.unopened else DONE


def _checkpoint(args: argparse.Namespace) -> int:
    with house_of(args) as house:
        note = house.witness.checkpoint()
    if args.file:
        Path(args.file).write_text(note, encoding="utf-8")
    told({"checkpoint": note}, as_json=args.json, words=note.rstrip("\n"))
    return DONE


def _proof(args: argparse.Namespace) -> int:
    from engine.witness.proof import Prover

    password = password_from_stdin() if args.login and args.password_stdin else None
    since = _read(args.since) if args.since else None
    with house_of(args) as house:
        who = proven(house, args.login, password or "") if args.login else None
        packed, summary = Prover(house).pack(args.finding, who, since)
    Path(args.file).write_bytes(packed)
    told({**summary, "file": args.file}, as_json=args.json)
    return DONE


def _accept(args: argparse.Namespace) -> int:
    from engine.administration import Administration, system_user
    from engine.core.refusals import FieldError, Refusal
    from engine.witness.first_signature import taken_back

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        if args.login and password:
            who = proven(house, args.login, password)
            if args.withdraw:
                told(taken_back(house.witness, who), as_json=args.json)
                return DONE
            result = house.witness.accept(who, who.login)
        elif Administration(house).without_accounts():
            result = house.witness.accept(None, f"os:{system_user()}")
        else:
            missing = FieldError(
                "/as", "missing", "请写明 --as 和 --password-stdin", "give --as and --password-stdin"
            )
            raise Refusal("facts_invalid", errors=[missing])
    told(result, as_json=args.json)
    return DONE if result["accepted"] else PROPOSED


def _keys(args: argparse.Namespace) -> int:
    from engine.core.refusals import Refusal
    from engine.core.signed_note import NoteFault
    from engine.witness.words import NO_KEY_YET

    with house_of(args) as house:
        try:
            chain = house.witness.signer.keys()
        except NoteFault as fault:
            raise Refusal("not_ready", detail=NO_KEY_YET) from fault
    counts = [one.size for one in chain.hand_overs]
    shown = [
        {"key": key.told(), "up_to": size} for key, size in zip(chain.keys, [*counts, None], strict=True)
    ]
    words = [f"{one['key']}  {'' if one['up_to'] is None else one['up_to']}".rstrip() for one in shown]
    told({"keys": shown}, as_json=args.json, words="\n".join(words))
    return DONE


def _rotate(args: argparse.Namespace) -> int:
    from engine.witness.hand_overs import ROTATE, asked_now

    password = password_from_stdin() if args.login and args.password_stdin else None
    with house_of(args) as house:
        who = proven(house, args.login, password) if password else None
        detail = asked_now(house)
        return administered(house, ROTATE, detail, "audit key rotate", as_json=args.json, who=who)


def _read(name: str) -> str:
    from engine.core.signed_note import NOTE_BYTES_MAX

    with open(name, "rb") as file:
        return file.read(NOTE_BYTES_MAX + 1).decode(errors="replace")
