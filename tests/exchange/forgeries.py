"""Receipts that must come to nothing, by the thousand, among good ones that must count exactly once."""

from __future__ import annotations

import copy
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.app import create_app
from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.core.refusals import Refusal
from engine.signing import new_private_key, new_secret, signature
from models import linked_reading, records
from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, SIGNED, Linked
from tests.partner import MEDIA_TYPE, Partner

GOOD = (("signed_for", SIGNED), ("accepted", ACCEPTED), ("concluded", CONCLUDED), ("feedback", FEEDBACK))
OVERSIZE = 1024 * 1024 + 1
STALE = (301, 302, 3_600, 86_400, 10_000_000)
FRESH = (0, -1, 1, -299, 299)
CHECK_EVERY = 80


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: the path's system, the headers that count, and the body."""

    system: str
    id: str
    timestamp: int
    signature: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers as they arrive."""
        return {
            ID_HEADER: self.id,
            TIMESTAMP_HEADER: str(self.timestamp),
            SIGNATURE_HEADER: self.signature,
            "content-type": MEDIA_TYPE,
        }


UNSIGNED = frozenset({"signature_invalid"})
EXPIRED = frozenset({"signature_expired"})
MALFORMED = frozenset({"body_malformed"})
WRONG = frozenset({"facts_invalid"})
Forgery = Callable[["Assault", dict[str, Any], Sent], tuple[Sent, frozenset[str]]]


@dataclass
class Assault:
    """A bureau with two linked systems, and somebody who tries everything with the receipts of the first."""

    linked: Linked
    chance: random.Random
    told: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.fire = self.linked.link("yuanping-fire", "fire_rescue")
        self.tax = self.linked.link("yuanping-tax", "taxation")
        self.http = TestClient(create_app(self.linked.town.house))
        self.foreign = self._sent(target_department="taxation")["id"]

    def run(self, attempts: int) -> Counter[str]:
        """So many forgeries came to nothing, and every good receipt counted once; how many of each kind."""
        kinds = self._kinds()
        while self.forged < attempts:
            for event in self._goods():
                good = self.signed(self.fire, event)
                share = min(CHECK_EVERY, attempts - self.forged)
                before = self.ledger()
                for _ in range(share // 2):
                    self._try(next(kinds), event, good)
                assert self.ledger() == before
                self._takes(good)
                after = self.ledger()
                assert after != before
                for _ in range(share - share // 2):
                    self._try(next(kinds), event, good, taken=True)
                    if self.chance.random() < 0.1:
                        self._repeats(event, good)
                assert self.ledger() == after
        return self.told

    @property
    def forged(self) -> int:
        """How many forgeries were tried."""
        return sum(count for name, count in self.told.items() if name not in ("good", "repeated"))

    # ------------------------------------------------------------ what is sent

    def signed(
        self, partner: Partner, event: dict[str, Any], body: bytes | None = None, off: int = 0
    ) -> Sent:
        """The event as that system sends it, its clock so many seconds off."""
        raw = json.dumps(event, ensure_ascii=False).encode() if body is None else body
        stamp = int(partner.now()) + off
        made = partner.key.sign(f"{event['id']}.{stamp}.".encode() + raw)
        return Sent(partner.system, str(event["id"]), stamp, made, raw)

    def fresh(self, event: dict[str, Any]) -> dict[str, Any]:
        """The same event under an id of its own."""
        return {**copy.deepcopy(event), "id": f"{self.chance.getrandbits(128):032x}"}

    def _kinds(self) -> Iterator[str]:
        while True:
            names = list(FORGERIES)
            self.chance.shuffle(names)
            yield from names

    def _goods(self) -> Iterator[dict[str, Any]]:
        message = self._sent()
        for kind, data in GOOD:
            yield self.fire.event(kind, message, **data)

    def _sent(self, **given: Any) -> dict[str, Any]:
        """The message of a transfer that has just gone out."""
        finding, _ = self.linked.sent(**given)
        told: dict[str, Any] = json.loads(self.linked.messages(finding)[-1].body)
        return told

    # ------------------------------------------------------------ what comes of it

    def _try(self, name: str, event: dict[str, Any], good: Sent, taken: bool = False) -> None:
        sent, codes = FORGERIES[name](self, event, good)
        code = self._answer(sent)
        if taken and sent.id == good.id:
            codes = codes | {"key_reused"}
        assert code in codes, f"{name}: {code}: {sent}"
        self.told[name] += 1

    def _takes(self, good: Sent) -> None:
        assert self._answer(good) == "recorded"
        self.told["good"] += 1

    def _repeats(self, event: dict[str, Any], good: Sent) -> None:
        again = self.signed(self.fire, event, good.body, self.chance.choice(FRESH))
        assert self._answer(self.chance.choice((good, again))) == "duplicate"
        self.told["repeated"] += 1

    def _answer(self, sent: Sent) -> str:
        if len(sent.body) >= OVERSIZE:
            path = f"/api/v1/exchange/{sent.system}/receipts"
            return str(self.http.post(path, content=sent.body, headers=sent.headers).json()["code"])
        try:
            told = self.linked.exchange.inbox.receive(sent.system, sent.headers, sent.body)
        except Refusal as refusal:
            return refusal.code
        return told.code

    def ledger(self) -> tuple[Any, ...]:
        """What would differ if anything at all had been recorded."""
        with self.linked.town.house.database.read() as connection:
            return tuple(
                connection.execute(one).one()
                for one in (
                    select(func.count(), func.max(linked_reading.RECEIPT.c.id)).select_from(
                        linked_reading.RECEIPT
                    ),
                    select(func.count()).select_from(records.ENTRY),
                    select(func.sum(records.FINDING.c.version), func.sum(records.FINDING.c.sequence)),
                    select(func.count()).select_from(records.NOTICE),
                    select(func.count()).select_from(records.KEY),
                )
            )


# ---------------------------------------------------------------- signed by nobody the house knows


def _signed_by(key: dict[str, str], sent: Sent) -> Sent:
    return replace(sent, signature=signature([key], sent.id, sent.timestamp, sent.body))


def forged(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed with a key that nobody gave out, or not at all."""
    keys: tuple[dict[str, str], ...] = ({"secret": new_secret()}, {"private": new_private_key()})
    made = _signed_by(assault.chance.choice(keys), good)
    if assault.chance.random() < 0.3:
        made = replace(
            made, signature=assault.chance.choice(("", "v1,", "v1a,AAAA", "v1 " * 12, good.signature[:-2]))
        )
    return made, UNSIGNED


def another_systems_key(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed by the tax bureau, sent as the fire brigade."""
    return replace(assault.signed(assault.tax, event, good.body), system=good.system), UNSIGNED


def wrong_path(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed by the fire brigade, sent to the path of another system or of none."""
    return replace(good, system=assault.chance.choice(("yuanping-tax", "nobody", ""))), UNSIGNED


def stale(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed well, too long ago or too far ahead."""
    off = assault.chance.choice(STALE) * assault.chance.choice((1, -1))
    return assault.signed(assault.fire, event, good.body, off), EXPIRED


def replayed(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """An old request with a new timestamp, or a new id, under its old signature."""
    if assault.chance.random() < 0.5:
        return replace(good, timestamp=good.timestamp + assault.chance.choice((1, -1, 7, 299))), UNSIGNED
    return replace(good, id=assault.fresh(event)["id"]), UNSIGNED


def mutated_byte(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """One bit of the body is another, or one byte is gone or added, under the old signature."""
    body, place = bytearray(good.body), assault.chance.randrange(len(good.body))
    how = assault.chance.randrange(3)
    if how == 0:
        body[place] ^= 1 << assault.chance.randrange(8)
    elif how == 1:
        del body[place]
    else:
        body.insert(place, assault.chance.randrange(256))
    return replace(good, body=bytes(body)), UNSIGNED


def mutated_field(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member says something else, is gone, or is new, under the old signature."""
    changed = copy.deepcopy(event)
    within = changed["data"] if assault.chance.random() < 0.5 else changed
    name = assault.chance.choice(sorted(within))
    how = assault.chance.randrange(3)
    if how == 0:
        within[name] = "另一个"
    elif how == 1:
        del within[name]
    else:
        within["more"] = 1
    body = json.dumps(changed, ensure_ascii=False).encode()
    return replace(good, body=body), UNSIGNED


def reserialised(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The same JSON in other bytes, under the old signature."""
    form = assault.chance.choice(
        ({"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": True}, {"sort_keys": True})
    )
    body = json.dumps(event, **{"ensure_ascii": False, **form}).encode()
    if body == good.body:
        body += b" "
    return replace(good, body=body), UNSIGNED


# ---------------------------------------------------------------- signed well by the system itself


def _own(assault: Assault, event: dict[str, Any], **more: Any) -> Sent:
    return assault.signed(assault.fire, {**assault.fresh(event), **more})


def wrong_source(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Another's source, sender or recipient."""
    member, value = assault.chance.choice(
        (
            ("source", "/systems/yuanping-tax"),
            ("source", "/offices/yuanping"),
            ("source", "yuanping-fire"),
            ("sender", "taxation"),
            ("sender", "market_regulation"),
            ("recipient", "taxation"),
            ("recipient", "nobody"),
        )
    )
    return _own(assault, event, **{member: value}), WRONG


def foreign(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """In reply to a message of another system, or to none."""
    id = assault.chance.choice((assault.foreign, assault.fresh(event)["id"]))
    return _own(assault, event, data={**event["data"], "in_reply_to": id}), frozenset({"message_unknown"})


def unknown_kind(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A kind that is none of a receipt."""
    kind = assault.chance.choice(("pardoned", "signed_for.v2", "SIGNED_FOR", "", "reminder"))
    prefix = assault.chance.choice(("bihuan.receipt", "bihuan.message", "receipt"))
    return _own(assault, event, type=f"{prefix}.{kind}.v1"), WRONG


def wrong_facts(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member of the data is of another type, missing, or too long."""
    data = copy.deepcopy(event["data"])
    names = [name for name in data if name not in ("in_reply_to", "missing")]
    name = assault.chance.choice(sorted(names))
    data[name] = assault.chance.choice((None, 7, [], {}, "长" * 3_000, True))
    return _own(assault, event, data=data), WRONG


def another_id(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The id of the event is not the one that was signed."""
    body = json.dumps(assault.fresh(event), ensure_ascii=False).encode()
    other = assault.fresh(event)
    return assault.signed(assault.fire, other, body), WRONG


def truncated(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The body breaks off."""
    other = assault.fresh(event)
    body = json.dumps(other, ensure_ascii=False).encode()
    return assault.signed(assault.fire, other, body[: assault.chance.randrange(len(body))]), MALFORMED


def named_twice(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member stands there twice, with the same or another value."""
    other = assault.fresh(event)
    text = json.dumps(other, ensure_ascii=False)
    name = assault.chance.choice(re.findall(r'"([a-z_]+)": "', text))
    body = text.replace(f'"{name}": ', f'"{name}": "x", "{name}": ', 1)
    return assault.signed(assault.fire, other, body.encode()), MALFORMED


def oversize(assault: Assault, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """More than anybody may send: a long text most times, a body of more than a megabyte now and then."""
    if assault.chance.random() < 0.97:
        return _own(assault, event, data={**event["data"], "remarks": "长" * 2_001}), WRONG
    other = assault.fresh(event)
    body = json.dumps(other).encode()
    return assault.signed(assault.fire, other, body + b" " * OVERSIZE), frozenset({"body_too_large"})


FORGERIES: dict[str, Forgery] = {
    made.__name__: made
    for made in (
        forged,
        another_systems_key,
        wrong_path,
        stale,
        replayed,
        mutated_byte,
        mutated_field,
        reserialised,
        wrong_source,
        foreign,
        unknown_kind,
        wrong_facts,
        another_id,
        truncated,
        named_twice,
        oversize,
    )
}
