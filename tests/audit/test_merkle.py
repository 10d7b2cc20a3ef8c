"""The tree of RFC 6962 against its own definition, written down once more as the document has it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import pytest

from engine.core.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency,
    consistent,
    included,
    inclusion,
    inclusions,
    leaf_hash,
    node_hash,
    root,
)

SIZES = (*range(1, 34), 63, 64, 65, 100)


def hashes(count: int) -> list[bytes]:
    """So many leaves."""
    return [leaf_hash(str(number).encode()) for number in range(count)]


def below(count: int) -> int:
    """The largest power of two smaller than n."""
    return 1 << (count - 1).bit_length() - 1


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if len(leaves) == 1:
        return leaves[0]
    return node_hash(mth(leaves[: below(len(leaves))]), mth(leaves[below(len(leaves)) :]))


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(leaves) == 1:
        return []
    at = below(len(leaves))
    if index < at:
        return [*path(index, leaves[:at]), mth(leaves[at:])]
    return [*path(index - at, leaves[at:]), mth(leaves[:at])]


def subproof(size: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b)."""
    if size == len(leaves):
        return [] if whole else [mth(leaves)]
    at = below(len(leaves))
    if size <= at:
        return [*subproof(size, leaves[:at], whole), mth(leaves[at:])]
    return [*subproof(size - at, leaves[at:], False), mth(leaves[:at])]


def test_known_hashes_of_the_document() -> None:
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT == root([]) == Frontier().root()
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


@pytest.mark.parametrize("size", SIZES)
def test_roots_and_proofs_are_those_of_the_definition(size: int) -> None:
    leaves = hashes(size)
    whole = mth(leaves)

    assert root(leaves) == whole
    assert inclusions(leaves, range(size)) == {index: path(index, leaves) for index in range(size)}
    for index in range(size):
        assert included(index, size, leaves[index], path(index, leaves), whole)
    for smaller in range(1, size):
        proof = consistency(leaves, smaller)
        assert proof == subproof(smaller, leaves, True)
        assert consistent(smaller, mth(leaves[:smaller]), size, whole, proof)


def wrong(dice: random.Random, proof: list[bytes]) -> list[bytes]:
    """The proof with something wrong about it."""
    way = dice.choice(("more", "less", "bit", "swap", "short"))
    place = dice.randrange(len(proof) + 1)
    if way == "more" or not proof:
        return [*proof[:place], dice.randbytes(32), *proof[place:]]
    place %= len(proof)
    if way == "less":
        return proof[:place] + proof[place + 1 :]
    if way == "swap" and len(set(proof)) > 1:
        return proof[1:] + proof[:1]
    changed = bytearray(proof[place])
    changed[dice.randrange(32)] ^= 1 << dice.randrange(8)
    return [*proof[:place], bytes(changed[:31] if way == "short" else changed), *proof[place + 1 :]]


def test_no_wrong_proof_is_believed() -> None:
    dice = random.Random(20261128)
    for _ in range(800):
        size = dice.randint(2, 80)
        leaves = hashes(size)
        index, smaller, whole = dice.randrange(size), dice.randrange(1, size), root(leaves)
        path_of, then = inclusion(leaves, index), root(leaves[:smaller])

        assert not included(index, size, leaves[index], wrong(dice, path_of), whole)
        assert not included(index ^ 1 if index ^ 1 < size else index - 1, size, leaves[index], path_of, whole)
        assert not included(index, size, leaf_hash(b"another"), path_of, whole)
        assert not included(index, size, leaves[index], path_of, dice.randbytes(32))
        assert not consistent(smaller, then, size, whole, wrong(dice, consistency(leaves, smaller)))
        assert not consistent(smaller, whole, size, whole, consistency(leaves, smaller))
        assert not consistent(smaller, then, size, then, consistency(leaves, smaller))


@pytest.mark.parametrize(
    ("size", "now", "proof"), [(5, 4, []), (4, 4, [b"x" * 32]), (0, 4, [b"x" * 32]), (3, 4, [])]
)
def test_no_proof_of_what_cannot_be(size: int, now: int, proof: list[bytes]) -> None:
    leaves = hashes(5)

    assert not consistent(size, root(leaves[:size]), now, root(leaves[:now]), proof)
