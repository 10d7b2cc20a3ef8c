"""The change notice of a draft: what each rule says otherwise, in sentences that need no program to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from difflib import ndiff
from typing import Any

from rules.edition import RULINGS, SETS, read_edition, worked_of
from rules.rulebook import Rulebook
from rules.schema import Rule
from rules.teller import LANGUAGES, Teller, members, sentences

SUBSTANCE = frozenset(
    {"when", "routes", "rectify_first", "flags", "shut", "to", "urgent", "confidential", "yields_to_criminal"}
)
"""Members that decide something: the same version that says them otherwise reaches back."""
ROUTING = "/routing/"
TURNS = {"+": "line_added", "-": "line_gone"}
LINES_TOLD = 40
"""Of one file; a file that is another altogether is not told line by line."""
ONE_DAY = timedelta(days=1)


def notice(draft: Rulebook, live: Rulebook, since: date | None = None) -> Iterator[Mapping[str, str]]:
    """Every difference, rule by rule, then line by line of the files that hold no rule; `change` says what is told.

    since: the day from which the draft is to stand; what stands otherwise on days before it is told as well.
    """
    before, after = ({rule.key: rule for rule in book.rules} for book in (live, draft))
    tellers = [Teller(draft, language) for language in LANGUAGES]
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        rule = new or old
        assert rule is not None, "a key is of one of the two"
        changed: list[str] = []
        if old is None or new is None:
            change = "rule_added" if old is None else "rule_gone"
            yield _line(change, key, {one.language: one.whole(change, rule) for one in tellers})
        else:
            changed = [name for name in members() if _member(old, name) != _member(new, name)]
            for member in changed:
                said = {one.language: one.changed(member, old, new) for one in tellers}
                yield _line("rule_changed", key, said)
        if SUBSTANCE.intersection(changed):
            said = {one.language: one.said("rule_rewritten", rule) for one in tellers}
            yield _line("rule_rewritten", key, said)
        elif since is not None and _days_differ_before(since, old, new):
            day = since.isoformat()
            said = {one.language: one.said("rule_reaches_back", rule, since=day) for one in tellers}
            yield _line("rule_reaches_back", key, said)
    yield from _files(draft, live)


def _line(change: str, about: str, said: Mapping[str, str]) -> Mapping[str, str]:
    return {"rule": about, "change": change, **said}


def _days_differ_before(since: date, old: Rule | None, new: Rule | None) -> bool:
    """True when some day before `since` has the one version and not the other."""
    spans = [
        None if rule is None else (rule.in_force_from, min(rule.in_force_until or since, since - ONE_DAY))
        for rule in (old, new)
    ]
    standing = [None if span is None or span[0] > span[1] else span for span in spans]
    return standing[0] != standing[1]


def _files(draft: Rulebook, live: Rulebook) -> Iterator[Mapping[str, str]]:
    """Files beside the rules that differ, line by line: periods of publication, what is left to people, what is lawful
    although the proof says no, and the worked rulings that the draft is held against."""
    old, new = _beside_rules(live), _beside_rules(draft)
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            yield _told("file_added" if name not in old else "file_gone", name)
            continue
        lines = [
            (mark, text.strip())
            for mark, _, text in (one.partition(" ") for one in ndiff(old[name], new[name]))
            if mark in TURNS and text.strip() and not text.strip().startswith("#")
        ]
        for mark, text in lines[:LINES_TOLD]:
            yield _told(TURNS[mark], name, line=text)
        if len(lines) > LINES_TOLD:
            yield _told("more_lines", name, n=len(lines) - LINES_TOLD)


def _told(change: str, file: str, **said: object) -> Mapping[str, str]:
    words = sentences()[change]
    return _line(change, file, {one: words[one].format(file=file, **said) for one in LANGUAGES})


def _beside_rules(book: Rulebook) -> dict[str, list[str]]:
    """The lines of each such file, by its name."""
    worked = worked_of(book.root)
    read = {f"{RULINGS}/{path.name}": path.read_text(encoding="utf-8") for path in worked.glob("*.yaml")}
    read |= {
        name: text
        for name, text in read_edition(book.root).items()
        if name.startswith(SETS) and ROUTING not in name
    }
    return {name: text.splitlines() for name, text in read.items()}


def _member(rule: Rule, name: str) -> Any:
    if name == "in_force":
        return rule.in_force_from, rule.in_force_until
    return getattr(rule, name)
