"""What a draft of the rulebook would change: two outcomes of one finding beside each other, and what is at stake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rules.data_file import DataFault
from rules.facts import FactDictionary, Value
from rules.rulebook import Rulebook
from rules.ruling import Ruling

FINE = "fine_fen"
"""The fact that holds the fine that was notified or decided."""
LOST, GAINED = "lost", "gained"
LISTS = {"routes": "route", "flags": "flag", "shut": "shut", "to": "to"}
"""The lists of an outcome, and what one member of each is called in a turn."""
SUBJECTS = (*LISTS.values(), "rectify_first", "urgent", "undecidable")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What of a ruling somebody would notice; `to` is sorted, since its order says nothing."""

    routes: tuple[str, ...]
    flags: tuple[str, ...]
    shut: tuple[str, ...]
    to: tuple[str, ...]
    rectify_first: str
    urgent: bool

    def as_data(self) -> dict[str, Any]:
        """The outcome as it is kept and answered."""
        lists = {name: list(getattr(self, name)) for name in LISTS}
        return {**lists, "rectify_first": self.rectify_first, "urgent": self.urgent}


def outcome_of(ruling: Ruling) -> Outcome:
    """The outcome of a ruling."""
    return Outcome(
        routes=ruling.routes,
        flags=ruling.flags,
        shut=ruling.shut,
        to=tuple(sorted(ruling.to)),
        rectify_first=ruling.rectify_first,
        urgent=ruling.urgent,
    )


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that an outcome loses or gains: a route, a flag, what is shut, a department…"""

    subject: str
    code: str
    turn: str


@dataclass(frozen=True, slots=True)
class Change:
    """Two outcomes of one finding that differ; None where a rulebook does not know the finding's facts."""

    was: Outcome | None
    becomes: Outcome | None

    def turns(self) -> frozenset[Turn]:
        """Everything lost and gained; an outcome that cannot be had turns as a whole."""
        return frozenset(self._turns())

    def _turns(self) -> Iterator[Turn]:
        if self.was is None or self.becomes is None:
            yield Turn("undecidable", "facts", LOST if self.was is None else GAINED)
            return
        for name, subject in LISTS.items():
            before, after = set(getattr(self.was, name)), set(getattr(self.becomes, name))
            yield from (Turn(subject, code, LOST) for code in before - after)
            yield from (Turn(subject, code, GAINED) for code in after - before)
        if self.was.rectify_first != self.becomes.rectify_first:
            yield Turn("rectify_first", self.was.rectify_first, LOST)
            yield Turn("rectify_first", self.becomes.rectify_first, GAINED)
        if self.was.urgent != self.becomes.urgent:
            yield Turn("urgent", "urgent", LOST if self.was.urgent else GAINED)


def change_between(was: Outcome | None, becomes: Outcome | None) -> Change | None:
    """The change from the one outcome to the other, None when they are the same."""
    return None if was == becomes else Change(was, becomes)


def hidden_change(shown: Change | None, whole: Change | None) -> Change | None:
    """The whole change when it has a turn that the shown one has not: its confidential part changes too."""
    if whole is None or not whole.turns() - (shown.turns() if shown else frozenset()):
        return None
    return whole


def at_stake(facts: Mapping[str, Value], dictionary: FactDictionary) -> tuple[int, int]:
    """In fen: the fine notified or decided, and the largest other sum that everybody may see; 0 where unknown.

    The largest and not the total, since turnover, gains and value of one finding count the same goods.
    """
    sums = {
        name: max(0, int(facts.get(name, 0)))
        for name, fact in dictionary.by_name.items()
        if fact.unit == "fen" and not fact.confidential
    }
    fine = sums.pop(FINE, 0)
    return fine, max(sums.values(), default=0)


def check_draft(draft: Rulebook, live: Rulebook) -> None:
    """Raises DataFault for a draft that leaves out a fact or a figure which the house itself works out or reads."""
    facts = [
        name
        for name, fact in live.facts.by_name.items()
        if fact.derived_from is not None and name not in draft.facts.by_name
    ]
    if facts:
        raise DataFault("derived_fact_gone", field="/facts", value=facts[0]).located("facts.yaml", 1)
    figures = sorted(live.office.thresholds.keys() - draft.office.thresholds.keys())
    if figures:
        file = f"offices/{draft.office.office_id}.yaml"
        raise DataFault("read_figure_gone", field="/thresholds", value=figures[0]).located(file, 1)
