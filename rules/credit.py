"""How long a penalty is published and when it may be repaired: the classes in force on a date.

总局令45号 for what was published until 2025-12-24; the three classes of 国办发〔2025〕22号 and of 市场监督管理信用修复管理办法
from 2025-12-25 on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.basis import Basis, read_basis
from rules.condition_checks import check_domains
from rules.condition_file import read_condition
from rules.conditions import Condition, condition_as_data
from rules.data_file import Fields, read_as
from rules.facts import FactDictionary
from rules.predicates import Facts, predicate

SERIOUS = "serious"
"""The class that goes before every other one that holds as well."""
REGIMES_FILE = "regimes.yaml"


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last day, both included; an open end is None."""

    first: date
    last: date | None

    def holds(self, on: date) -> bool:
        """True when the date lies in the period."""
        return self.first <= on and (self.last is None or on <= self.last)

    def as_data(self) -> dict[str, str | None]:
        """The shape of the public contract."""
        return {"from": self.first.isoformat(), "until": self.last.isoformat() if self.last else None}


@dataclass(frozen=True, slots=True)
class CreditClass:
    """One class of publication.

    months_min: earliest end on repair; months_max: end without repair. months_min_of: other earliest ends, by
    domain. ban_counts: a longer ban from trade is published as long as it lasts.
    """

    id: str
    title: str
    publicity_class: str
    publicity_length: str | None
    when: Condition
    months_min: int
    months_max: int
    months_min_of: Mapping[str, int]
    ban_counts: bool
    early_end: bool
    in_force: Period
    basis: tuple[Basis, ...]

    @property
    def verified(self) -> bool:
        """True when every figure of the class rests on a text that was read."""
        return all(basis.verified for basis in self.basis)

    def months(self, facts: Facts) -> tuple[int, int]:
        """Earliest end on repair, and end without it, for a penalty with these facts."""
        least = self.months_min_of.get(str(facts["domain"]), self.months_min)
        ban = int(facts["trade_ban_months"])
        if self.ban_counts and ban > self.months_max:
            return ban, ban
        return least, self.months_max

    def as_data(self) -> dict[str, Any]:
        """The shape of the public contract."""
        return {
            "id": self.id,
            "title": self.title,
            "publicity_class": self.publicity_class,
            "publicity_length": self.publicity_length,
            "when": condition_as_data(self.when),
            "months_min": self.months_min,
            "months_max": self.months_max,
            "early_end": self.early_end,
            "in_force": self.in_force.as_data(),
            "basis": [basis.as_data() for basis in self.basis],
        }


@dataclass(frozen=True, slots=True)
class Credit:
    """Classes, regimes and repair terms, each with its dates."""

    classes: tuple[CreditClass, ...]
    regimes: tuple[tuple[str, Period], ...]
    repair_terms: tuple[tuple[str, Period, str], ...]
    masked: tuple[str, ...]
    """Kinds of personal data that no publication carries."""

    def class_of(self, facts: Facts, published_on: date) -> CreditClass | None:
        """The class of a decided penalty on the day of publication; None when there is none to publish."""
        if facts["penalty_procedure"] == "none":
            return None
        holding = [
            one for one in self.classes if one.in_force.holds(published_on) and predicate(one.when)(facts)
        ]
        return min(holding, key=lambda one: (one.publicity_class != SERIOUS, one.id), default=None)

    def repair_term(self, applied_on: date) -> str | None:
        """The term in which an application for repair made on the day is decided."""
        return next((term for term, period, _ in self.repair_terms if period.holds(applied_on)), None)

    def answer(self, facts: Facts, published_on: date, applied_on: date) -> dict[str, Any] | None:
        """Class and repair term in the shape of ruling_answer.json; None when nothing is to be published."""
        found = self.class_of(facts, published_on)
        if found is None:
            return None
        months_min, months_max = found.months(facts)
        return {
            "regime": next(id for id, period in self.regimes if period.holds(published_on)),
            "publicity_class": found.publicity_class,
            "months_min": months_min,
            "months_max": months_max,
            "early_end": found.early_end,
            "repair_term": self.repair_term(applied_on),
        }


def credit_files(folder: Path) -> tuple[Path, ...]:
    """The files of the folder: the regimes, and one for each class."""
    return (folder / REGIMES_FILE, *sorted(path for path in folder.iterdir() if path.name != REGIMES_FILE))


def load_credit(folder: Path, facts: FactDictionary) -> Credit:
    """Classes, regimes and repair terms of the folder; raises DataFault with file, line, field and remedy."""
    first, *classes = credit_files(folder)
    regimes, terms, masked = read_as(first, _regimes)
    # mypy cannot infer a lambda whose default binds the path of each round
    read = [read_as(path, lambda data, path=path: _class(data, path, facts)) for path in classes]  # type: ignore[misc]  # a lambda with a default
    return Credit(tuple(read), regimes, terms, masked)


def _regimes(
    data: Any,
) -> tuple[tuple[tuple[str, Period], ...], tuple[tuple[str, Period, str], ...], tuple[str, ...]]:
    fields = Fields(data)
    regimes, terms = [], []
    for position, item in enumerate(fields.items("regimes")):
        entry = Fields(item, f"/regimes/{position}")
        regimes.append((entry.text("id"), _period(entry)))
        entry.done()
    for position, item in enumerate(fields.items("repair")):
        entry = Fields(item, f"/repair/{position}")
        terms.append((entry.text("term"), _period(entry), entry.text("mark")))
        entry.done()
    masked = fields.codes("masked")
    fields.done()
    return tuple(regimes), tuple(terms), masked


def _period(fields: Fields) -> Period:
    force = Fields(fields.take("in_force"), fields.where("in_force"))
    period = Period(force.day("from"), force.day_or_none("until"))
    force.done()
    if period.last is not None and period.last < period.first:
        raise fields.fault("in_force", "ends_before_it_begins")
    return period


def _class(data: Any, path: Path, facts: FactDictionary) -> CreditClass:
    fields = Fields(data)
    when = read_condition(fields.take("when"), "/when", facts)
    check_domains(when, "/when", facts, frozenset(facts.vocabulary.domains))
    domains = Fields(fields.take("months_min_of") if fields.has("months_min_of") else {}, "/months_min_of")
    own = {domain: domains.integer(domain) for domain in facts.vocabulary.domains if domains.has(domain)}
    domains.done()
    read = CreditClass(
        id=fields.text("id"),
        title=fields.text("title"),
        publicity_class=fields.text("publicity_class"),
        publicity_length=fields.text_or_none("publicity_length"),
        when=when,
        months_min=fields.integer("months_min"),
        months_max=fields.integer("months_max"),
        months_min_of=own,
        ban_counts=fields.boolean("ban_counts", False),
        early_end=fields.boolean("early_end"),
        in_force=_period(fields),
        basis=read_basis(fields),
    )
    fields.done()
    if path.name != f"{read.id}.yaml":
        raise fields.fault("id", "file_name_differs", file_name=f"{read.id}.yaml")
    if not all(0 <= least <= read.months_max for least in (read.months_min, *own.values())):
        raise fields.fault("months_min", "months_out_of_range")
    if not read.basis:
        raise fields.fault("basis", "states_no_law")
    return read
