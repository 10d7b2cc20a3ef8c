"""docs/measured.md: what the soaks found when they were last run; nothing else writes it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "docs" / "measured.md"
PROMISES = {
    "walk": (
        "100,000 steps, at random and on tours: at least 40 % accepted, each row at least 20 times, no law broken",
        100_000,
    ),
    "crash": (
        "1,000 houses killed under load: nothing acknowledged is lost, nothing is there by halves",
        1_000,
    ),
    "race": ("1,000 versions wanted by 64 clients each, on both databases: one winner per version", 1_000),
    "repeat": ("10,000 commands sent one to five times, on both databases: one effect each", 10_000),
    "rulings": ("1,000,000 random fact sets: both evaluators name the same rules, no worker dies", 1_000_000),
    "histories": (
        "1,000,000 random histories of a deadline: counted step by step and counted anew, the same dates",
        1_000_000,
    ),
    "leaps": (
        "1,000 restarts and leaps of the clock, −1 h to +40 d, on SQLite and on two PostgreSQL nodes: none missed or twice",
        1_000,
    ),
    "deadlines": (
        "100,000 periods at random: dates and counted days equal a walk on the wall calendar, every reckoning adds up",
        100_000,
    ),
    "exchange": (
        "20,000 messages to 8 receivers, one dead, through every fault and killed couriers, on both databases: each "
        "delivered once and in order for its finding, or a task",
        20_000,
    ),
    "fence": (
        "100 crashes, hangs and memory blow-ups of a worker: each decision right or waiting in two seconds",
        100,
    ),
    "outsiders": (
        "5,000 questions of those who must not know, to an office with a criminal referral and to one without, on both "
        "databases: the same bytes, statements and rows, and times that cannot be told apart",
        5_000,
    ),
    "canaries": (
        "10,000 secrets and personal values planted by every way in, errors included: none in the journal or the figures",
        10_000,
    ),
    "uploads": (
        "500 hostile files (bombs, nested, entities, macros, polyglots, paths, broken): all refused, or kept as inert bytes",
        500,
    ),
    "guesses": (
        "10,000 guesses at passwords, codes, sessions, form values and tokens: none opens anything, each costs the same work,"
        " the true person still comes in",
        10_000,
    ),
    "hands": (
        "1,000,000 random histories with second accounts, lent and changed roles, reopening and recusal: no self-approval",
        1_000_000,
    ),
    "receipts": (
        "100,000 forged, replayed, stale, mutated, re-serialised, misdirected receipts: none accepted, nothing changed; "
        "every good one accepted once",
        100_000,
    ),
    "edits": (
        "100,000 random edits of the database (flip, delete, swap, insert, cut, recompute, old copy): all found with one "
        "saved checkpoint; 10,000 clean logs: no false alarm",
        100_000,
    ),
    "papers": (
        "every paper of every scenario, PDF and DOCX: each fact and fixed word is there, no gap, no code, rare characters "
        "printed; 1,000 whole files, the same bytes each time: how many times as long as the bare typesetter",
        1_000,
    ),
    "wall": (
        "100,000 findings on PostgreSQL, every list with and without the second wall: the same answers; how many times as "
        "long each takes with it",
        100_000,
    ),
    "requests": (
        "30,000 generated requests (schemathesis, all phases, signed in as each role): 0 server errors, 0 schema breaches",
        30_000,
    ),
}
HEAD = """# Measured

Written by `./dev soak NAME` and by nothing else. A figure that was not run reads “not run”; `./dev test` runs about a
hundredth of each.

| soak | promise | n | seed | commit | minutes | found |
|---|---|---|---|---|---|---|
"""
NOT_RUN = "not run"
ADDS_UP = frozenset({"hands", "edits"})
"""Soaks whose every count is a sum over rounds that know nothing of each other: a part may be run later."""
COUNT = re.compile(r"(\w+) (?:\(([^)]*)\)|(\d{1,3}(?:,\d{3})*))")


@dataclass(frozen=True, slots=True)
class Found:
    """What one run found, or several that add up; `broken` says which promise did not hold."""

    name: str
    n: int
    seeds: tuple[int, ...]
    commits: tuple[str, ...]
    minutes: float
    counts: Mapping[str, Any]
    broken: str | None = None

    def plus(self, later: Found) -> Found:
        """Both runs as one: their counts are sums."""
        both = (self.counts, later.counts)
        return Found(
            self.name,
            self.n + later.n,
            self.seeds + later.seeds,
            tuple(dict.fromkeys(self.commits + later.commits)),
            self.minutes + later.minutes,
            {name: _sum([counts.get(name, 0) for counts in both]) for name in {**both[0], **both[1]}},
            later.broken,
        )


def commit() -> str:
    """The commit that runs, marked when files differ from it, beside the one that soaks write."""

    def told(*words: str) -> str:
        asked, here = ["git", *words], Path(__file__).parent.parent
        return subprocess.run(asked, cwd=here, capture_output=True, text=True, check=False).stdout.strip()

    named = told("rev-parse", "--short=12", "HEAD") or "unknown"
    differing = told("status", "--porcelain", "--untracked-files=no", ".", ":(exclude)docs/measured.md")
    return f"{named}+changes" if differing else named


def write_down(found: Found, file: Path = FILE) -> None:
    """The file says what this run found, beside what it said of the others."""
    lines = _said(file) | {found.name: _line(found)}
    file.write_text(HEAD + "".join(f"{lines[name]}\n" for name in PROMISES), encoding="utf-8")


def earlier(name: str, file: Path = FILE) -> Found:
    """What the file says of a soak; raises LookupError when it was not run or was broken, or its counts do not add up."""
    cells = [cell.strip() for cell in _said(file)[name].split("|")[3:-1]]
    if name not in ADDS_UP or cells[0] == NOT_RUN or cells[-1].startswith("**"):
        raise LookupError(f"Nothing can be added to what docs/measured.md says of {name}.")
    counts: dict[str, Any] = {}
    for one, kinds, number in COUNT.findall(cells[-1]):
        counts[one] = (
            {kind: _number(of) for kind, _, of in COUNT.findall(kinds)} if kinds else _number(number)
        )
    seeds = tuple(int(seed) for seed in cells[1].split(", "))
    n = _number(cells[0].split(" of ")[0])
    return Found(name, n, seeds, tuple(re.findall(r"`(.+?)`", cells[2])), float(cells[3]), counts)


def _sum(values: Sequence[Any]) -> Any:
    mappings = [one for one in values if isinstance(one, Mapping)]
    if mappings:
        return {kind: sum(one.get(kind, 0) for one in mappings) for one in mappings for kind in one}
    return sum(values)


def _number(said: str) -> int:
    return int(said.replace(",", ""))


def _said(file: Path) -> dict[str, str]:
    said = {name: f"| {name} | {words} | {NOT_RUN} | | | | |" for name, (words, _) in PROMISES.items()}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        known = re.match(r"\| (\w+) \|", line)
        if known and known[1] in said:
            said[known[1]] = line
    return said


def _line(found: Found) -> str:
    words, full = PROMISES[found.name]
    part = "" if found.n >= full else f" of {full:,}"
    counts = ", ".join(f"{name} {_spoken(value)}" for name, value in found.counts.items())
    told = f"**broken**: {found.broken}" if found.broken else counts
    cells = (
        found.name,
        words,
        f"{found.n:,}{part}",
        ", ".join(map(str, found.seeds)),
        ", ".join(f"`{commit}`" for commit in found.commits),
        f"{found.minutes:.1f}",
        told,
    )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _spoken(value: Any) -> str:
    if isinstance(value, Mapping):
        return "(" + ", ".join(f"{name} {one:,}" for name, one in value.items()) + ")"
    return f"{value:,}" if isinstance(value, int) else str(value)
