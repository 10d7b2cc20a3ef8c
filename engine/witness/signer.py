"""Who signs checkpoints: this program where it holds the key of the log, else another one."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.core.signed_note import Checkpoint, NoteFault, Verifier, checkpoint_of, signed
from engine.house_key import HouseKey, HouseKeyFault, verified
from engine.witness.anchors import Anchors
from engine.witness.looking import ACCEPTED, AT, Known


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one log, whose public key stands beside its checkpoints; may do so or only verify."""

    origin: str
    key: HouseKey | None
    anchors: Anchors

    def may_sign(self) -> bool:
        """True where the key of this log can be read, or none was ever made and this program may make one."""
        if self.key is None:
            return False
        try:
            known = self.anchors.verifier()
            if known is None:
                return not self.key.path.exists() or self.key.readable()
            return known == Verifier(self.origin, self.key.public())
        except (OSError, HouseKeyFault, NoteFault):
            return False

    def sign(self, size: int, root: bytes, now: datetime, accepted: str | None = None) -> str:
        """The note over a log of that size; `accepted` names what two persons accepted with it.

        The key is made where there is none yet, and its public half stands beside the checkpoints.
        """
        assert self.key is not None, "asked before"
        self.key.make()
        self.anchors.keep_verifier(Verifier(self.origin, self.key.public()))
        more: tuple[str, ...] = (AT + now.astimezone(UTC).isoformat(timespec="microseconds"),)
        if accepted is not None:
            more += (ACCEPTED + accepted,)
        verifier = Verifier(self.origin, self.key.public())
        return signed(Checkpoint(self.origin, size, root, more).text(), verifier, self.key.sign_bytes)

    def verifier(self) -> Verifier:
        """The public key of the log: as it is kept, else of the key that this program holds; raises NoteFault."""
        known = self.anchors.verifier()
        if known is not None:
            return known
        if self.key is not None and self.key.readable():
            return Verifier(self.origin, self.key.public())
        raise NoteFault("no public key of this log is kept here")

    def read(self, note: str, source: str) -> Known:
        """The checkpoint, after its signature and its log were checked; raises NoteFault."""
        verifier = self.verifier()
        checkpoint = checkpoint_of(note, verifier, verified)
        if checkpoint.origin != self.origin:
            raise NoteFault("a checkpoint of another log")
        return Known(checkpoint, source, note)


def accepted_of(anchor: Checkpoint | None, digest: str) -> str:
    """How a checkpoint names what was accepted with it: size and root of the anchor before, digest of the faults."""
    if anchor is None:
        return f"0 - {digest}"
    return f"{anchor.size} {base64.b64encode(anchor.root).decode()} {digest}"
