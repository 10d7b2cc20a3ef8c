"""Facts of a step: what the story names in short is filled in from the case, the day and the sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine.core.calendar import civil_date
from engine.demo.cases import Case, Found
from engine.demo.days import Days
from engine.demo.scenery import Wording
from rules.offices import Office


@dataclass(frozen=True, slots=True)
class Filling:
    """Fills facts in for one step of one case; `ledger_no` is the number that a registration gives."""

    days: Days
    office: Office
    wording: Wording
    case: Case
    found: Found | None
    at: datetime
    ledger_no: str

    @property
    def on(self) -> date:
        """The civil date of the step."""
        return civil_date(self.at)

    def facts(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The facts with every `$name` replaced."""
        return {name: self._value(value) for name, value in written.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self._named(value[1:])
        return value

    def _named(self, name: str) -> Any:
        day = self.days.named(name, self.on)
        if day is not None:
            return day.isoformat()
        kind, _, member = name.partition(".")
        if kind == "text":
            return self.case.luck.choice(self.wording.texts[member])
        if kind == "matter":
            assert self.found is not None, "steps of an inspection quote no matter"
            return self.found.summary if member == "summary" else self.found.matter.said[member]
        return _NAMED[name](self)

    def target(self) -> str:
        """The department that the matter goes to: as it says itself, else the first of the power list."""
        assert self.found is not None, "only findings go anywhere"
        matter = self.found.matter
        return matter.said.get("target") or self.office.competent(matter.domain, matter.violation)[0]

    def competence(self) -> str:
        """Why that department is competent."""
        assert self.found is not None, "only findings go anywhere"
        matter = self.found.matter
        covering = (
            power.basis for power in self.office.powers if power.covers(matter.domain, matter.violation)
        )
        return matter.said.get("competence") or next(covering)

    def number(self) -> str:
        """Four digits that look like a running number."""
        return f"{self.case.luck.randint(1, 9999):04d}"

    def routes(self) -> list[str]:
        """The routes of the finding's story."""
        return list(self.found.strand.routes) if self.found else []


_NAMED: dict[str, Callable[[Filling], Any]] = {
    "officers": lambda one: list(one.case.cast.inspectors),
    "handler": lambda one: one.case.cast.handler,
    "other_handler": lambda one: one.case.cast.other_handler,
    "verifier": lambda one: one.case.cast.inspectors[1],
    "department": lambda one: one.case.story.department,
    "target": Filling.target,
    "competence": Filling.competence,
    "routes": Filling.routes,
    "ledger_no": lambda one: one.ledger_no,
    "publication_url": lambda one: f"{one.wording.publication_site}/{one.on.year}/{one.case.reference}",
    "signer": lambda one: one.case.luck.choice(one.wording.signers),
    "receipt_no": lambda one: f"演示收{one.number()}",
    "case_no": lambda one: f"演示案〔{one.on.year}〕{one.number()}号",
    "at": lambda one: one.at.isoformat(timespec="seconds"),
    "mail_no": lambda one: f"演示邮{one.number()}",
}
