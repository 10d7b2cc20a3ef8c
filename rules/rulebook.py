"""The rulebook: all rules with their dates, the facts they speak of and the office they speak for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from rules.credit import REGIMES_FILE, Credit, credit_files, load_credit
from rules.data_file import DataFault, Fields, located_in, read_as
from rules.facts import FactDictionary, load_facts
from rules.offices import Office, load_office
from rules.rule_file import read_rule
from rules.schema import Rule
from rules.vocabulary import load_vocabulary

ROOT = Path(__file__).parent
"""The folder that holds rulebook.yaml and what it names."""
CREDIT = Path("sets", "national", "credit")
"""Classes of publication are the nation's; no office or province has its own."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Rules in the order of their ids, versions in theirs; `digest` is SHA-256 over every file that was read."""

    version: str
    digest: str
    sets: tuple[str, ...]
    rules: tuple[Rule, ...]
    facts: FactDictionary
    office: Office
    credit: Credit
    root: Path
    """The folder it was read from."""
    files: Mapping[str, Path] = field(default_factory=dict)
    """Where each version stands, by its key."""

    def in_force(self, on: date) -> tuple[Rule, ...]:
        """The rules, each in the version that stands on the date."""
        return tuple(rule for rule in self.rules if rule.in_force(on))

    def in_file(self, rule: Rule, fault: DataFault) -> DataFault:
        """The fault with its place in the file of the rule; as it is where the rule is of no file."""
        path = self.files.get(rule.key)
        return fault if path is None else located_in(path, fault)

    def as_answer(self, on: date) -> dict[str, Any]:
        """What the rulebook says on the date, in the shape of the public contract."""
        return {
            "version": self.version,
            "digest": self.digest,
            "on": on.isoformat(),
            "rules": [rule.as_data() for rule in self.in_force(on)],
            "facts": [fact.as_data() for fact in self.facts.by_name.values()],
        }


def load_rulebook(root: Path = ROOT) -> Rulebook:
    """The rulebook that root/rulebook.yaml names; raises DataFault with file, line, field and remedy."""
    start = root / "rulebook.yaml"
    version, office_id, sets = read_as(start, partial(_contents, root=root))
    facts_file, vocabulary_file = root / "facts.yaml", root / "vocabulary.yaml"
    office_file = root / "offices" / f"{office_id}.yaml"
    rule_files = [path for name in sets for path in sorted((root / "sets" / name / "routing").iterdir())]
    facts = load_facts(facts_file, load_vocabulary(vocabulary_file))
    office = load_office(office_file)
    read = [(_rule(path, facts, office), path) for path in rule_files]
    read.sort(key=lambda one: (one[0].id, one[0].version))
    _versions_follow_one_another(read)
    _lighter_than_what_is_there(read)
    credit = load_credit(root / CREDIT, facts)
    files = (start, facts_file, vocabulary_file, office_file, *rule_files, *credit_files(root / CREDIT))
    return Rulebook(
        version,
        digest_of((path.relative_to(root).as_posix(), path.read_bytes()) for path in files),
        sets,
        tuple(rule for rule, _ in read),
        facts,
        office,
        credit,
        root,
        {rule.key: path for rule, path in read},
    )


def _contents(data: Any, root: Path) -> tuple[str, str, tuple[str, ...]]:
    """Version, office and sets; every file and folder that they stand for is there."""
    fields = Fields(data, known=("version", "office", "sets"))
    version, office, sets = fields.text("version"), fields.text("office"), fields.codes("sets")
    fields.done()
    named = (
        ("office", f"offices/{office}.yaml"),
        *((f"sets/{number}", f"sets/{name}/routing") for number, name in enumerate(sets)),
        *(("", name) for name in ("facts.yaml", "vocabulary.yaml", f"{CREDIT.as_posix()}/{REGIMES_FILE}")),
    )
    for place, path in named:
        if not (root / path).exists():
            raise fields.fault(place, "no_such_file", path=path)
    return version, office, sets


def _rule(path: Path, facts: FactDictionary, office: Office) -> Rule:
    if path.suffix != ".yaml":
        raise DataFault("not_a_rule_file", file=str(path), line=1)

    def read(data: Any) -> Rule:
        rule = read_rule(data, facts, office.departments)
        if path.stem not in (rule.id, f"{rule.id}-{rule.version}"):
            name = rule.id if rule.version == 1 else f"{rule.id}-{rule.version}"
            raise DataFault("file_name_differs", field="/id", file_name=f"{name}.yaml")
        return rule

    return read_as(path, read)


_Read = tuple[Rule, Path]


def _versions_follow_one_another(read: list[_Read]) -> None:
    """Versions of a rule are numbered from 1 without a gap, and each begins after the one before has ended."""
    for _, group in groupby(read, key=lambda one: one[0].id):
        versions = list(group)
        numbers = tuple(rule.version for rule, _ in versions)
        if numbers != tuple(range(1, len(numbers) + 1)):
            wrong = next(path for n, (rule, path) in enumerate(versions, start=1) if rule.version != n)
            rule = versions[0][0].id
            raise located_in(wrong, DataFault("version_gap", field="/version", rule=rule, versions=numbers))
        for (earlier, _), (later, path) in pairwise(versions):
            if earlier.in_force_until is None or earlier.in_force_until >= later.in_force_from:
                keys = {"earlier": earlier.key, "later": later.key}
                raise located_in(path, DataFault("versions_overlap", keys, field="/in_force"))


def _lighter_than_what_is_there(read: list[_Read]) -> None:
    versions = {(rule.id, rule.key) for rule, _ in read}
    for rule, path in read:
        for key in rule.lighter_than:
            if key == rule.key or (rule.id, key) not in versions:
                said = {"rule": rule.key, "other": key}
                raise located_in(path, DataFault("lighter_than_nothing", said, field="/lighter_than"))


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """SHA-256 over the files in this order, each with its name and length."""
    whole = sha256()
    for name, content in files:
        whole.update(f"{name} {len(content)}\n".encode())
        whole.update(content)
    return f"sha256:{whole.hexdigest()}"
