"""Forms out of the rows of charts: one input per fact, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.chart import Row
from engine.core.fact_types import TEXT_LENGTH_MAX, FactType
from engine.core.lawbook import Lawbook
from rules.offices import Office
from web.fields import ABSENT, Choice, Field, Typed, read_field
from web.steps import Offer, act_book
from web.wording import Words

LATE = "late_reason"
OCCURRED = "occurred_at"


@dataclass(frozen=True, slots=True)
class Lists:
    """What the choices of a page are taken from: the people of the department, and the attachments of the finding."""

    people: tuple[Choice, ...] = ()
    attachments: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class StepForm:
    """The inputs of an offered act: asked always, asked only of who enters late, and papers that may be named."""

    fields: tuple[Field, ...]
    late: tuple[Field, ...]
    papers: tuple[Field, ...]

    @property
    def all(self) -> tuple[Field, ...]:
        """Every input of the form."""
        return (*self.fields, *self.late, *self.papers)


class FormMaker:
    """Makes the inputs of any row from the dictionary of facts; built once per request."""

    def __init__(self, law: Lawbook, office: Office, words: Words, lists: Lists) -> None:
        self._law, self._office, self._words, self._lists = law, office, words, lists

    def of(self, offer: Offer) -> StepForm:
        """The form of the act: a fact that several of its steps ask for stands once, required if any requires it."""
        facts: dict[str, Field] = {}
        papers: dict[str, Field] = {}
        for step in offer.steps:
            form = self._law.forms.of(step.row)
            for fact, required in _facts(form.required, form.optional):
                if fact.name in act_book().filled_by_the_house:
                    continue
                known = facts.get(fact.name)
                if known is None or (required and not known.required):
                    facts[fact.name] = self.field(fact, required)
            for kind, _ in form.documents:
                papers.setdefault(kind, self._paper(kind))
        late = [facts.pop(LATE)] if LATE in facts else []
        if offer.late:
            late.insert(0, Field(OCCURRED, self._words("finding.occurred_at"), "instant"))
        return StepForm(tuple(facts.values()), tuple(late), tuple(papers.values()))

    def field(self, fact: FactType, required: bool) -> Field:
        """The input of one fact of the dictionary."""
        book = act_book()
        kind = _kind(fact, fact.name in book.long_texts)
        return Field(
            fact.name,
            self._words.of(fact),
            kind,
            required,
            self._choices(fact, kind),
            asked=fact.name in book.never_prefilled,
            longest=TEXT_LENGTH_MAX if fact.type == "text" else None,
            lowest=0 if fact.type in ("integer", "money_fen") else None,
        )

    def departments(self) -> tuple[Choice, ...]:
        """Every body of the office, its own first."""
        ordered = sorted(self._office.departments.values(), key=lambda one: one.kind == "superior")
        return tuple(Choice(one.code, self.department_name(one.code)) for one in ordered)

    def department_name(self, code: str) -> str:
        """The short name of a department; the code where it is unknown."""
        department = self._office.departments.get(code)
        if department is None:
            return code
        return str(department.short if self._words.language == "zh" else department.en)

    def _choices(self, fact: FactType, kind: str) -> tuple[Choice, ...]:
        if kind in ("officer", "officers"):
            return self._lists.people
        if kind == "department":
            return self.departments()
        place = 1 if self._words.language == "zh" else 2
        return tuple(Choice(word[0], word[place]) for word in fact.vocabulary)

    def _paper(self, kind: str) -> Field:
        said = self._law.charts.dictionary["documents"][kind]
        return Field(kind, self._words.of(said), "document", choices=self._lists.attachments)


def _facts(required: Iterable[FactType], optional: Iterable[FactType]) -> Iterable[tuple[FactType, bool]]:
    yield from ((fact, True) for fact in required)
    yield from ((fact, False) for fact in optional)


def _kind(fact: FactType, long: bool) -> str:
    if fact.type == "text":
        return "long_text" if long else "text"
    if fact.type == "code":
        return "codes" if fact.many else "code"
    return fact.type


def facts_of(row: Row, law: Lawbook, fields: Sequence[Field], typed: Typed) -> dict[str, Any]:
    """The facts of one step as they stand in the form; a fact shared by several steps goes to each."""
    form = law.forms.of(row)
    named = {fact.name for fact in (*form.required, *form.optional)} | {kind for kind, _ in form.documents}
    read = {field.name: read_field(field, typed) for field in fields if field.name in named}
    return {name: value for name, value in read.items() if value is not ABSENT}


def errors_by_input(errors: Iterable[Any], words: Words) -> dict[str, list[str]]:
    """What is wrong, by the name of the input it stands in; "" for what belongs to none."""
    told: dict[str, list[str]] = {}
    for error in errors:
        said = told.setdefault(input_of(error.pointer), [])
        sentence = words.of(error) or words.of(_words_of(error.code))
        if sentence not in said:
            said.append(sentence)
    return told


def _words_of(code: str) -> Mapping[str, str]:
    from engine.core.refusals import FIELD_WORDS

    zh, en = FIELD_WORDS[code]
    return {"zh": zh, "en": en}


def input_of(pointer: str) -> str:
    """The dotted input name for a JSON pointer into the request: /steps/1/facts/signer is `signer`."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if len(parts) >= 2 and parts[0] == "steps":
        parts = parts[2:]
    if parts and parts[0] == "facts":
        parts = parts[1:]
    return ".".join(parts)
