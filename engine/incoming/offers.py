"""What may be done with an inbound matter now, and why not: the same answer for whoever shows it and whoever does it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.core.commands import Principal
from engine.core.incoming import ACCEPT, FEED_BACK, NONE, TELL, IncomingAct, IncomingBook
from engine.core.incoming_form import FORWARD
from engine.core.incoming_rights import may_take
from engine.core.recusal import SHUT_OUT, is_recused, without_recused_lenders
from engine.core.refusals import Reason
from engine.incoming.said import shut
from engine.incoming.sight import matter_of

ROLE = ("role_not_allowed", "您的角色不能办理这一步", "your role may not do this")


@dataclass(frozen=True, slots=True)
class Offer:
    """An act with every reason why it is shut; open when there is none."""

    act: IncomingAct
    reasons: tuple[Reason, ...]

    @property
    def open(self) -> bool:
        """True when the person may take it now."""
        return not self.reasons


def offers(
    book: IncomingBook, who: Principal, row: Any, running: Collection[str], recused: Collection[str]
) -> list[Offer]:
    """Every act of the matter's kind; `running` are the terms that run on it, `recused` whoever is in its case."""
    known = (act for act in book.acts.values() if _known(book, row, act))
    return [offered(book, who, row, act, running, recused) for act in known]


def offered(
    book: IncomingBook,
    who: Principal,
    row: Any,
    act: IncomingAct,
    running: Collection[str],
    recused: Collection[str],
) -> Offer:
    """The act, with what stands against it: the state and kind of the matter, its clocks, and the person's role.

    What has become a case is shut to whoever is recused in it, like the rows of the case.
    """
    reasons = [why for why in (_state(book, row, act, running),) if why is not None]
    if is_recused(who, recused):
        reasons.append(SHUT_OUT)
    if not may_take(without_recused_lenders(who, recused), matter_of(row), act):
        reasons.append(Reason(*ROLE, roles=tuple(sorted(act.by))))
    return Offer(act, tuple(reasons))


def _known(book: IncomingBook, row: Any, act: IncomingAct) -> bool:
    """False for what no matter of the kind ever asks."""
    kind = book.kinds[row.kind]
    if act.act == FORWARD:
        return bool(kind.forwards)
    return act.act != TELL or any(TELL in clock.until for clock in kind.clocks)


def _state(book: IncomingBook, row: Any, act: IncomingAct, running: Collection[str]) -> Reason | None:
    if not _known(book, row, act):
        return shut("not_for_kind")
    if row.state not in act.sources:
        return shut("ended" if book.states[row.state].ended else "another_state")
    if act.act == ACCEPT and row.referral_id is not None:
        return shut("in_referral")
    if act.act in (TELL, FEED_BACK):
        waits = any(act.act in clock.until and clock.term in running for clock in book.kinds[row.kind].clocks)
        if not waits:
            return shut(_why_not(row, act))
    return None


def _why_not(row: Any, act: IncomingAct) -> str:
    if act.act == FEED_BACK:
        return "not_concluded"
    told = TELL in row.events or row.informant == NONE
    return "told_already" if told else "not_filed"
