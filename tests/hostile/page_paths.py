"""The paths of all pages, and of all forms that are sent."""

from __future__ import annotations

READ = (
    "/work",
    "/intake",
    "/ledger",
    "/deadlines",
    "/duties",
    "/delegations",
    "/stuck",
    "/calendar",
    "/rulebook",
    "/rulebook/try",
    "/rulebook/R01",
    "/rulebook/backtests",
    "/rulebook/backtests/{run}",
    "/rulebook/editions",
    "/rulebook/editions/{edition}",
    "/exchange",
    "/admin",
    "/login",
    "/findings/{finding}",
    "/findings/{served}/corrections/2",
    "/inspections/{inspection}",
    "/parties/{party}",
)
POSTED = (
    "/work",
    "/intake",
    "/logout",
    "/ledger",
    "/duties/half_year_summary/2024-H1",
    "/delegations",
    "/delegations/{delegation}/end",
    "/admin/proposals/{finding}",
    *(f"/rulebook/editions/{{edition}}/{act}" for act in ("approve", "withdraw")),
    "/findings/{finding}/steps",
    "/findings/{served}/corrections/2",
    "/findings/{finding}/attachments",
    "/inspections/{inspection}/steps",
    "/inspections/{inspection}/findings",
)
