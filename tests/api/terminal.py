"""The command line as somebody at a terminal uses it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.command_line import main


@dataclass(slots=True)
class Terminal:
    """A terminal in front of one data folder; time is not real when `clock` is set."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    output: pytest.CaptureFixture[str]
    clock: str | None = None

    def __call__(self, *words: str, says: str = "") -> tuple[int, str, str]:
        """Exit code, stdout and stderr of `bihuan` with these words."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(says))
        told = ["--data", str(self.folder)]
        if self.clock is not None:
            (self.folder / "clock").write_text(f"{self.clock}:00+08:00\n")
            told += ["--test-clock", str(self.folder / "clock")]
        try:
            code = main([*told, *words])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        out, err = self.output.readouterr()
        return code, out, err

    def json(self, *words: str, says: str = "", code: int = 0) -> Any:
        """The one document on stdout; the exit code is as expected."""
        ended, out, err = self(*words, "--json", says=says)
        assert ended == code, (out, err)
        assert out.count("\n") == 1
        return json.loads(out)
