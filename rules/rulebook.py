"""The rulebook: all rules with their dates, the facts they speak of and the office they speak for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from rules.credit import Credit, credit_files, load_credit
from rules.data_file import DataFault, Fields, read_as
from rules.facts import FactDictionary, load_facts
from rules.offices import Office, load_office
from rules.schema import Rule, read_rule
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

    def in_force(self, on: date) -> tuple[Rule, ...]:
        """The rules, each in the version that stands on the date."""
        return tuple(rule for rule in self.rules if rule.in_force(on))

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
    version, office_id, sets = read_as(start, _contents)
    facts_file, vocabulary_file = root / "facts.yaml", root / "vocabulary.yaml"
    office_file = root / "offices" / f"{office_id}.yaml"
    rule_files = [path for name in sets for path in sorted((root / "sets" / name / "routing").iterdir())]
    for path in (office_file, facts_file, vocabulary_file):
        if not path.is_file():
            raise DataFault("names a file that is not there", f"Add {path.name}.", file=str(start), line=1)
    facts = load_facts(facts_file, load_vocabulary(vocabulary_file))
    office = load_office(office_file)
    rules = [_rule(path, facts, office) for path in rule_files]
    rules.sort(key=lambda rule: (rule.id, rule.version))
    _one_version_at_a_time(rules, start)
    _lighter_than_what_is_there(rules, start)
    credit = load_credit(root / CREDIT, facts)
    files = (start, facts_file, vocabulary_file, office_file, *rule_files, *credit_files(root / CREDIT))
    return Rulebook(version, _digest(root, files), sets, tuple(rules), facts, office, credit)


def _contents(data: Any) -> tuple[str, str, tuple[str, ...]]:
    fields = Fields(data)
    contents = fields.text("version"), fields.text("office"), fields.codes("sets")
    fields.done()
    return contents


def _rule(path: Path, facts: FactDictionary, office: Office) -> Rule:
    if path.suffix != ".yaml":
        raise DataFault("is no rule file", "Call it <id>.yaml, or move it away.", file=str(path), line=1)

    def read(data: Any) -> Rule:
        rule = read_rule(data, facts, office.departments)
        if path.stem not in (rule.id, f"{rule.id}-{rule.version}"):
            raise DataFault("the file is not named after the rule", f"Call it {rule.id}.yaml.", field="/id")
        return rule

    return read_as(path, read)


def _one_version_at_a_time(rules: list[Rule], start: Path) -> None:
    for earlier, later in pairwise(rules):
        if earlier.id != later.id:
            continue
        if earlier.in_force_until is None or earlier.in_force_until >= later.in_force_from:
            raise DataFault(
                f"{earlier.key} and {later.key} are in force on the same day",
                "End the earlier version on the day before the later one begins.",
                field="/in_force",
                file=str(start),
                line=1,
            )


def _lighter_than_what_is_there(rules: list[Rule], start: Path) -> None:
    versions = {(rule.id, rule.key) for rule in rules}
    for rule in rules:
        for key in rule.lighter_than:
            if key == rule.key or (rule.id, key) not in versions:
                raise DataFault(
                    f"{rule.key} is lighter than {key}, which is no other version of it",
                    "Name another version of the same rule.",
                    field="/lighter_than",
                    file=str(start),
                    line=1,
                )


def _digest(root: Path, files: tuple[Path, ...]) -> str:
    whole = sha256()
    for path in files:
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        whole.update(content)
    return f"sha256:{whole.hexdigest()}"
