"""The key that seals what belongs to somebody's identity; it stands outside the database."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.secret_keys import SecretKeyFault, make_secret_key, sealed, secret_keys, unsealed


class SealerFault(Exception):
    """The file of the key holds no key, or what is opened was not sealed with it."""


@dataclass(slots=True)
class Sealer:
    """Seals with AES-256-GCM under the key in that file, which is made when it is first needed.

    Every text is bound to what it is `about`: what was sealed about one thing does not open as another.
    """

    path: Path
    _key: bytes | None = None

    def seal(self, text: bytes, about: str) -> bytes:
        """The text, sealed; the same text never looks the same."""
        return sealed(self._read(), text, about.encode())

    def open(self, kept: bytes, about: str) -> bytes:
        """What was sealed about it; raises SealerFault."""
        try:
            return unsealed(self._read(), kept, about.encode())
        except SecretKeyFault as fault:
            raise SealerFault(about) from fault

    def ticket(self, value: dict[str, Any], about: str) -> str:
        """The value as a text that a browser keeps and can neither read nor change."""
        return base64.urlsafe_b64encode(self.seal(json.dumps(value).encode(), about)).decode()

    def read_ticket(self, ticket: str, about: str) -> dict[str, Any]:
        """The value of the ticket; raises SealerFault."""
        try:
            kept = base64.b64decode(ticket.encode("ascii"), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeError, ValueError) as fault:
            raise SealerFault(about) from fault
        return dict(json.loads(self.open(kept, about)))

    def digest(self, text: str, about: str) -> str:
        """A digest (hex) that nobody without the key can guess texts by."""
        return hmac.digest(self._read(), f"{about}\n{text}".encode("utf-8", "surrogatepass"), "sha256").hex()

    def _read(self) -> bytes:
        if self._key is None:
            try:
                make_secret_key(self.path)
                self._key = secret_keys(self.path)[0]
            except SecretKeyFault as fault:
                raise SealerFault(str(self.path)) from fault
        return self._key
