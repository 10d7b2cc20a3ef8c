"""Papers and whole files, beside the bare typesetter setting the same words.

python -m bench.papers [PAPERS [FILES]]     (without: 200 papers, 5 files)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from itertools import cycle, islice

from engine.documents import DocumentPress
from engine.documents.binding import Leafed, Measured, bind
from engine.documents.example import example
from engine.documents.press import paper_of
from engine.templates import program_shelf

DATED = date(2024, 4, 28)
SHEETS = ("file_cover", "file_index", "file_note")


def seconds(act: Callable[[], object]) -> float:
    """How long it took."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def main() -> None:
    """Prints rates and ratios."""
    papers = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    press = DocumentPress(program_shelf())
    kinds = [kind for kind in sorted(press.program) if kind not in SHEETS]
    contents = {kind: example(press.in_force(kind)) for kind in press.program}
    asked = list(islice(cycle(kinds), papers))
    setter = press.typesetter
    told = {}
    for kind in kinds:
        template = press.in_force(kind)
        told[kind] = setter.told(paper_of(template, contents[kind], DATED), template.style, DATED)
    said = {kind: {"told": json.dumps(one, ensure_ascii=False)} for kind, one in told.items()}
    setter.compile(said[kinds[0]], 0)  # fonts are loaded by the first
    bare = seconds(lambda: [setter.compile(said[kind], 0) for kind in asked])
    pdf = seconds(lambda: [press.pdf(kind, contents[kind], issued_on=DATED) for kind in asked])
    word = seconds(lambda: [press.docx(kind, contents[kind], issued_on=DATED) for kind in asked])
    print(f"the bare typesetter    {papers / bare:8.1f} papers/s")
    print(f"PDF                    {papers / pdf:8.1f} papers/s   {pdf / bare:6.2f} × the bare typesetter")
    print(f"DOCX                   {papers / word:8.1f} papers/s   {word / bare:6.2f} × the bare typesetter")

    def leafed(kind: str) -> Leafed:
        template = press.in_force(kind)
        return Leafed(paper_of(template, contents[kind], DATED), template, DATED)

    def covers(_: Measured) -> tuple[list[Leafed], list[Leafed]]:
        return [leafed("file_cover"), leafed("file_index")], [leafed("file_note")]

    parts = [leafed(kind) for kind in kinds[:34]]
    one = seconds(lambda: [setter.compile(said[kind], 0) for kind in kinds[:34]])
    whole = seconds(
        lambda: [bind(setter, parts, covers, title="卷宗", author="局", dated=DATED) for _ in range(files)]
    )
    print(
        f"whole files            {files / whole:8.2f} files/s, {len(parts)} papers each"
        f"   {whole / files / one:6.2f} × the bare typesetter setting each of its papers alone"
    )


if __name__ == "__main__":
    main()
