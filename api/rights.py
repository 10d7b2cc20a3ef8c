"""The gate of every route: which policy it has, and that whoever calls is known and has a role for it.

What a person may see or do of single records is asked where these are read; nothing passes without a policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from fastapi import Request
from starlette.routing import BaseRoute

from api.calls import visit_of
from engine.core.commands import Principal
from engine.core.policies import POLICIES, Caller, Policy, may
from engine.core.refusals import Refusal
from engine.house import House
from engine.identity.owed import OWED
from engine.second_person import check_role

ROUTES: Mapping[str, str] = {
    "GET /api/v1/session": "session.own",
    "POST /api/v1/session": "session.open",
    "DELETE /api/v1/session": "session.own",
    "POST /api/v1/session/password": "account.own",
    "POST /api/v1/session/step-up": "account.own",
    "POST /api/v1/inspections": "inspection.record",
    "GET /api/v1/inspections": "inspection.read",
    "GET /api/v1/inspections/{id}": "inspection.read",
    "POST /api/v1/inspections/{id}/steps": "inspection.act",
    "POST /api/v1/findings/{id}/attachments": "finding.act",
    "GET /api/v1/findings/{id}/attachments/{digest}": "finding.read",
    "GET /api/v1/findings/{id}/documents/{doc}.pdf": "finding.read",
    "GET /api/v1/findings/{id}/documents/{doc}.docx": "finding.read",
    "GET /api/v1/findings/{id}/file.pdf": "finding.read",
    "POST /api/v1/findings": "inspection.record",
    "GET /api/v1/findings": "finding.read",
    "GET /api/v1/findings/{id}": "finding.read",
    "POST /api/v1/findings/{id}/steps": "finding.act",
    "GET /api/v1/findings/{id}/corrections": "finding.read",
    "POST /api/v1/findings/{id}/corrections": "finding.correct",
    "POST /api/v1/findings/{id}/withdrawals": "finding.correct",
    "GET /api/v1/findings/{id}/recusals": "finding.read",
    "POST /api/v1/findings/{id}/recusals": "finding.recuse",
    "POST /api/v1/findings/{id}/recusals/{rid}/decision": "finding.recuse",
    "GET /api/v1/findings/{id}/holds": "finding.read",
    "POST /api/v1/findings/{id}/holds": "finding.hold",
    "POST /api/v1/findings/{id}/holds/{hid}/release": "finding.hold",
    "GET /api/v1/findings/{id}/erasures": "finding.read",
    "POST /api/v1/findings/{id}/erasures": "finding.erase",
    "POST /api/v1/findings/{id}/erasures/{eid}/decision": "finding.erase",
    "GET /api/v1/retention": "retention.read",
    "GET /api/v1/findings/{id}/comments": "finding.read",
    "POST /api/v1/findings/{id}/comments": "finding.act",
    "GET /api/v1/findings/{id}/drafts": "finding.act",
    "PUT /api/v1/findings/{id}/drafts": "finding.act",
    "DELETE /api/v1/findings/{id}/drafts": "finding.act",
    "GET /api/v1/inspections/{id}/drafts": "inspection.act",
    "PUT /api/v1/inspections/{id}/drafts": "inspection.act",
    "DELETE /api/v1/inspections/{id}/drafts": "inspection.act",
    "GET /api/v1/work/views": "work.read",
    "PUT /api/v1/work/views": "work.read",
    "DELETE /api/v1/work/views": "work.read",
    "GET /api/v1/referrals/{id}/recusals": "referral.read",
    "POST /api/v1/referrals/{id}/recusals": "referral.act",
    "POST /api/v1/referrals/{id}/recusals/{rid}/decision": "referral.act",
    "GET /api/v1/findings/{id}/timeline": "finding.read",
    "POST /api/v1/referrals/{id}/attachments": "referral.act",
    "GET /api/v1/referrals/{id}/attachments/{digest}": "referral.read",
    "GET /api/v1/referrals/{id}/documents/{doc}.pdf": "referral.read",
    "GET /api/v1/referrals/{id}/documents/{doc}.docx": "referral.read",
    "GET /api/v1/referrals/{id}/file.pdf": "referral.read",
    "GET /api/v1/referrals/{id}": "referral.read",
    "POST /api/v1/referrals/{id}/steps": "referral.act",
    "POST /api/v1/referrals/{id}/corrections": "referral.act",
    "POST /api/v1/referrals/{id}/withdrawals": "referral.act",
    "GET /api/v1/referrals/{id}/timeline": "referral.read",
    "GET /api/v1/ledger": "ledger.read",
    "GET /api/v1/ledger/sheet.xlsx": "ledger.export",
    "GET /api/v1/ledger/sheet.csv": "ledger.export",
    "GET /api/v1/ledger/sheet.json": "ledger.export",
    "GET /api/v1/reports/{report}/{period}": "report.make",
    "GET /api/v1/jobs": "job.own",
    "POST /api/v1/jobs": "job.ask",
    "GET /api/v1/jobs/{id}": "job.own",
    "POST /api/v1/jobs/{id}/cancel": "job.own",
    "GET /api/v1/jobs/{id}/result": "job.own",
    "GET /api/v1/publicity": "figures.read",
    "GET /api/v1/deadlines": "deadline.read",
    "GET /api/v1/deadlines/{id}/reckoning": "deadline.read",
    "GET /api/v1/stuck": "figures.read",
    "GET /api/v1/parties/{id}": "party.read",
    "GET /api/v1/audit/{id}": "audit.read",
    "GET /api/v1/duties": "duty.read",
    "GET /api/v1/duties/{duty}/{period}/reports": "duty.read",
    "POST /api/v1/duties/{duty}/{period}/reports": "duty.hand_in",
    "GET /api/v1/delegations": "delegation.read",
    "GET /api/v1/delegations/{id}": "delegation.read",
    "POST /api/v1/delegations": "delegation.give",
    "POST /api/v1/delegations/{id}/end": "delegation.give",
    "GET /api/v1/incoming": "incoming.read",
    "GET /api/v1/incoming/{id}": "incoming.read",
    "POST /api/v1/incoming": "incoming.enter",
    "POST /api/v1/incoming/{id}/acts": "incoming.act",
    "GET /api/v1/search": "search.read",
    "GET /api/v1/reminders": "reminder.own",
    "POST /api/v1/reminders/{key}/seen": "reminder.own",
    "GET /api/v1/charts": "rulebook.read",
    "GET /api/v1/rulebook": "rulebook.read",
    "POST /api/v1/rulings": "ruling.try",
    "GET /api/v1/rulebook/backtests": "backtest.list",
    "GET /api/v1/rulebook/backtests/{id}/changes": "backtest.read",
    "GET /api/v1/exchange/{system}/messages": "feed.own",
    "POST /api/v1/exchange/{system}/messages/{id}/ack": "feed.own",
    "POST /api/v1/exchange/{system}/receipts": "feed.own",
    "POST /api/v1/exchange/{system}/receipts/{id}/documents": "feed.own",
    "POST /api/v1/exchange/{system}/incoming": "feed.own",
    "GET /api/v1/exchange/{system}/incoming/{id}": "feed.own",
    "GET /api/v1/messages/{id}": "message.act",
    "POST /api/v1/messages/{id}/resend": "message.act",
    "POST /api/v1/messages/{id}/paper": "message.act",
    "POST /api/v1/receipt-codes": "receipt_code.enter",
    "GET /healthz": "site.open",
    "GET /readyz": "site.open",
    "GET /metrics": "site.open",
}
"""The action of each operation, by method and path."""


def gate(request: Request) -> None:
    """Returns when the caller may ask this at all.

    Raises `authentication_required`, `session_check_failed`, or what the policy answers to others. A linked system is
    known by what it signs, which is checked with the body.
    """
    policy = policy_of(ROUTES, request)
    if policy.caller is Caller.PERSON:
        house: House = request.app.state.house
        visit = visit_of(request, house)
        if visit.owes is not None and not policy.owing:
            raise Refusal("not_yours", detail=OWED[visit.owes])
        check(visit.principal, policy)


def policy_of(routes: Mapping[str, str], request: Request) -> Policy:
    """The policy of the request's route; raises `not_found` where it has none."""
    action = routes.get(f"{request.method} {request.scope['route'].path}")
    if action is None:
        raise Refusal("not_found")
    return POLICIES[action]


def check(who: Principal, policy: Policy) -> None:
    """Returns when the person has a role for it; raises `not_yours`, or `not_found` where the policy hides."""
    if may(who, policy.action):
        return
    if policy.hidden:
        raise Refusal("not_found")
    check_role(who, policy.roles or ())


def each_route(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from each_route(inner.routes)


def check_policies(routes: Iterable[BaseRoute], policies: Mapping[str, str]) -> None:
    """Returns when each route has a policy and each policy a route; raises RuntimeError, and nothing is served."""
    served = {
        f"{method} {route.path}"  # type: ignore[attr-defined]  # routes of handlers have a path
        for route in each_route(routes)
        for method in getattr(route, "methods", None) or ()
    }
    known = {name for name, action in policies.items() if action in POLICIES}
    if served != known:
        raise RuntimeError(f"routes and policies differ: {sorted(served ^ known)}")
