"""The list of a criminal referral as one condition: for whoever is not on it a statement finds nothing, as if none were.

Whether there is a referral changes neither how many statements are sent nor how many rows they give (law 9).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, or_, select, true

from models.exchange_reading import CRIMINAL_QUEUE, MESSAGE
from models.records import FINDING, PARTY, PROCEEDING, USER, add, table_of
from models.referral import ReferralHand
from models.referral_reading import REFERRAL, REFERRAL_DEADLINE
from models.second_wall import Behalf

HAND = table_of(ReferralHand)
_ACCOUNT, _ACT, _HELD = USER.alias("listed_account"), FINDING.alias("same_act"), PROCEEDING.alias("held")
"""Under names of their own, so that a statement about findings or accounts may ask for the list too."""
_OF_FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Asking:
    """A colleague who asks: by account (login, folded), by being the head, and by where their roles have an open step.

    `own` are states of a referral, `waiting` pairs (chart, state) of findings and proceedings of its act.
    """

    office_id: str
    department: str
    login: str
    head: bool
    own: frozenset[str]
    waiting: frozenset[tuple[str, str]]

    def behalf(self, sees: str) -> Behalf:
        """The same as PostgreSQL asks it, for somebody who sees the cases of that department."""
        return Behalf(
            office=self.office_id,
            sees=sees,
            department=self.department,
            login=self.login,
            head="1" if self.head else "",
            own=",".join(sorted(self.own)),
            waiting=",".join(sorted("/".join(pair) for pair in self.waiting)),
        )

    def listed(self) -> ColumnElement[bool]:
        """True for the opened referrals on whose list the colleague is at this moment."""
        columns = REFERRAL.c
        mine = and_(columns.office_id == self.office_id, columns.department == self.department)
        return and_(mine, columns.state != "", self._serves(), true() if self.head else self._has_ground())

    def _serves(self) -> ColumnElement[bool]:
        account = _ACCOUNT.c
        mine = and_(account.office_id == self.office_id, account.department == self.department)
        return exists().where(account.login_key == self.login, mine, account.disabled.is_(False))

    def _has_ground(self) -> ColumnElement[bool]:
        has_hand = exists().where(HAND.c.referral_id == REFERRAL.c.id, HAND.c.login_key == self.login)
        grounds: list[ColumnElement[bool]] = [has_hand]
        if self.own:
            grounds.append(REFERRAL.c.state.in_(sorted(self.own)))
        if self.waiting:
            grounds.append(self._waits())
        return or_(*grounds)

    def _waits(self) -> ColumnElement[bool]:
        """A finding of the same act waits, or one of its proceedings."""
        act, of_one = _ACT.c, _HELD.c
        same = and_(*(act[name] == REFERRAL.c[name] for name in ("party_id", "domain", "violation")))
        stands: list[ColumnElement[bool]] = []
        for chart in sorted({chart for chart, _ in self.waiting}):
            states = sorted(state for name, state in self.waiting if name == chart)
            if chart == _OF_FINDING:
                stands.append(act.state.in_(states))
            else:
                held = and_(of_one.finding_id == act.id, of_one.kind == chart, of_one.state.in_(states))
                stands.append(exists().where(held))
        return exists().where(same, or_(*stands))


def referral_for(connection: Connection, asking: Asking, id: str) -> Row[Any] | None:
    """The referral of that id, if the colleague is on its list."""
    return connection.execute(select(REFERRAL).where(REFERRAL.c.id == id, asking.listed())).one_or_none()


def referrals_for(connection: Connection, asking: Asking, finding_id: str) -> Sequence[Row[Any]]:
    """The referrals of a finding on whose list the colleague is, oldest first."""
    asked = select(REFERRAL).where(REFERRAL.c.finding_id == finding_id, asking.listed())
    return connection.execute(asked.order_by(REFERRAL.c.id)).all()


def referral_of_deadline_for(connection: Connection, asking: Asking, deadline_id: str) -> str | None:
    """The referral to which that deadline belongs, if the colleague is on its list."""
    asked = select(REFERRAL.c.id).join(REFERRAL_DEADLINE, REFERRAL_DEADLINE.c.referral_id == REFERRAL.c.id)
    return connection.execute(asked.where(REFERRAL_DEADLINE.c.id == deadline_id, asking.listed())).scalar()


def ids_for(asking: Asking) -> Select[tuple[str]]:
    """The ids of the referrals on whose list the colleague is, for a statement that asks about what belongs to them."""
    return select(REFERRAL.c.id).where(asking.listed())


def message_for(connection: Connection, asking: Asking | None, id: str) -> Row[Any] | None:
    """The message of that id; one of a criminal referral only if the colleague is on its list."""
    of_cases = MESSAGE.c.queue != CRIMINAL_QUEUE
    mine = of_cases if asking is None else or_(of_cases, MESSAGE.c.proceeding_id.in_(ids_for(asking)))
    return connection.execute(select(MESSAGE).where(MESSAGE.c.id == id, mine)).one_or_none()


def every_referral_for(connection: Connection, asking: Asking) -> Sequence[Row[Any]]:
    """The referrals on whose list the colleague is, with what each is about, oldest first."""
    asked = (
        select(REFERRAL, FINDING.c.ledger_no, FINDING.c.item, PARTY.c.name.label("party_name"))
        .join(FINDING, FINDING.c.id == REFERRAL.c.finding_id)
        .join(PARTY, PARTY.c.id == REFERRAL.c.party_id)
        .where(asking.listed())
    )
    return connection.execute(asked.order_by(REFERRAL.c.id)).all()


def hands_of(connection: Connection, id: str) -> dict[str, str]:
    """The hands in the referral, by login, folded, with the ground, as they were kept last."""
    asked = select(HAND.c.login_key, HAND.c.ground).where(HAND.c.referral_id == id)
    return {str(login): str(ground) for login, ground in connection.execute(asked)}


def keep_hands(connection: Connection, office_id: str, id: str, hands: Mapping[str, str]) -> None:
    """The hands in the referral are these, by login, folded, with the ground."""
    if hands_of(connection, id) == hands:
        return
    connection.execute(delete(HAND).where(HAND.c.referral_id == id))
    named = {"office_id": office_id, "referral_id": id}
    add(connection, HAND, [{**named, "login_key": login, "ground": why} for login, why in hands.items()])
