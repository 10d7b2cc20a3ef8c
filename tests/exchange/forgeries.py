"""Receipts that must come to nothing: each of its own kind, with the refusals that it may meet."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.callers import ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER
from engine.signing import new_private_key, new_secret, signature
from tests.partner import MEDIA_TYPE, Partner

OVERSIZE = 1024 * 1024 + 1
STALE = (301, 302, 3_600, 86_400, 10_000_000)
UNSIGNED = frozenset({"signature_invalid"})
EXPIRED = frozenset({"signature_expired"})
MALFORMED = frozenset({"body_malformed"})
WRONG = frozenset({"facts_invalid"})


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


@dataclass
class Forger:
    """Who tries: knows both systems' keys and a message that went to the other."""

    fire: Partner
    tax: Partner
    foreign: str
    chance: random.Random

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


Forgery = Callable[[Forger, dict[str, Any], Sent], tuple[Sent, frozenset[str]]]


# ---------------------------------------------------------------- signed by nobody the house knows


def _signed_by(key: dict[str, str], sent: Sent) -> Sent:
    return replace(sent, signature=signature([key], sent.id, sent.timestamp, sent.body))


def forged(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed with a key that nobody gave out, or not at all."""
    keys: tuple[dict[str, str], ...] = ({"secret": new_secret()}, {"private": new_private_key()})
    made = _signed_by(by.chance.choice(keys), good)
    if by.chance.random() < 0.3:
        made = replace(
            made, signature=by.chance.choice(("", "v1,", "v1a,AAAA", "v1 " * 12, good.signature[:-2]))
        )
    return made, UNSIGNED


def another_systems_key(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed by the tax bureau, sent as the fire brigade."""
    return replace(by.signed(by.tax, event, good.body), system=good.system), UNSIGNED


def wrong_path(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed by the fire brigade, sent to the path of another system or of none."""
    return replace(good, system=by.chance.choice(("yuanping-tax", "nobody", ""))), UNSIGNED


def stale(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Signed well, too long ago or too far ahead."""
    off = by.chance.choice(STALE) * by.chance.choice((1, -1))
    return by.signed(by.fire, event, good.body, off), EXPIRED


def replayed(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """An old request with a new timestamp, or a new id, under its old signature."""
    if by.chance.random() < 0.5:
        return replace(good, timestamp=good.timestamp + by.chance.choice((1, -1, 7, 299))), UNSIGNED
    return replace(good, id=by.fresh(event)["id"]), UNSIGNED


def mutated_byte(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """One bit of the body is another, or one byte is gone or added, under the old signature."""
    body, place = bytearray(good.body), by.chance.randrange(len(good.body))
    how = by.chance.randrange(3)
    if how == 0:
        body[place] ^= 1 << by.chance.randrange(8)
    elif how == 1:
        del body[place]
    else:
        body.insert(place, by.chance.randrange(256))
    return replace(good, body=bytes(body)), UNSIGNED


def mutated_field(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member says something else, is gone, or is new, under the old signature."""
    changed = copy.deepcopy(event)
    within = changed["data"] if by.chance.random() < 0.5 else changed
    name = by.chance.choice(sorted(within))
    how = by.chance.randrange(3)
    if how == 0:
        within[name] = "另一个"
    elif how == 1:
        del within[name]
    else:
        within["more"] = 1
    body = json.dumps(changed, ensure_ascii=False).encode()
    return replace(good, body=body), UNSIGNED


def reserialised(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The same JSON in other bytes, under the old signature."""
    form = by.chance.choice(
        ({"indent": 1}, {"separators": (",", ":")}, {"ensure_ascii": True}, {"sort_keys": True})
    )
    body = json.dumps(event, **{"ensure_ascii": False, **form}).encode()
    if body == good.body:
        body += b" "
    return replace(good, body=body), UNSIGNED


# ---------------------------------------------------------------- signed well by the system itself


def _own(by: Forger, event: dict[str, Any], **more: Any) -> Sent:
    return by.signed(by.fire, {**by.fresh(event), **more})


def wrong_source(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """Another's source, sender or recipient."""
    member, value = by.chance.choice(
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
    return _own(by, event, **{member: value}), WRONG


def foreign(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """In reply to a message of another system, or to none."""
    id = by.chance.choice((by.foreign, by.fresh(event)["id"]))
    return _own(by, event, data={**event["data"], "in_reply_to": id}), frozenset({"message_unknown"})


def unknown_kind(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A kind that is none of a receipt."""
    kind = by.chance.choice(("pardoned", "signed_for.v2", "SIGNED_FOR", "", "reminder"))
    prefix = by.chance.choice(("bihuan.receipt", "bihuan.message", "receipt"))
    return _own(by, event, type=f"{prefix}.{kind}.v1"), WRONG


def wrong_facts(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member of the data is of another type, missing, or too long."""
    data = copy.deepcopy(event["data"])
    names = [name for name in data if name not in ("in_reply_to", "missing")]
    name = by.chance.choice(sorted(names))
    data[name] = by.chance.choice((None, 7, [], {}, "长" * 3_000, True))
    return _own(by, event, data=data), WRONG


def another_id(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The id of the event is not the one that was signed."""
    body = json.dumps(by.fresh(event), ensure_ascii=False).encode()
    other = by.fresh(event)
    return by.signed(by.fire, other, body), WRONG


def truncated(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """The body breaks off."""
    other = by.fresh(event)
    body = json.dumps(other, ensure_ascii=False).encode()
    return by.signed(by.fire, other, body[: by.chance.randrange(len(body))]), MALFORMED


def named_twice(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """A member stands there twice, with the same or another value."""
    other = by.fresh(event)
    text = json.dumps(other, ensure_ascii=False)
    name = by.chance.choice(re.findall(r'"([a-z_]+)": "', text))
    body = text.replace(f'"{name}": ', f'"{name}": "x", "{name}": ', 1)
    return by.signed(by.fire, other, body.encode()), MALFORMED


def oversize(by: Forger, event: dict[str, Any], good: Sent) -> tuple[Sent, frozenset[str]]:
    """More than anybody may send: a long text most times, a body of more than a megabyte now and then."""
    if by.chance.random() < 0.97:
        return _own(by, event, data={**event["data"], "remarks": "长" * 2_001}), WRONG
    other = by.fresh(event)
    body = json.dumps(other).encode()
    return by.signed(by.fire, other, body + b" " * OVERSIZE), frozenset({"body_too_large"})


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
