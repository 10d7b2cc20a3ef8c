"""Proof over the product of penalty and criminal referral: law 2 in every pair of states, and no pair without a way out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from itertools import product

from engine.core.advance import CARRIED
from engine.core.chart import CRIMINAL, Chart, Charts, Row
from engine.core.criminal_guards import RETURNED
from engine.core.law2 import THRESHOLD_ALONE, Law2, Suspicion, law2_of

Pair = tuple[str, str | None]
"""The state of the penalty, and that of the referral: None while the suspicion is recorded and not referred yet."""
OPENERS = RETURNED | {"refused"}
"""The only states that open a fine again: reasoned refusal, final no-filing, and outcomes without punishment."""
PUNISHED = frozenset({"result_court_fine", "result_convicted"})
"""States after which the penalty may end, and a fine stays shut for good."""
Takes = Callable[[Chart, Row], str | None]
"""What a row takes from the police: "decides money", another description, or None for nothing."""


def product_faults(charts: Charts, takes: Takes) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What fails and the path of triggers that leads there; nothing when the laws hold in every reachable pair."""
    penalty, referral = charts["penalty"], charts[CRIMINAL]
    paths = _reached(penalty, referral)
    for (at, suspected), path in paths.items():
        law2 = _law2(referral, suspected)
        for row in penalty.rows:
            if row.source != at or row.trigger in CARRIED or row.on_behalf_of is not None:
                continue
            taken = takes(penalty, row)
            allowed = OPENERS if taken == "decides money" else OPENERS | PUNISHED
            if taken is not None and suspected not in allowed and _open(row, law2):
                told = suspected or "recorded"
                yield f"{row.trigger} from {at} {taken} while the crime is {told}", (*path, row.trigger)
    yield from _split(referral)
    yield from _shut_for_good(referral)
    yield from _ways_out(penalty, referral, paths)


def _split(referral: Chart) -> Iterator[tuple[str, tuple[str, ...]]]:
    """An act that is split into several findings is as shut as its strictest suspicion, whichever finding has it.

    With this a pair of states stands for all findings of the act: what one suspicion shuts no other one opens.
    """
    if law2_of(referral, [], threshold=True) != THRESHOLD_ALONE:
        yield "a threshold that nobody has referred yet leaves something open", ()
    states: tuple[str | None, ...] = (None, *referral.states)
    for own, other in product(states, states):
        both = law2_of(referral, [Suspicion(True, own), Suspicion(False, other)], threshold=True)
        alone = [_law2(referral, own), _law2(referral, other)]
        fine_open = all(one.fine == "open" for one in alone)
        close_open = all(one.close == "open" for one in alone)
        if (both.fine == "open", both.close == "open") != (fine_open, close_open):
            told = f"{own or 'recorded'} and {other or 'recorded'}"
            yield f"split into two findings, {told}, the act is not as shut as its strictest suspicion", ()


def _law2(referral: Chart, state: str | None) -> Law2:
    return law2_of(referral, [Suspicion(True, state)], threshold=True)


def _open(row: Row, law2: Law2) -> bool:
    """Whether the guards that look at the referral leave the row open; all others are taken to do so."""
    held = {
        "law2_fine_open": law2.fine == "open",
        "law2_close_open": law2.close == "open",
        "referral_under_way": law2.under_way,
        "referral_settled": law2.settled,
    }
    return all(held.get(guard.name, True) for guard in row.guards)


def _after(penalty: Chart, referral: Chart, pair: Pair) -> Iterator[tuple[Pair, str]]:
    """Every pair one step further, with its trigger."""
    at, suspected = pair
    law2 = _law2(referral, suspected)
    for row in penalty.rows:
        if row.source == at and row.to != at and row.trigger not in CARRIED and _open(row, law2):
            yield (row.to, suspected), row.trigger
    if suspected is None:
        yield (at, referral.initial), f"open_{referral.name}"
    for row in referral.rows:
        if row.source == suspected is not None and row.to != suspected and row.trigger not in CARRIED:
            yield (at, row.to), row.trigger


def _reached(penalty: Chart, referral: Chart) -> Mapping[Pair, tuple[str, ...]]:
    """For each pair that can be reached from a suspicion in whatever state of the penalty, a shortest path to it."""
    paths: dict[Pair, tuple[str, ...]] = {(state, None): () for state in penalty.states}
    queue = deque(paths)
    while queue:
        pair = queue.popleft()
        for further, trigger in _after(penalty, referral, pair):
            if further not in paths:
                paths[further] = (*paths[pair], trigger)
                queue.append(further)
    return paths


def _shut_for_good(referral: Chart) -> Iterator[tuple[str, tuple[str, ...]]]:
    """No row leads away from where a court has punished."""
    for row in referral.rows:
        if row.source in PUNISHED and row.to != row.source:
            yield (
                f"{row.trigger} leads from {row.source} to {row.to}, where a fine may be open again",
                (row.trigger,),
            )
    for name in sorted(PUNISHED & set(referral.states)):
        if referral.states[name].fine == "open":
            yield f"{name} leaves a fine open after the court has punished", ()


def _ways_out(
    penalty: Chart, referral: Chart, paths: Mapping[Pair, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """From every pair one stays reachable in which neither record is open any more (law 1)."""
    before: dict[Pair, set[Pair]] = {pair: set() for pair in paths}
    for pair in paths:
        for further, _ in _after(penalty, referral, pair):
            before[further].add(pair)
    done = {pair for pair in paths if _settled(penalty, referral, pair)}
    queue = deque(done)
    while queue:
        for pair in before[queue.popleft()] - done:
            done.add(pair)
            queue.append(pair)
    for at, suspected in paths.keys() - done:
        yield f"from {at} with the referral {suspected} no loop closes any more", paths[at, suspected]


def _settled(penalty: Chart, referral: Chart, pair: Pair) -> bool:
    at, suspected = pair
    return suspected is not None and "open" not in (penalty.states[at].kind, referral.states[suspected].kind)
