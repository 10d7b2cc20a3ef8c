"""Checkpoints outside the database: a folder to which notes are only added, with the public key that signed them."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.core.signed_note import NOTE_BYTES_MAX, NoteFault, Verifier, verifier_of

NAME = re.compile(r"(\d{8})(-accepted)?\.note", re.ASCII)
PUBLIC = "log.pub"


@dataclass(frozen=True, slots=True)
class Anchors:
    """The folder of one log, beside those of other logs; the newest note is the anchor."""

    root: Path
    log_id: str

    @property
    def folder(self) -> Path:
        """Where the notes of this log are."""
        return self.root / self.log_id

    def begin(self) -> bool:
        """The folder is there; True when it was before, False too where it cannot be made."""
        if self.folder.is_dir():
            return True
        with suppress(OSError):
            self.folder.mkdir(parents=True, mode=0o755)
        return False

    def knows_others(self) -> bool:
        """True when checkpoints of other logs are kept here."""
        return self.root.is_dir() and any(
            one.is_dir() and one.name != self.log_id for one in self.root.iterdir()
        )

    def strange(self) -> bool:
        """True when nothing is kept of this log, but of others: the database was replaced by another one."""
        return not self.folder.is_dir() and self.knows_others()

    def verifier(self) -> Verifier | None:
        """The public key of the log; None where none is kept yet. Raises NoteFault where the file holds none."""
        try:
            return verifier_of((self.folder / PUBLIC).read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as fault:
            raise NoteFault(str(self.folder / PUBLIC)) from fault

    def keep_verifier(self, verifier: Verifier) -> None:
        """The public key is kept; one that was there stays."""
        _written_once(self.folder / PUBLIC, verifier.told() + "\n")

    def keep(self, note: str, *, accepted: bool) -> Path:
        """The note is the newest; nothing that was kept is touched. Raises OSError where it cannot be written."""
        number = max((int(NAME.fullmatch(one.name)[1]) for one in self._files()), default=0)  # type: ignore[index]  # its name matched
        while True:
            number += 1
            file = self.folder / f"{number:08d}{'-accepted' if accepted else ''}.note"
            if not any(self.folder.glob(f"{number:08d}*")) and _written_once(file, note):
                return file

    def notes(self) -> list[tuple[str, str]]:
        """(name, note) of all that is held against the log, oldest first: from the one that two persons accepted last."""
        return [_read(one) for one in self._since_accepted()]

    def ends(self) -> list[tuple[str, str]]:
        """Of these the newest and, where two persons accepted anything, the oldest."""
        kept = self._since_accepted()
        return [_read(one) for one in dict.fromkeys((kept[-1], kept[0]) if kept else ())]

    def _since_accepted(self) -> list[Path]:
        files = self._files()
        accepted = [place for place, one in enumerate(files) if "accepted" in one.name]
        return files[accepted[-1] if accepted else 0 :]

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted(one for one in self.folder.iterdir() if NAME.fullmatch(one.name))


def _read(file: Path) -> tuple[str, str]:
    with file.open("rb") as opened:
        return file.name, opened.read(NOTE_BYTES_MAX + 1).decode(errors="replace")


def _written_once(file: Path, text: str) -> bool:
    """The file is there whole; False, and nothing changed, where it was there before."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as made:
            made.write(text)
            made.flush()
            os.fsync(made.fileno())
        os.chmod(name, 0o444)
        os.link(name, file)
    except FileExistsError:
        return False
    finally:
        os.unlink(name)
    return True
