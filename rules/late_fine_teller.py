"""Says in one language how the additional fine for late payment came to be, line by line, and what was paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.late_fine import LateFine
from engine.core.late_payment import LatePayment
from engine.core.stretch import Stretch, each_day
from rules.data_file import read_data
from rules.reckoning_teller import Line, ReckoningTeller


@cache
def _words() -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_data(Path(__file__).with_name("late_fine.yaml"))
    return words


def rule_words(name: str) -> Mapping[str, Any]:
    """What is said of a rule by which the additional fine is counted, and what it rests on."""
    words: Mapping[str, Any] = _words()["rules"][name]
    return words


def rules_of(fine: LateFine, payment: LatePayment | None = None) -> list[str]:
    """The rules that were used, in the order in which they are told."""
    excluded = any(one.kind == "excluded" for one in fine.stretches)
    rules = {"rate": True, "contested": excluded, "days": True, "fractions": fine.fine_fen % 100}
    rules["in_part"] = payment is not None and bool(payment.in_part)
    return [name for name, used in rules.items() if used]


def stretches_of(fine: LateFine, *, by_day: bool = False) -> Sequence[Stretch]:
    """The stretches of days, or each of their days."""
    return [day for one in fine.stretches for day in each_day(one)] if by_day else fine.stretches


@dataclass(frozen=True, slots=True)
class LateFineTeller:
    """Says additional fines in one language; sums in yuan with two decimals."""

    language: str

    def title(self) -> str:
        """What the whole is called."""
        return self._said("title")

    def lines(self, fine: LateFine, *, by_day: bool = False) -> list[Line]:
        """A line for each stretch, or for each of its days."""
        return [self.line(fine, one) for one in stretches_of(fine, by_day=by_day)]

    def line(self, fine: LateFine, one: Stretch) -> Line:
        """The line of one stretch: its days, what they bring, and the sum after them."""
        days, before = _length(one), one.total - one.units
        product = fine.fine_fen * fine.percent * one.total // 100 - fine.fen(before)
        brings = fine.fen(one.total) - fine.fen(before)
        name = one.kind if one.kind != "counted" or brings == product else "capped"
        said = self._said(
            *("lines", name),
            n=days,
            percent=fine.percent,
            fine=self.yuan(fine.fine_fen),
            product=self.yuan(product),
            sum=self.yuan(brings),
            grounds=self._dates().grounds(one.exclusions),
        )
        total = self._said("total", sum=self.yuan(fine.fen(one.total))) if one.units else ""
        return Line(self._dates().span(one.first, one.last), said, total)

    def notes(self, fine: LateFine, payment: LatePayment | None = None) -> list[str]:
        """What it comes to, when it equals the fine, by which rules, and how it would be otherwise."""
        return [
            self._said(
                "notes", "sum", n=fine.days, until=self.point(fine.until), sum=self.yuan(fine.sum_fen)
            ),
            *self._limit(fine, payment),
            *(self._dates().rule(rule_words(name)) for name in rules_of(fine, payment)),
            *self._other_way(fine),
        ]

    def status(self, payment: LatePayment) -> str:
        """What the records say of it."""
        fine, since = payment.late_fine, payment.contested_since
        return self._said(
            *("status", payment.status),
            until=self.point(fine.until),
            sum=self.yuan(fine.sum_fen),
            since=self.point(since) if since else "",
        )

    def events(self, payment: LatePayment) -> list[str]:
        """What was paid and what was reduced, as it is on record."""
        return list(self._events(payment))

    def yuan(self, fen: int | None) -> str:
        """The sum in yuan; that none is on record where there is none."""
        if fen is None:
            return self._said("events", "unknown")
        return self._said("yuan", sum=f"{fen // 100:,}.{fen % 100:02d}")

    def point(self, day: date) -> str:
        """A day with its weekday."""
        return self._dates().point(day)

    def _events(self, payment: LatePayment) -> Iterator[str]:
        for one in payment.in_part:
            yield self._event("in_part", one.on, paid=self.yuan(one.paid_fen))
        if payment.reduced is not None:
            one = payment.reduced
            yield self._event("reduced", one.on, stated=self.yuan(one.late_fine_fen))
        if payment.paid is None:
            return
        paid, counted = payment.paid, payment.late_fine.sum_fen
        yield self._event("paid", paid.on, paid=self.yuan(paid.paid_fen))
        if paid.late_fine_fen is not None:
            difference = abs(paid.late_fine_fen - counted)
            name, stated = "differs" if difference else "stated", self.yuan(paid.late_fine_fen)
            yield self._event(name, paid.on, stated=stated, difference=self.yuan(difference))

    def _event(self, name: str, on: date, **fill: Any) -> str:
        return self._said("events", name, on=on.isoformat(), **fill)

    def _limit(self, fine: LateFine, payment: LatePayment | None) -> Iterator[str]:
        cap, sum_ = self.point(fine.cap_on), self.yuan(fine.fine_fen)
        if fine.reached:
            yield self._said("notes", "reached", cap=cap, fine=sum_)
        elif payment is None or payment.status in ("not_due", "accruing"):
            yield self._said("notes", "ahead", cap=cap, fine=sum_)

    def _other_way(self, fine: LateFine) -> Iterator[str]:
        if fine.otherwise_fen is not None:
            name = "half_open" if fine.half_open else "closed"
            yield self._said("notes", name, other=self.yuan(fine.otherwise_fen))

    def _dates(self) -> ReckoningTeller:
        return ReckoningTeller(self.language)

    def _said(self, *path: str, n: int = 0, **fill: Any) -> str:
        words: Any = _words()
        for name in path:
            words = words[name]
        single = n == 1 and self.language == "en" and "one" in words
        return str(words["one" if single else self.language].format(n=n, **fill))


def _length(one: Stretch) -> int:
    return one.last.toordinal() - one.first.toordinal() + 1
