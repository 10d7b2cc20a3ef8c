"""Signed notes and checkpoints of a log (C2SP signed-note and tlog-checkpoint), made and read; Ed25519 signs elsewhere."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

ED25519 = b"\x01"
ID_BYTES, SIGNATURE_BYTES, PUBLIC_BYTES, ROOT_BYTES = 4, 64, 32, 32
NOTE_BYTES_MAX = 16_384
SIGNATURES_MAX = 16
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_NAME = re.compile(r"[^\s+]{1,200}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteFault(ValueError):
    """The text is no signed note, no checkpoint, or not signed by that key."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key as notes name it: `name+id+base64`."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes before each of its signatures."""
        spoken = self.name.encode() + b"\n" + ED25519 + self.public
        return hashlib.sha256(spoken).digest()[:ID_BYTES]

    def told(self) -> str:
        """The key as one line."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


def verifier_of(line: str) -> Verifier:
    """The key that the line names; raises NoteFault."""
    name, _, rest = line.strip().partition("+")
    id, _, key = rest.partition("+")
    raw = _bytes(key)
    if not _NAME.fullmatch(name) or raw[:1] != ED25519 or len(raw) != 1 + PUBLIC_BYTES:
        raise NoteFault("no Ed25519 key of a signed note")
    verifier = Verifier(name, raw[1:])
    if verifier.id.hex() != id:
        raise NoteFault("the id does not belong to the key")
    return verifier


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: which one it is, how many leaves it has, their root, and what stands below that."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.more)
        return "".join(f"{line}\n" for line in lines)


def signed(text: str, verifier: Verifier, sign: Callable[[bytes], bytes]) -> str:
    """The note: the text, which ends in a newline, with one signature of that key."""
    return f"{text}\n{_signature(text, verifier, sign)}"


def signed_too(note: str, verifier: Verifier, sign: Callable[[bytes], bytes]) -> str:
    """The note with the signature of that key below the others."""
    text, _ = _parts(note)
    return note + _signature(text, verifier, sign)


def _signature(text: str, verifier: Verifier, sign: Callable[[bytes], bytes]) -> str:
    return f"— {verifier.name} {base64.b64encode(verifier.id + sign(text.encode())).decode()}\n"


def checkpoint_of(note: str, verifier: Verifier, verify: Callable[[bytes, bytes, bytes], bool]) -> Checkpoint:
    """What the note says, after its signature held; raises NoteFault. `verify` is given key, signature and message."""
    text, signatures = _parts(note)
    known = [raw[ID_BYTES:] for name, raw in signatures if name == verifier.name and raw[:4] == verifier.id]
    if not known or not all(
        len(one) == SIGNATURE_BYTES and verify(verifier.public, one, text.encode()) for one in known
    ):
        raise NoteFault("not signed by the key of this log")
    return _checkpoint(text)


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    if len(note.encode()) > NOTE_BYTES_MAX or _CONTROL.search(note):
        raise NoteFault("too long, or with control characters")
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or lines.pop() != "" or not 0 < len(lines) <= SIGNATURES_MAX:
        raise NoteFault("text, blank line and signatures expected")
    signatures = []
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = _bytes(encoded)
        if dash != "—" or not _NAME.fullmatch(name) or len(raw) <= ID_BYTES:
            raise NoteFault("a signature line is malformed")
        signatures.append((name, raw))
    return text + "\n", signatures


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")[:-1]
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise NoteFault("origin, size and root expected")
    root = _bytes(lines[2])
    if len(root) != ROOT_BYTES:
        raise NoteFault("the root is no hash")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def _bytes(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoteFault("no base64") from fault
    if base64.b64encode(raw).decode() != text:
        raise NoteFault("no canonical base64")
    return raw
