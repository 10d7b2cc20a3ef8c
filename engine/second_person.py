"""What every act of two persons asks: a role for it, and that nobody approves what he has proposed himself."""

from __future__ import annotations

from collections.abc import Collection

from engine.core.commands import Principal
from engine.core.delegation import BEHALF
from engine.core.refusals import Reason, Refusal

_NOT_ALONE = Reason(
    "approver_is_not_proposer", "提出人不得批准自己提出的事项", "the proposer may not approve"
)


def check_role(who: Principal, roles: Collection[str]) -> None:
    """Returns when the person has one of these roles; raises `not_yours`."""
    if who.all_roles.isdisjoint(roles):
        needed = sorted(roles)
        reason = Reason(
            "role_not_allowed", "您的角色不能办理这一步", "your role may not do this", roles=tuple(needed)
        )
        raise Refusal("not_yours", reasons=[reason], roles=needed)


def check_own_role(who: Principal, roles: Collection[str]) -> None:
    """Returns when one of these roles is the person's own, whatever colleagues have lent; raises `not_yours`."""
    if who.roles.isdisjoint(roles):
        needed = sorted(roles)
        words = ("须由具备该角色的本人办理", "somebody does this in their own right")
        raise Refusal(
            "not_yours", reasons=[Reason("role_not_allowed", *words, roles=tuple(needed))], roles=needed
        )


def behalf(who: Principal, roles: Collection[str]) -> dict[str, str]:
    """Whom the person stands in for with one of these roles, as a record names it; nothing in their own right."""
    lenders = (
        [] if not who.roles.isdisjoint(roles) else [one for one in who.acting_for if one.roles & set(roles)]
    )
    return {BEHALF: lenders[0].login} if lenders else {}


def check_not_alone(who: Principal, proposed_by: str) -> None:
    """Returns when neither the person nor anybody they stand in for has proposed it; else `proposer_cannot_approve`."""
    if proposed_by.casefold() in who.persons:
        raise Refusal("proposer_cannot_approve", reasons=[_NOT_ALONE])
