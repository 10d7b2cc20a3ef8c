"""A simulated partner: messages are taken in once and kept in order, the receipts of its script go out when due."""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from uuid_utils.compat import uuid7

from api.partner.faults import Switchboard
from api.partner.line import UNREADABLE, Line, Told
from api.partner.script import Reply, Script, blanks_of, filled, kind_of
from engine.core.envelope import SCHEMAS, event_bytes, wire_instant
from engine.signing import new_secret

TRIES_MAX = 8
WAIT_SECONDS_MAX = 60.0
STALE_SECONDS = 3_600
QUEUES = ("ordinary", "criminal")
TAKEN, FORGED = 204, 401

Say = Callable[[Mapping[str, Any]], None]


@dataclass(order=True)
class Waiting:
    """A receipt that is due at that moment of the machine's clock, in the order of the script."""

    due: float
    number: int
    reply: Reply = field(compare=False)
    event: Mapping[str, Any] = field(compare=False)
    made: tuple[str, bytes] | None = field(compare=False, default=None)
    """Id and bytes, once it was sent: every repetition is the same."""
    tries: int = field(compare=False, default=0)


@dataclass
class Partner:
    """One linked system; `seconds` is a clock that only goes forward, `say` is told each message and receipt."""

    line: Line
    script: Script
    faults: Switchboard
    seconds: Callable[[], float]
    say: Say
    at_once: bool = False
    """Nobody waits: the delays of the script are left out."""
    _messages: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _waiting: list[Waiting] = field(default_factory=list)
    _held: list[tuple[Reply, Mapping[str, Any]]] = field(default_factory=list)
    _receipts: list[dict[str, Any]] = field(default_factory=list)
    _number: int = 0
    _lock: RLock = field(default_factory=RLock)
    _sending: RLock = field(default_factory=RLock)

    # ------------------------------------------------------------ messages

    def brought(self, headers: Mapping[str, str], body: bytes) -> int:
        """The status that a message just brought is answered with: 204 when it was taken in, now or before."""
        if not self.line.genuine(headers, body):
            self.say({"what": "message", "signature": "wrong", "status": FORGED})
            return FORGED
        event = self._event(headers, body)
        if event is None:
            self.say({"what": "message", "signature": "right", "body": "unreadable", "status": UNREADABLE})
            return UNREADABLE
        if event["type"] != "bihuan.ping.v1":
            self.take_in(event, "brought")
        return TAKEN

    def _event(self, headers: Mapping[str, str], body: bytes) -> Mapping[str, Any] | None:
        """The event in the body, when it is one that this partner can open and read."""
        try:
            event = json.loads(self.line.opened(body, headers.get("content-type", "")))
        except ValueError:  # sealed to another key, or no JSON
            return None
        if not isinstance(event, dict) or not all(isinstance(event.get(one), str) for one in ("id", "type")):
            return None
        return event

    def take_in(self, event: Mapping[str, Any], way: str) -> None:
        """The message is kept, and its receipts are on their way; one that came before changes nothing."""
        with self._lock:
            repeated = event["id"] in self._messages
            self._messages.setdefault(event["id"], event)
            self._say_message(event, way, repeated)
            if repeated:
                return
            replies = self.script.replies_to(event)
            if self.faults.take("out_of_order"):
                replies = tuple(
                    replace(last, after=first.after, hold=first.hold)
                    for first, last in zip(replies, reversed(replies), strict=True)
                )
            early = self.faults.take("early")
            for reply in replies:
                if reply.hold:
                    self._held.append((reply, event))
                else:
                    self._put(replace(reply, after=0) if early else reply, event)
        if early:
            self.send_due()

    def pull(self) -> int:
        """Every message that waits at the house was taken in and acknowledged; how many, over both queues."""
        return sum(self._pull(queue) for queue in QUEUES)

    def _pull(self, queue: str) -> int:
        taken, after = 0, None
        while True:
            told = self.line.messages(queue, after)
            if told.status != 200:
                self.say({"what": "pull", "queue": queue, "status": told.status, "code": told.code})
                return taken
            for event in told.body["items"]:
                self.take_in(event, "pulled")
                acknowledged = self.line.acknowledge(event["id"])
                if acknowledged.status != TAKEN:
                    self.say({"what": "ack", "id": event["id"], "status": acknowledged.status})
                    return taken
                taken += 1
            after = told.body["next"]
            if not told.body["more"]:
                return taken

    def _say_message(self, event: Mapping[str, Any], way: str, repeated: bool) -> None:
        told = {name: event.get(name) for name in ("id", "queue", "sequence", "subject")}
        self.say({"what": "message", "kind": kind_of(event), **told, "way": way, "repeated": repeated})

    # ------------------------------------------------------------ receipts

    def release(self, receipt: str, message: str | None, data: Mapping[str, Any]) -> bool:
        """The receipt that was held goes out now, with these data over those of the script; False when none is held."""
        with self._lock:
            for place, (reply, event) in enumerate(self._held):
                if reply.receipt == receipt and message in (None, event["id"]):
                    del self._held[place]
                    self._put(replace(reply, after=0, data={**reply.data, **data}), event)
                    return True
        return False

    def send_due(self) -> float | None:
        """Every receipt that is due was sent; the moment at which the next one is."""
        with self._sending:  # one after the other, whoever sends
            while True:
                with self._lock:
                    if not self._waiting or self._waiting[0].due > self.seconds():
                        return self._waiting[0].due if self._waiting else None
                    waiting = heapq.heappop(self._waiting)
                self._send(waiting)

    def _put(self, reply: Reply, event: Mapping[str, Any]) -> None:
        self._number += 1
        due = self.seconds() + (0 if self.at_once else reply.after)
        heapq.heappush(self._waiting, Waiting(due, self._number, reply, event))

    def _send(self, waiting: Waiting) -> None:
        try:
            id, body = waiting.made or self._made(waiting)
        except KeyError as blank:
            blanks = {"what": "receipt", "kind": waiting.reply.receipt, "status": None}
            self.say({**blanks, "code": f"{{{blank.args[0]}}}?"})
            return
        if not waiting.tries:
            self._spoil(waiting.reply.receipt, id, body)
        told = self.line.receipt(id, body)
        self._tell(waiting.reply.receipt, id, told, waiting.event["id"])
        if told.may_pass and waiting.tries < TRIES_MAX:
            pause = min(WAIT_SECONDS_MAX, 2.0**waiting.tries)
            again = replace(waiting, due=self.seconds() + pause, made=(id, body), tries=waiting.tries + 1)
            with self._lock:
                heapq.heappush(self._waiting, again)
            return
        if self.faults.take("twice"):
            self._tell(waiting.reply.receipt, id, self.line.receipt(id, body), waiting.event["id"], "twice")
        if self.faults.take("reserialised"):
            other = json.dumps(json.loads(body), ensure_ascii=True, indent=1).encode()
            self._tell(
                waiting.reply.receipt, id, self.line.receipt(id, other), waiting.event["id"], "reserialised"
            )

    def _spoil(self, kind: str, id: str, body: bytes) -> None:
        """The bad receipts that were asked for go before the good one."""
        if self.faults.take("wrong_signature"):
            self._tell(
                kind,
                id,
                self.line.receipt(id, body, keys=[{"secret": new_secret()}]),
                None,
                "wrong_signature",
            )
        if self.faults.take("stale"):
            self._tell(kind, id, self.line.receipt(id, body, seconds_ago=STALE_SECONDS), None, "stale")
        if self.faults.take("mutated"):
            changed = body.replace(b'"specversion":"1.0"', b'"specversion":"1.1"', 1)
            self._tell(kind, id, self.line.receipt(id, changed, signed=body), None, "mutated")

    def _made(self, waiting: Waiting) -> tuple[str, bytes]:
        """Id and bytes of the receipt; raises KeyError for a blank that the message does not fill."""
        message, now = waiting.event, self.line.clock.now
        id, kind = str(uuid7()), waiting.reply.receipt
        data = filled(waiting.reply.data, blanks_of(message, now, waiting.number))
        event = {
            "specversion": "1.0",
            "id": id,
            "source": f"/systems/{self.line.system}",
            "type": f"bihuan.receipt.{kind}.v1",
            "subject": message["subject"],
            "time": wire_instant(now()),
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}/receipt_{kind}.json#/properties/data",
            "sender": message["recipient"],
            "recipient": message["sender"],
            "data": {"in_reply_to": message["id"], **data},
        }
        return id, event_bytes(event)

    def _tell(self, kind: str, id: str, told: Told, message: str | None, fault: str | None = None) -> None:
        line = {
            "what": "receipt",
            "kind": kind,
            "id": id,
            "in_reply_to": message,
            "status": told.status,
            "code": told.code,
            "fault": fault,
        }
        with self._lock:
            self._receipts.append(line)
        self.say(line)

    # ------------------------------------------------------------ shown

    def shown(self) -> dict[str, Any]:
        """What came and went, messages in the order of their queues, and what is still to go."""
        with self._lock:
            messages = sorted(self._messages.values(), key=lambda one: (one["queue"], one["sequence"]))
            return {
                "messages": [
                    {
                        "id": one["id"],
                        "kind": kind_of(one),
                        "queue": one["queue"],
                        "sequence": one["sequence"],
                    }
                    for one in messages
                ],
                "receipts": list(self._receipts),
                "waiting": len(self._waiting),
                "held": [{"receipt": reply.receipt, "message": event["id"]} for reply, event in self._held],
                "faults": self.faults.shown(),
            }
