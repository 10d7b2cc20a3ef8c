"""The words for codes, facts and places that pages show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.house import House
from rules.intake_lists import intake_vocabularies
from web.dates import instant
from web.fields import Choice
from web.wording import Words

AMOUNT = "_fen"
HINT = re.compile(r"\s*[(（][^()（）]*[)）]$")


class Names:
    """Names codes of charts, rules and the office in one language; what is unknown keeps its code."""

    def __init__(self, house: House, words: Words) -> None:
        self._house, self._words = house, words
        self._dictionary = house.charts.dictionary

    def department(self, code: str | None) -> str:
        """The short name of a department."""
        department = self._house.office.departments.get(code or "")
        if department is None:
            return code or ""
        return str(department.short if self._words.language == "zh" else department.en)

    def member_departments(self) -> list[Choice]:
        """The departments that belong to the office, to choose from."""
        known = self._house.office.departments.values()
        return [Choice(one.code, self.department(one.code)) for one in known if one.member]

    def role(self, code: str | None) -> str:
        """The name of a role."""
        return self._words.of(self._dictionary["roles"].get(code, {})) or str(code or "")

    def roles(self, codes: str) -> str:
        """The names of roles that stand in one text, separated by commas."""
        return self._joined([self.role(code.strip()) for code in codes.split(",")])

    def route(self, code: str) -> str:
        """The name of a route."""
        vocabulary = self._house.facts.vocabulary
        return self._words.of(vocabulary.routes.get(code, {})) or code

    def domain(self, code: str) -> str:
        """The name of a domain."""
        return self._words.of(self._house.facts.vocabulary.domains.get(code, {})) or code

    def violation(self, domain: str, code: str) -> str:
        """The name of a violation of a domain."""
        vocabulary = self._house.facts.vocabulary
        known = {
            **vocabulary.violations.get(domain, {}),
            vocabulary.no_violation.code: vocabulary.no_violation,
        }
        return self._words.of(known.get(code, {})) or code

    def scheme(self, code: str) -> str:
        """The name of a kind of identifier."""
        known = intake_vocabularies(self._house.facts, self._house.office)["party_scheme"]
        return next((self._words.of(one) for one in known if one.code == code), code)

    def note(self, code: str) -> str:
        """The sentence of a note that a ruling gives."""
        return self._words.of(self._house.facts.vocabulary.notes.get(code, {})) or code

    def message(self, code: str) -> str:
        """The name of a kind of message or receipt."""
        return self._words(f"message.{code}") if self._words.has(f"message.{code}") else code

    def rule(self, id: str) -> str:
        """The title of a rule, beside its id."""
        rule = next((one for one in self._house.rulebook.rules if one.rule == id or one.id == id), None)
        return f"{id} {rule.title}" if rule and self._words.language == "zh" else id

    def state(self, chart: str, code: str) -> str:
        """The name of a state."""
        if chart not in self._house.charts:
            return code
        state = self._house.charts[chart].states.get(code)
        return self._words.of(state) if state else code

    def step(self, chart: str, trigger: str, fallback: str) -> str:
        """The title of a step in this language, or of an entry that moved no chart."""
        if chart in self._house.charts and trigger in self._house.charts[chart].triggers:
            return self._words.of(self._house.charts[chart].any_row(trigger))
        return self._words(f"note.{trigger}") if self._words.has(f"note.{trigger}") else fallback

    def term(self, code: str) -> str:
        """The name of a term."""
        term = self._house.law.terms.get(code)
        return self._words.of(term) if term else code

    def fact(self, name: str) -> str:
        """What a fact is called, without the hint in brackets that is for whoever fills in the form."""
        said = self._dictionary["facts"].get(name) or self._dictionary["documents"].get(name)
        if said:
            return HINT.sub("", self._words.of(said))
        return self._words(f"note_fact.{name}") if self._words.has(f"note_fact.{name}") else name

    def facts(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Facts with their names and values in words."""
        return [
            (self.fact(name), self.value(name, value))
            for name, value in facts.items()
            if value not in (None, "", [])
        ]

    def value(self, name: str, value: Any) -> str:
        """The value of a fact in words: vocabulary, department, money, date or person."""
        declared = self._dictionary["facts"].get(name, {})
        if isinstance(value, bool):
            return self._words("common.yes" if value else "common.no")
        if isinstance(value, list):
            return self._joined([self.value(name, one) for one in value])
        if isinstance(value, Mapping):
            return str(
                value.get("name") or value.get("title") or value.get("doc_no") or value.get("digest", "")[:18]
            )
        if declared.get("type") == "department":
            return self.department(str(value))
        if name.endswith(AMOUNT) and isinstance(value, int):
            return f"{value / 100:,.2f} {self._words('common.yuan')}"
        if declared.get("type") in ("instant", "date"):
            return instant(value, self._words.language)
        if isinstance(value, date | datetime):
            return instant(value, self._words.language)
        if not declared and self._words.has(f"note_value.{name}.{value}"):
            return self._words(f"note_value.{name}.{value}")
        return self._coded(declared.get("vocabulary"), str(value))

    def rule_facts(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The rule facts that say something: those at their default are left out."""
        shown = []
        for name, value in facts.items():
            fact = self._house.facts.by_name.get(name)
            if fact is None or value == fact.default or name in ("domain", "violation"):
                continue
            title = (
                fact.title if self._words.language == "zh" else name.removesuffix(AMOUNT).replace("_", " ")
            )
            word = fact.vocabulary.get(str(value)) if fact.vocabulary else None
            shown.append((title, self._words.of(word) if word else self.value(name, value)))
        return shown

    def missing(self, names: list[str]) -> str:
        """The rule facts that are missing, in words."""
        facts = self._house.facts.by_name
        zh = self._words.language == "zh"
        return self._joined(
            [facts[one].title if zh and one in facts else one.replace("_", " ") for one in names]
        )

    def _joined(self, names: list[str]) -> str:
        return self._words.comma.join(names)

    def _coded(self, vocabulary: str | None, value: str) -> str:
        listed = self._dictionary["vocabularies"].get(vocabulary, [])
        word = next((one for one in listed if one["code"] == value), None)
        return self._words.of(word) if word else value
