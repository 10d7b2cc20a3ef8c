"""The dictionary of facts: what may be known about a finding, in which type, by whom entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from rules.data_file import Fields, read_as
from rules.faults import nearest
from rules.vocabulary import Vocabulary, Word, read_words

Value: TypeAlias = bool | int | str
FieldError: TypeAlias = dict[str, str]
LARGEST_INTEGER = 2**53 - 1
"""Beyond it a number is not the same number for every reader of JSON."""

_TYPES = ("integer", "boolean", "code")
_FROM_THE_FINDING = frozenset({"domain", "violation", "party_kind"})
"""Facts that a person states on the finding itself, never among its other facts."""

_WORDS = {
    "missing": ("必填：{title}", "required: {name}"),
    "unknown_field": ("没有这个字段：{name}", "unknown field: {name}"),
    "type": ("类型不符：{title}", "wrong type: {name} takes a value of type {type}"),
    "vocabulary": ("不在代码表内：{title}", "not in the vocabulary of {name}"),
    "range": ("超出范围：{title}为{minimum}至{maximum}", "out of range: {name} is {minimum} to {maximum}"),
    "domain_mismatch": ("违法行为代码不属于该领域", "violation is not of that domain"),
    "derived": ("由系统推导，不得填报：{title}", "derived by the system; may not be entered: {name}"),
}


class FactsInvalid(Exception):
    """Facts are missing or wrong; `errors` says which, all at once."""

    def __init__(self, errors: list[FieldError]) -> None:
        self.errors = errors
        super().__init__("; ".join(f"{error['pointer']}: {error['en']}" for error in errors))


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the dictionary; codes of its vocabulary are in their order."""

    name: str
    title: str
    description: str
    type: str
    unit: str | None
    minimum: int | None
    vocabulary: Mapping[str, Word]
    default: Value | None
    unknown: Value | None
    required: bool
    confidential: bool
    derived_from: str | None
    entered_by: tuple[str, ...]

    def fault(self, value: object) -> str | None:
        """The code of what is wrong with the value: `type`, `range`, `vocabulary`; None when nothing is."""
        if self.type == "boolean":
            return None if isinstance(value, bool) else "type"
        if self.type == "integer":
            if type(value) is not int:
                return "type"
            return None if (self.minimum or 0) <= value <= LARGEST_INTEGER else "range"
        if not isinstance(value, str):
            return "type"
        return None if value in self.vocabulary else "vocabulary"

    def as_data(self) -> dict[str, Any]:
        """The fact in the shape of the public contract."""
        data: dict[str, Any] = {"name": self.name, "title": self.title, "description": self.description}
        data["type"] = self.type
        if self.unit is not None:
            data["unit"] = self.unit
        if self.vocabulary:
            data["vocabulary"] = [word.as_data() for word in self.vocabulary.values()]
        if self.derived_from is not None:
            data["derived_from"] = self.derived_from
        if self.entered_by:
            data["entered_by"] = list(self.entered_by)
        data["required"] = self.required
        if not self.required:
            data["default"] = self.default
        data["unknown"] = self.unknown
        if self.type == "integer":
            data |= {"minimum": self.minimum, "maximum": LARGEST_INTEGER}
        if self.confidential:
            data["confidential"] = True
        return data


@dataclass(frozen=True, slots=True)
class FactDictionary:
    """All facts, by name, and which violation codes belong to which domain."""

    by_name: Mapping[str, Fact]
    vocabulary: Vocabulary

    @property
    def confidential(self) -> frozenset[str]:
        """Names of the facts that exist only on the criminal referral's record."""
        return frozenset(name for name, fact in self.by_name.items() if fact.confidential)

    @property
    def entered(self) -> frozenset[str]:
        """Names of the facts that a person may enter among the facts of a finding."""
        return frozenset(
            name
            for name, fact in self.by_name.items()
            if fact.derived_from is None and name not in _FROM_THE_FINDING
        )

    def violation_codes(self) -> dict[str, frozenset[str]]:
        """The violation codes of each domain, with the code that says there is only a result."""
        none = frozenset({self.vocabulary.no_violation.code})
        return {domain: frozenset(codes) | none for domain, codes in self.vocabulary.violations.items()}

    def defaults(self) -> dict[str, Value]:
        """The value that stands for each fact not given; required facts have none."""
        return {name: fact.default for name, fact in self.by_name.items() if fact.default is not None}

    def complete(self, given: Mapping[str, Any], *, pointer: str = "/facts") -> dict[str, Value]:
        """The given facts with defaults for all others; raises FactsInvalid naming every fault."""
        errors = self.check(given, entered_only=False, pointer=pointer)
        if errors:
            raise FactsInvalid(errors)
        return {**self.defaults(), **given}

    def check(self, given: object, *, entered_only: bool, pointer: str = "/facts") -> list[FieldError]:
        """Every fault of the facts, with pointers below `pointer`; empty when all may be taken.

        entered_only: facts that the house derives, or that the finding itself states, are refused, and
        none is required.
        """
        if not isinstance(given, Mapping):
            return [
                {"pointer": pointer, "code": "type", "zh": "应为事实名称与取值", "en": "must be an object"}
            ]
        errors = [
            self._error(code, str(name), pointer)
            for name, value in given.items()
            if (code := self._fault(name, value, entered_only)) is not None
        ]
        if entered_only:
            return errors
        errors += [
            self._error("missing", name, pointer)
            for name, fact in self.by_name.items()
            if fact.required and name not in given
        ]
        if not errors and not self.belongs(str(given["domain"]), str(given.get("violation", "none"))):
            errors.append(self._error("domain_mismatch", "violation", pointer))
        return errors

    def belongs(self, domain: str, violation: str) -> bool:
        """True when the violation is one of the domain, or none."""
        if violation == self.vocabulary.no_violation.code:
            return True
        return violation in self.vocabulary.violations.get(domain, {})

    def _fault(self, name: object, value: object, entered_only: bool) -> str | None:
        fact = self.by_name.get(name) if isinstance(name, str) else None
        if fact is None or (entered_only and name in _FROM_THE_FINDING):
            return "unknown_field"
        if entered_only and fact.derived_from is not None:
            return "derived"
        return fact.fault(value)

    def _error(self, code: str, name: str, pointer: str) -> FieldError:
        fact = self.by_name.get(name)
        known = {
            "name": name,
            "title": fact.title if fact else name,
            "type": fact.type if fact else "",
            "minimum": fact.minimum if fact else 0,
            "maximum": LARGEST_INTEGER,
        }
        zh, en = (words.format(**known) for words in _WORDS[code])
        escaped = name.replace("~", "~0").replace("/", "~1")
        return {"pointer": f"{pointer}/{escaped}", "code": code, "zh": zh, "en": en}


def load_facts(path: Path, vocabulary: Vocabulary) -> FactDictionary:
    """The dictionary of the file; raises DataFault."""
    return read_as(path, lambda data: _dictionary(data, vocabulary))


def _dictionary(data: Any, vocabulary: Vocabulary) -> FactDictionary:
    fields = Fields(data)
    lists = {"domains": vocabulary.domains, "violations": vocabulary.every_violation()}
    named = Fields(fields.take("vocabularies"), "/vocabularies")
    for name in data["vocabularies"]:
        lists[name] = read_words(named.items(name), f"/vocabularies/{name}")
    facts: dict[str, Fact] = {}
    for position, item in enumerate(fields.items("facts")):
        entry = Fields(item, f"/facts/{position}")
        fact = _fact(entry, lists)
        if fact.name in facts:
            raise entry.fault("name", "twice", value=fact.name)
        facts[fact.name] = fact
    fields.done()
    return FactDictionary(facts, vocabulary)


def _fact(entry: Fields, lists: Mapping[str, Mapping[str, Word]]) -> Fact:
    name, kind, required = entry.text("name"), entry.code("type", _TYPES), entry.boolean("required", False)
    listed: Mapping[str, Word] = {}
    if kind == "code":
        listed = _listed(entry, lists)
    fact = Fact(
        name=name,
        title=entry.text("title"),
        description=entry.text("description"),
        type=kind,
        unit=entry.text("unit") if kind == "integer" else None,
        minimum=entry.integer("minimum") if kind == "integer" else None,
        vocabulary=listed,
        default=None if required else entry.take("default"),
        unknown=entry.take("unknown") if entry.has("unknown") else None,
        required=required,
        confidential=entry.boolean("confidential", False),
        derived_from=entry.text_or_none("derived_from"),
        entered_by=entry.codes("entered_by"),
    )
    for field, value in (("default", fact.default), ("unknown", fact.unknown)):
        fault = None if value is None and (field == "unknown" or required) else fact.fault(value)
        if fault is not None:
            raise entry.fault(field, "no_value_of_this_fact", value=value)
    if (fact.derived_from is None) == (not fact.entered_by):
        raise entry.fault("entered_by", "derived_or_entered")
    entry.done()
    return fact


def _listed(entry: Fields, lists: Mapping[str, Mapping[str, Word]]) -> Mapping[str, Word]:
    listed = entry.take("vocabulary")
    if isinstance(listed, list):
        return read_words(listed, entry.where("vocabulary"))
    if listed not in lists:
        raise entry.fault(
            "vocabulary", "no_such_list", near=nearest(listed, lists), value=listed, allowed=tuple(lists)
        )
    return lists[listed]
