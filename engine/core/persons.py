"""Natural persons: whose hand an account is. Whatever must be done by two people is held against this, and nothing else.

Records name accounts. Which accounts are of one natural person is asked when it matters, so that what is learnt of it
later holds for what was done before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account of somebody who has several: its login, folded, and the login, folded, that stands for the person."""

    login: str
    person: str
    certificate_no: str | None = None


@dataclass(frozen=True, slots=True)
class Persons:
    """Every account of those who have several, disabled ones too; any other account is a person of its own."""

    accounts: tuple[KnownAccount, ...] = ()

    def person_of(self, login: str) -> str:
        """The login, folded, that stands for the natural person of that account."""
        key = login.casefold()
        return next((one.person for one in self.accounts if one.login == key), key)

    def logins_of(self, login: str) -> frozenset[str]:
        """The logins, folded, of every account of that account's natural person, itself among them."""
        key, person = login.casefold(), self.person_of(login)
        return frozenset((key, *(one.login for one in self.accounts if one.person == person)))

    def certificates_of(self, login: str) -> frozenset[str]:
        """The certificate numbers (执法证号) of every other account of that account's natural person."""
        person = self.person_of(login)
        return frozenset(
            one.certificate_no for one in self.accounts if one.person == person and one.certificate_no
        )

    def same(self, one: str, other: str) -> bool:
        """True when both accounts are of one natural person."""
        return self.person_of(one) == self.person_of(other)

    def count(self, officers: Iterable[Mapping[str, Any]] | None) -> int:
        """How many natural persons the list names, as facts have it ({name, certificate_no, login?}).

        Two of them are one where their accounts are of one person, or where they show one certificate.
        """
        apart: list[set[tuple[str, str]]] = []
        for officer in officers or ():
            marks = set(self._marks(officer))
            known = [one for one in apart if one & marks]
            apart = [one for one in apart if one not in known] + [marks.union(*known)]
        return len(apart)

    def _marks(self, officer: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        login, certificate = officer.get("login"), officer.get("certificate_no")
        if login:
            yield "person", self.person_of(login)
            yield from (("certificate", number) for number in self.certificates_of(login))
        if certificate:
            yield "certificate", certificate
        if not login and not certificate:
            yield "name", officer.get("name", "")


NOBODY_TWICE = Persons()
"""Every account is a person of its own."""
