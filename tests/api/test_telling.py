"""What commands say to people: files in words, faults a line each."""

from __future__ import annotations

from pathlib import Path

from api.command_line.telling import in_lines
from tests.api.terminal import Terminal


def test_what_is_wrong_with_a_file_is_said_in_words(bihuan: Terminal, tmp_path: Path) -> None:
    there, nowhere = tmp_path / "there", tmp_path / "nowhere"
    there.write_text("x")
    for words, expected in (
        (("restore", str(nowhere), "--key", str(there)), "没有这个文件"),
        (("restore", str(there), "--key", str(nowhere)), "没有这个文件"),
        (("restore", str(there)), "--key"),
        (("backup", str(there)), "不会覆盖"),
    ):
        code, out, err = bihuan(*words)
        assert (code, out) == (1, "") and expected in err and "Errno" not in err
        assert str(nowhere) in err or str(there) in err or expected == "--key"


def test_each_fault_is_told_on_a_line_in_both_languages() -> None:
    fault = {"record": "log", "sequence": 7, "zh": "日志短于检查点", "en": "the log is shorter"}
    told = in_lines({"entries": 9, "faults": [fault, fault | {"sequence": 8}], "log": {"leaves": 3}})
    assert told.splitlines() == [
        "entries: 9",
        "faults: ",
        "  log 7：日志短于检查点 · the log is shorter",
        "  log 8：日志短于检查点 · the log is shorter",
        'log: {"leaves": 3}',
    ]
    assert in_lines({"faults": []}) == "faults: []"
