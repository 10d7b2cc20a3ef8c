"""Which accounts are of one natural person, as the register of accounts has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine.core.persons import NOBODY_TWICE, KnownAccount, Persons
from models import account_reading as reading
from models.recusing import recused_on


def persons_known(connection: Connection, office_id: str) -> Persons:
    """Every account of those who have several, in the accounts of the office as they stand now."""
    rows = reading.accounts_of_one_person(connection, office_id)
    return Persons(tuple(KnownAccount(row.login_key, row.person, row.certificate_no) for row in rows))


def person_for(connection: Connection, office_id: str, detail: Mapping[str, Any]) -> str | None:
    """Whose a new account is: of the person named, else of whoever has an account with the same certificate.

    The login, folded, that stands for the person; None where the account is a person of its own.
    """
    named, certificate = detail.get("person"), detail.get("certificate_no")
    known = persons_known(connection, office_id)
    if named:
        return known.person_of(named)
    held = reading.users_with_certificate(connection, office_id, certificate) if certificate else ()
    return known.person_of(held[0].login_key) if held else None


def namesakes(connection: Connection, office_id: str, detail: Mapping[str, Any]) -> list[str]:
    """The logins of accounts of the same name in the same department: perhaps the same natural person."""
    rows = reading.users_called(connection, office_id, detail["name"].strip(), detail["department"])
    own = str(detail.get("login", "")).casefold()
    return [row.login for row in rows if row.login_key != own]


def make_one(connection: Connection, office_id: str, one: str, other: str) -> list[str]:
    """All accounts of both are of one natural person from now on, and were: their logins, folded."""
    known = persons_known(connection, office_id)
    stands = known.person_of(one)
    for login in known.logins_of(other) - {stands}:
        reading.change_user(connection, login, {"person": stands})
    return sorted(persons_known(connection, office_id).logins_of(stands))


def set_apart(connection: Connection, office_id: str, login: str) -> None:
    """The account is a person of its own; those it shared one with stay together."""
    left = sorted(persons_known(connection, office_id).logins_of(login) - {login.casefold()})
    reading.change_user(connection, login.casefold(), {"person": None})
    for other in left:
        reading.change_user(connection, other, {"person": None if other == left[0] else left[0]})


def stepped_back(connection: Connection, office_id: str, record_id: str) -> frozenset[str]:
    """Every account, folded, of whoever is shut out by a recusal entered on the record: what they did is marked."""
    named = recused_on(connection, record_id)
    known = persons_known(connection, office_id) if named else NOBODY_TWICE
    return frozenset[str]().union(*(known.logins_of(login) for login in named))
