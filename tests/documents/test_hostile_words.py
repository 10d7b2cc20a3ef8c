"""Words of people are words on the paper, whatever they look like to a machine."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pypdf
import pytest
from docx import Document

from engine.documents import DocumentPress
from tests.documents.conftest import KINDS

Read = Callable[[str, dict[str, Any]], str]

MARKUP = (
    '#eval("1+1")',
    "$x^2$",
    "*粗* _斜_ `码` <w:p>&amp;</w:p> ]]>",
    r"\ \n \u{41} @ref // 注 /* 注 */",
    '#image("/etc/passwd")',
    "{{ 7*7 }} {% for %}",
    "{party_name} {blank:4}",
    "=cmd|' /C calc'!A0",
    "~ -- --- ... \"直引号\" '单'",
)


def everywhere(told: Any, words: str) -> Any:
    """The same content with these words in place of every text but codes and dates."""
    if isinstance(told, dict):
        return {key: everywhere(value, words) if _free(key) else value for key, value in told.items()}
    if isinstance(told, list):
        return [everywhere(one, words) for one in told]
    return words if isinstance(told, str) else told


def _free(key: str) -> bool:
    return (
        key
        not in ("scheme", "deadline_type", "period_unit", "conclusion", "routes", "mark", "trigger", "labels")
        and key not in ("flag_kind", "penalty_kinds", "proposed_kinds", "decided_on", "clue_on", "done", "on")
        and key[-3:] != "_on"
    )


@pytest.mark.parametrize("kind", KINDS[0::3])
def test_markup_is_printed_as_it_was_typed(
    kind: str, told: dict[str, Any], pdf_text: Read, word_text: Read
) -> None:
    hostile = everywhere(told, "\n".join(MARKUP))
    printed, written = pdf_text(kind, hostile), "".join(word_text(kind, hostile).split())
    for words in MARKUP:
        bare = "".join(words.split())
        assert bare in printed
        assert bare in written


@pytest.mark.parametrize("kind", KINDS[1::3])
def test_two_thousand_characters_are_all_there(
    press: DocumentPress, kind: str, told: dict[str, Any], word_text: Read, issued_on: date
) -> None:
    names = ("facts_summary", "reason", "requirement", "refusal_note", "items_list", "reply", "opinion")
    said = dict.fromkeys(names, "鑫" * 2000)
    step = {"trigger": "act", "facts": said}
    long = everywhere(told, "") | {"finding": said, "facts": said, "step": step, "asked": {}}
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(kind, long, issued_on=issued_on)))
    assert len(reader.pages) > 1
    printed = sum(page.extract_text().count("鑫") for page in reader.pages)
    assert printed == word_text(kind, long).count("鑫")
    assert printed in (2000, 4000, 6000)


def test_a_word_longer_than_a_line_stays_within_the_page(press: DocumentPress, issued_on: date) -> None:
    told = {"finding": {"facts_summary": "w" * 600}}
    reader = pypdf.PdfReader(io.BytesIO(press.pdf("rectification_notice", told, issued_on=issued_on)))
    longest = max(
        line.count("w")
        for page in reader.pages
        for line in page.extract_text().replace("\u200b", "").splitlines()
    )
    assert 10 < longest < 60


def test_a_character_no_font_has_is_shown_by_its_number(
    pdf_text: Read, word_text: Read, samples: dict[str, dict[str, Any]]
) -> None:
    told = samples["transfer_letter"]
    rare = told | {"party": {**told["party"], "name": "𤭢祥店😀"}}
    assert "〓(U+24B62)祥店〓(U+1F600)" in pdf_text("transfer_letter", rare)
    assert "𤭢祥店😀" in word_text("transfer_letter", rare)


@pytest.mark.parametrize("kind", KINDS[2::3])
def test_what_no_paper_can_hold_is_dropped(
    press: DocumentPress, pdf_text: Read, word_text: Read, kind: str, issued_on: date
) -> None:
    told = {"party": {"name": "甲\x00\x07\x1b乙\ud800\ufffe丙\u202e丁\u2066\u2028戊\u0085己\r\n庚\ufeff"}}
    assert "甲乙丙丁戊己庚" in "".join(word_text(kind, told).split())
    assert "甲乙丙丁戊己庚" in pdf_text(kind, told)


@pytest.mark.parametrize("kind", KINDS[0::3])
def test_content_of_the_wrong_shape_is_unknown_and_breaks_nothing(
    press: DocumentPress, kind: str, issued_on: date
) -> None:
    wrong: dict[str, Any] = {
        "organisation": ["原平市", {"name": "市监局"}],
        "party": "原平市前进西街滏香火锅店",
        "finding": 7,
        "facts": {
            "officers": "弓晓燕",
            "due_on": "五月十三日",
            "routes": "rectification",
            "correction_requirements": 3,
        },
        "people": {"approver": "檀海峰", "contact": [], "reached": []},
        "attachments": ["照片", 5, None, {}],
        "ruling": {"rules": [None, "R01", {"basis": "第三十三条"}]},
        "inspection": None,
        "labels": [],
    }
    assert press.pdf(kind, wrong, issued_on=issued_on).startswith(b"%PDF-")
    document = Document(io.BytesIO(press.docx(kind, wrong, issued_on=issued_on)))
    assert document.paragraphs
