"""Checkpoints outside the database: a folder to which notes are only added, with the public key that signed them."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.core.signed_note import NOTE_BYTES_MAX, NoteFault, Verifier, verifier_of

ACCEPTED, HAND_OVER = "-accepted", "-handover"
"""How the names of notes end with which two persons accepted something, or a key handed over to the next."""
NAME = re.compile(rf"([0-9a-f]{{8}})-(\d{{8}})({ACCEPTED}|{HAND_OVER})?\.note", re.ASCII)
OF_A_LOG = re.compile(r"([0-9a-f]{8})[-.].+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Anchors:
    """The files of one log, beside those of other logs; its newest note is the anchor."""

    folder: Path
    log_id: str

    @property
    def public(self) -> Path:
        """The file with the public key of the log."""
        return self.folder / f"{self.log_id}.pub"

    def begin(self) -> None:
        """The log is known here, unless the folder cannot be written."""
        with suppress(OSError):
            if not self._known():
                _written_once(self.folder / f"{self.log_id}.begun", "")

    def knows_others(self) -> bool:
        """True when something of other logs is kept here."""
        return bool(self._logs() - {self.log_id})

    def strange(self) -> bool:
        """True when nothing is kept of this log, but of others: the database was replaced by another one."""
        return self.knows_others() and not self._known()

    def _known(self) -> bool:
        return self.log_id in self._logs()

    def _logs(self) -> set[str]:
        if not self.folder.is_dir():
            return set()
        named = (OF_A_LOG.fullmatch(one.name) for one in self.folder.iterdir())
        return {found[1] for found in named if found is not None}

    def verifier(self) -> Verifier | None:
        """The public key of the log; None where none is kept yet. Raises NoteFault where the file holds none."""
        try:
            return verifier_of(self.public.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeError) as fault:
            raise NoteFault(str(self.public)) from fault

    def keep_verifier(self, verifier: Verifier) -> None:
        """The public key is kept; one that was there stays."""
        _written_once(self.public, verifier.told() + "\n")

    def keep(self, note: str, *, kind: str = "") -> Path:
        """The note is the newest, of that kind; nothing that was kept is touched. Raises OSError where it cannot be written."""
        number = max((_number(one) for one in self._files()), default=0)
        while True:
            number += 1
            name = f"{self.log_id}-{number:08d}"
            file = self.folder / f"{name}{kind}.note"
            if not any(self.folder.glob(f"{name}*")) and _written_once(file, note):
                return file

    def notes(self) -> list[tuple[str, str]]:
        """(name, note) of all that is held against the log, oldest first: from the one that two persons accepted last."""
        return [_read(one) for one in self._since_accepted()]

    def ends(self) -> list[tuple[str, str]]:
        """Of these the newest, the last with which a key handed over and, where two persons accepted anything, the oldest."""
        kept = self._since_accepted()
        handed = [one for one in kept if HAND_OVER in one.name]
        return [_read(one) for one in dict.fromkeys((kept[-1], *handed[-1:], kept[0]) if kept else ())]

    def hand_overs(self) -> list[str]:
        """Every note that was kept as a hand-over, oldest first; whether they are is asked elsewhere."""
        return [_read(one)[1] for one in self._files() if HAND_OVER in one.name]

    def _since_accepted(self) -> list[Path]:
        files = self._files()
        accepted = [place for place, one in enumerate(files) if ACCEPTED in one.name]
        return files[accepted[-1] if accepted else 0 :]

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        named = ((NAME.fullmatch(one.name), one) for one in self.folder.iterdir())
        return sorted(one for found, one in named if found is not None and found[1] == self.log_id)


def _number(file: Path) -> int:
    return int(file.name.split("-")[1].partition(".")[0])


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
