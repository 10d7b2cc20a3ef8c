"""`bihuan calendar`: a notice is shown, compared and loaded from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.calendars import shipped_notices
from tests.api.terminal import Terminal

NOTICE = """year: 2027
source: 国务院办公厅关于2027年部分节假日安排的通知
document_no: null
mark: R-h
holidays:
  - {zh: 元旦, en: "New Year's Day", from: 2027-01-01, to: 2027-01-03}
  - {zh: 春节, en: Spring Festival, from: 2027-02-05, to: 2027-02-11}
  - {zh: 国庆节, en: National Day, from: 2027-10-01, to: 2027-10-07}
working_weekends: [2027-02-13]
"""


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    (tmp_path / "notice.yaml").write_text(NOTICE, encoding="utf-8")
    return Terminal(tmp_path, monkeypatch, capsys, "2026-11-25T09:00")


def test_a_notice_is_compared_loaded_shown_and_loaded_once(terminal: Terminal) -> None:
    file = str(terminal.folder / "notice.yaml")
    compared = terminal.json("calendar", "diff", file)
    assert compared["was_provisional"] and compared["moved"] == 0
    assert {"day": "2027-02-13", "was": "free", "becomes": "working"} in compared["days"]
    assert terminal.json("calendar", "load", file, "--dry-run") == compared
    assert terminal.json("calendar", "show", "2027")["provisional"]

    loaded = terminal.json("calendar", "load", file)

    assert (loaded["year"], loaded["finished"]) == (2027, True)
    (shown,) = terminal.json("calendar", "show", "2027")["notices"]
    assert shown["file"]["working_weekends"] == ["2027-02-13"] and shown["loaded_by"].startswith("os:")
    assert terminal.json("calendar", "load", file)["unchanged"]
    assert terminal.json("calendar", "diff", file)["days"] == []
    every = terminal.json("calendar", "show")["notices"]
    assert [one["file"]["year"] for one in every] == [*shipped_notices(), 2027]


def test_in_real_time_it_waits_for_a_second_administrator(terminal: Terminal) -> None:
    for login in ("A01", "A02"):
        account = ("--name", login, "--role", "system_admin", "--department", "market_regulation")
        terminal("user", "add", login, *account, "--password-stdin", says="ein-Wort-1234\n")
    terminal.clock = None
    terminal.monkeypatch.setenv("BIHUAN_ACCEPT_TEST_DATABASE", "1")
    file = str(terminal.folder / "notice.yaml")
    by = ("--as", "A01", "--password-stdin")

    asked = terminal.json("calendar", "load", file, *by, says="ein-Wort-1234\n", code=3)

    assert terminal.json("calendar", "show", "2027")["provisional"]
    alone = ("confirm", asked["proposal"], *by)
    assert terminal.json(*alone, says="ein-Wort-1234\n", code=1)["code"] == "proposer_cannot_approve"
    second = ("confirm", asked["proposal"], "--as", "A02", "--password-stdin")
    assert terminal.json(*second, says="ein-Wort-1234\n")["year"] == 2027
    (shown,) = terminal.json("calendar", "show", "2027")["notices"]
    assert shown["loaded_by"] == "A01"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (NOTICE.replace("to: 2027-02-11", "to: 2027-02-31"), "notice.yaml:7: /holidays/1/to"),
        (NOTICE.replace("working_weekends", "working_weekend"), "notice.yaml:9: /working_weekend"),
        (NOTICE.replace("year: 2027", "year: 1900"), "notice.yaml:1: /year"),
        ("year: 2027\nsource: 通知\nmark: V2\n", "notice.yaml:1: /holidays"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_field_in_both_languages(
    terminal: Terminal, wrong: str, said: str
) -> None:
    (terminal.folder / "notice.yaml").write_text(wrong, encoding="utf-8")
    for act in ("load", "diff"):
        code, out, err = terminal("calendar", act, str(terminal.folder / "notice.yaml"))
        assert code == 1 and out == "" and err.count(said) == 2, err
    assert not (terminal.folder / "bihuan.db").exists()
    refused = terminal.json("calendar", "load", str(terminal.folder / "none.yaml"), code=1)
    assert refused["code"] == "facts_invalid"
