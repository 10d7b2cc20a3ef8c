"""Law 2: a fine never takes the place of a criminal referral (行政处罚法 Art 8(2), 27, 35; 国令730 Art 10, 11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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


def law2_of(*, threshold: bool) -> Law2:
    """What stands open while a threshold of the same party and act is reached, or while none is."""
    return THRESHOLD_ALONE if threshold else NOTHING_SUSPECTED
