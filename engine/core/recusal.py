"""Recusal (回避): who is shut out of one case, and who decides it (行政处罚法 Art 43).

An officer with a direct interest, or another relation that may affect fairness, steps back by themselves or on an
application; the head decides, and the investigation does not stop before. What somebody declares of themselves binds at
once; what others apply for binds when it is decided.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.core.basis import basis_of
from engine.core.commands import Principal
from engine.core.refusals import Reason, Refusal

GROUNDS = ("direct_interest", "other_relation")
DECLARED, APPLIED = "declared", "applied"
RECUSED, REFUSED, WITHDRAWN = "recused", "refused", "withdrawn"
PENDING, IN_FORCE = "pending", "in_force"
HEAD, PRINCIPAL_HEAD = "department_head", "principal_head"
HEADS = frozenset({HEAD, PRINCIPAL_HEAD})
SHUT_OUT = Reason("recused", "您在本案中应当回避", "you are recused", basis_of("行政处罚法 Art 43", "V[S01]"))
"""The contract's reason for every row of the case, whoever would take it for the person."""


@dataclass(frozen=True, slots=True)
class Told:
    """One recusal as far as rights go by it."""

    person: str
    """The account that was named; it stands for the natural person."""
    kind: str
    outcome: str | None
    entered_by: str

    @property
    def binds(self) -> bool:
        """True while the person is shut out by it."""
        return self.outcome == RECUSED or (self.outcome is None and self.kind == DECLARED)

    @property
    def state(self) -> str:
        """pending, in_force, recused, refused or withdrawn."""
        return self.outcome or (IN_FORCE if self.kind == DECLARED else PENDING)


def is_recused(who: Principal, recused: Collection[str]) -> bool:
    """True when one of these accounts is of the person's own."""
    return who.kind == "person" and not who.register.logins_of(who.login).isdisjoint(recused)


def in_the_case(who: Principal, recused: Collection[str]) -> Principal:
    """The person as far as they may act in a case in which these accounts are recused.

    Nobody stands in for a colleague who is recused; raises `recused` where the person is.
    """
    if is_recused(who, recused):
        raise Refusal("recused", reasons=[SHUT_OUT])
    return without_recused_lenders(who, recused)


def without_recused_lenders(who: Principal, recused: Collection[str]) -> Principal:
    """The person without the roles that recused colleagues have lent, which are set aside."""
    aside = tuple(one for one in who.acting_for if not who.register.logins_of(one.login).isdisjoint(recused))
    if not aside:
        return who
    left = tuple(one for one in who.acting_for if one not in aside)
    return replace(who, acting_for=left, set_aside=aside)


def deciders(concerned: Collection[str], has_principal_head: bool) -> frozenset[str]:
    """The roles of which whoever decides holds one in their own right; `concerned` are those of the person concerned.

    Of a head another head decides: of a department head the principal head, where the department has one beside.
    """
    if PRINCIPAL_HEAD in concerned or HEAD not in concerned:
        return HEADS
    return frozenset({PRINCIPAL_HEAD}) if has_principal_head else HEADS


def check_decides(who: Principal, told: Told, roles: frozenset[str]) -> None:
    """Returns when the person may decide it; raises `recused` of oneself, `not_yours`, or `proposer_cannot_approve`."""
    if who.register.same(told.person, who.login):
        raise Refusal("recused", reasons=[SHUT_OUT])
    if who.roles.isdisjoint(roles):
        needed = tuple(sorted(roles))
        zh, en = "回避由负责人本人决定", "the head decides on a recusal in person"
        raise Refusal(
            "not_yours", reasons=[Reason("role_not_allowed", zh, en, roles=needed)], roles=list(needed)
        )
    if not who.persons.isdisjoint({told.entered_by.casefold(), told.person.casefold()}):
        zh, en = (
            "由您本人录入的回避申请，须由另一负责人决定",
            "you entered this application: another head decides",
        )
        raise Refusal("proposer_cannot_approve", reasons=[Reason("approver_is_not_proposer", zh, en)])
