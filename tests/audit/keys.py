"""The key of a log as somebody holds it, and a log that two keys have handed over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.administration import Administration
from engine.core.key_chain import lines_of
from engine.core.signed_note import Checkpoint, Verifier, signed, signed_too
from engine.signing import new_private_key, private_key
from engine.witness import hand_overs
from tests.builders import Town

ROOT = bytes(32)


class Holder:
    """Somebody who holds a key of the log."""

    def __init__(self, private: str | None = None) -> None:
        self.private = private_key(private or new_private_key())
        self.name = "bihuan/office/1"

    @property
    def verifier(self) -> Verifier:
        """The key as notes name it."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw())

    def signs(self, size: int, *more: str, root: bytes = ROOT) -> str:
        """A checkpoint of that size."""
        return signed(Checkpoint(self.name, size, root, more).text(), self.verifier, self.private.sign)

    def hands_to(self, next: Holder, size: int, root: bytes = ROOT) -> str:
        """A hand-over as it should be."""
        alone = self.signs(size, *lines_of(self.verifier, next.verifier), root=root)
        return signed_too(alone, next.verifier, next.private.sign)


@dataclass(frozen=True)
class Handed:
    """The town, a finding, a checkpoint of the first key and that key, what was told at each change, the newest checkpoint."""

    town: Town
    finding: str
    since: str
    former: str
    told: list[dict[str, Any]]
    newest: str


def former_note(handed: Handed, size: int, root: bytes) -> str:
    """A checkpoint that somebody with the first key signs."""
    holder = Holder(handed.former.strip())
    holder.name = handed.town.house.witness.signer.origin
    return holder.signs(size, root=root)


def rotated(town: Town, first: str = "A01", second: str = "E01") -> dict[str, Any]:
    """What the second person was told, after a new finding was recorded, proposed and confirmed."""
    administration = Administration(town.house)
    detail = hand_overs.asked_now(town.house)
    proposal = administration._propose(hand_overs.ROTATE_ACT, detail, first)  # as where time is real
    return dict(administration.confirm(proposal, town.who(second)))
