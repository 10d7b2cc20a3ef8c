"""What stands in the log for an entry: a commitment that tells nothing of its record, kind or confidentiality."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from engine.core.audit import canonical, commitment

ENTRY, ADMINISTRATIVE, READING, REFUSED, FILLER = "entry", "admin", "reading", "refused", "filler"
"""What has leaves: steps on records, acts of administration, readings of referrals, refused attempts; and fillers."""
GRANULE = 64
"""A batch has as many leaves as a multiple of this, so that its size tells little."""
FILLER_DIGEST = hashlib.sha256(b"bihuan filler").hexdigest()
"""What a filler commits to; bound by its leaf like any other, so none can be passed off as an entry or the reverse."""


def blind(salt: str, digest: str) -> str:
    """The content of a leaf (hex): SHA-256 over a salt of its own and the digest, the chain hash of an entry."""
    return commitment(salt, digest)


def digest_of(kind: str, content: Sequence[Any]) -> str:
    """The digest (hex) of something that has no chain: its kind and what it says, times as ISO texts in UTC."""
    return hashlib.sha256(canonical([kind, *content]).encode()).hexdigest()


def fillers(count: int) -> int:
    """How many fillers make a batch of that many leaves whole; none where there is nothing."""
    return -count % GRANULE
