"""Questions of law that are still open, with the settings by which the house answers them meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.core.deadlines import Term
from rules.data_file import DataFault, Fields, read_as
from rules.offices import CLOSED, HALF_OPEN
from rules.rulebook import ROOT, Rulebook
from rules.vocabulary import Word

FILE = ROOT / "open_questions.yaml"
KINDS = ("figure", "term", "rule", "regime", "counting")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the house: of which kind, its name and title, and what it says now.

    value: a number with its unit, the period in which a version or a regime stands, or a way of counting.
    """

    kind: str
    name: str
    title: Word
    value: int | str | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One question of DOMAIN §10, what is done meanwhile, and the settings to change once it is settled."""

    id: str
    question: Word
    meanwhile: Word
    settings: tuple[Setting, ...]


def load_open_questions(
    book: Rulebook, terms: Mapping[str, Term], file: Path = FILE
) -> tuple[OpenQuestion, ...]:
    """The open questions with what their settings say; raises DataFault, also for a setting that is nowhere."""
    known: dict[str, dict[str, Setting]] = {kind: {} for kind in KINDS}
    for setting in _settings(book, terms):
        known[setting.kind][setting.name] = setting
    return read_as(file, lambda data: _questions(data, known))


def _settings(book: Rulebook, terms: Mapping[str, Term]) -> Iterator[Setting]:
    for name, figure in book.office.thresholds.items():
        yield Setting(
            "figure",
            name,
            Word(name, figure.title, name.removesuffix("_fen").replace("_", " ")),
            figure.value,
            figure.unit,
        )
    for id, term in terms.items():
        yield Setting("term", id, Word(id, term.zh, term.en), term.value, term.unit)
    for rule in book.rules:
        period = _period(rule.in_force_from, rule.in_force_until)
        yield Setting("rule", rule.key, Word(rule.key, rule.title, rule.description), period)
    way = HALF_OPEN if book.office.half_open else CLOSED
    yield Setting(
        "counting", "exclusions", Word("exclusions", "扣除区间的计法", "how excluded days count"), way
    )
    for id, stands in book.credit.regimes:
        yield Setting("regime", id, Word(id, id, id), _period(stands.first, stands.last))


def _period(first: Any, last: Any) -> str:
    return f"{first} – {last or ''}".strip()


def _questions(data: Any, known: Mapping[str, Mapping[str, Setting]]) -> tuple[OpenQuestion, ...]:
    fields = Fields(data, known=("questions",))
    read = []
    for position, item in enumerate(fields.items("questions")):
        at = f"/questions/{position}"
        entry = Fields(item, at, known=("id", "question", "meanwhile", "settings"))
        id = entry.text("id")
        words = {}
        for name in ("question", "meanwhile"):
            said = Fields(entry.take(name), f"{at}/{name}", known=("zh", "en"))
            words[name] = Word(id, said.text("zh"), said.text("en"))
            said.done()
        settings = tuple(
            _setting(one, f"{at}/settings/{number}", known)
            for number, one in enumerate(entry.items("settings"))
        )
        entry.done()
        read.append(OpenQuestion(id, words["question"], words["meanwhile"], settings))
    fields.done()
    return tuple(read)


def _setting(written: Any, at: str, known: Mapping[str, Mapping[str, Setting]]) -> Setting:
    kind, _, name = str(written).partition(":")
    if kind not in KINDS or name not in known[kind]:
        raise DataFault("no_such_setting", field=at, value=written)
    return known[kind][name]
