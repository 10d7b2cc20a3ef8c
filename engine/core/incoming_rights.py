"""Who may see and do what with an inbound matter: one place for every reader and writer, and by default nobody."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.commands import Principal
from engine.core.incoming import IncomingAct, IncomingBook

ENTERS = frozenset(
    {"duty_clerk", "inspector", "case_officer", "unit_head", "department_head", "principal_head"}
)
"""Who may enter a matter that came without a linked system."""
HEADS = frozenset({"unit_head", "department_head", "principal_head"})
"""Who of the department reads, beside the handler, who an informant is."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What rights ask of a matter; logins are folded."""

    kind: str
    department: str
    confidential: bool
    handler: str | None


def reads_kind(book: IncomingBook, who: Principal, kind: str) -> bool:
    """True when the person reads every confidential matter of that kind in their department."""
    return not who.roles.isdisjoint(book.kinds[kind].readers)


def kinds_read(book: IncomingBook, who: Principal) -> frozenset[str]:
    """The confidential kinds of which the person reads every matter of their department."""
    return frozenset(kind for kind in book.kinds if reads_kind(book, who, kind))


def knows_informant(who: Principal, matter: Matter) -> bool:
    """True for the handler of the matter and the heads of its department."""
    if who.department != matter.department:
        return False
    roles = who.roles if matter.confidential else who.all_roles
    return who.login.casefold() == matter.handler or not roles.isdisjoint(HEADS)


def acting_roles(who: Principal, matter: Matter) -> frozenset[str]:
    """The roles with which the person acts on the matter: of a confidential one their own alone."""
    if who.department != matter.department or who.kind != "person":
        return frozenset()
    return who.roles if matter.confidential else who.all_roles


def may_take(who: Principal, matter: Matter, act: IncomingAct) -> bool:
    """True when one of these roles may take the act."""
    return not acting_roles(who, matter).isdisjoint(act.by)
