"""The soak of papers: every scenario's papers read back in both formats, then whole files bound by the thousand."""

from __future__ import annotations

import json
import resource
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.telling import say
from engine.documents import DocumentPress
from engine.dossier import Dossiers
from tests.builders import Town
from tests.documents.sweep import Issued, faults_of, filled_in, issued, played, unsaid
from tests.scenarios.player import KINDS

AT = "2024-03-01T09:00"
READER = "H01"
WITHOUT_A_FINDING = ("S01",)


@dataclass(slots=True)
class Swept:
    """What was read and bound, times in seconds; `grew`: the MiB that houses held more after the last file than the first."""

    papers: int = 0
    files: int = 0
    bound: float = 0.0
    bare: float = 0.0
    grew: int = 0
    faults: list[str] = field(default_factory=list)


def papers(n: int, seed: int) -> dict[str, Any]:
    """Every scenario, and N files of their findings by turns; the bare typesetter sets the same papers one by one."""
    swept = Swept()
    names = [name for name in KINDS if name not in WITHOUT_A_FINDING]
    for place, name in enumerate(KINDS):
        turn = names.index(name) if name in names else n
        with tempfile.TemporaryDirectory(prefix="bihuan-papers-") as folder:
            town = Town.open(f"sqlite:///{folder}/bihuan.db", Path(folder), AT)
            try:
                sweep(town, name, len(range(turn, n, len(names))), swept)
            finally:
                town.close()
        say(f"{place + 1} of {len(KINDS)} scenarios, {swept.files} of {n} files")
    if swept.faults:
        raise AssertionError("; ".join(swept.faults[:5]))
    return {
        "papers_read_back": swept.papers,
        "faults": 0,
        "files": swept.files,
        "times_the_bare_typesetter": round(swept.bound / swept.bare, 2),
        "files_a_second": round(swept.files / swept.bound, 2),
        "house_grew_mb": swept.grew,
    }


def sweep(town: Town, name: str, files: int, swept: Swept) -> None:
    """The scenario was played, its papers read back, and its file bound so often: each time the same bytes."""
    player = played(town, name)
    press, found = town.house.press, issued(town)
    swept.papers += len(found)
    swept.faults += [fault for one in found for fault in faults_of(press, one)] + unsaid(press, found)
    if not files:
        return
    dossiers = Dossiers(town.house.reader, press, town.house.office)
    own = [one for one in found if one.record == player.refs["F"]]
    swept.bare += files * bare_seconds(press, own)
    begun = time.perf_counter()
    made = {dossiers.bound(town.who(READER), player.refs["F"])[1]}
    first = memory()
    made |= {dossiers.bound(town.who(READER), player.refs["F"])[1] for _ in range(files - 1)}
    swept.grew += memory() - first
    swept.bound += time.perf_counter() - begun
    swept.files += files
    swept.faults += [f"{name}: {len(made)} files of one record differ"] if len(made) > 1 else []


def bare_seconds(press: DocumentPress, own: list[Issued]) -> float:
    """How long the bare typesetter takes over the papers of one file."""
    said = []
    for one in own:
        told = press.typesetter.told(
            filled_in(press, one), press.template_of(one.kind, one.content).style, one.issued_on
        )
        said.append({"told": json.dumps(told, ensure_ascii=False)})
    begun = time.perf_counter()
    for words in said:
        press.typesetter.compile(words, 0)
    return time.perf_counter() - begun


def memory() -> int:
    """The most that this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
