"""docs/measured.md says what was run, and of the rest that it was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.measured import FILE, PROMISES, Found, earlier, write_down


def lines(file: Path) -> dict[str, str]:
    """The line of each soak."""
    rows = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows[1:]}


def found(name: str, n: int, broken: str | None = None) -> Found:
    """Something that was found."""
    return Found(name, n, (7,), ("abc123",), 1.25, {"kills": n} if not broken else {}, broken)


def test_what_was_not_run_says_so(tmp_path: Path) -> None:
    file = tmp_path / "measured.md"

    write_down(found("crash", 1000), file)

    said = lines(file)
    assert set(said) == set(PROMISES)
    assert said["walk"].count("not run") == 1
    assert "| 1,000 | 7 | `abc123` | 1.2 | kills 1,000 |" in said["crash"]


def test_a_later_run_replaces_its_own_line_only(tmp_path: Path) -> None:
    file = tmp_path / "measured.md"
    write_down(found("crash", 1000), file)
    before = lines(file)

    write_down(found("race", 10), file)

    after = lines(file)
    assert after["crash"] == before["crash"]
    assert "10 of 1,000" in after["race"], "a part is not told as the whole"


def test_a_broken_promise_is_written_down(tmp_path: Path) -> None:
    file = tmp_path / "measured.md"

    write_down(found("walk", 100_000, broken="law 3: a | in the path"), file)

    assert "**broken**: law 3: a \\| in the path" in lines(file)["walk"]


def test_what_was_missing_is_added_to_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "measured.md"
    first = Found(
        "edits", 40_000, (7,), ("abc",), 2.0, {"edits": 40_000, "kinds": {"cut": 4_579, "swap": 12}}
    )
    write_down(first, file)
    later = Found(
        "edits", 60_000, (8,), ("abc", "def"), 3.0, {"edits": 60_000, "kinds": {"cut": 1, "old": 5}}
    )

    assert earlier("edits", file) == first
    write_down(earlier("edits", file).plus(later), file)

    found = "edits 100,000, kinds (cut 4,580, swap 12, old 5)"
    assert lines(file)["edits"].endswith(f"| 100,000 | 7, 8 | `abc`, `def` | 5.0 | {found} |")


@pytest.mark.parametrize("name", ["edits", "hands", "crash"])
def test_nothing_is_added_to_what_was_not_run_was_broken_or_is_no_sum(name: str, tmp_path: Path) -> None:
    file = tmp_path / "measured.md"
    write_down(found("crash", 1000), file)
    write_down(found("hands", 5, broken="an approval"), file)

    with pytest.raises(LookupError):
        earlier(name, file)


def test_the_file_names_every_promise() -> None:
    assert set(lines(FILE)) == set(PROMISES)
