"""The keys of a log, one after the other: a key hands over to the next in a note that both have signed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.core.signed_note import Checkpoint, NoteFault, Verifier, checkpoint_of, verifier_of

FORMER, NEXT = "former ", "next "
"""How the lines of a hand-over begin that name its two keys; no other checkpoint has such lines."""
Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether the holder of a public key made a signature over a message."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """A checkpoint at which one key ends and the next begins."""

    checkpoint: Checkpoint
    former: Verifier
    next: Verifier
    note: str

    @property
    def size(self) -> int:
        """The largest log for which the former key counts."""
        return self.checkpoint.size


def lines_of(former: Verifier, next: Verifier) -> tuple[str, str]:
    """The lines by which a checkpoint hands over from one key to the other."""
    return FORMER + former.told(), NEXT + next.told()


def hands_over(checkpoint: Checkpoint) -> bool:
    """True when the checkpoint says that it hands over, whoever signed it."""
    return any(line.startswith((FORMER, NEXT)) for line in checkpoint.more)


def hand_over_of(note: str, verify: Verify) -> HandOver:
    """The hand-over that the note is; raises NoteFault unless both keys that it names have signed it."""
    text = note.rpartition("\n\n")[0]
    former, next = _named(text, FORMER), _named(text, NEXT)
    if former == next:
        raise NoteFault("a key hands over to itself")
    checkpoint = checkpoint_of(note, former, verify)
    checkpoint_of(note, next, verify)
    if not former.name == next.name == checkpoint.origin:
        raise NoteFault("keys of another log")
    return HandOver(checkpoint, former, next, note)


def _named(text: str, begins: str) -> Verifier:
    told = [line.removeprefix(begins) for line in text.split("\n") if line.startswith(begins)]
    if len(told) != 1:
        raise NoteFault("a hand-over names each of its keys once")
    return verifier_of(told[0])


@dataclass(frozen=True, slots=True)
class KeyChain:
    """The keys of one log in their order, the one that signs now last."""

    keys: tuple[Verifier, ...]
    hand_overs: tuple[HandOver, ...]
    """One less than keys."""

    @property
    def newest(self) -> Verifier:
        """The key that signs now."""
        return self.keys[-1]

    def read(self, note: str, verify: Verify) -> Checkpoint:
        """What the note says; raises NoteFault.

        A key that handed over counts only up to the size at which it did, and a note that says it hands over only where
        it is one of this chain.
        """
        for place in reversed(range(len(self.keys))):
            try:
                checkpoint = checkpoint_of(note, self.keys[place], verify)
            except NoteFault:
                continue
            if hands_over(checkpoint):
                if note not in {one.note for one in self.hand_overs}:
                    raise NoteFault("a hand-over that does not belong to the keys of this log")
            elif place < len(self.hand_overs) and checkpoint.size > self.hand_overs[place].size:
                raise NoteFault("signed by a former key after it was handed over")
            return checkpoint
        raise NoteFault("not signed by a key of this log")


def chain_of(trusted: Verifier, notes: Iterable[str], verify: Verify) -> KeyChain:
    """All keys that hang together with the trusted one, by hand-overs among the notes; whatever else they are is left out.

    Onwards since the former key signed, backwards since the next one did. Of two hand-overs of one key the first counts.
    """
    found = [one for one in (_hand_over(note, verify) for note in notes) if one is not None]
    onwards: list[HandOver] = []
    backwards: list[HandOver] = []
    seen, key = {trusted}, trusted
    while (one := next((it for it in found if it.former == key and it.next not in seen), None)) is not None:
        onwards.append(one)
        key = one.next
        seen.add(key)
    key = trusted
    while (one := next((it for it in found if it.next == key and it.former not in seen), None)) is not None:
        backwards.insert(0, one)
        key = one.former
        seen.add(key)
    hand_overs = (*backwards, *onwards)
    return KeyChain((key, *(one.next for one in hand_overs)), hand_overs)


def _hand_over(note: str, verify: Verify) -> HandOver | None:
    try:
        return hand_over_of(note, verify)
    except NoteFault:
        return None
