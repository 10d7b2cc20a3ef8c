"""The key with which the house signs what must not change unseen: Ed25519, in a file that only this program reads."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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
        return base64.b64encode(self._private().sign(text.encode())).decode()

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

    def _private(self) -> Ed25519PrivateKey:
        try:
            return private_key(self.path.read_text(encoding="ascii").strip())
        except (KeyFault, OSError, UnicodeError) as fault:
            raise HouseKeyFault(str(self.path)) from fault
