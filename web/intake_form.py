"""The form of intake: inspection, party and findings, each input declared in intake.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from engine.core.commands import Principal
from engine.house import House
from rules.intake_lists import intake_vocabularies
from web.fields import ABSENT, CIVIL, Choice, Field, Typed, read_field
from web.rule_facts import domains_by_fact, violation_choices
from web.wording import Words

DECLARED = Path(__file__).with_name("intake.yaml")
RISK_CLASSES = ("A", "B", "C", "D")
PARTY_KINDS = ("natural_person", "individual_business", "enterprise", "other_org")
CHANNELS = ("necips", "government_site", "both")
IDENTIFIERS = "party.identifiers"
FINDINGS = "findings"


@cache
def declared() -> Mapping[str, Any]:
    """intake.yaml, read once."""
    return yaml.safe_load(DECLARED.read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # checked by its test


@dataclass(slots=True)
class IntakeForm:
    """The inputs of one language and person; `parts` by section of intake.yaml."""

    house: House
    who: Principal
    words: Words
    people: tuple[Choice, ...]
    parts: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    rule_facts: tuple[Field, ...] = ()
    domains: dict[str, str] = field(default_factory=dict)
    """Rule fact → the domains in which a rule asks for it, separated by spaces."""

    def __post_init__(self) -> None:
        lists = self._lists()
        for part, lines in declared().items():
            if isinstance(lines, list) and lines and isinstance(lines[0], dict):
                self.parts[part] = tuple(self._field(line, lists) for line in lines)
        self.rule_facts = tuple(self._rule_facts())
        self.domains = {
            name: " ".join(domains) for name, domains in domains_by_fact(self.house.rulebook).items()
        }

    def _field(self, line: Mapping[str, Any], lists: Mapping[str, tuple[Choice, ...]]) -> Field:
        people = self.people if line["kind"] == "officers" else ()
        return Field(
            line["name"],
            self.words(f"intake_field.{line['name']}"),
            line["kind"],
            bool(line.get("required")),
            lists[line["list"]] if "list" in line else people,
            hint=self.words(f"intake_hint.{line['hint']}") if "hint" in line else "",
            asked=bool(line.get("asked")),
            longest=line.get("longest"),
            lowest=0 if line["kind"] == "integer" else None,
        )

    def _lists(self) -> dict[str, tuple[Choice, ...]]:
        known = intake_vocabularies(self.house.facts, self.house.office)
        lists = {
            name: tuple(Choice(one.code, self.words.of(one)) for one in terms)
            for name, terms in known.items()
        }
        own = self.house.office.departments.get(self.who.department or "")
        lists["own_department"] = (Choice(own.code, self.words.of(own)),) if own else ()
        lists["risk_class"] = tuple(Choice(code, code) for code in RISK_CLASSES)
        lists["party_kind"] = tuple(Choice(code, self.words(f"party_kind.{code}")) for code in PARTY_KINDS)
        lists["channel"] = tuple(Choice(code, self.words(f"channel.{code}")) for code in CHANNELS)
        lists["violation"] = tuple(violation_choices(self.house.facts.vocabulary, self.words))
        return lists

    def _rule_facts(self) -> Iterator[Field]:
        for fact in self.house.facts.by_name.values():
            entered = declared()["rule_facts_by"] in fact.entered_by
            if not entered or fact.derived_from or fact.confidential or fact.name in ("domain", "violation"):
                continue
            label = fact.title if self.words.language == "zh" else fact.description
            if fact.vocabulary:
                choices = tuple(Choice(code, self.words.of(word)) for code, word in fact.vocabulary.items())
                yield Field(fact.name, label, "code", choices=choices)
            else:
                kind = "money_fen" if fact.unit == "fen" else fact.type
                yield Field(fact.name, label, kind, lowest=fact.minimum)

    def start(self, now: datetime) -> Typed:
        """What stands in a fresh form: one identifier, one finding, today, and the person who signs in."""
        typed = Typed()
        for part, prefix in (
            ("check", ""),
            ("identifier", f"{IDENTIFIERS}.0."),
            ("finding", f"{FINDINGS}.0."),
        ):
            self.begin(typed, part, prefix, now)
        return typed

    def begin(self, typed: Typed, part: str, prefix: str, now: datetime) -> None:
        """The inputs of a section hold what they start with."""
        for line in declared()[part]:
            if "start" in line:
                typed[prefix + line["name"]] = [self._start(line["start"], now)]

    def _start(self, source: str, now: datetime) -> str:
        if source == "now":
            return now.astimezone(CIVIL).strftime("%Y-%m-%dT%H:%M")
        if source == "me":
            return self.who.login
        return (self.who.department or "") if source == "own_department" else source

    def body(self, typed: Typed) -> dict[str, Any]:
        """The inspection_intake that the form means; `typed` has its rows numbered without gaps."""
        body = {**self.read("check", typed), **self.read("more_check", typed), **self.read("result", typed)}
        party = {**self.read("party", typed, "party"), **self.read("more_party", typed, "party")}
        party["identifiers"] = [
            self.read("identifier", typed, f"{IDENTIFIERS}.{row}") for row in rows(typed, IDENTIFIERS)
        ]
        body["party"] = party
        publication = self.read("publication", typed, "publication")
        if publication:
            body["publication"] = publication
        ended = body.get("finished_at")
        findings = [self.finding(typed, f"{FINDINGS}.{row}", ended) for row in rows(typed, FINDINGS)]
        return body | ({"findings": findings} if findings else {})

    def finding(self, typed: Typed, prefix: str, ended: Any = None) -> dict[str, Any]:
        """One finding of the form; without a time of its own it was found when the inspection ended."""
        finding = {**self.read("finding", typed, prefix), **self.read("more_finding", typed, prefix)}
        if ended is not None:
            finding.setdefault("discovered_at", ended)
        facts = _read(self.rule_facts, typed, f"{prefix}.facts")
        letters = [
            letter
            for place in range(declared()["letters"])
            if (letter := self.read("letter", typed, f"{prefix}.letters.{place}"))
        ]
        return finding | ({"facts": facts} if facts else {}) | ({"letters": letters} if letters else {})

    def read(self, part: str, typed: Typed, prefix: str = "") -> dict[str, Any]:
        """The facts of a section."""
        return _read(self.parts[part], typed, prefix)


def _read(fields: Sequence[Field], typed: Typed, prefix: str) -> dict[str, Any]:
    named = ((one, read_field(one.under(prefix) if prefix else one, typed)) for one in fields)
    return {one.name: value for one, value in named if value is not ABSENT}


def rows(typed: Typed, name: str) -> list[int]:
    """The numbers of the rows of a repeated section, in order."""
    numbered = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
    return sorted({int(found.group(1)) for key in typed if (found := numbered.match(key))})


def renumbered(typed: Typed, name: str, without: int | None = None) -> Typed:
    """The same with the rows of the section numbered from 0 without gaps, and one row left out."""
    places = {old: new for new, old in enumerate(row for row in rows(typed, name) if row != without)}
    kept = Typed()
    numbered = re.compile(re.escape(name) + r"\.([0-9]{1,4})\.")
    for key, values in typed.items():
        found = numbered.match(key)
        if found is None:
            kept[key] = values
        elif int(found.group(1)) in places:
            kept[f"{name}.{places[int(found.group(1))]}.{key[found.end() :]}"] = values
    return kept


def told_findings(typed: Typed) -> Typed:
    """The form without finding rows in which nothing was told."""
    for row in reversed(rows(typed, FINDINGS)):
        if not any(typed.first(f"{FINDINGS}.{row}.{name}").strip() for name in declared()["tells_a_finding"]):
            typed = renumbered(typed, FINDINGS, row)
    return renumbered(renumbered(typed, FINDINGS), IDENTIFIERS)
