"""Accounts, sessions, tokens and administrative proposals: every statement that reads or changes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, or_, select, update

from models.account import KnownBrowser, SecondFactor, Session, Token, VouchedSession
from models.notice import AdminEntry, Proposal
from models.prepared import Prepared
from models.records import FINDING, INSPECTION, MARK, USER, table_of

SESSION, TOKEN = table_of(Session), table_of(Token)
SECOND_FACTOR, BROWSER = table_of(SecondFactor), table_of(KnownBrowser)
VOUCHED = table_of(VouchedSession)
PROPOSAL, ADMIN_ENTRY = table_of(Proposal), table_of(AdminEntry)


def users(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """Every account, by login."""
    found = select(USER).where(USER.c.office_id == office_id)
    return connection.execute(found.order_by(USER.c.login_key)).all()


def users_named(connection: Connection, logins: Sequence[str]) -> Sequence[Row[Any]]:
    """The accounts of those logins, compared without case."""
    keys = sorted({login.casefold() for login in logins})
    return connection.execute(select(USER).where(USER.c.login_key.in_(keys))).all()


_SEVERAL = USER.alias("several")
_OF_ONE_PERSON = Prepared(
    select(
        USER.c.login_key,
        func.coalesce(USER.c.person, USER.c.login_key).label("person"),
        USER.c.certificate_no,
    )
    .where(
        USER.c.office_id == bindparam("office_id"),
        or_(
            USER.c.person.is_not(None),
            USER.c.login_key.in_(select(_SEVERAL.c.person).where(_SEVERAL.c.person.is_not(None))),
        ),
    )
    .order_by(USER.c.login_key)
)


def accounts_of_one_person(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """The accounts of whoever has several: login_key, person (folded login that stands for them), certificate_no."""
    return _OF_ONE_PERSON.all(connection, {"office_id": office_id})


def users_with_certificate(connection: Connection, office_id: str, certificate_no: str) -> Sequence[Row[Any]]:
    """The accounts that show this certificate, disabled ones too, by login."""
    found = select(USER).where(USER.c.office_id == office_id, USER.c.certificate_no == certificate_no)
    return connection.execute(found.order_by(USER.c.login_key)).all()


def users_called(connection: Connection, office_id: str, name: str, department: str) -> Sequence[Row[Any]]:
    """The accounts of that name in the department, disabled ones too, by login."""
    wanted = (USER.c.office_id == office_id, USER.c.name == name, USER.c.department == department)
    return connection.execute(select(USER).where(*wanted).order_by(USER.c.login_key)).all()


def user_count(connection: Connection) -> int:
    """How many accounts there are, disabled ones too."""
    return int(connection.execute(select(func.count()).select_from(USER)).scalar_one())


def holds_findings(connection: Connection) -> bool:
    """True when any inspection or finding is recorded."""
    return any(
        connection.execute(select(table.c.id).limit(1)).first() is not None for table in (FINDING, INSPECTION)
    )


def held_user(connection: Connection, login_key: str) -> Row[Any] | None:
    """The account as it is now, which nobody changes before this transaction ends."""
    return connection.execute(
        select(USER).where(USER.c.login_key == login_key).with_for_update()
    ).one_or_none()


def change_user(connection: Connection, login_key: str, values: Mapping[str, Any]) -> None:
    """The account has these values."""
    connection.execute(update(USER).where(USER.c.login_key == login_key).values(dict(values)))


def session_and_user(connection: Connection, token_digest: str) -> Row[Any] | None:
    """The session of that digest with the account as it is now: columns of both, `language` and `opened_at` of the session.

    `second_factor_since` is None where the account has none.
    """
    columns = (
        *(SESSION.c.csrf, SESSION.c.language, SESSION.c.seen_at, SESSION.c.ended, SESSION.c.means),
        SESSION.c.created_at.label("opened_at"),
        SECOND_FACTOR.c.confirmed_at.label("second_factor_since"),
        *USER.c,
    )
    joined = SESSION.join(USER, USER.c.login_key == SESSION.c.login_key).outerjoin(
        SECOND_FACTOR, SECOND_FACTOR.c.login_key == SESSION.c.login_key
    )
    asked = select(*columns).select_from(joined).where(SESSION.c.token_digest == token_digest)
    return connection.execute(asked).one_or_none()


def open_sessions(connection: Connection, login_key: str, seen_after: datetime) -> Sequence[Row[Any]]:
    """The sessions of the account that were used after that instant and have not ended, the latest first."""
    found = select(SESSION).where(
        SESSION.c.login_key == login_key, SESSION.c.ended.is_(False), SESSION.c.seen_at > seen_after
    )
    return connection.execute(found.order_by(SESSION.c.seen_at.desc())).all()


def change_session(connection: Connection, token_digest: str, values: Mapping[str, Any]) -> None:
    """The session has these values."""
    connection.execute(update(SESSION).where(SESSION.c.token_digest == token_digest).values(dict(values)))


def end_session(connection: Connection, token_digest: str) -> str | None:
    """The session is over; the account's key, or None where it was over before."""
    ended = (
        update(SESSION)
        .where(SESSION.c.token_digest == token_digest, SESSION.c.ended.is_(False))
        .values(ended=True)
        .returning(SESSION.c.login_key)
    )
    return connection.execute(ended).scalar_one_or_none()


def end_sessions_of(connection: Connection, login_key: str, but: str | None = None) -> int:
    """No session of the account is left but the one of the digest `but`; how many were ended."""
    ended = update(SESSION).where(
        SESSION.c.login_key == login_key, SESSION.c.ended.is_(False), SESSION.c.token_digest != (but or "")
    )
    return connection.execute(ended.values(ended=True)).rowcount


def vouched_of(connection: Connection, token_digest: str) -> dict[str, Any]:
    """`subject` and `provider_session` of the session, as its provider was told to name them; empty for every other."""
    asked = select(VOUCHED.c.subject, VOUCHED.c.provider_session).where(
        VOUCHED.c.token_digest == token_digest
    )
    row = connection.execute(asked).one_or_none()
    return {} if row is None else dict(row._mapping)


def end_vouched(connection: Connection, subject: str | None, provider_session: str | None) -> list[str]:
    """Every open session that the provider vouched for under these names is over; the account of each."""
    named = [
        column == value
        for column, value in (
            (VOUCHED.c.subject, subject),
            (VOUCHED.c.provider_session, provider_session),
        )
        if value is not None
    ]
    ended = (
        update(SESSION)
        .where(
            SESSION.c.ended.is_(False),
            SESSION.c.token_digest.in_(select(VOUCHED.c.token_digest).where(*named)),
        )
        .values(ended=True)
        .returning(SESSION.c.login_key)
    )
    return [str(key) for key in connection.execute(ended).scalars()]


def second_factor(connection: Connection, login_key: str, lock: bool = False) -> Row[Any] | None:
    """The second factor of the account, locked for this transaction on PostgreSQL when asked."""
    found = select(SECOND_FACTOR).where(SECOND_FACTOR.c.login_key == login_key)
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


def change_second_factor(
    connection: Connection, login_key: str, last_step: int, values: Mapping[str, Any]
) -> int:
    """The second factor has these values, unless a later code was used meanwhile; how many rows changed."""
    same = (SECOND_FACTOR.c.login_key == login_key) & (SECOND_FACTOR.c.last_step == last_step)
    return connection.execute(update(SECOND_FACTOR).where(same).values(dict(values))).rowcount


def remove_second_factor(connection: Connection, login_key: str) -> int:
    """The account has none; how many were removed."""
    return connection.execute(delete(SECOND_FACTOR).where(SECOND_FACTOR.c.login_key == login_key)).rowcount


def knows_browser(connection: Connection, login_key: str, digest: str) -> bool:
    """True when that login has signed in from the browser of that digest."""
    found = select(BROWSER.c.digest).where(BROWSER.c.login_key == login_key, BROWSER.c.digest == digest)
    return connection.execute(found).one_or_none() is not None


def browsers_of(connection: Connection, login_key: str) -> Sequence[str]:
    """The browsers of the account, the latest first."""
    found = select(BROWSER.c.digest).where(BROWSER.c.login_key == login_key)
    return connection.execute(found.order_by(BROWSER.c.seen_at.desc(), BROWSER.c.digest)).scalars().all()


def forget_browsers(connection: Connection, login_key: str, digests: Sequence[str] | None = None) -> None:
    """The account does not know these browsers any more; None for all of them."""
    gone = delete(BROWSER).where(BROWSER.c.login_key == login_key)
    connection.execute(gone if digests is None else gone.where(BROWSER.c.digest.in_(digests)))


def token_and_user(connection: Connection, token_digest: str) -> Row[Any] | None:
    """The bearer token of that digest with the account as it is now."""
    columns = (
        *(TOKEN.c.id.label("token_id"), TOKEN.c.scope, TOKEN.c.scopes, TOKEN.c.expires_at),
        *(TOKEN.c.revoked, TOKEN.c.last_used_on, *USER.c),
    )
    joined = TOKEN.join(USER, USER.c.login_key == TOKEN.c.login_key)
    asked = select(*columns).select_from(joined).where(TOKEN.c.token_digest == token_digest)
    return connection.execute(asked).one_or_none()


def token_row(connection: Connection, id: str) -> Row[Any] | None:
    """The token of that id."""
    return connection.execute(select(TOKEN).where(TOKEN.c.id == id)).one_or_none()


def tokens(connection: Connection, office_id: str, login_key: str | None) -> Sequence[Row[Any]]:
    """The tokens of that account, or of all, the latest first."""
    found = select(TOKEN).where(TOKEN.c.office_id == office_id)
    if login_key is not None:
        found = found.where(TOKEN.c.login_key == login_key)
    return connection.execute(found.order_by(TOKEN.c.id.desc())).all()


def change_token(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The token has these values."""
    connection.execute(update(TOKEN).where(TOKEN.c.id == id).values(dict(values)))


def proposal_row(connection: Connection, id: str, lock: bool = False) -> Row[Any] | None:
    """The proposal of that id, locked for this transaction on PostgreSQL when asked."""
    found = select(PROPOSAL).where(PROPOSAL.c.id == id)
    return connection.execute(found.with_for_update() if lock else found).one_or_none()


def holds_confirmed(connection: Connection) -> bool:
    """True when a second administrator has confirmed anything."""
    found = select(PROPOSAL.c.id).where(PROPOSAL.c.confirmed_at.is_not(None)).limit(1)
    return connection.execute(found).first() is not None


def proposals_waiting(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """Proposals that nobody confirmed yet, oldest first."""
    found = select(PROPOSAL).where(
        PROPOSAL.c.office_id == office_id,
        PROPOSAL.c.confirmed_at.is_(None),
        PROPOSAL.c.withdrawn_at.is_(None),
    )
    return connection.execute(found.order_by(PROPOSAL.c.id)).all()


def change_proposal(connection: Connection, id: str, values: Mapping[str, Any]) -> None:
    """The proposal has these values."""
    connection.execute(update(PROPOSAL).where(PROPOSAL.c.id == id).values(dict(values)))


def admin_entries(connection: Connection, office_id: str) -> Sequence[Row[Any]]:
    """What was done in administration, oldest first."""
    found = select(ADMIN_ENTRY).where(ADMIN_ENTRY.c.office_id == office_id)
    return connection.execute(found.order_by(ADMIN_ENTRY.c.id)).all()


def marks(connection: Connection) -> dict[str, str]:
    """What the database says of itself for ever."""
    return {row.name: row.value for row in connection.execute(select(MARK).order_by(MARK.c.name))}
