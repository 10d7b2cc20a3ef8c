"""Who signs checkpoints: this program where it holds the key of the log, else another one."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.auditing import ChainFault
from engine.core.key_chain import KeyChain, chain_of, lines_of
from engine.core.signed_note import Checkpoint, NoteFault, Verifier, checkpoint_of, signed, signed_too
from engine.house_key import HouseKey, HouseKeyFault, verified
from engine.witness.anchors import Anchors
from engine.witness.key_lock import signing_alone
from engine.witness.looking import ACCEPTED, AT, LOG, Known
from engine.witness.words import BY_A_FORMER_KEY, UNKNOWN

NEXT = ".next"
"""How the name of the file ends that holds the next key until the one before it has handed over."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one log, whose public keys stand beside its checkpoints; may do so or only verify."""

    origin: str
    key: HouseKey | None
    anchors: Anchors

    def may_sign(self) -> bool:
        """True where the key that signs now can be read, or none was ever made and this program may make one."""
        if self.key is None:
            return False
        try:
            if self.anchors.verifier() is None:
                return not self.key.path.exists() or self.key.readable()
            return self.keys().newest == Verifier(self.origin, self.key.public())
        except (OSError, HouseKeyFault, NoteFault):
            return False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other program signs, or hands the key over, while the block runs."""
        with signing_alone(self.anchors.folder):
            yield

    def sign(self, size: int, root: bytes, now: datetime, accepted: str | None = None) -> str:
        """The note over a log of that size; `accepted` names what two persons accepted with it.

        The key is made where there is none yet, and its public half stands beside the checkpoints.
        """
        assert self.key is not None, "asked before"
        self.key.make()
        verifier = Verifier(self.origin, self.key.public())
        self.anchors.keep_verifier(verifier)
        more = (_at(now),) if accepted is None else (_at(now), ACCEPTED + accepted)
        return signed(Checkpoint(self.origin, size, root, more).text(), verifier, self.key.sign_bytes)

    def hand_over(self, size: int, root: bytes, now: datetime) -> str:
        """The note by which the key hands over at that size to one made now, signed by both.

        The new key waits in a file of its own until `promoted`; one that waited there and was never heard of is gone.
        """
        assert self.key is not None, "asked before"
        former, waiting = Verifier(self.origin, self.key.public()), self._waiting()
        waiting.path.unlink(missing_ok=True)
        waiting.make()
        next = Verifier(self.origin, waiting.public())
        checkpoint = Checkpoint(self.origin, size, root, (_at(now), *lines_of(former, next)))
        return signed_too(signed(checkpoint.text(), former, self.key.sign_bytes), next, waiting.sign_bytes)

    def promoted(self) -> None:
        """A key that waited signs from now on, if the one before it has handed over to it; that one is gone."""
        if self.key is None:
            return
        waiting = self._waiting()
        if waiting.readable() and self.keys().newest == Verifier(self.origin, waiting.public()):
            os.replace(waiting.path, self.key.path)

    def _waiting(self) -> HouseKey:
        assert self.key is not None, "asked before"
        return HouseKey(self.key.path.with_name(self.key.path.name + NEXT))

    def keys(self, more: Iterable[str] = ()) -> KeyChain:
        """The keys of the log, from the first to the one that signs now; raises NoteFault where none is known here.

        `more` are hand-overs that are not kept here yet.
        """
        return chain_of(self._trusted(), [*self.anchors.hand_overs(), *more], verified)

    def _trusted(self) -> Verifier:
        """The public key as it was kept first, else of the key that this program holds."""
        known = self.anchors.verifier()
        if known is not None:
            return known
        if self.key is not None and self.key.readable():
            return Verifier(self.origin, self.key.public())
        raise NoteFault("no public key of this log is kept here")

    def read(self, note: str, source: str, keys: KeyChain | None = None) -> Known:
        """The checkpoint, after its signature and its log were checked; raises NoteFault.

        `keys` are given where many are read at once.
        """
        checkpoint = (keys or self.keys()).read(note, verified)
        if checkpoint.origin != self.origin:
            raise NoteFault("a checkpoint of another log")
        return Known(checkpoint, source, note)

    def readable(self, notes: Iterable[tuple[str, str]]) -> tuple[list[Known], list[ChainFault]]:
        """The checkpoints among these (name, note), and a fault for each that no key of the log signed while it counted."""
        known: list[Known] = []
        faults: list[ChainFault] = []
        keys = None
        for name, note in notes:
            try:
                keys = keys or self.keys()
                known.append(self.read(note, name, keys))
            except NoteFault:
                faults.append(ChainFault(LOG, 0, *UNKNOWN, found=name))
        return known, faults

    def held(self) -> tuple[list[Known], list[ChainFault]]:
        """The anchor and what stands for it, as `readable`; a fault also where a former key signed the newest of them."""
        ends = self.anchors.ends()
        known, faults = self.readable(ends)
        if known and known[0].note == ends[0][1] and not self.signed_last(known[0].note):
            faults.append(ChainFault(LOG, 0, *BY_A_FORMER_KEY, found=known[0].source))
        return known, faults

    def signed_last(self, note: str) -> bool:
        """True when the key that signs now has signed the note; False where none is known here."""
        try:
            checkpoint_of(note, self.keys().newest, verified)
        except NoteFault:
            return False
        return True


def _at(now: datetime) -> str:
    return AT + now.astimezone(UTC).isoformat(timespec="microseconds")


def accepted_of(anchor: Checkpoint | None, digest: str) -> str:
    """How a checkpoint names what was accepted with it: size and root of the anchor before, digest of the faults."""
    if anchor is None:
        return f"0 - {digest}"
    return f"{anchor.size} {base64.b64encode(anchor.root).decode()} {digest}"
