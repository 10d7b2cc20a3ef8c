"""Digests of what came in and of files, by which the same content is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.core.audit import canonical


def inspection_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the inspection's own content, findings aside."""
    return _digest({name: value for name, value in body.items() if name != "findings"})


def finding_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over the finding's own content."""
    return _digest({name: value for name, value in body.items() if name != "inspection"})


def file_digest(content: bytes) -> str:
    """`sha256:` and the hex digest of the bytes, as the contract names a file."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
