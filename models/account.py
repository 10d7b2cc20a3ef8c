"""Accounts, their sessions and tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import ID_LENGTH, OFFICE_ID_LENGTH, Instant, Json


class User(SQLModel, table=True):
    """An account of the office; `login` is stored folded to lower case beside the spelling shown.

    `person` is the folded login of the account that stands for the natural person; null where this one does.
    """

    __tablename__ = "user_account"

    login_key: str = Field(primary_key=True, max_length=ID_LENGTH)
    login: str = Field(max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH, index=True)
    name: str = Field(max_length=100)
    department: str = Field(max_length=60)
    unit: str | None = Field(default=None, max_length=60)
    certificate_no: str | None = Field(default=None, max_length=40)
    title: str | None = Field(default=None, max_length=100)
    phone: str | None = Field(default=None, max_length=40)
    roles: list[str] = Field(sa_column=Column(Json, nullable=False))
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    disabled: bool = False
    must_change: bool = False
    """Somebody else knows the password: nothing else is done before it is changed."""
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    person: str | None = Field(default=None, max_length=ID_LENGTH, index=True)


class Session(SQLModel, table=True):
    """One proof of who somebody is, at `created_at`; `token_digest` is SHA-256 of the cookie, which is never stored."""

    __tablename__ = "sign_in"

    token_digest: str = Field(primary_key=True, max_length=64)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    login_key: str = Field(max_length=ID_LENGTH, index=True)
    csrf: str = Field(max_length=64)
    language: str | None = Field(default=None, max_length=2)
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    ended: bool = False
    means: str | None = Field(default=None, max_length=20)
    """How the person was last proven: password, second_factor, single_sign_on."""


class VouchedSession(SQLModel, table=True):
    """How the provider of single sign-on names the person and the session there; SHA-256 of each with the issuer."""

    __tablename__ = "vouched_session"
    __table_args__ = (
        Index("vouched_session_subject", "subject"),
        Index("vouched_session_provider", "provider_session"),
    )

    token_digest: str = Field(primary_key=True, max_length=64)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    subject: str = Field(max_length=64)
    provider_session: str | None = Field(default=None, max_length=64)


class Token(SQLModel, table=True):
    """A bearer token with its user's rights at the moment of use."""

    __tablename__ = "api_token"

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    token_digest: str = Field(max_length=64, unique=True)
    login_key: str = Field(max_length=ID_LENGTH, index=True)
    scope: str = Field(max_length=10)
    scopes: list[str] | None = Field(default=None, sa_column=Column(Json))
    """Finer scopes that restrict further; None for all that `scope` allows."""
    last_used_on: date | None = None
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    issued_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    revoked: bool = False


class SecondFactor(SQLModel, table=True):
    """What an account shows beside its password; `secret` is sealed with a key outside the database."""

    __tablename__ = "second_factor"

    login_key: str = Field(primary_key=True, max_length=ID_LENGTH)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    recovery: list[str] = Field(sa_column=Column(Json, nullable=False))
    """SHA-256 of each code that is left."""
    last_step: int = 0
    """The latest period of 30 seconds whose code was used; no code of it or before counts again."""
    begun_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When a code was first shown; until then the second factor is asked of nobody."""


class KnownBrowser(SQLModel, table=True):
    """A browser from which an account has signed in; `digest` is SHA-256 of its cookie."""

    __tablename__ = "known_browser"

    login_key: str = Field(primary_key=True, max_length=ID_LENGTH)
    digest: str = Field(primary_key=True, max_length=64)
    office_id: str = Field(max_length=OFFICE_ID_LENGTH)
    seen_at: datetime = Field(sa_column=Column(Instant, nullable=False))
