"""What leaves the house on the criminal queue is sealed to its receiver, where that one has an encryption key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from engine.core.refusals import Refusal
from engine.referral_vault import ReferralVault
from engine.sealing import JSON, MEDIA_TYPE, seal
from engine.signing import in_force
from models import sealing
from models.exchange_reading import CRIMINAL_QUEUE


def outer(
    connection: Connection, now: datetime, messages: Sequence[Mapping[str, Any]], vault: ReferralVault
) -> list[dict[str, Any]]:
    """The messages as they go over the wire: `body` is what is signed and sent, `media_type` what it is.

    One that the vault does not open has None as its body: it is not sent, and keeps nothing else from being sent.

    A message is sealed once for the key it is sent under, and kept: every attempt brings the same bytes. Only when that
    key has ended is it sealed anew, to the newest one, since its receiver may no longer open the first.
    """
    known = [{**one, "body": _opened(vault, one)} for one in messages]
    secret = [one for one in known if one.get("queue") == CRIMINAL_QUEUE and one["body"] is not None]
    if not secret:
        return known
    sealed = _sealed(connection, now, secret)
    return [{**one, **sealed.get(str(one["id"]), {})} for one in known]


def _opened(vault: ReferralVault, message: Mapping[str, Any]) -> bytes | None:
    try:
        return vault.body_of(message)
    except Refusal:
        return None


def _sealed(
    connection: Connection, now: datetime, messages: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The outer body of each message whose receiver has a key, by message."""
    keys = sealing.encryption_keys(connection, {one["system_id"] for one in messages})
    return {
        str(one["id"]): {"body": _once(connection, now, one, counting), "media_type": MEDIA_TYPE}
        for one in messages
        if (counting := in_force(keys[one["system_id"]], now))
    }


def _once(
    connection: Connection, now: datetime, message: Mapping[str, Any], keys: Sequence[Mapping[str, Any]]
) -> bytes:
    counting = {key["thumbprint"] for key in keys}
    for kept in sealing.sealed_rows(connection, message["id"]):
        if kept.thumbprint in counting:
            return bytes(kept.body)
    newest = keys[0]
    body = seal(bytes(message["body"]), newest["jwk"])
    sealing.keep_sealed(connection, message["id"], newest["thumbprint"], str(message["office_id"]), body, now)
    rows = sealing.sealed_rows(connection, message["id"])
    return next(bytes(row.body) for row in rows if row.thumbprint == newest["thumbprint"])


def sealed_answer(system: Row[Any], queue: str, plain: bytes, now: datetime) -> bytes | None:
    """The answer to a pull of that queue as it goes over the wire; None where it goes as it is."""
    keys = in_force(system.encryption_keys, now) if queue == CRIMINAL_QUEUE else []
    return seal(plain, keys[0]["jwk"], content_type=JSON) if keys else None
