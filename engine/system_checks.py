"""What a linked system may be: its id, department, kinds, address and keys, each fault with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.addresses import AddressRefused, check_url
from engine.core.messages import ROUTES
from engine.core.refusals import Faults
from engine.encryption_keys import KeyRefused, known_before, public_key_from
from engine.signing import SCHEMES, KeyFault
from models.exchange_reading import ALL_KINDS
from rules.offices import Office

SYSTEM_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,55}")
KINDS = frozenset({route.kind for route in ROUTES.values()}) | {ALL_KINDS}
OVERLAP_HOURS = 24
OVERLAP_HOURS_MAX = 24 * 366
URL_LENGTH_MAX = 500


@dataclass(frozen=True, slots=True)
class NewSystem:
    """What is asked for: id, department, kinds of messages, how it is reached and how both sides sign.

    `encryption_key` is a public JWK as `engine.encryption_keys` reduced it: what is carried is sealed to it, of what is not
    carried the criminal queue.
    """

    id: str
    department: str
    kinds: Sequence[str]
    scheme: str
    url: str | None = None
    allow_private: bool = False
    public_key: str | None = None
    encryption_key: Mapping[str, str] | None = None
    carrier: bool = False
    """True for a system without a network, which is brought bundles."""


def check_new(office: Office, asked: NewSystem) -> None:
    """Returns when such a system may be linked; else refuses with every fault."""
    faults = Faults()
    if not SYSTEM_ID.fullmatch(asked.id):
        faults.add(
            "/id", "format", "小写字母、数字、连字符，2至56位", "2–56 lower-case letters, digits, hyphens"
        )
    if asked.department not in office.departments:
        faults.add("/department", "vocabulary")
    check_kinds(asked.kinds, faults)
    if asked.scheme not in SCHEMES:
        faults.add("/scheme", "vocabulary")
    else:
        check_their_key(asked.scheme, asked.public_key, faults)
    check_way(asked.carrier, asked.url, faults)
    if asked.url is not None:
        check_address(asked.url, asked.allow_private, faults)
    faults.refuse()


def check_way(carrier: bool, url: str | None, faults: Faults) -> None:
    """A system that is brought bundles and called as well is a fault: one way excludes the other."""
    if carrier and url is not None:
        faults.add("/carrier", "exclusive", "与 --url 互斥", "excludes url")


def check_kinds(kinds: Sequence[str], faults: Faults) -> None:
    """Kinds that no message has, and none at all, are faults."""
    if not kinds:
        faults.add("/kinds", "too_few")
    for place, kind in enumerate(kinds):
        if kind not in KINDS:
            faults.add(f"/kinds/{place}", "vocabulary")


def check_their_key(scheme: str, public_key: str | None, faults: Faults) -> None:
    """A public key that the scheme does not take is a fault."""
    try:
        SCHEMES[scheme].check(public_key)
    except KeyFault as fault:
        faults.add("/public_key", "format", fault.zh, fault.en)


def check_address(url: str, allow_private: bool, faults: Faults) -> None:
    """An address that the house does not call is a fault."""
    try:
        check_url(url, allow_private)
    except AddressRefused as fault:
        faults.add("/url", "format", f"不能调用该地址：{fault}", f"the house does not call there: {fault}")
    if len(url) > URL_LENGTH_MAX:
        faults.add("/url", "range")


def check_overlap(hours: int) -> None:
    """Returns when keys may overlap for so many hours; else refuses."""
    if not 0 <= hours <= OVERLAP_HOURS_MAX:
        faults = Faults()
        words = (f"0至{OVERLAP_HOURS_MAX}小时", f"0 to {OVERLAP_HOURS_MAX} hours")
        faults.add("/overlap_hours", "range", *words)
        faults.refuse()


def encryption_key_from(text: str) -> dict[str, str]:
    """The public key that the text holds; refused with the reason, and without repeating any of it."""
    try:
        return public_key_from(text)
    except KeyRefused as fault:
        faults = Faults()
        faults.add("/encryption_key", "format", fault.zh, fault.en)
        faults.refuse()
        raise


def check_new_encryption_key(keys: Iterable[Mapping[str, Any]], jwk: Mapping[str, Any]) -> None:
    """Returns when the system never had this key, nor another of its name; else refuses."""
    if known_before(keys, jwk):
        faults = Faults()
        faults.add(
            "/encryption_key",
            "inconsistent",
            "该系统已有或者曾有这个密钥或者同名（kid）的密钥",
            "the system has, or had, this key or another one of the same kid",
        )
        faults.refuse()
