"""Keys with which the house signs what must not change unseen: Ed25519, each in a file that only its holder reads."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.key_file import make_key_file
from engine.signing import KeyFault, new_private_key, private_key


class HouseKeyFault(Exception):
    """The file of the key cannot be read, or holds no key."""


@dataclass(frozen=True, slots=True)
class HouseKey:
    """The key in that file. It stands outside the database: whoever can change the one need not have the other.

    Every method raises HouseKeyFault when the file is there and holds no key that can be read.
    """

    path: Path

    def make(self) -> None:
        """There is a key; one that was there stays."""
        make_key_file(self.path, new_private_key())

    def sign(self, text: str) -> str:
        """The signature over the text, in base64; raises HouseKeyFault where there is no key."""
        return base64.b64encode(self.sign_bytes(text.encode())).decode()

    def sign_bytes(self, message: bytes) -> bytes:
        """The bare signature over the message; raises HouseKeyFault where there is no key."""
        return self._private().sign(message)

    def public(self) -> bytes:
        """The public key, 32 bytes; raises HouseKeyFault where there is no key."""
        return self._private().public_key().public_bytes_raw()

    def signed(self, text: str, signature: str) -> bool:
        """True when the text was signed with this key; False where there is no key."""
        if not self.path.exists():
            return False
        try:
            raw = base64.b64decode(signature, validate=True)
            self._private().public_key().verify(raw, text.encode())
        except (InvalidSignature, binascii.Error):
            return False
        return True

    def readable(self) -> bool:
        """True where the file is there, this program may read it, and it holds a key."""
        try:
            self._private()
        except HouseKeyFault:
            return False
        return True

    def _private(self) -> Ed25519PrivateKey:
        try:
            return private_key(self.path.read_text(encoding="ascii").strip())
        except (KeyFault, OSError, UnicodeError) as fault:
            raise HouseKeyFault(str(self.path)) from fault


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    """True when the holder of that public key signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True
