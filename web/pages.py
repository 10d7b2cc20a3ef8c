"""All pages, to be attached to the application that serves the house."""

from __future__ import annotations

from functools import cache

from fastapi import FastAPI
from starlette.routing import BaseRoute

from api.app import routes_of
from web import (
    account_page,
    accounts_page,
    admin_page,
    archive_page,
    assets,
    backtest_page,
    board_page,
    bulk_page,
    calendar_page,
    carrier_page,
    check_page,
    checkpoint_page,
    comments_page,
    correction_page,
    deadlines_page,
    delegations_page,
    drafts_page,
    duties_page,
    edition_page,
    exchange_page,
    finding_page,
    help_page,
    incoming_page,
    inspection_page,
    inspections_page,
    intake_drafts,
    intake_page,
    jobs_page,
    ledger_page,
    load_page,
    map_page,
    pace_page,
    party_page,
    publicity_page,
    record_page,
    recusal_page,
    referral_page,
    reminder_page,
    reports_page,
    rule_page,
    rulebook_page,
    search_page,
    sheet_page,
    sign_in_page,
    single_sign_on_page,
    step_up_page,
    stuck_page,
    systems_page,
    trial_page,
    upload_page,
    work_page,
    work_views_page,
)
from web.nowhere import refusal_page
from web.rights import PAGES, gate

ROUTERS = (
    assets.router,
    account_page.router,
    single_sign_on_page.router,
    step_up_page.router,
    exchange_page.router,
    carrier_page.router,
    admin_page.router,
    accounts_page.router,
    record_page.router,
    checkpoint_page.router,
    ledger_page.router,
    board_page.router,
    load_page.router,
    map_page.router,
    pace_page.router,
    sheet_page.router,
    reports_page.router,
    jobs_page.router,
    deadlines_page.router,
    calendar_page.router,
    duties_page.router,
    delegations_page.router,
    stuck_page.router,
    systems_page.router,
    party_page.router,
    publicity_page.router,
    trial_page.router,
    backtest_page.router,
    edition_page.router,
    rulebook_page.router,
    rule_page.router,
    work_page.router,
    bulk_page.router,
    work_views_page.router,
    intake_page.router,
    intake_drafts.router,
    incoming_page.router,
    inspections_page.router,
    inspection_page.router,
    upload_page.router,
    sign_in_page.router,
    correction_page.router,
    check_page.router,
    comments_page.router,
    drafts_page.router,
    finding_page.router,
    referral_page.router,
    recusal_page.router,
    archive_page.router,
    reminder_page.router,
    search_page.router,
    help_page.router,
)


def attach_pages(app: FastAPI) -> None:
    """The application answers page paths too, serves the files that pages need under /static/, and tells browsers in
    pages what is refused elsewhere."""
    app.router.routes.extend(_routes())
    app.state.refusal_page = refusal_page


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of all pages: made once, and shared by all applications of this process."""
    return routes_of(ROUTERS, PAGES, gate)
