"""The gate of every page: which policy it has, and that whoever asks is signed in and has a role for it."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from api.rights import check, policy_of
from engine.core.policies import Caller
from web.asking import OWED_AT, SomethingOwed, asked_by

PAGES: Mapping[str, str] = {
    "GET /": "site.open",
    "GET /static/{name:path}": "site.open",
    "GET /login": "site.open",
    "POST /login": "session.open",
    "POST /login/code": "session.open",
    "GET /login/sso": "session.open",
    "GET /login/sso/back": "session.open",
    "GET /logout/sso": "site.open",
    "GET /account": "account.own",
    "POST /account/sessions": "account.own",
    "POST /account/tokens/{id}/revoke": "account.own",
    "POST /account/second-factor": "account.own",
    "POST /account/second-factor/confirm": "account.own",
    "POST /account/second-factor/off": "account.own",
    "GET /password": "account.own",
    "POST /password": "account.own",
    "GET /step-up": "account.own",
    "POST /step-up": "account.own",
    "POST /logout": "site.open",
    "GET /work": "work.read",
    "POST /work": "work.read",
    "POST /work/views": "work.read",
    "POST /work/steps": "finding.act",
    "GET /reminders": "reminder.own",
    "POST /reminders/seen": "reminder.own",
    "GET /intake": "intake.write",
    "POST /intake": "intake.write",
    "GET /inspections/{id}": "inspection.read",
    "POST /inspections/{id}/steps": "inspection.act",
    "POST /inspections/{id}/findings": "inspection.record",
    "GET /findings/{id}": "finding.read",
    "POST /findings/{id}/steps": "finding.act",
    "POST /findings/{id}/check": "finding.act",
    "POST /findings/{id}/comments": "finding.act",
    "POST /findings/{id}/drafts": "finding.act",
    "POST /inspections/{id}/check": "inspection.act",
    "POST /inspections/{id}/drafts": "inspection.act",
    "POST /referrals/{id}/check": "referral.act",
    "POST /findings/{id}/recusals": "finding.recuse",
    "POST /findings/{id}/recusals/{rid}/decision": "finding.recuse",
    "POST /referrals/{id}/recusals": "referral.act",
    "POST /referrals/{id}/recusals/{rid}/decision": "referral.act",
    "POST /findings/{id}/attachments": "finding.act",
    "GET /findings/{id}/corrections/{sequence}": "finding.correct",
    "POST /findings/{id}/corrections/{sequence}": "finding.correct",
    "GET /referrals/{id}": "referral.read",
    "POST /referrals/{id}/steps": "referral.act",
    "POST /referrals/{id}/attachments": "referral.act",
    "GET /referrals/{id}/corrections/{sequence}": "referral.act",
    "POST /referrals/{id}/corrections/{sequence}": "referral.act",
    "POST /referrals/{id}/messages/{message}/resend": "referral.act",
    "POST /referrals/{id}/messages/{message}/paper": "referral.act",
    "GET /referrals/{id}/carrier": "referral.act",
    "POST /referrals/{id}/carrier": "referral.act",
    "POST /referrals/{id}/carrier/attachments": "referral.act",
    "GET /ledger": "ledger.read",
    "POST /ledger": "ledger.read",
    "GET /board": "figures.read",
    "POST /board/supervision": "finding.act",
    "GET /ledger/sheet.xlsx": "ledger.export",
    "GET /ledger/sheet.csv": "ledger.export",
    "GET /deadlines": "deadline.read",
    "GET /publicity": "figures.read",
    "GET /stuck": "figures.read",
    "GET /parties/{id}": "party.read",
    "GET /incoming": "incoming.read",
    "GET /incoming/new": "incoming.enter",
    "POST /incoming/new": "incoming.enter",
    "GET /incoming/{id}": "incoming.read",
    "POST /incoming/{id}/{act}": "incoming.act",
    "GET /duties": "duty.read",
    "POST /duties/{duty}/{period}": "duty.hand_in",
    "GET /delegations": "delegation.read",
    "POST /delegations": "delegation.give",
    "POST /delegations/{id}/end": "delegation.give",
    "GET /calendar": "calendar.read",
    "GET /rulebook": "rulebook.read",
    "GET /rulebook/{id}": "rulebook.read",
    "GET /rulebook/try": "ruling.try",
    "GET /rulebook/backtests": "backtest.read",
    "GET /rulebook/backtests/{id}": "backtest.read",
    "GET /rulebook/editions": "edition.read",
    "GET /rulebook/editions/{id}": "edition.read",
    "POST /rulebook/editions/{id}/approve": "edition.decide",
    "POST /rulebook/editions/{id}/withdraw": "edition.decide",
    "GET /exchange": "exchange.read",
    "POST /exchange/{id}/resend": "message.act",
    "POST /exchange/{id}/paper": "message.act",
    "GET /exchange/bundles": "carrier.pack",
    "POST /exchange/bundles": "carrier.pack",
    "POST /exchange/bundles/attachments": "carrier.pack",
    "GET /exchange/codes": "carrier.codes",
    "POST /exchange/codes/attachments": "carrier.codes",
    "GET /systems": "system.read",
    "POST /systems": "system.change",
    "GET /systems/{id}": "system.read",
    "POST /systems/{id}/proposals": "system.change",
    "POST /systems/{id}/ping": "system.change",
    "GET /admin": "administration.decide",
    "GET /admin/accounts": "account.read",
    "POST /admin/accounts": "account.change",
    "GET /admin/accounts/{login}": "account.read",
    "POST /admin/accounts/{login}/proposals": "account.change",
    "GET /admin/record": "record.read",
    "GET /admin/attempts": "attempt.read",
    "POST /admin/proposals/{proposal}": "administration.decide",
}
"""The action of each page and form, by method and path."""


def gate(request: Request) -> None:
    """Returns when the person may ask this at all; raises SignInNeeded, SomethingOwed, or what the policy
    answers to others."""
    policy = policy_of(PAGES, request)
    if policy.caller is Caller.PERSON:
        asking = asked_by(request)
        if asking.visit.owes is not None and not policy.owing:
            raise SomethingOwed(OWED_AT[asking.visit.owes])
        check(asking.who, policy)
