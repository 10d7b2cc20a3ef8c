"""Says rules, and what changes in them, in one language: by the names of the vocabulary and the words of notice.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rules.conditions import All, Comparison, Condition, comparisons
from rules.data_file import read_data
from rules.facts import FactDictionary, Value
from rules.rulebook import Rulebook
from rules.schema import Rule

LANGUAGES = ("zh", "en")
OPERATORS = {
    "==": "is",
    "!=": "is_not",
    "<": "less",
    "<=": "at_most",
    ">": "more",
    ">=": "at_least",
    "in": "in",
}
"""What each operator is called among the words of notices and pages."""
FEN = 100
Words = Mapping[str, Mapping[str, Mapping[str, str]]]


@cache
def _words() -> Words:
    words: Words = read_data(Path(__file__).with_name("notice.yaml"))
    return words


def sentences() -> Mapping[str, Mapping[str, str]]:
    """The sentences of a notice, by what they tell, in both languages."""
    return _words()["lines"]


def members() -> tuple[str, ...]:
    """The members of a rule in which a change is told, in the order in which they are told."""
    return tuple(_words()["members"])


@dataclass(frozen=True, slots=True)
class Teller:
    """Says rules in one language, by the names that the dictionary and the vocabulary of the rulebook give."""

    book: Rulebook
    language: str

    def whole(self, change: str, rule: Rule) -> str:
        """What a rule that is new or gone says."""
        shut = self.shut(rule.shut)
        then = [
            self.routes(rule.routes),
            self.named("to", rule.to),
            self.flags(rule),
            shut and self.phrase("shuts", what=shut),
            self.named("notes", rule.notes),
            *self._rest(rule),
        ]
        says = self.phrase(
            "proposes",
            when=self.condition(rule.when),
            then=self.phrase("semicolon").join(one for one in then if one) or self.phrase("nothing"),
        )
        return self.said(change, rule, since=rule.in_force_from.isoformat(), says=says)

    def _rest(self, rule: Rule) -> Iterator[str]:
        """What else a whole rule says, each by its name."""
        if rule.rectify_first != "none":
            yield self.phrase(rule.rectify_first)
        yes = [name for name in ("confidential", "yields_to_criminal") if getattr(rule, name)]
        for name in (*(["ground"] if rule.ground else []), *(["urgent"] if rule.urgent else []), *yes):
            named = _words()["members"][name][self.language]
            yield self.phrase("member", member=named, value=self._single(name, rule))
        verified = _words()["members"]["verified"][self.language]
        yield self.phrase("member", member=verified, value=self._single("verified", rule))
        yield self._joined(self._list("basis", rule) or ())

    def changed(self, member: str, old: Rule, new: Rule) -> str:
        """How a member of a rule changes: what is gained and lost of lists, else the one for the other."""
        named = _words()["members"][member][self.language]
        return self.said("rule_changed", new, member=named, says=self._difference(member, old, new))

    def said(self, change: str, rule: Rule, **said: str) -> str:
        """A sentence about the rule."""
        title = rule.title if self.language == "zh" else rule.description
        return _words()["lines"][change][self.language].format(rule=rule.key, title=title, **said)

    def condition(self, condition: Condition, inner: bool = False) -> str:
        """The condition in one sentence; alternatives within it stand in parentheses."""
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        joint = self.phrase("and" if isinstance(condition, All) else "or")
        said = joint.join(self.condition(part, inner=True) for part in condition.parts)
        return self.phrase("group", what=said) if inner else said

    def routes(self, codes: Iterable[str]) -> str:
        """The names of routes."""
        return self._joined(self._word(self.book.facts.vocabulary.routes, code) for code in codes)

    def flags(self, rule: Rule) -> str:
        """The names of the flags, each with the condition on which it is proposed."""
        return self._joined(self._flags(rule))

    def shut(self, codes: Iterable[str]) -> str:
        """What is shut."""
        return self._joined(self._word(self.book.facts.vocabulary.shut, code) for code in codes)

    def named(self, member: str, codes: Iterable[str]) -> str:
        """The names of codes of a closed list, or of departments."""
        return self._joined(self._names(member, codes))

    def phrase(self, name: str, **said: str) -> str:
        """A phrase of notice.yaml with its names filled in."""
        return _words()["phrases"][name][self.language].format(**said)

    def _difference(self, member: str, old: Rule, new: Rule) -> str:
        if member == "when":
            return self._conditions(old.when, new.when)
        lists = [self._list(member, rule) for rule in (old, new)]
        if lists[0] is not None and lists[1] is not None:
            return self._turns(lists[0], lists[1])
        before, after = (self._single(member, rule) for rule in (old, new))
        return self.phrase("becomes", before=before, after=after)

    def _turns(self, before: list[str], after: list[str]) -> str:
        gained = [one for one in after if one not in before]
        lost = [one for one in before if one not in after]
        said = [
            self.phrase(name, what=self._joined(turned))
            for name, turned in (("gained", gained), ("lost", lost))
            if turned
        ]
        whole = self.phrase("becomes", before=self._joined(before), after=self._joined(after))
        return self.phrase("semicolon").join(said) if said else whole

    def _conditions(self, before: Condition, after: Condition) -> str:
        """Comparison by comparison where only figures and codes differ, else the one condition for the other."""
        if _shape(before) == _shape(after):
            pairs = zip(comparisons(before), comparisons(after), strict=True)
            return self.phrase("semicolon").join(
                self.phrase("becomes", before=self._comparison(one), after=self._comparison(other))
                for one, other in pairs
                if one != other
            )
        return self.phrase("becomes", before=self.condition(before), after=self.condition(after))

    def _list(self, member: str, rule: Rule) -> list[str] | None:
        """The names of the members of a list; None for what is no list."""
        if member == "flags":
            return self._flags(rule)
        if member == "basis":
            return [f"《{one.title}》{one.article} [{one.mark}]" for one in rule.basis]
        value = getattr(rule, member, None)
        return self._names(member, value) if isinstance(value, tuple) else None

    def _flags(self, rule: Rule) -> list[str]:
        said = []
        for flag in rule.flags:
            name = self._word(self.book.facts.vocabulary.flags, flag.flag)
            when = None if flag.condition is None else self.condition(flag.condition)
            said.append(name if when is None else self.phrase("if", what=name, when=when))
        return said

    def _names(self, member: str, codes: Iterable[str]) -> list[str]:
        vocabulary = self.book.facts.vocabulary
        if member == "to":
            known = self.book.office.departments
            return [(known[one].short if self.language == "zh" else known[one].en) for one in codes]
        lists = {"routes": vocabulary.routes, "shut": vocabulary.shut, "notes": vocabulary.notes}
        return [self._word(lists.get(member, {}), code) for code in codes]

    def _single(self, member: str, rule: Rule) -> str:
        if member == "in_force":
            until = rule.in_force_until.isoformat() if rule.in_force_until else self.phrase("now")
            return self.phrase("period", since=rule.in_force_from.isoformat(), until=until)
        value = getattr(rule, member)
        if isinstance(value, bool):
            return self.phrase("yes" if value else "no")
        if member == "rectify_first":
            return self.phrase(value)
        if member == "ground":
            return self._word(self.book.facts.vocabulary.grounds, value) if value else self.phrase("nothing")
        return str(value) if isinstance(value, str) else self.condition(value)

    def _comparison(self, one: Comparison) -> str:
        fact = self.book.facts.by_name[one.fact]
        name = fact.title if self.language == "zh" else one.fact.removesuffix("_fen").replace("_", " ")
        values = one.value if isinstance(one.value, tuple) else (one.value,)
        said = self._joined(self._value(self.book.facts, one.fact, value) for value in values)
        operator = "==" if one.operator == "in" and len(values) == 1 else one.operator
        return self.phrase(OPERATORS[operator], fact=name, value=said)

    def _value(self, facts: FactDictionary, name: str, value: Value) -> str:
        fact = facts.by_name[name]
        if fact.unknown is not None and value == fact.unknown:
            return self.phrase("unknown")
        if isinstance(value, bool):
            return self.phrase("yes" if value else "no")
        if fact.unit == "fen" and isinstance(value, int):
            return self.phrase("yuan", n=f"{value / FEN:,.2f}".removesuffix(".00"))
        if fact.unit is not None and fact.unit in _words()["phrases"]:
            return self.phrase(fact.unit, n=str(value))
        return self._word(fact.vocabulary, str(value))

    def _word(self, known: Mapping[str, Any], code: str) -> str:
        return str(getattr(known[code], self.language)) if code in known else code

    def _joined(self, said: Iterable[str]) -> str:
        return self.phrase("comma").join(said)


def _shape(condition: Condition) -> Any:
    """What two conditions share that differ in figures and codes only."""
    if isinstance(condition, Comparison):
        return condition.fact, condition.operator
    return type(condition), tuple(_shape(part) for part in condition.parts)
