"""Delegation during leave (委托代理): what a colleague may do for somebody who is away, and what nobody may."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core.basis import basis_of
from engine.core.chart import CRIMINAL, Row
from engine.core.commands import Absentee, Principal
from engine.core.confiding import CONFIDED, opens_referral
from engine.core.criminal_guards import DEPENDING
from engine.core.recusal import SHUT_OUT
from engine.core.refusals import Reason, Refusal
from engine.core.times import roles_of

BEHALF = "on_behalf_of"
"""The member of an entry's payload that names whom somebody stood in for; absent where nobody did."""
IN_PERSON = "principal_head_only"
ROLE_NOT_ALLOWED = ("role_not_allowed", "您的角色不能办理这一步", "your role may not do this")
_NOT_LENT = (
    "role_not_allowed",
    "这一步须由有权的人员本人办理，不得代理",
    "this step is taken by whoever holds the role in person, never by a delegate",
)
_NO_REFERRAL = (
    "role_not_allowed",
    "移送司法机关的路径须由有权的人员本人提出和批准，不得代理",
    "the route to the judicial organs is proposed and approved in person, never by a delegate",
)


def reaches(row: Row) -> bool:
    """True when a delegation reaches the row.

    Never a row of the criminal referral, one that opens it or belongs to its record, nor one whose guards depend on it:
    whoever meets these is on its list (law 9), onto which no delegation puts anybody. The answer is the same for every
    finding, so that it tells nobody whether there is a referral.
    """
    return (
        row.chart != CRIMINAL
        and row.trigger not in CONFIDED
        and not opens_referral(row)
        and not any(guard.name in DEPENDING or guard.name == IN_PERSON for guard in row.guards)
    )


def on_behalf_of(who: Principal, row: Row) -> Absentee | None:
    """The colleague for whom the person takes the row; None where it is taken in their own right, or not at all.

    Whoever lent a role of the row itself comes before a head, who may only enter it later.
    """
    if not who.acting_for or roles_of(row) & who.roles or not reaches(row):
        return None
    lenders = [one for one in who.acting_for if one.roles & roles_of(row)]
    return min(lenders, key=lambda one: not one.roles & row.by, default=None)


def taking(who: Principal, row: Row) -> Principal:
    """The person with the roles in which they take the row: their own, or those that one colleague lent."""
    lender = on_behalf_of(who, row)
    return replace(who, roles=who.roles if lender is None else lender.roles, acting_for=())


def may_take(who: Principal, row: Row) -> bool:
    """True when one of the person's own roles may take the row, or one lent to them that reaches it."""
    return bool(roles_of(row) & who.roles) or on_behalf_of(who, row) is not None


def why_not(who: Principal, row: Row, guards: Mapping[str, Mapping[str, Any]]) -> Reason:
    """Why a row is not the person's to take; `guards` are the words of the guards by name."""
    if who.set_aside and may_take(replace(who, acting_for=who.set_aside), row):
        return SHUT_OUT
    if not who.all_roles & roles_of(row):
        return Reason(*ROLE_NOT_ALLOWED, roles=row.roles)
    if row.guard(IN_PERSON) is None:
        return Reason(*_NOT_LENT, roles=row.roles)
    words = guards[IN_PERSON]
    basis = basis_of(words["basis"], words["mark"])
    return Reason(IN_PERSON, words["zh"], words["en"], basis, words.get("opens_when"), roles=row.roles)


def check_facts(who: Principal, row: Row, facts: Mapping[str, Any]) -> None:
    """Returns unless a delegate would propose or approve a criminal referral among the routes; raises `not_yours`."""
    if CRIMINAL in facts.get("routes", ()) and on_behalf_of(who, row) is not None:
        raise Refusal("not_yours", reasons=[Reason(*_NO_REFERRAL, roles=row.roles)], roles=list(row.roles))
