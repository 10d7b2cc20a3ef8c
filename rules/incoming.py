"""Reads which matters others may send to the house, and what may be done with them; see incoming.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.incoming import (
    DERIVED,
    RECEIVED,
    STAYS,
    Clock,
    IncomingAct,
    IncomingBook,
    IncomingKind,
    IncomingState,
    Told,
)
from engine.core.term import Term
from engine.core.visibility import DEPARTMENTAL
from rules.data_file import DataFault, Fields, read_as
from rules.exchange import read_members
from rules.faults import nearest
from rules.vocabulary import Word, read_words

FILE = Path(__file__).with_name("incoming.yaml")
INFORMANTS = ("none", "optional", "required")
CASE_SOURCES = ("inspection", "complaint", "report", "transferred", "assigned", "procuratorate")
"""The vocabulary `case_source` of the charts."""
ENTERED = ("at_once", "later")


@cache
def load_incoming(path: Path = FILE) -> IncomingBook:
    """What the file declares; raises DataFault where it names what does not exist."""
    return read_as(path, _read)


def check_incoming_terms(book: IncomingBook, terms: Mapping[str, Term]) -> None:
    """Returns when every clock is a term of the catalogue that counts by itself; raises DataFault."""
    for place, kind in enumerate(book.kinds.values()):
        for at, clock in enumerate(kind.clocks):
            if clock.term not in terms:
                field = f"/kinds/{place}/clocks/{at}/term"
                raise DataFault(
                    "no_such_term", field=field, near=nearest(clock.term, terms), value=clock.term
                )


def _read(data: Any) -> IncomingBook:
    fields = Fields(data)
    words = {
        name: _told(read_words(fields.items(name), f"/{name}")) for name in ("reasons", "channels", "ways")
    }
    noted = fields.codes("noted", words["reasons"])
    states = {one.state: one for one in map(_state, _each(fields, "states"))}
    acts = {one.act: one for one in (_act(entry, states) for entry in _each(fields, "acts"))}
    events = (RECEIVED, *acts, *DERIVED)
    kinds = {
        one.kind: one for one in (_kind(entry, words["reasons"], events) for entry in _each(fields, "kinds"))
    }
    fields.done()
    return IncomingBook(kinds, states, acts, words["reasons"], noted, words["channels"], words["ways"])


def _each(fields: Fields, name: str) -> list[Fields]:
    return [Fields(one, fields.where(f"{name}/{place}")) for place, one in enumerate(fields.items(name))]


def _told(words: Mapping[str, Word]) -> dict[str, Told]:
    return {word.code: Told(word.code, word.zh, word.en) for word in words.values()}


def _state(fields: Fields) -> IncomingState:
    why = (
        Fields(fields.take("why_no_clock"), fields.where("why_no_clock"))
        if fields.has("why_no_clock")
        else None
    )
    state = IncomingState(
        state=fields.text("state"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        owner=fields.text_or_none("owner"),
        owner_confidential=fields.text_or_none("owner_confidential"),
        why_no_clock=None if why is None else {"zh": why.text("zh"), "en": why.text("en")},
    )
    fields.done()
    return state


def _act(fields: Fields, states: Mapping[str, IncomingState]) -> IncomingAct:
    act = IncomingAct(
        act=fields.text("act"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        sources=fields.codes("from", states),
        to=fields.code("to", (*states, STAYS)),
        by=frozenset(fields.codes("by", sorted(DEPARTMENTAL))),
        at_once=fields.code("entered", ENTERED) == "at_once",
        tells=fields.boolean("tells", False),
    )
    fields.done()
    return act


def _kind(fields: Fields, reasons: Mapping[str, Told], events: tuple[str, ...]) -> IncomingKind:
    kind = IncomingKind(
        kind=fields.text("kind"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        case_source=fields.code("case_source", CASE_SOURCES),
        sender_kinds=frozenset(fields.codes("sender_kinds")),
        senders=frozenset(fields.codes("senders")),
        own=fields.boolean("own", False),
        confidential=fields.boolean("confidential", False),
        readers=frozenset(fields.codes("readers", sorted(DEPARTMENTAL))),
        informant=fields.code("informant", INFORMANTS) if fields.has("informant") else "none",
        needs_clue=fields.boolean("needs_clue", False),
        referral_rows=fields.codes("referral_rows"),
        members=read_members(fields),
        returns=fields.codes("returns", reasons),
        forwards=fields.codes("forwards", reasons),
        clocks=tuple(_clock(entry, events) for entry in _each(fields, "clocks")),
    )
    fields.done()
    return kind


def _clock(fields: Fields, events: tuple[str, ...]) -> Clock:
    clock = Clock(
        term=fields.text("term"),
        start=fields.code("from", events),
        until=fields.codes("until", events),
        named=fields.boolean("named", False),
        set_by=fields.text_or_none("set_by"),
    )
    fields.done()
    return clock
