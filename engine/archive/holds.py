"""Legal holds (保全、暂缓销毁): whoever sees reason puts one on; two persons lift it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from engine.administrative_record import enter
from engine.archive.at import At
from engine.core.refusals import Reason, Refusal
from engine.core.two_persons import HOLD_RELEASE, KEEPERS
from engine.outcomes import new_id
from engine.second_person import check_not_alone, check_own_role
from models import archiving, records

PROPOSED, KEPT, RELEASED = "release_proposed", "kept", "released"
IN_FORCE = "in_force"
RELEASE = "release"
PUT_ON = "hold_put_on"


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold, and the last that was said of it."""

    row: Row[Any]
    last: Row[Any] | None

    @property
    def state(self) -> str:
        """in_force, release_proposed or released."""
        said = self.last.act if self.last is not None else KEPT
        return IN_FORCE if said == KEPT else str(said)

    @property
    def stands(self) -> bool:
        """True until two persons have released it."""
        return self.state != RELEASED


def holds_of(connection: Connection, finding_id: str, party_id: str) -> Sequence[Hold]:
    """Every hold on the finding or its party, oldest first."""
    rows = archiving.holds_on(connection, finding_id, party_id)
    last = archiving.acts_on(connection, [row.id for row in rows])
    return [Hold(row, last.get(row.id)) for row in rows]


def put_on(connection: Connection, at: At, _: str | None, body: Mapping[str, Any]) -> str:
    """The finding, or everything of its party, is held from now on; its id."""
    check_own_role(at.who, KEEPERS)
    row = {
        "id": new_id(),
        "office_id": at.office_id,
        "department": at.file.snapshot.department,
        "finding_id": at.file.snapshot.id,
        "party_id": at.file.party_id if body["on"] == "party" else None,
        "reason": body["reason"].strip(),
        "put_by": at.who.login,
        "put_at": at.now,
    }
    records.add(connection, archiving.HOLD, [row])
    at.note(connection, PUT_ON, {"held": body["on"], "reason": row["reason"]})
    told = {"hold": row["id"], "on": body["on"]}
    enter(connection, at.office_id, "hold.put_on", at.who.login, told, at.now)
    return str(row["id"])


def release(connection: Connection, at: At, id: str | None, body: Mapping[str, Any]) -> str:
    """Its release is proposed; or, by another natural person, carried out; or the hold stays."""
    found = {one.row.id: one for one in holds_of(connection, at.file.snapshot.id, at.file.party_id)}
    hold = found.get(id or "")
    if hold is None or hold.row.department != at.file.snapshot.department:
        raise Refusal("not_found")
    check_own_role(at.who, KEEPERS)
    act = _act(at, hold, body["outcome"])
    row = {
        "id": new_id(),
        "office_id": at.office_id,
        "hold_id": hold.row.id,
        "act": act,
        "reason": body["reason"].strip(),
        "by": at.who.login,
        "at": at.now,
    }
    records.add(connection, archiving.HOLD_ACT, [row])
    at.note(connection, f"hold_{act}", {"reason": row["reason"]})
    if act == RELEASED:
        assert hold.last is not None, "it was proposed"
        told = {"hold": hold.row.id, "proposed_by": hold.last.by}
        enter(connection, at.office_id, HOLD_RELEASE, at.who.login, told, at.now)
    return str(hold.row.id)


def _act(at: At, hold: Hold, outcome: str) -> str:
    if hold.state == RELEASED:
        raise _shut("该保全已经解除", "the hold is released already")
    if hold.state == IN_FORCE:
        if outcome == RELEASE:
            return PROPOSED
        raise _shut("该保全正在生效，没有人提出解除", "the hold stands and nobody has proposed its release")
    if outcome == RELEASE:
        assert hold.last is not None, "it was proposed"
        check_not_alone(at.who, hold.last.by)
        return RELEASED
    return KEPT


def _shut(zh: str, en: str) -> Refusal:
    return Refusal("step_shut", reasons=[Reason("no_such_step", zh, en)])
