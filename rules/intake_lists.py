"""The code lists that intake speaks in: from the vocabulary, the facts, the office and codes.yaml."""

from collections.abc import Iterable
from pathlib import Path

from rules.data_file import Fields, read_as
from rules.facts import FactDictionary
from rules.mapping import Term, Vocabularies
from rules.offices import Office
from rules.vocabulary import Word

CODES = Path(__file__).parent / "codes.yaml"

_LISTS = {
    "result_code": "result_codes",
    "party_scheme": "party_schemes",
    "check_type": "check_types",
    "method": "methods",
    "sampling_mode": "sampling_modes",
    "level": "levels",
}


def intake_vocabularies(facts: FactDictionary, office: Office, codes: Path = CODES) -> Vocabularies:
    """Return every code list of intake: `domain`, `violation.<domain>`, `fact.<name>`, `department`, …"""
    words = facts.vocabulary
    lists = read_as(codes, _lists) | {"domain": _terms(words.domains.values())}
    for domain, violations in words.violations.items():
        lists[f"violation.{domain}"] = _terms((*violations.values(), words.no_violation))
    for fact in facts.by_name.values():
        if fact.type == "code" and fact.vocabulary:
            lists[f"fact.{fact.name}"] = _terms(fact.vocabulary.values())
    lists["department"] = tuple(
        Term(department.code, department.zh, department.en, (department.short,))
        for department in office.departments.values()
        if department.member
    )
    return lists


def _terms(words: Iterable[Word]) -> tuple[Term, ...]:
    return tuple(Term(word.code, word.zh, word.en) for word in words)


def _lists(data: object) -> dict[str, tuple[Term, ...]]:
    fields = Fields(data)
    return {
        name: tuple(
            _term(Fields(entry, f"/{written}/{place}")) for place, entry in enumerate(fields.items(written))
        )
        for name, written in _LISTS.items()
    }


def _term(entry: Fields) -> Term:
    return Term(entry.text("code"), entry.text("zh"), entry.text("en"), entry.codes("also"))
