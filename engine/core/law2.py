"""Law 2: a fine never takes the place of a criminal referral (行政处罚法 Art 8(2), 27, 35; 国令730 Art 10, 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.core.chart import Chart


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A crime that is suspected in an act: of this finding (`own`) or another of the same party and act."""

    own: bool
    state: str | None
    """The state of its criminal referral; None while it is recorded and not referred yet."""


@dataclass(frozen=True, slots=True)
class Law2:
    """What a suspicion of the same party and act leaves open: money, ending the penalty, and what may wait for it."""

    fine: Literal["open", "shut", "never"]
    close: Literal["open", "shut"]
    under_way: bool = False
    """A referral stands that has no outcome yet."""
    settled: bool = False
    """A referral was filed by the police and its items were handed over."""


NOTHING_SUSPECTED = Law2("open", "open")
THRESHOLD_ALONE = Law2("shut", "shut")
"""A threshold is reached and nobody has referred it yet."""
FOLLOWED_UP = "following_up"
WAITING = frozenset({"awaiting_criminal", "with_judiciary"})
"""States in which a penalty waits for the police and the courts."""


def law2_of(referrals: Chart, suspicions: Iterable[Suspicion], *, threshold: bool) -> Law2:
    """What stands open: of several referrals of the act the strictest decides, and a court's fine for good.

    `referrals` is the chart of criminal referrals; `threshold`, whether one is reached in some finding of the act.
    """
    known = list(suspicions)
    if not known:
        return THRESHOLD_ALONE if threshold else NOTHING_SUSPECTED
    states = [referrals.states[one.state] for one in known if one.state is not None]
    waits = len(states) < len(known)
    fines = {state.fine for state in states}
    shut = waits or any(state.close == "shut" for state in states)
    return Law2(
        "never" if "never" in fines else "shut" if waits or "shut" in fines else "open",
        "shut" if shut else "open",
        under_way=any(state.close == "shut" for state in states),
        settled=any(state.name == FOLLOWED_UP for state in states),
    )
