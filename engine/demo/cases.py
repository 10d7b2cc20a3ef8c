"""Cases: each inspection that a story tells of, with its people, its party and what is found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from engine.demo.days import Days
from engine.demo.parties import Parties
from engine.demo.scenery import Company, Matter, Person, Scenery, Trade
from engine.demo.stories import Story, Strand

REFERENCE = "demo-"
"""What the references of all invented inspections and findings begin with."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays in one case."""

    inspectors: tuple[Person, ...]
    officer: str
    handler: Person
    other_handler: Person
    parts: Mapping[str, str]

    def login(self, part: str) -> str:
        """The login of the part."""
        if part == "inspector":
            return str(self.inspectors[0])
        return self.officer if part == "officer" else self.parts[part]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of a case."""

    strand: Strand
    matter: Matter
    summary: str


@dataclass(frozen=True, slots=True)
class Case:
    """One telling of a story; `shift` working days earlier than the story says."""

    number: int
    story: Story
    shift: int
    cast: Cast
    trade: Trade
    party: Mapping[str, Any]
    found: tuple[Found, ...]
    luck: Random

    @property
    def reference(self) -> str:
        """The reference of the inspection; findings add their number."""
        return f"{REFERENCE}{self.number:04d}"


def cases_of(stories: tuple[Story, ...], scenery: Scenery, days: Days) -> Iterator[Case]:
    """Every case in the order of the stories; the same files give the same cases."""
    parties, number = Parties(scenery.signboards), 0
    for story in stories:
        for shift in story.back:
            if _too_early(story, shift, days):
                continue
            number += 1
            luck = Random(f"{story.name}/{shift}")
            trade = _trade(story, scenery, luck)
            yield Case(
                number,
                story,
                shift,
                _cast(scenery.companies[story.department], number),
                trade,
                parties.invent(trade, luck),
                tuple(_findings(story, scenery, trade, luck)),
                luck,
            )


def _too_early(story: Story, shift: int, days: Days) -> bool:
    """True when the law of the story was not yet in force on the day of its last act."""
    if story.not_before is None:
        return False
    return days.before(story.lines[-1].day - shift) < story.not_before


def _cast(company: Company, number: int) -> Cast:
    handlers = company.handlers
    return Cast(
        company.inspectors[number % len(company.inspectors)],
        company.officers[number % len(company.officers)],
        handlers[number % len(handlers)],
        handlers[(number + 1) % len(handlers)],
        company.parts,
    )


def _trade(story: Story, scenery: Scenery, luck: Random) -> Trade:
    """A trade at which every strand of the story can find something."""
    trades = [
        trade
        for code, trade in scenery.signboards.trades.items()
        if (not story.trades or code in story.trades)
        and all(_fitting(strand, scenery, trade) for strand in story.strands)
    ]
    return luck.choice(trades)


def _fitting(strand: Strand, scenery: Scenery, trade: Trade) -> list[Matter]:
    return [
        matter for matter in scenery.matters if matter.group in strand.about and trade.code in matter.trades
    ]


def _findings(story: Story, scenery: Scenery, trade: Trade, luck: Random) -> Iterator[Found]:
    """What is found; the same matter comes twice only when there is no other."""
    told: list[Matter] = []
    for strand in story.strands:
        for _ in range(strand.times):
            fitting = _fitting(strand, scenery, trade)
            matter = luck.choice([one for one in fitting if one not in told] or fitting)
            again = told.count(matter)
            told.append(matter)
            yield Found(strand, matter, matter.summaries[(luck.randrange(9) + again) % len(matter.summaries)])
