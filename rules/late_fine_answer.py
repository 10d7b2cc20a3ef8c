"""The additional fine for late payment as data: the `late_fine` of answers and of the command line."""

from __future__ import annotations

from typing import Any

from engine.core.late_fine import LateFine
from engine.core.late_payment import LatePayment
from engine.core.stretch import Stretch
from rules.late_fine_teller import LateFineTeller, rule_words, rules_of, stretches_of
from rules.reckoning_answer import excluded_answer, rule_answer
from rules.reckoning_teller import LANGUAGES

_TELLERS = {language: LateFineTeller(language) for language in LANGUAGES}


def sum_answer(fine: LateFine) -> dict[str, Any]:
    """What has come on top of the fine by the end of a day; money in fen."""
    return {
        "fine_fen": fine.fine_fen,
        "percent_per_day": fine.percent,
        "due_on": fine.due_on.isoformat(),
        "until": fine.until.isoformat(),
        "days": fine.days,
        "sum_fen": fine.sum_fen,
        "reached_on": fine.cap_on.isoformat() if fine.reached else None,
    }


def late_fine_answer(
    fine: LateFine, payment: LatePayment | None = None, *, by_day: bool = False
) -> dict[str, Any]:
    """The sum with its stretches (or days) in order, its rules and notes, in both languages.

    `otherwise_fen` is what comes out when exclusions are counted the other way. With a payment on record also what the
    records say of it.
    """
    answer = {
        **sum_answer(fine),
        "exclusions": "half_open" if fine.half_open else "closed",
        "otherwise_fen": fine.otherwise_fen,
        "stretches": [_stretch(fine, one) for one in stretches_of(fine, by_day=by_day)],
        "rules": [rule_answer(name, rule_words(name)) for name in rules_of(fine, payment)],
        "notes": _both(*(teller.notes(fine, payment) for teller in _TELLERS.values())),
    }
    return answer if payment is None else answer | _on_record(payment)


def _on_record(payment: LatePayment) -> dict[str, Any]:
    paid, since = payment.paid, payment.contested_since
    return {
        "status": payment.status,
        "contested_since": since.isoformat() if since else None,
        "paid_on": paid.on.isoformat() if paid else None,
        "recorded_fen": paid.late_fine_fen if paid else None,
        "reduced_to_fen": payment.reduced.late_fine_fen if payment.reduced else None,
        "in_part": [{"paid_on": one.on.isoformat(), "paid_fen": one.paid_fen} for one in payment.in_part],
        "events": _both(*(teller.events(payment) for teller in _TELLERS.values())),
        **{language: teller.status(payment) for language, teller in _TELLERS.items()},
    }


def _stretch(fine: LateFine, one: Stretch) -> dict[str, Any]:
    said: dict[str, Any] = {
        "first": one.first.isoformat(),
        "last": one.last.isoformat(),
        "kind": one.kind,
        "days": one.units,
        "total_days": one.total,
        "fen": fine.fen(one.total) - fine.fen(one.total - one.units),
        "total_fen": fine.fen(one.total),
    }
    if one.exclusions:
        said["excluded"] = [excluded_answer(each) for each in one.exclusions]
    return said | {language: teller.line(fine, one).said for language, teller in _TELLERS.items()}


def _both(zh: list[str], en: list[str]) -> list[dict[str, str]]:
    return [{"zh": one, "en": other} for one, other in zip(zh, en, strict=True)]
