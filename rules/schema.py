"""The strict model of a rule file: one rule, one version, its law and its examples."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.basis import Basis, read_basis
from rules.conditions import Condition, comparisons, condition_as_data, read_condition
from rules.data_file import Fields
from rules.facts import FactDictionary, Value

RECTIFY_FIRST = ("none", "parallel", "required")
"""From the least to the most strict: whether an order to correct must come before a penalty."""

CRIMINAL_REFERRAL = "criminal_referral"


@dataclass(frozen=True, slots=True)
class ProposedFlag:
    """A credit flag that the rule proposes, always or while its condition holds."""

    flag: str
    condition: Condition | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the condition that a province may set within a range."""

    name: str
    value: int
    range: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Example:
    """Facts on a date for which the rule fires, or does not."""

    facts: Mapping[str, Value]
    on: date
    fired: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule; in force from its first to its last day, both included.

    lighter_than: keys of versions that are harder on the party (行政处罚法 第三十七条 从旧兼从轻: a person weighs it).
    """

    id: str
    rule: str
    version: int
    name: str
    title: str
    description: str
    in_force_from: date
    in_force_until: date | None
    lighter_than: tuple[str, ...]
    when: Condition
    routes: tuple[str, ...]
    rectify_first: str
    flags: tuple[ProposedFlag, ...]
    shut: tuple[str, ...]
    to: tuple[str, ...]
    ground: str | None
    urgent: bool | Condition
    notes: tuple[str, ...]
    yields_to_criminal: bool
    confidential: bool
    human_confirm: bool
    verified: bool
    basis: tuple[Basis, ...]
    parameters: tuple[Parameter, ...]
    examples: tuple[Example, ...]

    @property
    def key(self) -> str:
        """Id and version, unique in a rulebook: `R01@1`."""
        return f"{self.id}@{self.version}"

    def in_force(self, on: date) -> bool:
        """True when this version stands on the date."""
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    def as_data(self) -> dict[str, Any]:
        """The rule in the shape of the public contract."""
        urgent = self.urgent if isinstance(self.urgent, bool) else condition_as_data(self.urgent)
        data: dict[str, Any] = {
            "id": self.id,
            "rule": self.rule,
            "version": self.version,
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "when": condition_as_data(self.when),
            "routes": list(self.routes),
            "rectify_first": self.rectify_first,
            "flags": [_flag_as_data(flag) for flag in self.flags],
            "shut": list(self.shut),
            "to": list(self.to),
            "ground": self.ground,
            "urgent": urgent or None,
            "notes": list(self.notes),
            "confidential": self.confidential,
            "human_confirm": self.human_confirm,
            "verified": self.verified,
            "basis": [basis.as_data() for basis in self.basis],
            "in_force": {
                "from": self.in_force_from.isoformat(),
                "until": self.in_force_until and self.in_force_until.isoformat(),
            },
        }
        if self.lighter_than:
            data["lighter_than"] = list(self.lighter_than)
        if self.parameters:
            data["parameters"] = [
                {"name": p.name, "value": p.value, "range": list(p.range)} for p in self.parameters
            ]
        return data


def _flag_as_data(flag: ProposedFlag) -> dict[str, Any]:
    if flag.condition is None:
        return {"flag": flag.flag}
    return {"flag": flag.flag, "if": condition_as_data(flag.condition)}


def read_rule(data: Any, facts: FactDictionary, departments: Collection[str]) -> Rule:
    """The rule that the data states; raises DataFault where it breaks the model or the closed lists."""
    fields, vocabulary = Fields(data), facts.vocabulary
    force = Fields(fields.take("in_force"), "/in_force")
    rule = Rule(
        id=fields.text("id"),
        rule=fields.text("rule"),
        version=fields.integer("version"),
        name=fields.text("name"),
        title=fields.text("title"),
        description=fields.text("description"),
        in_force_from=force.day("from"),
        in_force_until=force.day_or_none("until"),
        lighter_than=fields.codes("lighter_than"),
        when=read_condition(fields.take("when"), "/when", facts),
        routes=fields.codes("routes", vocabulary.proceedings),
        rectify_first=fields.code("rectify_first", RECTIFY_FIRST),
        flags=_flags(fields, facts),
        shut=fields.codes("shut", vocabulary.shut),
        to=fields.codes("to", departments),
        ground=fields.code("ground", vocabulary.grounds) if fields.has("ground") else None,
        urgent=_urgent(fields, facts),
        notes=fields.codes("notes", vocabulary.notes),
        yields_to_criminal=fields.boolean("yields_to_criminal", False),
        confidential=fields.boolean("confidential"),
        human_confirm=fields.boolean("human_confirm"),
        verified=fields.boolean("verified"),
        basis=read_basis(fields),
        parameters=tuple(_parameter(item, i) for i, item in enumerate(fields.items("parameters"))),
        examples=tuple(_example(item, i, facts) for i, item in enumerate(fields.items("examples"))),
    )
    force.done()
    fields.done()
    _sound(rule, fields)
    return rule


def _flags(fields: Fields, facts: FactDictionary) -> tuple[ProposedFlag, ...]:
    flags = []
    for position, item in enumerate(fields.items("flags")):
        at = f"/flags/{position}"
        entry = Fields(item, at)
        flag = entry.code("flag", facts.vocabulary.flags)
        condition = read_condition(entry.take("if"), f"{at}/if", facts) if entry.has("if") else None
        entry.done()
        flags.append(ProposedFlag(flag, condition))
    return tuple(flags)


def _urgent(fields: Fields, facts: FactDictionary) -> bool | Condition:
    if not fields.has("urgent"):
        return False
    urgent = fields.take("urgent")
    return urgent if isinstance(urgent, bool) else read_condition(urgent, "/urgent", facts)


def _parameter(item: Any, position: int) -> Parameter:
    entry = Fields(item, f"/parameters/{position}")
    name, value, ends = entry.text("name"), entry.integer("value"), entry.items("range")
    if len(ends) != 2 or any(type(end) is not int for end in ends) or not ends[0] <= value <= ends[1]:
        raise entry.fault("range", "must hold the value between its two ends", "Write [lowest, highest].")
    entry.done()
    return Parameter(name, value, (ends[0], ends[1]))


def _example(item: Any, position: int, facts: FactDictionary) -> Example:
    entry = Fields(item, f"/examples/{position}")
    given, on, fired = entry.take("facts"), entry.day("date"), entry.boolean("fired")
    for error in facts.check(given, entered_only=False, pointer="facts"):
        raise entry.fault(error["pointer"], error["en"], "Correct the example.")
    entry.done()
    return Example(given, on, fired)


def _sound(rule: Rule, fields: Fields) -> None:
    """What holds between the fields of a rule."""
    stated = {(c.fact, c.value) for c in comparisons(rule.when) if c.operator == ">="}
    proposed = {flag.flag for flag in rule.flags}
    shuts = bool(rule.shut) or ("penalty" in rule.routes and rule.rectify_first == "required")
    checks = (
        (rule.id.startswith(rule.rule), "id", "does not begin with its family", "Name it after the family."),
        (rule.version >= 1, "version", "versions count from 1", "Write 1 or more."),
        (rule.human_confirm, "human_confirm", "no rule acts without a person", "Write true."),
        (bool(rule.basis), "basis", "states no law", "Name title, article and mark."),
        (
            not rule.verified or all(basis.verified for basis in rule.basis if basis.for_flag is None),
            "verified",
            "a basis that carries the rule is not marked V or V2",
            "Write false until the legal section has read it.",
        ),
        (
            rule.verified or rule.confidential or not shuts,
            "verified",
            "a rule that nobody has checked only proposes, and shuts nothing",
            "Have its basis checked first.",
        ),
        (
            all(basis.for_flag is None or basis.for_flag in proposed for basis in rule.basis),
            "basis",
            "names a flag that the rule does not propose",
            "Name one of its flags.",
        ),
        (bool(rule.routes or rule.flags or rule.shut), "routes", "the rule does nothing", "Name a route."),
        (
            (CRIMINAL_REFERRAL in rule.routes) == rule.confidential,
            "confidential",
            "a rule is confidential when, and only when, it proposes a criminal referral",
            "Change one of the two.",
        ),
        (
            rule.in_force_until is None or rule.in_force_from <= rule.in_force_until,
            "in_force",
            "ends before it begins",
            "Correct the dates.",
        ),
        (
            all((p.name, p.value) in stated for p in rule.parameters),
            "parameters",
            "names a figure that the condition does not use",
            "Write the same figure in both places.",
        ),
    )
    for holds, name, problem, remedy in checks:
        if not holds:
            raise fields.fault(name, problem, remedy)
