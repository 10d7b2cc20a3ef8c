"""Secret keys that stand outside the database, and the one way in which something is sealed with them: AES-256-GCM."""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.key_file import make_key_file

KEY_BYTES, NONCE_BYTES = 32, 12


class SecretKeyFault(Exception):
    """The file holds no key that can be read, or what is opened was not sealed with this key about this."""


def make_secret_key(path: Path) -> None:
    """There is a key in the file; one that was there stays. Raises SecretKeyFault where none can be made."""
    try:
        make_key_file(path, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    except OSError as fault:
        raise SecretKeyFault(str(path)) from fault


def secret_keys(path: Path) -> list[bytes]:
    """The keys in the file, the newest first; raises SecretKeyFault where it cannot be read or holds none."""
    try:
        return keys_in(path.read_bytes())
    except OSError as fault:
        raise SecretKeyFault(str(path)) from fault


def keys_in(text: bytes) -> list[bytes]:
    """The keys of the text, one a line in base64; raises SecretKeyFault where there is none, or a line is no key."""
    try:
        keys = [base64.b64decode(line, validate=True) for line in text.split()]
    except binascii.Error as fault:
        raise SecretKeyFault("no key") from fault
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise SecretKeyFault("no key")
    return keys


def write_secret_keys(path: Path, keys: Sequence[bytes]) -> None:
    """The file holds these keys and is whole at every moment; only its owner reads it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as made:
        made.write(b"".join(base64.b64encode(key) + b"\n" for key in keys))
        made.flush()
        os.fsync(made.fileno())
    os.replace(name, path)


def sealed(key: bytes, text: bytes, about: bytes) -> bytes:
    """The text, sealed and bound to what it is about; the same text never looks the same."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text, about)


def unsealed(key: bytes, kept: bytes, about: bytes) -> bytes:
    """What was sealed about it with that key; raises SecretKeyFault."""
    try:
        return AESGCM(key).decrypt(kept[:NONCE_BYTES], kept[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as fault:
        raise SecretKeyFault("not sealed with this key about this") from fault
