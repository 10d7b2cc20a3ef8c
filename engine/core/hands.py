"""Whose hands acted on a record, read off its entries alone: where one natural person did what takes two.

Guards refuse it beforehand by what is known then. That two accounts are one person's may be learnt later; what was done
before stays as it is, and is told here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.chart import Charts, Row
from engine.core.entries import CORRECT_DATE, WITHDRAW_ENTRY
from engine.core.persons import Persons

INVESTIGATES = ("start_verification", "propose_filing", "close_investigation")


@dataclass(frozen=True, slots=True)
class Act:
    """One entry: who did it, and for whom, by account."""

    sequence: int
    chart: str
    proceeding: str | None
    trigger: str
    state: str
    people: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """One natural person did both: `act` answers or checks `earlier` (None where the person was named for it)."""

    act: Act
    earlier: Act | None
    zh: str
    en: str


APPROVED = ("同一人提出并批准", "the same person proposed and approved")
VERIFIED = ("同一人承办并核验", "the same person handled and verified")
REVIEWED = ("同一人办案并审核或者主持听证", "the same person investigated and reviewed or presided")
CORRECTED = ("同一人录入并更正或者撤回", "the same person entered and corrected or withdrew")


def together(charts: Charts, acts: Sequence[Act], persons: Persons) -> Iterator[Together]:
    """Every act of a record, oldest first, that one natural person took with the act that another person must have taken."""
    gone = {one.facts.get("entry") for one in acts if one.trigger == WITHDRAW_ENTRY}
    for place, act in enumerate(acts):
        before = [one for one in acts[:place] if one.sequence not in gone]
        if act.trigger in (CORRECT_DATE, WITHDRAW_ENTRY):
            entered = [one for one in acts[:place] if one.sequence == act.facts.get("entry")]
            yield from _shared(act, entered, persons, CORRECTED)
        elif act.sequence not in gone and act.trigger in charts[act.chart].triggers:
            yield from _of_row(
                charts[act.chart].row_into(act.trigger, act.state), charts, act, before, persons
            )


def _of_row(
    row: Row, charts: Charts, act: Act, before: Sequence[Act], persons: Persons
) -> Iterator[Together]:
    own = [one for one in before if (one.chart, one.proceeding) == (act.chart, act.proceeding)]
    if row.guard("approver_is_not_proposer"):
        yield from _shared(act, _proposals(row, charts, own), persons, APPROVED)
    if row.guard("verifier_is_not_handler"):
        yield from _verified(act, before, persons)
    if row.guard("reviewer_not_case_officer") or row.guard("presider_not_case_officer"):
        yield from _shared(act, [one for one in own if one.trigger in INVESTIGATES], persons, REVIEWED)
        named = [one for one in own if one.facts.get("officers")]
        if named and _names(named[-1].facts["officers"], act, persons):
            yield Together(act, None, *REVIEWED)


def _proposals(row: Row, charts: Charts, own: Sequence[Act]) -> list[Act]:
    """The proposals that the row answers and that no earlier answer has settled."""
    siblings = {one.trigger for one in charts[row.chart].rows if one.answers == row.answers}
    answered = max((one.sequence for one in own if one.trigger in siblings), default=-1)
    return [one for one in own if one.trigger in row.answers and one.sequence > answered]


def _verified(act: Act, before: Sequence[Act], persons: Persons) -> Iterator[Together]:
    told = [one for one in before if one.proceeding is None and one.facts.get("handler")]
    if told:
        if _names((told[-1].facts["handler"],), act, persons):
            yield Together(act, None, *VERIFIED)
        return
    yield from _shared(act, [one for one in before if one.proceeding is not None], persons, VERIFIED)


def _names(officers: Sequence[Mapping[str, Any]], act: Act, persons: Persons) -> bool:
    named = {persons.person_of(one["login"]) for one in officers if one.get("login")}
    return not named.isdisjoint(persons.person_of(login) for login in act.people)


def _shared(act: Act, earlier: Sequence[Act], persons: Persons, said: tuple[str, str]) -> Iterator[Together]:
    hands = {persons.person_of(login) for login in act.people}
    for one in earlier:
        if not hands.isdisjoint(persons.person_of(login) for login in one.people):
            yield Together(act, one, *said)
            return
