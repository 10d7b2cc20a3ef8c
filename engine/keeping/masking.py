"""Words of real people become invented ones: the same word always the same, and each to be seen for what it is.

Denied by default: kept is only what the program itself ships (codes and words of the law), ids, dates and numbers.
Whatever else stands in a text, a name, an address or a report, is replaced, whichever field it stands in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.core.identifiers import (
    ORGANISATION_WEIGHTS,
    SCHEMES,
    organisation_check_character,
    resident_check_character,
    uscc_check_character,
)

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DIGEST = re.compile(r"(?P<kind>(sha256:)?)[0-9a-f]{64}")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?")
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
PARTS = re.compile(r"[@,]")
ORDINAL = re.compile(r"\d{1,3}")
PHONE = re.compile(r"\+?\d[\d -]{6,18}\d")
SHORT = 6
"""Up to so many characters are taken for a name, more for a text."""
NOWHERE = "000000"
"""No region has this code: identifiers that begin so have right check digits and name nobody."""
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


class Mask:
    """Replaces what is not known to be harmless; the secret is thrown away with the mask."""

    def __init__(self, secret: bytes, known: Iterable[str], logins: Iterable[str]) -> None:
        self._secret, self._known = secret, frozenset(known)
        self._logins = {one.casefold(): f"m{number:04}" for number, one in enumerate(sorted(logins), 1)}
        self.digest_of: Callable[[str], str] = self._digest

    def text(self, value: str) -> str:
        """The text as it stands in the copy."""
        if not value or ID.fullmatch(value) or TIME.fullmatch(value):
            return value
        if (same_form := self._identifier(value)) is not None:  # the program ships examples of them too
            return same_form
        if value in self._known:
            return value
        if value.casefold() in self._logins:
            return self._logins[value.casefold()]
        if DIGEST.fullmatch(value):
            return self.digest_of(value)
        pieces = [one.strip() for one in PARTS.split(value)]
        if all(one in self._known or ORDINAL.fullmatch(one) for one in pieces):
            return value
        return self._invented(value)

    def login(self, login: str) -> str:
        """The login of the same person in the copy; the built-in principals stay."""
        return self._logins.get(login.casefold()) or self.text(login)

    def document(self, value: Any) -> Any:
        """A JSON document with every text in it, and every login that is a name in it, replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self._key(name): self.document(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.document(one) for one in value]
        return value

    def _key(self, name: str) -> str:
        if name.casefold() in self._logins or not KEY.fullmatch(name):
            return self.text(name)
        return name

    def _identifier(self, value: str) -> str | None:
        """An identifier of the same form; None for what has none."""
        if SCHEMES["resident_id"].fullmatch(value):
            body = f"{NOWHERE}19000101{self._number(value, 1000):03}"
            return body + resident_check_character(body)
        if SCHEMES["uscc"].fullmatch(value):
            organisation = f"{self._number(value, 10 ** len(ORGANISATION_WEIGHTS)):08}"
            body = f"92{NOWHERE}{organisation}{organisation_check_character(organisation)}"
            return body + uscc_check_character(body)
        if PHONE.fullmatch(value):
            return f"000-{self._number(value, 10**8):08}"
        return None

    def _invented(self, value: str) -> str:
        token = self._token(value, 8)
        return f"化名{token}" if len(value) <= SHORT else f"（脱敏）{token}"

    def _digest(self, value: str) -> str:
        kind = "sha256:" if value.startswith("sha256:") else ""
        return kind + self._mac(value).hex()

    def _token(self, value: str, length: int) -> str:
        return "".join(LETTERS[byte % len(LETTERS)] for byte in self._mac(value)[:length])

    def _number(self, value: str, below: int) -> int:
        return int.from_bytes(self._mac(value)) % below

    def _mac(self, value: str) -> bytes:
        return hmac.digest(self._secret, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
