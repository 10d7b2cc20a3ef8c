"""How long what is closed is kept, and what keeps it from being erased (DESIGN law 7).

No period of keeping was read and verified: a category without years is 待定, and nothing of it is ever erased. Years that
an office sets are its own internal limit (内部期限) and are shown as such.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.core.refusals import Reason

PENALTY, HANDLED, NO_ACTION = "penalty", "handled", "no_action"
CATEGORIES = (PENALTY, HANDLED, NO_ACTION)
"""处罚案件, 经过其他处置程序的问题, 未作处置的问题."""
YEARS_MAX = 100


@dataclass(frozen=True, slots=True)
class Period:
    """What an office says of one category; `years` None: not settled."""

    code: str
    zh: str
    en: str
    years: int | None
    basis: str | None
    """By what the office set the years; None where it set none."""
    mark: str

    def answer(self) -> dict[str, Any]:
        """The period as it is told; `nature` says whose limit it is."""
        return {
            "category": self.code,
            "zh": self.zh,
            "en": self.en,
            "years": self.years,
            "nature": None if self.years is None else "internal",
            "basis": self.basis,
            "mark": self.mark,
        }


Schedule = Mapping[str, Period]
"""By category; of a category that is not in it nothing is erased."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A finding as far as erasing goes by it: `kinds` are its proceedings, `closed_on` None while it is open."""

    kinds: frozenset[str]
    closed_on: date | None
    all_ended: bool
    """True when every proceeding has ended: a flag in force or a case with the judiciary has not."""
    clock_runs: bool
    letters_wait: bool
    """True while a message to another department has not arrived."""
    held: bool
    erased: bool


def category_of(kinds: Collection[str]) -> str:
    """The category of a finding that had proceedings of these kinds."""
    if PENALTY in kinds:
        return PENALTY
    return HANDLED if kinds else NO_ACTION


def kept_until(closed_on: date, years: int) -> date:
    """The last day on which it is kept: the same day so many years later, or the day before where there is none."""
    try:
        return closed_on.replace(year=closed_on.year + years)
    except ValueError:
        return closed_on.replace(year=closed_on.year + years, day=28)


def why_kept(closed: Closed, schedule: Schedule, today: date) -> list[Reason]:
    """Everything that keeps it from being erased, as far as anybody may know; empty where nothing does."""
    return list(_why(closed, schedule, today))


def _why(closed: Closed, schedule: Schedule, today: date) -> Iterator[Reason]:
    if closed.erased:
        yield ERASED
        return
    if closed.closed_on is None:
        yield _reason("台账条目尚未销号", "the finding is not closed")
    if not closed.all_ended:
        yield _reason(
            "处置程序尚未全部结束，或者信用惩戒、失信标记仍在生效",
            "a proceeding has not ended, or a credit flag is in force",
        )
    if closed.clock_runs:
        yield _reason("还有时限在计算", "a clock is still running")
    if closed.letters_wait:
        yield _reason("还有报文没有送达", "a message has not been delivered")
    if closed.held:
        yield _reason("正在保全，暂缓销毁", "it is under legal hold")
    period = schedule.get(category_of(closed.kinds))
    if period is None or period.years is None:
        yield _reason(
            "保存期限待定：本机关没有设定这一类的期限",
            "the period of keeping is not settled: the office has set none for this category",
        )
    elif closed.closed_on is not None and (last := kept_until(closed.closed_on, period.years)) >= today:
        yield _reason(f"保存期限（内部）到 {last} 届满", f"it is kept until {last} (internal limit)")


def _reason(zh: str, en: str) -> Reason:
    return Reason("no_such_step", zh, en)


ERASED = _reason("内容已依法销毁，不再办理", "what it said was lawfully erased: nothing more is done here")
CONFIDED = _reason(
    "该问题有移送司法机关的记录或者未了的涉密来件，不得销毁；对名单以外的人员不要提及",
    "a criminal referral or a confidential matter is on record, so nothing is erased; say nothing of it to others",
)
"""For the principal head alone, who is on the list of every referral: nobody else decides here (law 9)."""
