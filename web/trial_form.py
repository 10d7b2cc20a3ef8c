"""The form of the simulator: one input for every fact of the dictionary, those that matter in the domain first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from engine.house import House
from rules.facts import Fact
from web.fields import ABSENT, Choice, Field, Typed, read_field, write_field
from web.rule_facts import EVERY_DOMAIN, domains_by_fact, violation_choices
from web.rule_words import RuleWords
from web.wording import Words

PATH = "/rulebook/try"
MATTER = ("domain", "violation")
DAY, CRIMINAL, WITH_CRIMES = "on", "criminal", "yes"
ASKED_BY_THE_HOUSE = "own_power"
"""No rule need ask for it: without power of its own an office passes everything on."""
TRUE, FALSE = "true", "false"


@dataclass(slots=True)
class TrialForm:
    """The inputs in one language; `fields` by name of the fact."""

    house: House
    words: Words
    fields: dict[str, Field] = field(default_factory=dict)
    day: Field = field(init=False)

    def __post_init__(self) -> None:
        self.day = Field(DAY, self.words("trial.day"), "date", required=True)
        said = RuleWords(self.house, self.words)
        for fact in self.house.facts.by_name.values():
            self.fields[fact.name] = self._field(fact, said)

    def groups(self, domain: str) -> list[dict[str, Any]]:
        """The inputs beside the matter itself: asked in this domain, asked in every one, and all others folded."""
        asked = domains_by_fact(self.house.rulebook)
        groups: dict[str, list[Field]] = {"domain": [], "every": [], "others": []}
        for name, one in self.fields.items():
            domains = asked.get(name, ())
            if name in MATTER:
                continue
            if domain and domain in domains:
                groups["domain"].append(one)
            elif EVERY_DOMAIN in domains or name == ASKED_BY_THE_HOUSE:
                groups["every"].append(one)
            else:
                groups["others"].append(one)
        return [{"name": name, "fields": fields} for name, fields in groups.items() if fields]

    def facts(self, typed: Typed) -> dict[str, Any]:
        """The facts as they stand in the form; what cannot be read goes on as typed, for the dictionary to refuse."""
        facts: dict[str, Any] = {}
        for name, one in self.fields.items():
            value = read_field(one, typed)
            if value is ABSENT:
                continue
            if self.house.facts.by_name[name].type == "boolean" and value in (TRUE, FALSE):
                value = value == TRUE
            facts[name] = value
        return facts

    def path(self, facts: Mapping[str, Any], on: str, *, with_crimes: bool) -> str:
        """The address of the simulator with these facts filled in; what is at its default, or confidential without
        the rules on crimes, is left out."""
        known = self.house.facts.by_name
        typed: list[tuple[str, str]] = [(DAY, on), *([(CRIMINAL, WITH_CRIMES)] if with_crimes else [])]
        for name, value in facts.items():
            fact = known.get(name)
            if (
                fact is None
                or (fact.confidential and not with_crimes)
                or value in (fact.default, fact.unknown)
            ):
                continue
            shown = FALSE if value is False else value
            for input, texts in write_field(self.fields[name], shown).items():
                typed += [(input, text) for text in texts]
        return f"{PATH}?{urlencode(typed)}#ruling"

    def _field(self, fact: Fact, said: RuleWords) -> Field:
        hint = ""
        if fact.type == "integer" and fact.default != fact.unknown:
            hint = self.words("trial.blank_is", value=fact.default)
        return Field(
            fact.name,
            said.fact(fact.name),
            _kind(fact),
            required=fact.required,
            choices=tuple(self._choices(fact)),
            hint=hint,
            lowest=None if fact.minimum is None else max(0, fact.minimum),
        )

    def _choices(self, fact: Fact) -> Iterator[Choice]:
        if fact.name == "violation":
            yield from violation_choices(self.house.facts.vocabulary, self.words)
        elif fact.type == "boolean" and fact.default is True:
            yield from (Choice(TRUE, self.words("common.yes")), Choice(FALSE, self.words("common.no")))
        else:
            yield from (Choice(code, self.words.of(word)) for code, word in fact.vocabulary.items())


def _kind(fact: Fact) -> str:
    """A tick says yes, so that what is yes unless it is said otherwise is chosen from a list."""
    if fact.type == "boolean":
        return "code" if fact.default is True else "boolean"
    return "money_fen" if fact.unit == "fen" else fact.type


def day_of(typed: Typed) -> date | None:
    """The day that the form asks for; None where there is none."""
    try:
        return date.fromisoformat(typed.first(DAY))
    except ValueError:
        return None
