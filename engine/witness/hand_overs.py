"""The key of the log is changed: proposed by one administrator, done at the word of another, signed by both keys."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.act import Act
from engine.core.key_chain import FORMER
from engine.core.refusals import FieldError, Refusal
from engine.core.signed_note import NoteFault
from engine.witness.anchors import HAND_OVER
from engine.witness.signer import Signer
from engine.witness.words import NO_KEY_YET, NO_PLACE
from models import log_reading
from models.database import Database

if TYPE_CHECKING:
    from engine.house import House

log = logging.getLogger("bihuan.witness")
ROTATE = "log.rotate_key"


def caught_up(database: Database, signer: Signer) -> bool:
    """True when every hand-over of the keys known here that the database has stands beside the checkpoints too.

    Those that were missing there are kept now, and a key that waited for its hand-over signs from now on. So it is after
    a program that ended between the two, and on nodes with a folder of their own.
    """
    try:
        with database.read() as connection:
            known = log_reading.notes_with(connection, f"\n{FORMER}")
        kept = signer.anchors.hand_overs()
        missing = {note for note in known if note not in kept}
        for one in signer.keys(missing).hand_overs if missing else ():
            if one.note in missing:
                signer.anchors.keep(one.note, kind=HAND_OVER)
        signer.promoted()
    except NoteFault:
        return True  # no key is known here, and none is handed over
    except OSError:
        log.exception("a hand-over could not be kept", extra={"folder": str(signer.anchors.folder)})
        return False
    return True


def asked_now(house: House) -> dict[str, Any]:
    """The detail of an act that changes the key which signs now; raises `not_ready` where nothing was signed yet."""
    if house.witness.signer.anchors.verifier() is None:
        raise Refusal("not_ready", detail=NO_KEY_YET)
    return {"former": house.witness.signer.keys().newest.told()}


def _check(house: House, detail: Mapping[str, Any]) -> None:
    if detail["former"] != asked_now(house)["former"]:
        words = ("密钥在此期间已经更换", "the key was changed meanwhile")
        raise Refusal("facts_invalid", errors=[FieldError("/former", "inconsistent", *words)])


@contextmanager
def _signed_before(house: House) -> Iterator[None]:
    """The former key has signed the log as it is, and nothing else is signed while the block runs."""
    house.witness.check_signs()
    with house.witness.signer.alone():
        house.witness.signed_now()
        yield


def _hand_over(house: House, connection: Connection, _: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The hand-over is on record, at the size that the former key signed last; raises `not_ready` where no key can be made."""
    signer = house.witness.signer
    name, note = signer.anchors.ends()[0]
    former, held = signer.keys().newest, signer.read(note, name).checkpoint
    try:
        handed = signer.hand_over(held.size, held.root, now)
    except OSError as fault:
        raise Refusal("not_ready", detail=NO_PLACE) from fault
    log_reading.add_checkpoint(connection, house.office.office_id, handed, now)
    next = signer.keys([handed]).newest
    return {"former": former.told(), "key": next.told(), "size": held.size}


def _kept(house: House) -> None:
    caught_up(house.database, house.witness.signer)


ROTATE_ACT = Act(
    ROTATE,
    _check,
    _hand_over,
    afterwards=_kept,
    around=_signed_before,
    result_told=lambda result: {"key": result["key"], "size": result["size"]},
)
