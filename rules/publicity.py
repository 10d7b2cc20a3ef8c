"""How long a penalty stays public and by when its repair is decided: data with dates, chosen by a pure function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.conditions import AnyOf, Comparison, Condition, comparisons, read_condition
from rules.data_file import DataFault, Fields, read_as
from rules.facts import FactDictionary, Value

FILE = Path(__file__).parent / "publicity.yaml"
NOT_PUBLISHED = "not_published"


@dataclass(frozen=True, slots=True)
class PublicityClass:
    """A class of publicity while it is in force, and the months that it lasts."""

    id: str
    publicity_class: str
    when: Condition
    months_min: int
    months_max: int
    in_force_from: date
    in_force_until: date | None
    ban: bool = False
    longer_domains: tuple[str, ...] = ()
    longer_months_min: int = 0

    def in_force(self, on: date) -> bool:
        """True when the class stands on the date."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    def lasting(self, domain: str | None, ban_months: int) -> tuple[int, int]:
        """The months of this class for a penalty of that domain with a ban from trade of that length."""
        if self.ban and ban_months > self.months_max:
            return ban_months, ban_months
        earliest = self.longer_months_min if domain in self.longer_domains else self.months_min
        return earliest, self.months_max


@dataclass(frozen=True, slots=True)
class RepairTerm:
    """The term in which a decision on repair is made while the rule is in force."""

    term: str
    in_force_from: date
    in_force_until: date | None


@dataclass(frozen=True, slots=True)
class Publicity:
    """Classes of publicity in the order in which they are asked, terms of repair, kinds of data that are masked."""

    classes: tuple[PublicityClass, ...]
    repair: tuple[RepairTerm, ...]
    masked: tuple[str, ...]
    heaviness: tuple[str, ...]
    """Kinds of penalty, the heaviest last."""

    def class_of(self, facts: Mapping[str, Value], on: date) -> PublicityClass | None:
        """The first class in force on the day of publication whose condition holds; None where none does."""
        return next((one for one in self.classes if one.in_force(on) and holds(one.when, facts)), None)

    def repair_term(self, on: date) -> str:
        """The term for an application of that day; before the first rule that is kept, the first."""
        standing = [one.term for one in self.repair if one.in_force_from <= on]
        return standing[-1] if standing else self.repair[0].term


def holds(condition: Condition, facts: Mapping[str, Value]) -> bool:
    """True when the condition holds for facts of which none it asks for is missing."""
    if not isinstance(condition, Comparison):
        parts = (holds(part, facts) for part in condition.parts)
        return any(parts) if isinstance(condition, AnyOf) else all(parts)
    value: Any = facts[condition.fact]
    wanted: Any = condition.value
    if condition.operator == "in":
        return value in wanted
    return bool((value == wanted) is (condition.operator == "=="))


def load_publicity(facts: FactDictionary, path: Path = FILE) -> Publicity:
    """What the file says; raises DataFault."""
    return read_as(path, lambda data: _read(data, facts))


def _read(data: Any, facts: FactDictionary) -> Publicity:
    fields = Fields(data)
    classes = tuple(
        _class(Fields(one, f"/classes/{place}"), facts) for place, one in enumerate(fields.items("classes"))
    )
    repair = tuple(
        _repair(Fields(one, f"/repair/{place}")) for place, one in enumerate(fields.items("repair"))
    )
    masked = fields.codes("masked")
    fields.done()
    for name, listed in (("classes", classes), ("repair", repair), ("masked", masked)):
        _not_empty(name, listed)
    return Publicity(classes, repair, masked, tuple(facts.by_name["penalty_heaviest"].vocabulary))


def _not_empty(name: str, listed: Sequence[Any]) -> None:
    if not listed:
        raise DataFault("lists nothing", "Add an entry.", field=f"/{name}")


def _class(fields: Fields, facts: FactDictionary) -> PublicityClass:
    since, until = _in_force(fields)
    domains, months_min = _longer(fields)
    condition = read_condition(fields.take("when"), fields.where("when"), facts)
    if any(one.operator not in ("==", "!=", "in") for one in comparisons(condition)):
        raise fields.fault("when", "asks for an order", 'Compare with "==", "!=" or "in".')
    read = PublicityClass(
        id=fields.text("id"),
        publicity_class=fields.text("publicity_class"),
        when=condition,
        months_min=fields.integer("months_min"),
        months_max=fields.integer("months_max"),
        in_force_from=since,
        in_force_until=until,
        ban=fields.boolean("ban", default=False),
        longer_domains=domains,
        longer_months_min=months_min,
    )
    for name in ("title", "basis", "mark"):
        fields.text(name)
    fields.done()
    return read


def _longer(fields: Fields) -> tuple[tuple[str, ...], int]:
    if not fields.has("longer"):
        return (), 0
    longer = Fields(fields.take("longer"), fields.where("longer"))
    read = longer.codes("domains"), longer.integer("months_min")
    longer.done()
    return read


def _repair(fields: Fields) -> RepairTerm:
    since, until = _in_force(fields)
    read = RepairTerm(fields.text("term"), since, until)
    fields.text("mark")
    fields.done()
    return read


def _in_force(fields: Fields) -> tuple[date, date | None]:
    period = Fields(fields.take("in_force"), fields.where("in_force"))
    read = period.day("from"), period.day_or_none("until")
    period.done()
    return read
