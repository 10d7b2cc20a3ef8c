"""Reads a rule file: every field is known, every code is listed, and the fields go together."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Any

from rules.basis import read_basis
from rules.condition_checks import Domains, check_domains
from rules.condition_file import check_value, read_condition
from rules.conditions import Condition, comparisons
from rules.data_file import DataFault, Fields
from rules.facts import FactDictionary
from rules.faults import Sentence, nearest
from rules.schema import CRIMINAL_REFERRAL, RECTIFY_FIRST, Example, Parameter, ProposedFlag, Rule

LONGEST_NAME, LONGEST_TITLE = 60, 100
_KNOWN = (
    *("id", "rule", "version", "name", "title", "description", "in_force", "lighter_than", "when", "routes"),
    *("rectify_first", "flags", "shut", "to", "ground", "urgent", "notes", "yields_to_criminal"),
    *("confidential", "human_confirm", "verified", "basis", "parameters", "examples"),
)


def read_rule(data: Any, facts: FactDictionary, departments: Collection[str]) -> Rule:
    """The rule that the data states; raises DataFault where it breaks the model or the closed lists."""
    fields, vocabulary = Fields(data, known=_KNOWN), facts.vocabulary
    force = Fields(fields.take("in_force"), "/in_force", ("from", "until"))
    when = read_condition(fields.take("when"), "/when", facts)
    domains = check_domains(when, "/when", facts, frozenset(vocabulary.domains))
    rule = Rule(
        id=fields.text("id", LONGEST_NAME),
        rule=fields.text("rule", LONGEST_NAME),
        version=fields.integer("version"),
        name=fields.text("name", LONGEST_NAME),
        title=fields.text("title", LONGEST_TITLE),
        description=fields.text("description"),
        in_force_from=force.day("from"),
        in_force_until=force.day_or_none("until"),
        lighter_than=fields.codes("lighter_than"),
        when=when,
        routes=fields.codes("routes", vocabulary.of_proceedings()),
        rectify_first=fields.code("rectify_first", RECTIFY_FIRST),
        flags=_flags(fields, facts, domains),
        shut=fields.codes("shut", vocabulary.shut),
        to=fields.codes("to", departments),
        ground=fields.code("ground", vocabulary.grounds) if fields.has("ground") else None,
        urgent=_urgent(fields, facts, domains),
        notes=fields.codes("notes", vocabulary.notes),
        yields_to_criminal=fields.boolean("yields_to_criminal", False),
        confidential=fields.boolean("confidential"),
        human_confirm=fields.boolean("human_confirm"),
        verified=fields.boolean("verified"),
        basis=read_basis(fields),
        parameters=tuple(_parameter(item, i, facts) for i, item in enumerate(fields.items("parameters"))),
        examples=tuple(_example(item, i, facts) for i, item in enumerate(fields.items("examples"))),
    )
    force.done()
    fields.done()
    _sound(rule, fields)
    return rule


def _condition(data: Any, at: str, facts: FactDictionary, domains: Domains) -> Condition:
    """A condition that is asked where the rule's own holds."""
    condition = read_condition(data, at, facts)
    check_domains(condition, at, facts, domains)
    return condition


def _flags(fields: Fields, facts: FactDictionary, domains: Domains) -> tuple[ProposedFlag, ...]:
    flags: list[ProposedFlag] = []
    for position, item in enumerate(fields.items("flags")):
        at = f"/flags/{position}"
        entry = Fields(item, at, ("flag", "if"))
        flag = entry.code("flag", facts.vocabulary.flags)
        if flag in (one.flag for one in flags):
            raise entry.fault("flag", "twice", value=flag)
        condition = _condition(entry.take("if"), f"{at}/if", facts, domains) if entry.has("if") else None
        entry.done()
        flags.append(ProposedFlag(flag, condition))
    return tuple(flags)


def _urgent(fields: Fields, facts: FactDictionary, domains: Domains) -> bool | Condition:
    if not fields.has("urgent"):
        return False
    urgent = fields.take("urgent")
    return urgent if isinstance(urgent, bool) else _condition(urgent, "/urgent", facts, domains)


def _parameter(item: Any, position: int, facts: FactDictionary) -> Parameter:
    entry = Fields(item, f"/parameters/{position}", ("name", "value", "range"))
    name, value, ends = entry.text("name"), entry.integer("value"), entry.items("range")
    if name not in facts.by_name:
        raise entry.fault("name", "unknown_fact", near=nearest(name, facts.by_name), value=name)
    if len(ends) != 2 or any(type(end) is not int for end in ends) or ends[0] > ends[1]:
        raise entry.fault("range", "parameter_range")
    least, most = ends
    if not least <= value <= most:
        raise entry.fault("range", "parameter_outside", value=value, least=least, most=most)
    entry.done()
    return Parameter(name, value, (least, most))


def _example(item: Any, position: int, facts: FactDictionary) -> Example:
    entry = Fields(item, f"/examples/{position}", ("fired", "date", "facts"))
    given, on, fired = entry.take("facts"), entry.day("date"), entry.boolean("fired")
    for name, value in given.items() if isinstance(given, dict) else ():
        fact = facts.by_name.get(name)
        if fact is None:
            near = nearest(name, facts.by_name)
            raise entry.fault(f"facts/{name}", "unknown_fact", near=near, value=name)
        check_value(fact, value, entry.where(f"facts/{name}"))
    for error in facts.check(given, entered_only=False, pointer="facts"):
        said = Sentence(error["zh"], error["en"])
        raise entry.fault(error["pointer"], "example_facts", said=said)
    entry.done()
    return Example(given, on, fired)


def _sound(rule: Rule, fields: Fields) -> None:
    """What holds between the fields of a rule."""
    shuts = bool(rule.shut) or ("penalty" in rule.routes and rule.rectify_first == "required")
    criminal = CRIMINAL_REFERRAL in rule.routes
    read = all(basis.verified for basis in rule.basis if basis.for_flag is None)
    ends = rule.in_force_until or rule.in_force_from
    checks = (
        (rule.id.startswith(rule.rule), "id", "family_differs"),
        (rule.version >= 1, "version", "version_from_one"),
        (rule.human_confirm, "human_confirm", "person_confirms"),
        (bool(rule.basis), "basis", "states_no_law"),
        (not rule.verified or read, "verified", "unread_basis"),
        (rule.verified or rule.confidential or not shuts, "verified", "unverified_shuts"),
        (bool(rule.routes or rule.flags or rule.shut), "routes", "does_nothing"),
        (bool(rule.to) or "transfer" not in rule.routes, "to", "transfer_to_nobody"),
        (criminal == rule.confidential, "confidential", "confidential_differs"),
        (not (criminal and rule.yields_to_criminal), "yields_to_criminal", "criminal_waivable"),
        (not (criminal and rule.shut), "shut", "criminal_shuts"),
        (rule.in_force_from <= ends, "in_force", "ends_before_it_begins"),
    )
    for holds, name, code in checks:
        if not holds:
            raise fields.fault(name, code, family=rule.rule)
    _flags_have_their_basis(rule)
    _parameters_are_used(rule)


def _flags_have_their_basis(rule: Rule) -> None:
    proposed = tuple(flag.flag for flag in rule.flags)
    for position, basis in enumerate(rule.basis):
        if basis.for_flag is not None and basis.for_flag not in proposed:
            near = nearest(basis.for_flag, proposed)
            field = f"/basis/{position}/for_flag"
            raise DataFault("flag_not_proposed", field=field, near=near, value=basis.for_flag)


def _parameters_are_used(rule: Rule) -> None:
    stated = {(c.fact, c.value) for c in comparisons(rule.when) if c.operator == ">="}
    for position, parameter in enumerate(rule.parameters):
        if (parameter.name, parameter.value) not in stated:
            said = {"fact": parameter.name, "value": parameter.value}
            raise DataFault("parameter_unused", said, field=f"/parameters/{position}")
    names = sorted(parameter.name for parameter in rule.parameters)
    for one, other in pairwise(names):
        if one == other:
            raise DataFault("twice", field="/parameters", value=one)
