"""The process that binds a file: it sees one folder, the fonts and nothing of the house, and ends with its file.

Said on stdin, a line each: `FONTS…` (a JSON list of folders), then `bind` once whole.json is there. Told on stdout: the
leaves at which parts begin and what could not be set, then that the file is there.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

import typst

MEMORY_MAX, SECONDS_MAX = 2 * 1024**3, 120
PAGES_MAX = 300
"""A file of more pages is left out: it is listed, and lies beside."""


def main(folder: Path) -> None:
    """The folder holds file.pdf."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MAX, SECONDS_MAX))
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=json.loads(sys.stdin.readline())
    )
    said = json.loads((folder / "counted.json").read_text(encoding="utf-8"))
    parts, left_out = _settled(folder, said["parts"], fonts)
    (folder / "counted.json").write_text(json.dumps(said | {"parts": parts}), encoding="utf-8")
    at: Any = {"input": str(folder / "file.typ"), "root": str(folder), "font_paths": fonts}
    counting = typst.Compiler(**at, sys_inputs={"told": "counted.json"})
    starts, after = (json.loads(counting.query(mark, field="value")) for mark in ("<start>", "<after>"))
    told = {"starts": starts, "after": after[0], "left_out": left_out}
    print(json.dumps(told), flush=True)
    sys.stdin.readline()
    whole = json.loads((folder / "whole.json").read_text(encoding="utf-8"))
    whole["parts"] = [*whole["front"], *parts, *whole["back"]]
    (folder / "whole.json").write_text(json.dumps(whole), encoding="utf-8")
    standards: Any = [] if any(part["kind"] == "pdf" for part in parts) else ["a-2b"]
    binding = typst.Compiler(**at, sys_inputs={"told": "whole.json"})
    made = binding.compile(format="pdf", pdf_standards=standards, timestamp=whole["timestamp"])
    (folder / "file.pdf").write_bytes(made)  # type: ignore[arg-type]  # one file, as asked
    print(json.dumps({"bound": True}), flush=True)


def _settled(
    folder: Path, parts: list[dict[str, Any]], fonts: typst.Fonts
) -> tuple[list[dict[str, Any]], list[int]]:
    """The parts with one for every page of another PDF, and the ids of those that cannot be set."""
    compiler = typst.Compiler(str(folder / "probe.typ"), root=str(folder), font_paths=fonts)
    settled: list[dict[str, Any]] = []
    left_out = []
    for part in parts:
        if part["kind"] == "paper":
            settled.append(part)
            continue
        pages = _pages(compiler, part["file"]) if part["kind"] == "pdf" else _sets(compiler, part["file"], "")
        if not 0 < pages <= PAGES_MAX:
            left_out.append(part["id"])
            continue
        for page in range(1, pages + 1):
            settled.append(part | {"page": page})
    return settled, left_out


def _sets(compiler: typst.Compiler, file: str, page: str) -> bool:
    try:
        compiler.compile(format="pdf", sys_inputs={"file": file, "page": page}, timestamp=0)
    except (typst.TypstError, RuntimeError):
        return False
    return True


def _pages(compiler: typst.Compiler, file: str) -> int:
    """How many pages the PDF has, up to one more than are taken; found by halves, since nothing tells it."""
    there, gone = 0, PAGES_MAX + 2
    step = 1
    while there + step < gone:
        if _sets(compiler, file, str(there + step)):
            there, step = there + step, step * 2
        else:
            gone, step = there + step, 1
    return there


if __name__ == "__main__":
    main(Path(sys.argv[1]))
