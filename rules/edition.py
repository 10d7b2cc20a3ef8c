"""An edition of the rulebook: the files that a draft brings, and how they become a rulebook of this program again.

An edition is `rulebook.yaml` and what stands below `sets/`, with the draft's own worked rulings where it has any. The
facts, the vocabulary, the terms and the office come with the program: forms, charts and clocks are made from them, so
a draft may not bring others.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import rfc8785

from rules.charts import CHARTS_FOLDER
from rules.data_file import DataFault
from rules.rulebook import ROOT, Rulebook

START = "rulebook.yaml"
SETS = "sets"
RULINGS = "rulings"
"""Worked rulings that a draft brings: they stand in for those of the program."""
WORKED = ROOT.parent / "tests" / "rulings"
"""The rulings that the office's lawyers have worked out."""
NAME = re.compile(r"rulebook\.yaml|(sets|rulings)(/[\w-][\w.-]*)+\.yaml")
"""What a file of an edition may be called below its folder."""
OF_THE_PROGRAM = ("facts.yaml", "vocabulary.yaml", "offices", "sets/national/terms")
FILES_MAX = 2000
BYTES_MAX = 8 * 1024 * 1024


def read_edition(root: Path) -> dict[str, str]:
    """Path → text of every file of the draft that an edition keeps, in order of paths.

    Raises DataFault: where a part that comes with the program differs from it, where a file is none of text, where
    there are too many.
    """
    _check_parts(root)
    files: dict[str, str] = {}
    size = 0
    for path in _paths(root):
        name = path.relative_to(root).as_posix()
        size += path.stat().st_size
        if len(files) == FILES_MAX or size > BYTES_MAX:
            limit = {"files": FILES_MAX, "megabytes": BYTES_MAX // 1024**2}
            raise DataFault("edition_too_large", limit).located(name, 1)
        try:
            files[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as fault:
            raise DataFault("not_utf8").located(name, 1) from fault
    return files


def edition_digest(files: Mapping[str, str]) -> str:
    """SHA-256 over paths and texts as canonical JSON (RFC 8785); the same whoever reads them in whatever order."""
    return f"sha256:{sha256(rfc8785.dumps(dict(files))).hexdigest()}"


def worked_of(root: Path) -> Path:
    """The worked rulings that a rulebook is held against: those it brings itself, else the office's."""
    return root / RULINGS if (root / RULINGS).is_dir() else WORKED


def proof_digest(book: Rulebook) -> str:
    """SHA-256 over everything that a proof of the rulebook rests on: it, what is declared, worked rulings, charts."""
    read = (
        *book.root.glob("sets/*/proof/*.yaml"),
        *worked_of(book.root).glob("*.yaml"),
        *CHARTS_FOLDER.glob("*.yaml"),
        *ROOT.glob("sets/*/terms/*.yaml"),
    )
    texts = sorted([path.parent.name, path.name, path.read_text(encoding="utf-8")] for path in read)
    return f"sha256:{sha256(rfc8785.dumps([book.digest, *texts])).hexdigest()}"


def lay_out(files: Mapping[str, str], shelf: Path) -> Path:
    """The folder below `shelf` that holds these files beside the program's own, shaped like rules/.

    It is named by what is in it; one that was changed by hand is written anew. Raises DataFault for a name that no file
    of an edition has.
    """
    for name in files:
        if not NAME.fullmatch(name):
            raise DataFault("not_a_rule_file").located(name, 1)
    own = _programs_own()
    whole = {**{name: text.encode() for name, text in files.items()}, **own}
    known = {**files, **{name: content.decode() for name, content in own.items()}}
    folder = shelf / edition_digest(known).removeprefix("sha256:")
    if folder.is_dir() and _content(folder) == whole:
        return folder
    shelf.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=shelf) as made:
        for name, content in whole.items():
            path = Path(made, "new", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            if folder.exists():
                os.replace(folder, Path(made, "old"))
            os.replace(Path(made, "new"), folder)
        except OSError:  # another program was quicker with the same folder
            if not folder.is_dir() or _content(folder) != whole:
                raise
    return folder


def copy_rulebook(root: Path, folder: Path) -> None:
    """The folder is new and holds the rulebook of `root`, ready to be made a draft of; raises FileExistsError."""
    folder.mkdir(parents=True)
    for name in (START, "facts.yaml", "vocabulary.yaml", "offices", SETS, RULINGS):
        path = root / name
        if path.is_dir():
            shutil.copytree(path, folder / name)
        elif path.exists():
            shutil.copyfile(path, folder / name)


def _check_parts(root: Path) -> None:
    for name, content in _programs_own().items():
        path = root / name
        if not path.is_file() or path.read_bytes() != content:
            raise DataFault("not_of_an_edition").located(str(path), 1)


def _paths(root: Path) -> Iterator[Path]:
    """The files of an edition, in order; what is no plain file with a name for rules is a fault."""
    own = _programs_own()
    yield root / START
    for folder in (root / SETS, root / RULINGS):
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not (path.is_dir() or path.suffix == ".yaml"):
                raise DataFault("not_a_rule_file").located(str(path), 1)
            if path.is_file() and path.relative_to(root).as_posix() not in own:
                yield path


def _programs_own() -> dict[str, bytes]:
    paths = [
        path
        for name in OF_THE_PROGRAM
        for path in (sorted((ROOT / name).rglob("*.yaml")) if (ROOT / name).is_dir() else (ROOT / name,))
    ]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
