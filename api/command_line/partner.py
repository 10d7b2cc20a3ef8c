"""`bihuan partner`: a simulated police, procuratorate, department or publicity system, to try a house against."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

from api.command_line.telling import DONE, REFUSED
from api.partner.door import Door
from api.partner.faults import IN_RECEIPTS, ON_THE_LINE, NoSuchFault, Switchboard
from api.partner.line import Line, NoKeys, keys_in, opening_in
from api.partner.partner import Partner
from api.partner.script import SCRIPTS, load_script, roles
from engine.carrier.envelope import KeyTextFault
from engine.clock import Clock
from engine.signing import KeyFault, new_private_key, public_key_of

TURN_SECONDS = 0.05
PRIVATE_MODE = 0o600


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """The command stands among the others; its `run` is set."""
    parser: argparse.ArgumentParser = commands.add_parser("partner", help="a simulated linked system")
    acts = parser.add_subparsers(dest="act", required=True)
    simulate = acts.add_parser("simulate", help="be the other side of the exchange until interrupted")
    simulate.add_argument("--as", dest="role", required=True, choices=roles(), help="whose script answers")
    simulate.add_argument("--system", required=True, metavar="ID", help="as which it is linked")
    simulate.add_argument("--house", required=True, metavar="URL", help="http://127.0.0.1:8000")
    simulate.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help="whsec_…, or whsk_… and the whpk_… of the house, and bhdk_… to open what is sealed; else stdin",
    )
    simulate.add_argument(
        "--port", type=int, default=None, help="messages are brought here; 0 takes a free one"
    )
    simulate.add_argument("--host", default="127.0.0.1", help="where it listens")
    simulate.add_argument("--pull", action="store_true", help="fetches its messages instead")
    simulate.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="how often it pulls")
    simulate.add_argument("--script", type=Path, metavar="FILE", help="answers by this file instead")
    simulate.add_argument("--at-once", action="store_true", help="leaves the delays of the script out")
    simulate.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[=VALUE][*TIMES]",
        help=", ".join((*ON_THE_LINE, *IN_RECEIPTS)),
    )
    simulate.set_defaults(run=_simulate)
    key = acts.add_parser(
        "new-key", help="an Ed25519 key: the private one into FILE, the public one is printed"
    )
    key.add_argument("file", type=Path, metavar="FILE")
    key.set_defaults(run=_new_key)
    return parser


def _new_key(args: argparse.Namespace) -> int:
    private = new_private_key()
    with open(os.open(args.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE), "w") as file:
        file.write(f"{private}\n")
    public = public_key_of(private)
    print(json.dumps({"public_key": public}) if args.json else public)
    return DONE


def _simulate(args: argparse.Namespace) -> int:
    test_clock = args.test_clock or os.environ.get("BIHUAN_TEST_CLOCK")
    clock = Clock(Path(test_clock).absolute() if test_clock else None)
    faults = Switchboard()
    try:
        text = args.secret_file.read_text() if args.secret_file else sys.stdin.read()
        line = Line.to(args.house, args.system, keys_in(text), clock, opening_in(text))
        for asked in args.fault:
            faults.switch_on(asked)
    except (NoKeys, KeyFault, KeyTextFault, NoSuchFault) as fault:
        print(f"无法开始 · cannot begin: {fault}", file=sys.stderr)
        return REFUSED
    script = load_script(args.script or SCRIPTS / f"{args.role}.yaml")
    partner = Partner(line, script, faults, time.monotonic, Telling(as_json=args.json), args.at_once)
    _work(partner, faults, args)
    return DONE


def _work(partner: Partner, faults: Switchboard, args: argparse.Namespace) -> None:
    """Messages come and receipts go, until somebody interrupts."""
    ended, door = Event(), None
    if not args.pull or args.port is not None:
        door = Door(args.host, args.port or 0, partner, faults)
        partner.say({"what": "listening", "url": f"http://{args.host}:{door.port}/hook"})
        Thread(target=door.serve_forever, args=(TURN_SECONDS,), daemon=True).start()
    if args.pull:
        partner.say({"what": "pulling", "house": args.house})
        Thread(target=_pull, args=(partner, ended, args.every), daemon=True).start()
    try:
        while True:
            partner.send_due()
            time.sleep(TURN_SECONDS)
    finally:
        ended.set()
        if door is not None:
            door.server_close()


def _pull(partner: Partner, ended: Event, every: float) -> None:
    while not ended.is_set():
        partner.pull()
        ended.wait(every)


class Telling:
    """Prints one line for each message and receipt: JSON when asked, else words; no keys and no contents of a case."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json, self._lock = as_json, Lock()

    def __call__(self, said: Mapping[str, Any]) -> None:
        """The line stands on stdout."""
        text = json.dumps(said, ensure_ascii=False) if self._as_json else _spoken(said)
        with self._lock:
            print(text, flush=True)


WORDS = {
    "listening": "监听 · listening",
    "pulling": "拉取 · pulling from",
    "message": "← 报文 · message",
    "receipt": "→ 回执 · receipt",
    "fault": "! 故障 · fault",
    "pull": "! 拉取 · pull",
    "ack": "! 确认 · ack",
}
SHOWN = ("kind", "fault", "subject", "way", "signature", "body", "status", "code", "url", "house", "value")


def _spoken(said: Mapping[str, Any]) -> str:
    parts = [str(said[name]) for name in SHOWN if said.get(name) not in (None, "")]
    if said.get("sequence"):
        parts.insert(1, f"{said['queue']} {int(said['sequence'])}")
    if said.get("repeated"):
        parts.append("重复 · repeated")
    return f"{WORDS[str(said['what'])]}  {'  '.join(parts)}"
