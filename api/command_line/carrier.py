"""`bihuan carrier`: bundles for departments without a network; `key`, `open` and `answer` are for their side."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.command_line.opening import house_of, password_from_stdin, proven, settings_of
from api.command_line.telling import DONE, REFUSED, told

if TYPE_CHECKING:
    from engine.carrier.reading import Keyring, Opened
    from engine.core.commands import Principal
    from engine.house import House

PRIVATE_MODE = 0o600
FILE_BYTES_MAX = 300 * 1024 * 1024


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "carrier", help="bundles for departments without a network"
    )
    acts = parser.add_subparsers(dest="act", required=True)
    _add_house_side(acts)
    _add_other_side(acts)
    return parser


def _add_house_side(acts: Any) -> None:
    pack = acts.add_parser("pack", help="pack what waits for a system, or make a copy of what is on its way")
    pack.add_argument("system", metavar="SYSTEM")
    pack.add_argument("file", type=Path, metavar="FILE")
    pack.add_argument("--queue", choices=("ordinary", "criminal"), default="ordinary")
    pack.add_argument("--referral", metavar="ID", help="of which criminal referral, where there are several")
    pack.add_argument("--number", type=int, metavar="N", help="a copy of the bundle of that number")
    _as_person(pack)
    pack.set_defaults(run=_pack)
    take = acts.add_parser("take", help="take in a file that came back")
    take.add_argument("file", type=Path, metavar="FILE")
    _as_person(take)
    take.set_defaults(run=_take)


def _as_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="who does it")
    parser.add_argument(
        "--password-stdin", action="store_true", required=True, help="the password on the first line of stdin"
    )


def _add_other_side(acts: Any) -> None:
    key = acts.add_parser("key", help="make the key that bundles are sealed to; its public half is told")
    key.add_argument("file", type=Path, metavar="FILE", help="where the private half is written")
    key.set_defaults(run=_key)
    open_ = acts.add_parser("open", help="check a bundle and list it, or lay it out in a folder")
    _of_bundle(open_)
    open_.add_argument("--to", type=Path, metavar="DIR", help="an empty folder for what is in it")
    open_.set_defaults(run=_open)
    answer = acts.add_parser("answer", help="make the file that goes back")
    _of_bundle(answer)
    answer.add_argument("out", type=Path, metavar="OUT", help="such as RECEIPTS.bhr")
    answer.add_argument("--receipt", type=Path, action="append", default=[], metavar="JSON")
    answer.add_argument("--document", type=Path, action="append", default=[], metavar="FILE")
    answer.add_argument("--sign-for", metavar="NAME", help="sign for every message of the bundle")
    answer.add_argument("--at", type=datetime.fromisoformat, metavar="INSTANT", help="when; now if left out")
    answer.set_defaults(run=_answer)


def _of_bundle(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--key", type=Path, required=True, metavar="KEYS", help="a file with one key on each line"
    )
    parser.add_argument("--passphrase-stdin", action="store_true")


def _person(house: House, login: str) -> Principal:
    """Who signs in with the command: what is carried is always somebody's act."""
    return proven(house, login, password_from_stdin())


def _pack(args: argparse.Namespace) -> int:
    from engine.carrier.packing import Asked

    if args.file.exists():  # told before anything is on its way
        raise FileExistsError(f"{args.file}")
    with house_of(args) as house:
        who = _person(house, args.login)
        asked = Asked(args.system, args.queue, args.referral, args.number)
        packed = house.exchange.carrier.packer.pack(who, asked)
        _write(args.file, packed.content)
    answer = {
        "file": str(args.file),
        "bundle": packed.bundle,
        "number": packed.number,
        "copy": packed.copy,
        "messages": packed.messages,
        "bytes": len(packed.content),
        "passphrase": packed.passphrase,
    }
    told({name: value for name, value in answer.items() if value is not None}, as_json=args.json)
    return DONE


def _take(args: argparse.Namespace) -> int:
    raw = _read(args.file)
    with house_of(args) as house:
        taken = house.exchange.carrier.taker.take(_person(house, args.login), raw)
    receipts = [
        {
            "id": one.id,
            "kind": one.kind,
            "code": one.code,
            **({"waiting_for": one.waiting_for} if one.waiting_for else {}),
            **({"errors": [error.answer() for error in one.refusal.errors]} if one.refusal else {}),
        }
        for one in taken.receipts
    ]
    answer = {"number": taken.number, "system": taken.system, "again": taken.again, "papers": taken.papers}
    refusals = [one.code for one in taken.papers_refused]
    told({**answer, "papers_refused": refusals, "receipts": receipts}, as_json=args.json)
    return REFUSED if refusals or any(one.refusal for one in taken.receipts) else DONE


def _key(args: argparse.Namespace) -> int:
    from engine.carrier.envelope import new_keys

    private, public = new_keys()
    _write(args.file, f"{private}\n".encode())
    told({"file": str(args.file), "encryption_key": public}, as_json=args.json)
    return DONE


def _open(args: argparse.Namespace) -> int:
    from engine.carrier.carried_checkpoint import FILE
    from engine.carrier.reading import extract

    def act() -> int:
        bundle, _ = _bundle(args)
        if args.to:
            extract(bundle, args.to)
            if bundle.checkpoint is not None:
                (args.to / FILE).write_text(bundle.checkpoint, encoding="utf-8")
        said = bundle.manifest.model_dump(by_alias=True)
        shown = said | {"checkpoint": bundle.checkpoint}
        told(shown, as_json=args.json, words="\n".join(_lines(said)))
        return DONE

    return _reading(args, act)


def _answer(args: argparse.Namespace) -> int:
    from engine.carrier.answering import Document, answered, signed_for
    from engine.clock import Clock

    def act() -> int:
        bundle, keys = _bundle(args)
        now = Clock(settings_of(args).test_clock).now()
        at = args.at or now
        receipts = [_read(one) for one in args.receipt]
        if args.sign_for:
            receipts = [*signed_for(bundle, args.sign_for, at.astimezone()), *receipts]
        documents = [Document(one.name, _read(one)) for one in args.document]
        _write(args.out, answered(bundle, keys, receipts, documents, now))
        told({"file": str(args.out), "receipts": len(receipts)}, as_json=args.json)
        return DONE

    return _reading(args, act)


def _bundle(args: argparse.Namespace) -> tuple[Opened, Keyring]:
    from engine.carrier.reading import Keyring, opened

    keys = Keyring.read(args.key.read_text(encoding="utf-8"))
    passphrase = sys.stdin.readline().strip() if args.passphrase_stdin else None
    return opened(_read(args.file), keys, passphrase), keys


def _reading(args: argparse.Namespace, act: Any) -> int:
    """What the act answers; a file that cannot be believed is told in one line, and nothing of it is shown."""
    from engine.carrier.reading import BundleFault
    from engine.core.refusals import FieldError, Refusal

    try:
        return int(act())
    except BundleFault as fault:
        words = (f"不能打开，或者内容已被改动：{fault}", f"cannot be opened, or was changed: {fault}")
        raise Refusal("facts_invalid", errors=[FieldError("/file", "format", *words)]) from fault


def _lines(said: dict[str, Any]) -> list[str]:
    copy = f" 副本 copy {said['copy']}" if said["copy"] else ""
    head = f"{said['office_name']} → {said['recipient']}  第{said['number']}号 no. {said['number']}{copy}  {said['packed_at']}"
    lines = [head]
    for one in said["messages"]:
        codes = "  ".join(f"{kind} {code}" for kind, code in one["codes"].items())
        lines.append(
            f"{one['sequence']}\t{one['title']}\t{one['doc_no'] or one['subject']}\t{one['id']}\t{codes}"
        )
        for paper in one["papers"]:
            place = paper["member"] or "未附 not enclosed"
            lines.append(f"  {paper['name']}\t{place}")
    return lines


def _read(file: Path) -> bytes:
    """The bytes of the file, which is not larger than anything that is packed."""
    if file.stat().st_size > FILE_BYTES_MAX:
        raise OSError(f"{file}: larger than {FILE_BYTES_MAX} bytes")
    return file.read_bytes()


def _write(file: Path, content: bytes) -> None:
    """The file holds the bytes and only its owner reads it; one that is there already is not replaced."""
    opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(opened, "wb") as out:
        out.write(content)
