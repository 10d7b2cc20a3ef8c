"""What every act of two persons asks: a role for it, and that nobody approves what he has proposed himself."""

from __future__ import annotations

from collections.abc import Collection

from engine.core.commands import Principal
from engine.core.refusals import Reason, Refusal

_NOT_ALONE = Reason(
    "approver_is_not_proposer", "提出人不得批准自己提出的事项", "the proposer may not approve"
)


def check_role(who: Principal, roles: Collection[str]) -> None:
    """Returns when the person has one of these roles; raises `not_yours`."""
    if who.roles.isdisjoint(roles):
        needed = sorted(roles)
        reason = Reason(
            "role_not_allowed", "您的角色不能办理这一步", "your role may not do this", roles=tuple(needed)
        )
        raise Refusal("not_yours", reasons=[reason], roles=needed)


def check_not_alone(who: Principal, proposed_by: str) -> None:
    """Returns when somebody else has proposed it; raises `proposer_cannot_approve`."""
    if proposed_by.casefold() == who.login.casefold():
        raise Refusal("proposer_cannot_approve", reasons=[_NOT_ALONE])
