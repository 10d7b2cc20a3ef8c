"""Proof that nobody approves what they have proposed: every path of every chart, with four natural persons in it.

Each person has two accounts, and may stand in for any of the others by either account. Whoever may take a row at all may
take it here whatever their role, so that no change of roles leads out of what was searched; a case that is reopened goes
on along the rows of its chart. Along a path are remembered any two hands that made proposals which no answer has settled,
in their order: the guards shut a row to each hand that proposed, so a third changes nothing for these. The guards that are
asked are those of the house; who owns the accounts they learn as they do there.

Two memories that differ only in how persons and their accounts are called are one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any, cast

from engine.core.advance import CARRIED
from engine.core.chart import Chart, Charts, Row
from engine.core.commands import Absentee, Principal
from engine.core.guards import shut_by
from engine.core.lawbook import Lawbook
from engine.core.persons import KnownAccount, Persons
from engine.core.scene import Scene
from engine.core.snapshot import Act, Record, Snapshot

PEOPLE, ACCOUNTS = range(4), range(2)
NOW = datetime(2024, 1, 1, tzinfo=UTC)
DAY = date(2024, 1, 1)
APPROVES, VERIFIES = "approver_is_not_proposer", "verifier_is_not_handler"
JUDGES_CASE = ("reviewer_not_case_officer", "presider_not_case_officer")
INVESTIGATES = ("start_verification", "propose_filing", "close_investigation")
VERIFYING = frozenset({"verify", "fail_verification"})
JUDGING = frozenset(
    {"pass_review", "return_for_supplement", "notify_hearing", "hold_hearing", "party_absent"}
)
"""Steps that the contract keeps from the handler, and from whoever investigated."""
PENDING, LAST, EVER = "pending", "last", "ever"

Account = tuple[int, int]
"""A person, and which of their accounts."""
Hand = tuple[Account, ...]
"""The account that acts, and the one that it stands in for where it does."""
Memory = tuple[tuple[str, Hand], ...]
"""Hands that took a trigger that is watched, the earlier first."""
REMEMBERED_MAX = 2


@dataclass(frozen=True, slots=True)
class Watch:
    """What two persons must do: the triggers of the first, the rows of the second, and what settles the first."""

    chart: Chart
    first: frozenset[str]
    rows: tuple[Row, ...]
    settled_by: frozenset[str]
    mode: str
    """Whether the second is kept from who proposed and is not answered, from who did it last, or from who ever did."""


def hand_faults(charts: Charts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(chart, what fails, the path of triggers that leads there); nothing when no path gives one person both acts."""
    for chart in charts.by_name.values():
        yield from _unwatched(chart)
        for watch in watches_of(chart):
            yield from _search(charts, watch)
    yield from _handlers(charts)


def watches_of(chart: Chart) -> Iterator[Watch]:
    """Everything in the chart that takes two."""
    approving = {row.trigger for row in chart.rows if row.guard(APPROVES)}
    for answers in dict.fromkeys(row.answers for row in chart.rows if row.answers):
        if not approving.isdisjoint(answers):
            continue  # what is done on an approval approves nothing: seizing what may be seized
        rows = tuple(row for row in chart.rows if row.answers == answers)
        added = tuple(row for row in rows if row.trigger == "add_route")
        others = tuple(row for row in rows if row not in added)
        yield Watch(chart, frozenset(answers), others, frozenset(row.trigger for row in rows), PENDING)
        if added:
            yield Watch(chart, frozenset(answers), added, frozenset(), LAST)
    checks = tuple(
        row for row in chart.rows if row.trigger in JUDGING or any(row.guard(one) for one in JUDGES_CASE)
    )
    if checks:
        yield Watch(chart, frozenset(INVESTIGATES), checks, frozenset(), EVER)


def _unwatched(chart: Chart) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """A row that approves says what it answers, and what is proposed is answered from where it leads."""
    answered = {name for row in chart.rows for name in row.answers}
    for row in chart.rows:
        if row.guard(APPROVES) and not row.answers:
            yield chart.name, f"{row.trigger} from {row.source} approves and answers nothing", ()
        for name in row.answers:
            if name not in chart.triggers:
                yield chart.name, f"{row.trigger} answers {name}, which is no step", ()
        if row.trigger.startswith("propose_") and row.trigger not in answered:
            yield chart.name, f"nothing answers {row.trigger} from {row.source}", ()


def _search(charts: Charts, watch: Watch) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every reachable pair of a state and a memory, each once; the shortest path to what fails."""
    law = cast(Lawbook, SimpleNamespace(charts=charts, guards=_Words()))
    rows = [row for row in watch.chart.rows if row.source is not None and row.trigger not in CARRIED]
    first: tuple[str, Memory] = (watch.chart.initial, ())
    paths: dict[tuple[str, Memory], tuple[str, ...]] = {first: ()}
    queue, found = deque([first]), set[tuple[str, str | None]]()
    judged: dict[tuple[Any, ...], bool] = {}  # no guard that is asked looks at the state of the record

    def self_approved(row: Row, memory: Memory) -> bool:
        asked = (row.trigger, row.guards, memory)
        if asked not in judged:
            judged[asked] = _takes_both(law, watch, row, memory)
        return judged[asked]

    while queue:
        state, memory = queue.popleft()
        path = paths[(state, memory)]
        for row in rows:
            if row.source != state:
                continue
            key = (row.trigger, row.source)
            if row in watch.rows and key not in found and self_approved(row, memory):
                found.add(key)
                said = f"{row.trigger} from {row.source} is open to who took one of {', '.join(sorted(watch.first))}"
                yield watch.chart.name, said, (*path, row.trigger)
            for after in _after(watch, row, memory):
                node = (row.to, after)
                if node not in paths:
                    paths[node] = (*path, row.trigger)
                    queue.append(node)


def _after(watch: Watch, row: Row, memory: Memory) -> frozenset[Memory]:
    """What may be remembered after the row, whoever takes it, and whether that is remembered or not."""
    if row.trigger in watch.settled_by:
        return frozenset({()})
    if row.trigger not in watch.first:
        return frozenset({memory})
    kept = tuple(one for one in memory if watch.mode != LAST or one[0] != row.trigger)
    return _remembered(kept, row.trigger)


@cache
def _remembered(kept: Memory, trigger: str) -> frozenset[Memory]:
    if len(kept) == REMEMBERED_MAX:
        return frozenset({kept})
    return frozenset({kept, *(named_anew((*kept, (trigger, hand))) for hand in HANDS)})


def _takes_both(law: Lawbook, watch: Watch, row: Row, memory: Memory) -> bool:
    """True when the guards leave the row open to a hand of somebody who is remembered."""
    before = {person for _, hand in memory for person, _ in hand}
    record = _record(watch, memory)
    snapshot = Snapshot("finding", "x", record, 1, 1, "here")
    asked = tuple(one for one in row.guards if one.name in (APPROVES, *JUDGES_CASE))
    return any(
        not shut_by(Scene(law, snapshot, record, row, principal_of(hand), NOW), asked)
        for hand in HANDS
        if not before.isdisjoint(person for person, _ in hand)
    )


def _record(watch: Watch, memory: Memory) -> Record:
    record = Record("x", watch.chart.name, watch.chart.initial)
    for sequence, (trigger, hand) in enumerate(memory, 1):
        lent = login(hand[1]) if len(hand) > 1 else None
        record.keep(trigger, Act(login(hand[0]), sequence, NOW, NOW), lent)
    return record


def _handlers(charts: Charts) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Nobody verifies what they handle: by whichever account they handle and verify, and for whomever."""
    law = cast(Lawbook, SimpleNamespace(charts=charts, guards=_Words()))
    for chart in charts.by_name.values():
        rows = [row for row in chart.rows if row.guard(VERIFIES) or row.trigger in VERIFYING]
        for row, handler in product(rows, product(PEOPLE, ACCOUNTS)):
            record = Record("x", chart.name, str(row.source))
            held = {"handler": {"name": "", "certificate_no": "", "login": login(handler)}}
            snapshot = Snapshot("finding", "x", record, 1, 1, "here", registers=held)
            asked = tuple(one for one in row.guards if one.name == VERIFIES)
            for hand in HANDS:
                open_to = not shut_by(Scene(law, snapshot, record, row, principal_of(hand), NOW), asked)
                if open_to and handler[0] in {person for person, _ in hand}:
                    yield chart.name, f"{row.trigger} from {row.source} is open to the handler", ()
                    return


def named_anew(memory: Memory) -> Memory:
    """The same memory with persons and accounts called in the order in which they come."""
    persons: dict[int, int] = {}
    places: dict[Account, int] = {}
    told = []
    for trigger, hand in memory:
        named = []
        for account in hand:
            person = persons.setdefault(account[0], len(persons))
            seen = [one for one in places if one[0] == account[0]]
            named.append((person, places.setdefault(account, len(seen))))
        told.append((trigger, tuple(named)))
    return tuple(told)


@cache
def login(account: Account) -> str:
    """The login of an account, such as p0.1."""
    return f"p{account[0]}.{account[1]}"


@cache
def principal_of(hand: Hand) -> Principal:
    """Who acts so, as the house knows them."""
    lent = tuple(Absentee(login(one), "", None, frozenset(), DAY, DAY) for one in hand[1:])
    return Principal(login(hand[0]), "", frozenset(), acting_for=lent, register=REGISTER)


class _Words(dict[str, Any]):
    """The words of any guard: none are read here."""

    def __missing__(self, name: str) -> dict[str, Any]:
        return {"zh": name, "en": name, "basis": "", "mark": ""}


_EVERY = tuple(product(PEOPLE, ACCOUNTS))
HANDS: tuple[Hand, ...] = (
    *((one,) for one in _EVERY),
    *((one, other) for one in _EVERY for other in _EVERY if one[0] != other[0]),
)
"""Each account by itself, and each standing in for each account of another person."""
REGISTER = Persons(tuple(KnownAccount(login(one), login((one[0], 0))) for one in _EVERY))
