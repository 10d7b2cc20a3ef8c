"""docs/writing-documents.md: its commands run as they are printed, and do what it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.command_line import main

PAGE = Path(__file__).parents[2] / "docs" / "writing-documents.md"
KIND = "rectification_notice"


def printed() -> list[list[str]]:
    """The commands of the page, as words."""
    return [line.split()[2:] for line in re.findall(r"^\./dev bihuan .+$", PAGE.read_text(), re.MULTILINE)]


def test_the_commands_of_the_page_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BIHUAN_DATABASE_URL", raising=False)

    def said(words: list[str], code: int = 0) -> dict[str, Any]:
        assert main([*words, "--data", str(tmp_path / "data"), "--json"]) == code
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        return told

    listed, copied, preview, check, accept = printed()
    assert listed == ["documents", "list"] and check == [
        "check"
    ]  # the proofs of `check` have tests of their own
    items = {one["kind"]: one for one in said(listed)["items"]}
    assert items[KIND]["template"] == "program" and items["file_cover"]["template"] == "program"
    file = Path(str(said(copied)["file"]))
    assert said(copied, 1)["code"] == "facts_invalid"
    assert said(accept) == {"faults": [], "templates": {}}  # what is the program's own changes nothing

    right = file.read_text(encoding="utf-8")
    file.write_text(right.replace("{reached_phone}", "{reached_fone}"), encoding="utf-8")
    for words in (preview, accept):
        (fault,) = said(words, 1)["faults"]
        assert "是不是想写 reached_phone？" in fault
    file.write_text(
        right.replace("经查，你（单位）存在下列行为：", "经检查，发现下列行为："), encoding="utf-8"
    )
    digest = said(preview)["digest"]
    assert Path("preview.pdf").read_bytes().startswith(b"%PDF")
    said([*preview[:-1], "preview.docx", "--empty"])
    assert Path("preview.docx").read_bytes().startswith(b"PK")
    assert said(accept)["templates"] == {KIND: digest}
    items = {one["kind"]: one for one in said(listed)["items"]}
    assert (items[KIND]["template"], items[KIND]["digest"], items[KIND]["waiting"]) == (
        "office",
        digest,
        False,
    )


def test_no_kind_leads_out_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("../rulebook", "nothing", "house"):
        for words in (["copy", kind], ["preview", kind, str(tmp_path / "out.pdf")]):
            if words != ["copy", "house"]:  # which is to be changed like any other
                assert main(["documents", *words, "--data", str(tmp_path)]) == 1
    capsys.readouterr()
    assert not (tmp_path / "out.pdf").exists()
