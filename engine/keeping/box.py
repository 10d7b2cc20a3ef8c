"""The sealed box that a backup is: age, the format and the tool of that name, to the public key of whoever may open it.

What is read out of a box was authenticated piece by piece, and the end of the box is reached only where nothing was
cut off, added or changed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pyrage

Recipient = Any
"""Whom a box is sealed to."""
Identity = Any
"""What opens it."""
PUBLIC, PRIVATE, LOCKED = "age1", "AGE-SECRET-KEY-", b"age-encryption.org/"
KEY_BYTES_MAX = 64 * 1024
PIPE_PIECE = 1024 * 1024


class BoxFault(ValueError):
    """The box is no box, was changed, or is not for this key; the words say which."""


def new_key() -> tuple[str, str]:
    """A private key and its public half."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(text: str) -> Recipient:
    """The public key `age1…`; raises BoxFault."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as fault:
        raise BoxFault("这不是公钥（age1…） · this is no public key (age1…)") from fault


def locked(text: str, passphrase: str) -> bytes:
    """The text of a key file, to be opened by the passphrase only."""
    return bytes(pyrage.passphrase.encrypt(text.encode(), passphrase))


def identities_in(path: Path, passphrase: str | None) -> list[Identity]:
    """The private keys in the file, one a line; raises BoxFault, OSError."""
    with path.open("rb") as file:
        raw = file.read(KEY_BYTES_MAX)
    try:
        if raw.startswith(LOCKED):
            if not passphrase:
                raise BoxFault("密钥文件有口令保护，请用 --passphrase-stdin · the key file has a passphrase")
            raw = pyrage.passphrase.decrypt(raw, passphrase)
        lines = [line.strip() for line in raw.decode("ascii").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and line[0] != "#"]
    except (pyrage.IdentityError, pyrage.DecryptError, OSError, UnicodeError) as fault:
        raise BoxFault("密钥文件或者口令不对 · this is no key file, or not its passphrase") from fault
    if not found:
        raise BoxFault("密钥文件里没有密钥 · the key file holds no key")
    return found


class _Pieces:
    """Pieces of bytes, read like a file; what goes wrong while they are made is kept."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, memoryview(b"")
        self.fault: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    return b""
                self._left = memoryview(piece)
        except BaseException as fault:
            self.fault = fault
            raise
        taken, self._left = self._left[: max(size, 1)], self._left[max(size, 1) :]
        return bytes(taken)


def seal(pieces: Iterator[bytes], out: IO[bytes], recipients: Sequence[Recipient]) -> None:
    """The pieces are in the box, one after the other; no more than one of them was held in memory."""
    read = _Pieces(pieces)
    try:
        pyrage.encrypt_io(read, out, list(recipients))
    except (pyrage.EncryptError, OSError) as fault:
        raise (read.fault or fault) from fault


@contextmanager
def opened(box: IO[bytes], identities: Sequence[Identity]) -> Iterator[IO[bytes]]:
    """What is in the box, to be read once from first to last; raises BoxFault at the place where it does not hold.

    It is unsealed by a thread of its own: the library pushes, and whoever reads pulls.
    """
    reading, writing = os.pipe()
    fault: list[BaseException] = []

    def unseal() -> None:
        with os.fdopen(writing, "wb", buffering=PIPE_PIECE) as out:
            try:
                pyrage.decrypt_io(box, out, list(identities))
            except BaseException as broken:
                fault.append(broken)

    thread = threading.Thread(target=_quietly, args=(unseal,), name="unseal", daemon=True)
    thread.start()
    with os.fdopen(reading, "rb", buffering=PIPE_PIECE) as plain:
        try:
            yield plain
            plain.read()
        except Exception as broken:
            plain.close()  # the thread ends at its next piece
            thread.join()
            raise _told(fault, broken) from broken
    thread.join()
    if fault:
        raise _told(fault, fault[0]) from fault[0]


def _quietly(unseal: Any) -> None:
    """Nobody reads any more: the thread has nothing to say."""
    with suppress(BrokenPipeError):
        unseal()


def _told(unsealing: Sequence[BaseException], otherwise: BaseException) -> BaseException:
    """What is to be said: that the box does not hold comes before whatever followed from it."""
    broken = next((one for one in unsealing if "roken pipe" not in str(one)), None)
    if broken is None:
        return otherwise
    if "No matching keys" in str(broken):
        return BoxFault("这把密钥打不开这个备份 · this key does not open this backup")
    return BoxFault("备份文件不完整或者被改动 · the backup is cut off or was changed")
