"""The forms of inbound matters: what each kind says, whoever brings it, and what each act asks; faults told all at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from engine.core.incoming import (
    ACCEPT,
    FEED_BACK,
    NOTE,
    TELL,
    IncomingAct,
    IncomingBook,
    IncomingKind,
)
from engine.core.receipt_form import Member, Reading, optional
from engine.core.refusals import Faults

NUMBER_LENGTH, REASON_LENGTH, LOGIN_LENGTH, SENDER_LENGTH = 40, 2000, 60, 200
OF_EVERY_KIND = (Member("title", "text", length=200), Member("facts_summary", "text", length=2000))
SAID_BESIDE = (
    Member("in_reply_to", "id", required=False),
    optional("our_doc_no", "text", 60),
    optional("by", "person"),
    optional("remarks", "text", 2000),
)
LATE = optional("late_reason", "text", 200)
ASSIGN, SIGN, RETURN, FORWARD = "assign", "sign_for", "return", "forward"
SYSTEM = "system"
"""The channel by which, and the way in which, a linked system sends and is told."""


def members_of(kind: IncomingKind) -> tuple[Member, ...]:
    """What a matter of that kind says, by whichever way it comes."""
    person = Member("informant", "informant", required=kind.informant == "required")
    return (*OF_EVERY_KIND, *kind.members, *((person,) if kind.informant != "none" else ()), *SAID_BESIDE)


def entry_members(book: IncomingBook) -> tuple[Member, ...]:
    """What an officer enters of a matter that came on paper, by telephone or in person."""
    channels = tuple(code for code in book.channels if code != SYSTEM)
    return (
        Member("kind", "code", codes=tuple(book.kinds)),
        Member("channel", "code", codes=channels),
        Member("received_at", "instant"),
        Member("sender_department", "department", required=False),
        optional("sender_name", "text", SENDER_LENGTH),
        Member("data", "object"),
        LATE,
    )


def act_members(
    book: IncomingBook, kind: IncomingKind, act: IncomingAct, by_system: bool
) -> tuple[Member, ...]:
    """What an act on a matter of that kind asks; `by_system`: a linked system sent it and reads what became of it."""
    asks = {
        SIGN: (optional("handler", "text", LOGIN_LENGTH),),
        ASSIGN: (Member("handler", "text", length=LOGIN_LENGTH),),
        ACCEPT: _accepting(kind),
        RETURN: (*_why(kind.returns), Member("suggested_department", "department", required=False)),
        FORWARD: (*_why(kind.forwards), Member("to_department", "department")),
        NOTE: (*_why(book.noted), optional("duplicate_of", "text", NUMBER_LENGTH)),
        TELL: (optional("explanation", "text", REASON_LENGTH),),
        FEED_BACK: (Member("result", "text", length=REASON_LENGTH),),
    }[act.act]
    told = _told(book, required=not by_system or act.act == TELL) if act.tells else ()
    return (*asks, *told, *(() if act.at_once else (LATE,)))


def _accepting(kind: IncomingKind) -> tuple[Member, ...]:
    clue = replace(optional("clue", "text", REASON_LENGTH), required=kind.needs_clue)
    return (clue, Member("finding", "id", required=False), Member("inspection", "object", required=False))


def _why(codes: tuple[str, ...]) -> tuple[Member, ...]:
    return (Member("reason", "code", codes=codes), Member("explanation", "text", length=REASON_LENGTH))


def _told(book: IncomingBook, required: bool) -> tuple[Member, ...]:
    """How and when the sender, or the informant, was told."""
    ways = tuple(code for code in book.ways if code != SYSTEM or not required)
    return (
        Member("told_how", "code", required=required, codes=ways),
        Member("told_on", "date", required=required),
        optional("told_doc_no", "text", 60),
    )


def read_members(
    body: Mapping[str, Any],
    members: tuple[Member, ...],
    departments: Collection[str],
    prefix: str,
    faults: Faults,
) -> None:
    """Every fault of the object against its members goes to `faults`; a text of blanks only is missing."""
    Reading(faults, departments).object(body, prefix, members)
    known = {member.name: member for member in members}
    for name, value in body.items():
        blank = isinstance(value, str) and value and not value.strip()
        if name in known and known[name].type == "text" and blank:
            faults.add(f"{prefix}/{name}", "missing")


def check_entry(book: IncomingBook, body: Mapping[str, Any], departments: Collection[str]) -> IncomingKind:
    """The kind of the matter that an officer enters, which holds; raises `facts_invalid` with every fault."""
    faults = Faults()
    read_members(body, entry_members(book), departments, "", faults)
    faults.refuse()
    kind = book.kinds[body["kind"]]
    read_members(body["data"], members_of(kind), departments, "/data", faults)
    informant = body["data"].get("informant")
    from_somebody = body.get("sender_department") or body.get("sender_name") or kind.informant != "none"
    if not from_somebody:
        faults.add("/sender_department", "missing")
    if kind.informant == "required" and isinstance(informant, dict) and not informant.get("name"):
        faults.add("/data/informant/name", "missing")
    faults.refuse()
    return kind


def check_told_on(body: Mapping[str, Any], received_on: date, today: date, faults: Faults) -> None:
    """Nobody is told tomorrow, or before the matter came in."""
    told_on = body.get("told_on")
    if not isinstance(told_on, str) or faults.errors:
        return
    if date.fromisoformat(told_on) > today:
        faults.add("/facts/told_on", "range", "不得晚于今天", "must not lie in the future")
    elif date.fromisoformat(told_on) < received_on:
        faults.add("/facts/told_on", "range", "不得早于收到之日", "must not lie before it was received")
