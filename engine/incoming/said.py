"""The words of inbound matters, and refusals that speak them."""

from __future__ import annotations

from pathlib import Path

from engine.core.refusals import Faults, FieldError, Reason, Refusal
from engine.projections.sources import words
from rules.vocabulary import Word

FILE = Path(__file__).with_name("words.yaml")


def said(code: str, zh: dict[str, object] | None = None, en: dict[str, object] | None = None) -> Word:
    """Words of words.yaml in both languages, their places filled."""
    word = words(FILE)[code]
    return Word(code, word.zh.format(**(zh or {})), word.en.format(**(en or zh or {})))


def shut(code: str) -> Reason:
    """Why an act is not open, as a reason."""
    word = said(code)
    return Reason("no_such_step", word.zh, word.en)


def fault(faults: Faults, pointer: str, code: str, why: str) -> None:
    """The field is at fault, in these words."""
    word = said(why)
    faults.add(pointer, code, word.zh, word.en)


def refused(pointer: str, code: str, why: str) -> Refusal:
    """A refusal of one field, in these words."""
    word = said(why)
    return Refusal("facts_invalid", errors=[FieldError(pointer, code, word.zh, word.en)])
