"""What is told of a criminal referral is ciphertext in the database: whoever holds that, or a backup, needs the key as well.

A key for each referral comes of the key in the file by HKDF-SHA256; every row is sealed with AES-256-GCM and bound to its
table, its referral and its own name, so that none can stand in the place of another. What was written before there was a
key is plain, and is read as it is.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine.core.refusals import Refusal
from engine.core.strict_json import parsed
from engine.secret_keys import KEY_BYTES, SecretKeyFault, make_secret_key, sealed, secret_keys, unsealed
from models.at_rest import NOT_ITS_PLACE, SEALED, is_sealed_document
from models.exchange_reading import CRIMINAL_QUEUE

MARK = b"\x00BHR\x01"
"""What sealed bytes begin with, the last byte saying how they are sealed: no JSON and no paper that is taken begins so."""
KEY_NAME_BYTES = 8
RETRY_SECONDS = 60
DERIVED_KEPT = 256
"""Derived keys in memory: a page of a referral opens a hundred things with one of them."""
NO_KEY = (
    "本材料以另一把密钥加密保存，现有密钥文件（{path}）打不开：请管理员把与数据库同时备份的密钥行补入该文件"
    " · sealed with a key that is not in {path}: an administrator adds its line, which is kept with the backups"
)

_log = logging.getLogger("bihuan.keys")


@dataclass(frozen=True, slots=True)
class ReferralVault:
    """Seals and opens with the keys in that file, the newest of which seals; without a file nothing of a referral opens.

    Whatever cannot be sealed or opened raises `not_ready`, with what an administrator does about it.
    """

    path: Path | None = None
    brought: Sequence[bytes] = ()
    """Keys beside those of the file: they came with a backup that is being looked at."""

    def make(self) -> None:
        """There is a key, whether or not there is a referral; where none can be made, the log says so."""
        try:
            if self.path is not None:
                make_secret_key(self.path)
            self._keys()
        except SecretKeyFault:
            _log.warning("the key of criminal referrals cannot be read or made: %s", self.path)

    def seal(self, referral: str, place: tuple[str, ...], plain: bytes) -> bytes:
        """The bytes as they stand in that place (a table and the names of a row) of the referral."""
        try:
            name, key = next(iter(self._keys().items()))
        except SecretKeyFault as fault:
            raise self._shut(NO_KEY) from fault
        head = MARK + name
        return head + sealed(
            _derived(key, f"bihuan referral {referral}"), plain, _about(head, referral, place)
        )

    def open(self, referral: str, place: tuple[str, ...], kept: bytes) -> bytes:
        """What stands in that place; plain bytes as they are."""
        if not is_sealed(kept):
            return kept
        head, body = kept[: len(MARK) + KEY_NAME_BYTES], kept[len(MARK) + KEY_NAME_BYTES :]
        key = self._known(head.removeprefix(MARK))
        if key is None:
            raise self._shut(NO_KEY)
        try:
            return unsealed(_derived(key, f"bihuan referral {referral}"), body, _about(head, referral, place))
        except SecretKeyFault as fault:
            raise self._shut(NOT_ITS_PLACE) from fault

    def knows(self, kept: bytes) -> bool:
        """True for what is plain, and where the key is here that the bytes were sealed with."""
        return not is_sealed(kept) or self._known(kept[len(MARK) : len(MARK) + KEY_NAME_BYTES]) is not None

    # --- rows: which are a referral's, and under which names they stand

    def seal_message(self, row: Mapping[str, Any]) -> bytes:
        """The body of that new row of the outbox as it is kept."""
        return (
            self.seal(str(row["proceeding_id"]), ("message", row["id"]), row["body"])
            if _criminal(row)
            else row["body"]
        )

    def body_of(self, message: Any) -> bytes:
        """What a message says, to the byte: a row of the outbox, or a mapping of it."""
        row = message if isinstance(message, Mapping) else message._mapping
        body = bytes(row["body"])
        return self.open(str(row["proceeding_id"]), ("message", row["id"]), body) if _criminal(row) else body

    def said(self, message: Any) -> Any:
        """The event that a message is."""
        return parsed(self.body_of(message))

    def seal_receipt(self, row: Mapping[str, Any]) -> bytes:
        """The body of that new receipt as it is kept."""
        return self.seal(*_of_receipt(row), row["body"]) if _is_referrals(row) else row["body"]

    def receipt_said(self, receipt: Any) -> Any:
        """The event that a receipt is: a row of the inbox."""
        row = receipt._mapping
        body = bytes(row["body"])
        return parsed(self.open(*_of_receipt(row), body) if _is_referrals(row) else body)

    def seal_content(self, referral: str, document: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """What a document of the referral prints, as it is kept."""
        kept = self.seal(referral, ("document", document), orjson.dumps(content))
        return {SEALED: base64.b64encode(kept).decode()}

    def content_of(self, document: Any) -> dict[str, Any]:
        """What a document prints: a row of any record."""
        content: dict[str, Any] = dict(document.content)
        if not is_sealed_document(content):
            return content
        kept = base64.b64decode(content[SEALED])
        return dict(orjson.loads(self.open(document.record_id, ("document", document.id), kept)))

    def seal_paper(self, referral: str, digest: str, content: bytes) -> bytes:
        """The bytes of a paper handed in on the referral, as they are kept."""
        return self.seal(referral, ("attachment", digest), content)

    def bytes_of(self, attachment: Any) -> bytes:
        """The bytes of a paper that was handed in: a row of any record."""
        return self.open(attachment.finding_id, ("attachment", attachment.digest), bytes(attachment.content))

    def seal_manifest(self, bundle: Any, copy: int, manifest: bytes) -> bytes:
        """The manifest of that copy of a bundle as it is kept, for it names papers; nobody but an auditor reads it again."""
        if bundle.queue != CRIMINAL_QUEUE:
            return manifest
        return self.seal(bundle.series, ("packing", bundle.id, str(copy)), manifest)

    def _known(self, name: bytes) -> bytes | None:
        """The key of that name."""
        try:
            return self._keys().get(name)
        except SecretKeyFault:
            return None

    def _keys(self) -> dict[bytes, bytes]:
        """The keys by name, the newest first, as the file has them at this moment: what is added to it counts at once."""
        own = secret_keys(self.path) if self.path is not None and self.path.exists() else []
        keys = [*own, *self.brought]
        if not keys:
            raise SecretKeyFault("no key")
        return {_derived(key, "bihuan referral key name", KEY_NAME_BYTES): key for key in keys}

    def _shut(self, words: str) -> Refusal:
        return Refusal("not_ready", detail=words.format(path=self.path), retry_after=RETRY_SECONDS)


def is_sealed(kept: bytes) -> bool:
    """True for bytes that were sealed."""
    return bytes(kept[: len(MARK)]) == MARK


def _criminal(message: Mapping[str, Any]) -> bool:
    return bool(message["queue"] == CRIMINAL_QUEUE)


def _is_referrals(receipt: Mapping[str, Any]) -> bool:
    """A proceeding of no finding is a criminal referral."""
    return receipt["finding_id"] is None and receipt["proceeding_id"] is not None


def _of_receipt(row: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return str(row["proceeding_id"]), ("receipt", row["system_id"], row["id"])


@lru_cache(maxsize=DERIVED_KEPT)
def _derived(key: bytes, purpose: str, length: int = KEY_BYTES) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(key)


def _about(head: bytes, referral: str, place: tuple[str, ...]) -> bytes:
    """What the bytes are bound to."""
    return head + orjson.dumps([referral, *place])
