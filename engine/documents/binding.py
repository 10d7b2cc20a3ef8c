"""A whole file out of papers and other people's pages: one PDF with leaves numbered through, made by a process of its own."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import Any

from engine.core.refusals import Refusal
from engine.documents.bound import Bound
from engine.documents.paper import Paper
from engine.documents.typeset import Typesetter

HERE = Path(__file__).parent
PROGRAMS = ("file.typ", "paper.typ", "probe.typ")
SECONDS_MAX = 150
"""After so long the process is ended; a file of a hundred papers takes some seconds."""
PICTURES = {"image/jpeg": "jpg", "image/png": "png"}
PDF = "application/pdf"
TURNS = BoundedSemaphore(4)
"""Files that are bound or wait; whoever comes then is asked to come again, so that no reader waits for a binder."""
BINDERS = BoundedSemaphore(1)
"""Files that are bound at the same time."""
PREFIX, IN_MEMORY = "bihuan-file-", Path("/dev/shm")
NO_MEMORY = (
    "本机没有只在内存中的目录（/dev/shm），保密卷宗不能装订，请逐份下载。 · "
    "This machine has no folder in memory (/dev/shm), and a sealed file is bound nowhere else: take the papers one by one."
)
BUSY = "正在装订其他卷宗，请稍后再试。 · Other files are being bound; try again in a moment."
FAILED = (
    "卷宗未能在限定的时间和内存内装订，请逐份下载。 · The file could not be bound within its bounds of time and "
    "memory; take the papers one by one."
)


@dataclass(frozen=True, slots=True)
class Leafed:
    """A paper with the template whose look it has, or somebody else's pages; `content` is asked for once."""

    paper: Paper | None = None
    template: Bound | None = None
    dated: date = date.min
    media_type: str = ""
    content: Callable[[], bytes] | None = None

    @property
    def can_be_bound(self) -> bool:
        """True for papers, pictures and PDFs; others lie beside the file."""
        return self.paper is not None or self.media_type == PDF or self.media_type in PICTURES


@dataclass(frozen=True, slots=True)
class Measured:
    """First leaf and number of leaves of each part by its place, and how many there are; left out are those of no part."""

    leaves: Mapping[int, tuple[int, int]]
    total: int


Covers = Callable[[Measured], tuple[list[Leafed], list[Leafed]]]
"""What stands before and behind the counted parts, once these are measured."""


def bind(
    typesetter: Typesetter,
    parts: Sequence[Leafed],
    covers: Covers,
    *,
    title: str,
    author: str,
    dated: date,
    in_memory: bool = False,
) -> bytes:
    """The whole as one PDF, the same bytes for the same parts: PDF/A-2b where no page of another PDF is among them.

    `in_memory`: nothing of it is laid on a disk. Raises `not_ready` while others wait, and where time, memory or such a
    place do not suffice.
    """
    if not TURNS.acquire(blocking=False):
        raise Refusal("not_ready", detail=BUSY, retry_after=10)
    try:
        place = memory_place() if in_memory else None
        with BINDERS, tempfile.TemporaryDirectory(prefix=PREFIX, dir=place) as folder:
            head = {"title": title, "author": author, "dated": [dated.year, dated.month, dated.day]}
            with _held(Path(folder)):
                return _Bench(Path(folder), typesetter, head).bound(parts, covers, dated)
    except OSError as fault:
        raise Refusal("not_ready", detail=FAILED, retry_after=60) from fault
    finally:
        TURNS.release()


def memory_place(folder: Path = IN_MEMORY, mounts: Path = Path("/proc/mounts")) -> Path:
    """Where files are laid that stay in memory; what a program that was killed left there is gone.

    Raises `not_ready` where this machine has none.
    """
    told = [line.split()[1:3] for line in mounts.read_text().splitlines()] if mounts.exists() else []
    if [str(folder), "tmpfs"] not in told:
        raise Refusal("not_ready", detail=NO_MEMORY, retry_after=60)
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError), _held(left):  # else another program binds there, or it is gone meanwhile
            shutil.rmtree(left)
    return folder


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The folder is this program's until the block or the program ends; raises OSError where it is another's."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


class _Bench:
    """One folder in which one file is bound."""

    def __init__(self, folder: Path, typesetter: Typesetter, head: Mapping[str, Any]) -> None:
        self._folder, self._typesetter = folder, typesetter
        self._head = {**head, "first": 0, "families": typesetter.plain_families()}

    def bound(self, parts: Sequence[Leafed], covers: Covers, dated: date) -> bytes:
        for name in PROGRAMS:
            shutil.copy(HERE / name, self._folder / name)
        told = [self._told(n, one, counted=True) for n, one in enumerate(parts) if one.can_be_bound]
        self._write("counted.json", {**self._head, "parts": told})
        process = subprocess.Popen(
            (sys.executable, "-I", str(HERE / "bind.py"), str(self._folder)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C at the terminal of the house is not for it
            cwd=self._folder,
        )
        timer = Timer(SECONDS_MAX, process.kill)
        timer.daemon = True
        timer.start()
        try:
            measured = _measured(_ask(process, json.dumps(self._typesetter.font_folders())))
            front, back = ([self._told(-1, one, counted=False) for one in side] for side in covers(measured))
            midnight = int(datetime(dated.year, dated.month, dated.day, tzinfo=UTC).timestamp())
            whole = {**self._head, "first": len(front), "front": front, "back": back, "timestamp": midnight}
            self._write("whole.json", whole)
            _ask(process, "bind")
            return (self._folder / "file.pdf").read_bytes()
        finally:
            timer.cancel()
            process.kill()
            process.communicate()

    def _told(self, n: int, one: Leafed, *, counted: bool) -> dict[str, Any]:
        if one.paper is not None and one.template is not None:
            told = self._typesetter.told(one.paper, one.template.style, one.dated)
            return {"kind": "paper", "id": n, "counted": counted, "told": told}
        assert one.content is not None
        name = f"part-{n}.{PICTURES.get(one.media_type, 'pdf')}"
        (self._folder / name).write_bytes(one.content())
        kind = "pdf" if one.media_type == PDF else "picture"
        return {"kind": kind, "id": n, "counted": counted, "file": name}

    def _write(self, name: str, told: Mapping[str, Any]) -> None:
        (self._folder / name).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def _ask(process: subprocess.Popen[bytes], line: str) -> dict[str, Any]:
    """What the process says next; raises `not_ready` where it is gone."""
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(line.encode() + b"\n")
        process.stdin.flush()
        told: dict[str, Any] = json.loads(process.stdout.readline())
    except (OSError, ValueError) as fault:
        raise Refusal("not_ready", detail=FAILED, retry_after=60) from fault
    return told


def _measured(told: Mapping[str, Any]) -> Measured:
    firsts: dict[int, int] = {}
    for one in told["starts"]:
        firsts.setdefault(one["part"], one["leaf"])
    ends = [*firsts.values(), told["after"]][1:]
    leaves = {part: (first, end - first) for (part, first), end in zip(firsts.items(), ends, strict=True)}
    return Measured(leaves, told["after"] - 1)
