"""Every paper of a scenario says what its step says, in both formats, and prints names with rare characters.

`./dev soak papers` does it for every scenario and binds whole files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.documents import DocumentPress
from engine.documents.glyphs import coverage, font_files
from engine.documents.press import paper_of
from tests.builders import Town
from tests.documents.sweep import NAME, RARE_PARTY, Issued, faults_of, issued, played, unsaid

SAMPLE = "S06"
"""Letters with slips, a return, a second sending; short enough for every day."""
MARKS = "·（）〔〕"


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Issued]]:
    """What the house issued in the sample."""
    folder = tmp_path_factory.mktemp("sweep")
    town = Town.open(f"sqlite:///{folder}/bihuan.db", folder, "2024-03-01T09:00")
    try:
        played(town, SAMPLE)
        yield issued(town)
    finally:
        town.close()


def test_every_paper_says_what_was_told_and_leaves_no_gap(papers: list[Issued], press: DocumentPress) -> None:
    assert len(papers) > 10
    assert [fault for one in papers for fault in faults_of(press, one)] == []
    assert unsaid(press, papers) == []


def test_the_sweep_finds_what_is_wrong(papers: list[Issued], press: DocumentPress) -> None:
    letter = next(one for one in papers if one.kind == "transfer_letter")
    step = letter.content["step"]
    wrong = {**letter.content, "facts": letter.content["facts"] | {"legal_ground": "None，，的"}}
    said = step | {"facts": step["facts"] | {"legal_ground": "没有写上的依据"}}
    spoiled = Issued(letter.record, letter.sequence, letter.kind, wrong, letter.issued_on)
    silent = Issued(
        letter.record, letter.sequence, letter.kind, {**letter.content, "step": said}, letter.issued_on
    )
    found = faults_of(press, spoiled)
    assert {fault.split(": ")[1].split()[0] for fault in found} == {"PDF", "DOCX", "gap", "foreign"}
    assert unsaid(press, [silent]) == [f"{step['trigger']}: legal_ground 没有写上的依据"]


def test_rare_characters_of_names_have_glyphs_and_a_missing_one_would_be_seen(
    papers: list[Issued], press: DocumentPress
) -> None:
    setter = press.typesetter
    covered = coverage(font_files([Path(folder) for folder in setter.font_folders()]))
    assert {
        one for one in NAME + RARE_PARTY["legal_representative"] + MARKS if ord(one) not in covered
    } == set()

    one = papers[0]
    template = press.template_of(one.kind, one.content)
    told = setter.told(paper_of(template, one.content, one.issued_on), template.style, one.issued_on)
    said = json.dumps(told, ensure_ascii=False)
    assert setter.compile({"told": said}, 0)
    with pytest.raises(RuntimeError, match="could not be displayed"):
        setter.compile({"told": said.replace(NAME, "𤭢")}, 0)
