"""What a form starts with: facts stated before are carried on, so that nobody is asked twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fnmatch import fnmatch
from typing import Any

from engine.core.calendar import civil_date
from engine.core.commands import Principal
from rules.offices import Office
from web.fields import Field, Typed, write_field
from web.forms import StepForm
from web.steps import Offer, act_book

VERTICAL = "vertical"
MARKET = "market_bureau"
OTHER = "other_department"


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record about a finding (or an inspection alone) when its forms are made."""

    who: Principal
    now: datetime
    office: Office
    finding: Mapping[str, Any]
    inspection: Mapping[str, Any]
    timeline: Sequence[Mapping[str, Any]]
    next_ledger_no: Callable[[], str]

    @property
    def today(self) -> date:
        """The civil date."""
        return civil_date(self.now)

    @property
    def ruling(self) -> Mapping[str, Any]:
        """The latest ruling, empty where there is none."""
        rulings = self.finding.get("rulings") or []
        return rulings[-1] if rulings else {}

    def stated(self, fact: str, proceeding: str | None) -> Any:
        """The fact as it was last stated on the proceeding, else anywhere on the finding."""
        anywhere = None
        for entry in reversed(self.timeline):
            value = entry["facts"].get(fact)
            if value in (None, "", []):
                continue
            if entry["proceeding"] == proceeding:
                return value
            anywhere = value if anywhere is None else anywhere
        return anywhere

    def pending(self, triggers: Sequence[str], answers: Sequence[str], proceeding: str | None) -> bool:
        """True when one of the proposals was made after the last answer to them."""
        mine = [entry["trigger"] for entry in self.timeline if entry["proceeding"] == proceeding]
        last = {
            kind: max((n for n, one in enumerate(mine) if one in named), default=-1)
            for kind, named in (("asked", triggers), ("answered", answers))
        }
        return last["asked"] > last["answered"]

    def proposed(self, triggers: Sequence[str], proceeding: str | None) -> Mapping[str, Any]:
        """The facts of the proposals that an answer settles, the later one first."""
        facts: dict[str, Any] = {}
        for entry in self.timeline:
            if entry["trigger"] in triggers and entry["proceeding"] == proceeding:
                facts |= entry["facts"]
        return facts


def prefilled(form: StepForm, offer: Offer, known: Known) -> Typed:
    """What stands in the inputs before anybody typed; facts that a person must state themselves stay empty."""
    typed = Typed()
    for field in (*form.fields, *form.late):
        if field.asked:
            continue
        value = _value(field, offer, known)
        if field.choices and field.kind == "codes" and isinstance(value, list):
            offered = {choice.code for choice in field.choices}
            value = [code for code in value if code in offered]
        typed.update(write_field(field, value))
    return typed


def _value(field: Field, offer: Offer, known: Known) -> Any:
    book, name = act_book(), field.name
    if name in offer.given:
        return offer.given[name]
    asking = [step for step in offer.steps if name in (*step.row.requires, *step.row.optional)]
    if any(book.asks_anew(step.row.trigger, name) for step in asking):
        return None
    first = offer.steps[0]
    if first.row.answers and not _withheld(first.row.trigger, name):
        said = known.proposed(first.row.answers, first.proceeding)
        proposed = said.get(name, said.get(book.proposed_as.get(name, name)))
        if proposed is not None:
            return proposed
    if name in book.today:
        return known.today.isoformat()
    if name in book.now:
        return known.now.isoformat()
    if name in book.once:
        stated = known.stated(name, offer.proceeding)
        if stated is not None:
            return stated
    return _carried(book.carry[name], known) if name in book.carry else None


def _withheld(trigger: str, fact: str) -> bool:
    return any(
        fnmatch(trigger, pattern) and fact in facts for pattern, facts in act_book().not_from_proposal.items()
    )


def _carried(source: str, known: Known) -> Any:
    if source.startswith("="):
        return source[1:]
    if source in _SOURCES:
        return _SOURCES[source](known)
    place, _, name = source.partition(".")
    if place == "body":
        body = known.office.departments.get(name)
        return body.zh if body else None
    return getattr(known, place).get(name)


def _ruling_basis(known: Known) -> str:
    named = [
        f"《{basis['title']}》{basis['article']}"
        for rule in known.ruling.get("rules", ())
        for basis in rule.get("basis", ())
    ]
    return "；".join(dict.fromkeys(named))


def _ruling_to(known: Known) -> str | None:
    receivers = known.ruling.get("to") or []
    return receivers[0] if receivers else None


def _power_basis(known: Known) -> str | None:
    domain, violation = known.finding.get("domain"), known.finding.get("violation")
    power = next((one for one in known.office.powers if one.covers(str(domain), str(violation))), None)
    return power.basis if power else None


def _receiver_kind(known: Known) -> str | None:
    code = _ruling_to(known)
    receiver = known.office.departments.get(code) if code else None
    if receiver is None:
        return None
    if receiver.code.endswith("market_regulation"):
        return MARKET
    return VERTICAL if receiver.vertical else OTHER


def _handler(known: Known) -> Any:
    """Who handles the finding; before that the case officer who is at it, else the first who inspected."""
    if known.finding.get("handler"):
        return known.finding["handler"]
    stated = known.stated("handler", None)
    if stated is not None:
        return stated
    if "case_officer" in known.who.roles:
        return known.who.login
    officers = known.inspection.get("officers") or []
    return officers[0] if officers else None


_SOURCES: Mapping[str, Callable[[Known], Any]] = {
    "ruling.basis": _ruling_basis,
    "ruling.to": _ruling_to,
    "power.basis": _power_basis,
    "power.receiver_kind": _receiver_kind,
    "handler": _handler,
    "next_ledger_no": lambda known: known.next_ledger_no(),
}
