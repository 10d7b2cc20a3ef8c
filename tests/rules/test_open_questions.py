"""What of the law is not settled is said, with the settings that decide it meanwhile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.checking import Checked
from rules.data_file import DataFault
from rules.open_questions import FILE, load_open_questions
from rules.rulebook import ROOT, Rulebook
from rules.terms import load_terms

MARKED = re.compile(r"\bQ\d+\b")


def test_every_question_that_a_mark_names_is_listed(rulebook: Rulebook) -> None:
    data = [path for folder in ("sets", "offices") for path in (ROOT / folder).rglob("*.yaml")]
    marked = {name for path in data for name in MARKED.findall(path.read_text(encoding="utf-8"))}
    listed = {one.id for one in load_open_questions(rulebook, load_terms(ROOT))}
    assert marked >= {"Q6", "Q7", "Q12", "Q16"} and marked <= listed


def test_settings_say_what_stands_now(rulebook: Rulebook) -> None:
    found = {one.id: one for one in load_open_questions(rulebook, load_terms(ROOT))}
    assert [(said.name, said.value, said.unit) for said in found["Q7"].settings] == [
        ("DL42", 5, "working_day")
    ]
    hearing = found["Q12"].settings[0]
    assert (hearing.name, hearing.value, hearing.unit) == ("hearing_person_fen", 1_000_000, "fen")
    assert found["Q16"].settings[0].value == "2025-04-26 –"
    assert [(said.name, said.value) for said in found["Q6"].settings] == [("exclusions", "closed")]


@pytest.mark.parametrize("wrong", ["term:DL999", "figure:none", "rule:R17", "colour:blue", "DL42"])
def test_a_setting_that_is_nowhere_is_a_fault(rulebook: Rulebook, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "open_questions.yaml"
    file.write_text(FILE.read_text(encoding="utf-8").replace("term:DL42", wrong), encoding="utf-8")
    with pytest.raises(DataFault) as fault:
        load_open_questions(rulebook, load_terms(ROOT), file)
    assert (fault.value.code, fault.value.field) == ("no_such_setting", "/questions/3/settings/0")


def test_check_lists_them_and_they_are_no_faults(checked: Checked) -> None:
    assert checked.faults == []
    assert any(
        line.startswith("Q7：") and "term:DL42 = 5 working_day" in line for line in checked.open_questions
    )
