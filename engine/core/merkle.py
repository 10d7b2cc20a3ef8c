"""The Merkle tree of RFC 6962, section 2.1: roots, proofs of inclusion and consistency, and a tree that only grows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf with that content."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node over two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """A tree of which only the roots of its full subtrees are kept, the largest first: one leaf more costs O(log n)."""

    size: int = 0
    roots: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """The tree has one leaf more, given by its hash."""
        full, node = self.size, leaf
        while full & 1:
            node, full = node_hash(self.roots.pop(), node), full >> 1
        self.roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self.roots:
            return EMPTY_ROOT
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(left, node)
        return node


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over the hashes of leaves."""
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of that leaf in the tree over all of them, PATH(m, D[n]); the index lies within."""
    return _Levels(leaves).inclusion(index)


def inclusions(leaves: Sequence[bytes], indices: Iterable[int]) -> dict[int, list[bytes]]:
    """The audit paths of several leaves of one tree, which is hashed once."""
    levels = _Levels(leaves)
    return {index: levels.inclusion(index) for index in indices}


def consistency(leaves: Sequence[bytes], size: int) -> list[bytes]:
    """The proof that the tree of that size is the beginning of the one over all leaves, PROOF(m, D[n])."""
    if not 0 < size < len(leaves):
        return []
    return _Levels(leaves).consistency(size)


class _Levels:
    """Every node of a tree by its level: the hashes of leaves first. A node without a neighbour moves up unchanged."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            pairs = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            self.levels.append(pairs + ([below[-1]] if len(below) % 2 else []))

    def inclusion(self, index: int) -> list[bytes]:
        """The neighbours on the way from the leaf up."""
        path = []
        for level in self.levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1])
            index >>= 1
        return path

    def consistency(self, size: int) -> list[bytes]:
        """The neighbours on the way up from the last full subtree of the smaller tree, that subtree before them."""
        index, depth = size - 1, 0
        while index & 1:
            index, depth = index >> 1, depth + 1
        proof = [] if index == 0 else [self.levels[depth][index]]
        for level in self.levels[depth:-1]:
            if index ^ 1 < len(level):
                proof.append(level[index ^ 1])
            index >>= 1
        return proof


def included(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> bool:
    """True when the proof leads from the hash of the leaf at that index to the root of a tree of that size."""
    if not 0 <= index < size or not _hashes(leaf, expected, *proof):
        return False
    node, last = leaf, size - 1
    for other in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(other, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, other)
        index, last = index >> 1, last >> 1
    return last == 0 and node == expected


def consistent(size: int, root_then: bytes, size_now: int, root_now: bytes, proof: Sequence[bytes]) -> bool:
    """True when the proof shows that the tree of the first size is the beginning of that of the second."""
    if not _hashes(root_then, root_now, *proof) or not 0 <= size <= size_now:
        return False
    if size in (0, size_now):
        return not proof and (root_then == EMPTY_ROOT if size == 0 else root_then == root_now)
    path = [root_then, *proof] if size & (size - 1) == 0 else list(proof)
    if not path:
        return False
    index, last = size - 1, size_now - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    then = now = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            then, now = node_hash(other, then), node_hash(other, now)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            now = node_hash(now, other)
        index, last = index >> 1, last >> 1
    return last == 0 and then == root_then and now == root_now


def _hashes(*given: bytes) -> bool:
    return all(len(one) == HASH_BYTES for one in given)
