"""A finding as the contract shows it, alone and in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.late_payment import UNPAID, LatePayment
from engine.judging import without_facts
from engine.projections.deadlines import deadline_answer
from engine.projections.instants import finding_light, occurred, recorded, written
from engine.projections.late_payments import late_payments
from engine.projections.privacy import masked
from engine.projections.sources import Sources
from rules.derive import rectification_state

CRIMINAL, CREDIT_FLAG = "criminal_referral", "credit_flag"
SUMMARY_TEXT_MAX = 200
SUMMARY_LEFT_OUT = frozenset({"facts_summary", "reason"})


def routes_of(row: Any) -> list[str]:
    """The approved routes, else what the latest ruling advises; a criminal referral is never among them."""
    approved = row.record.get("registers", {}).get("approved_routes")
    routes = approved if approved is not None else _latest(row).get("routes", [])
    return [route for route in routes if route != CRIMINAL]


def _latest(row: Any) -> Mapping[str, Any]:
    return row.rulings[-1] if row.rulings else {}


def handler_of(row: Any) -> dict[str, Any] | None:
    """The officer who handles the finding, as entered."""
    return row.record.get("registers", {}).get("handler")  # type: ignore[no-any-return]  # JSON of the row


def marks(supervised: bool, deadlines: Sequence[Any], as_of: datetime) -> list[str]:
    """`overdue` follows the running deadlines that count; those of carried-over records do not."""
    overdue = any(one.counted and one.overdue_at <= as_of for one in deadlines if one.state == "running")
    return [mark for mark, shown in (("supervised", supervised), ("overdue", overdue)) if shown]


def finding_head(sources: Sources, row: Any, deadlines: Sequence[Any], as_of: datetime) -> dict[str, Any]:
    """What a list and the finding itself say alike."""
    return {
        "id": row.id,
        "ledger_no": row.ledger_no,
        "state": row.state,
        "marks": marks(row.supervised, deadlines, as_of),
        "light": finding_light(row, as_of),
        "department": row.department,
        "owner_role": sources.charts["finding"].states[row.state].owner,
        "inspection": row.inspection_id,
        "domain": row.domain,
        "violation": row.violation,
        "item": row.item,
        "routes": routes_of(row),
        "discovered_at": written(row.discovered_at),
        "version": row.version,
        "sequence": row.sequence,
    }


def finding_item(
    sources: Sources, row: Any, party: Any, deadlines: Sequence[Any], as_of: datetime
) -> dict[str, Any]:
    """The finding as one line of a list; `deadlines` are its running ones, soonest first."""
    soonest = None if row.closed or not deadlines else deadlines[0].term
    return {
        **finding_head(sources, row, deadlines, as_of),
        "party": {"id": party.id, "name": party.name, "kind": party.detail.get("kind")},
        "due_effective": None if row.closed else row.due_effective,
        "term": soonest,
        "handler": handler_of(row),
    }


def finding_answer(sources: Sources, parts: Mapping[str, Any], as_of: datetime) -> dict[str, Any]:
    """The whole finding_answer, steps and decision apart.

    `parts` holds the rows read together: finding, party, first (entry), proceedings, deadlines, attachments, paying
    (the steps that tell of payment); `particulars`, whether the reader may see them; `clock`, real or test.
    """
    row, first, deadlines = parts["finding"], parts["first"], parts["deadlines"]
    party, latest = parts["party"].detail, _latest(row)
    payments = late_payments(sources, parts["proceedings"], deadlines, parts["paying"], as_of)
    return {
        **finding_head(sources, row, deadlines, as_of),
        "office_id": row.office_id,
        "party": party if parts["particulars"] else masked(party, sources.personal),
        "clause": row.intake.get("clause"),
        "facts_summary": _facts_summary(row),
        "facts": _rule_facts(sources, row, parts["proceedings"]),
        "flags": list(latest.get("flags", [])),
        "shut": list(latest.get("shut", [])),
        "proceedings": [_proceeding(sources, row, one, payments.get(one.id)) for one in parts["proceedings"]],
        "deadlines": [deadline_answer(sources, one, row.id, as_of) for one in deadlines],
        "rulings": [without_facts(one) for one in row.rulings],
        "attachments": [attachment_answer(one) for one in parts["attachments"]],
        "occurred_at": occurred(first.occurred_at, first.recorded_at),
        "recorded_at": recorded(first.recorded_at),
        "clock": parts["clock"],
    }


def _facts_summary(row: Any) -> str:
    """The latest account of the facts; an old record may have none, and then says its item."""
    entered = row.record.get("facts", {}).get("facts_summary") or row.intake.get("facts_summary")
    return str(entered or row.item)


def _rule_facts(sources: Sources, row: Any, proceedings: Sequence[Any]) -> dict[str, Any]:
    """The facts as last ruled upon, with the orders to correct as they stand now."""
    evaluated = dict(row.record.get("rule_facts") or row.intake.get("facts") or {})
    orders = [one.state for one in proceedings if one.kind == "rectification"]
    if "rectification_state" in evaluated:
        evaluated["rectification_state"] = rectification_state(orders)
    return {name: value for name, value in evaluated.items() if name not in sources.confidential}


def _proceeding(sources: Sources, finding: Any, row: Any, payment: LatePayment | None) -> dict[str, Any]:
    chart, facts = sources.charts[row.kind], row.record.get("facts", {})
    flag = {"flag": facts["flag_kind"]} if row.kind == CREDIT_FLAG and facts.get("flag_kind") else {}
    owed = payment is not None and row.state in UNPAID
    on_top = {"late_fine_fen": payment.late_fine.sum_fen} if payment and owed else {}
    return {
        **flag,
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "class": chart.states[row.state].kind,
        "opened_at": recorded(row.opened_at),
        "summary": summary_of({**facts, **on_top}),
        "title": chart.zh,
        "department": finding.department,
    }


def summary_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that fit on one line: codes, numbers, dates, short texts; no accounts, persons or papers."""
    return {
        name: value
        for name, value in facts.items()
        if name not in SUMMARY_LEFT_OUT and value not in (None, "", []) and _fits(value)
    }


def _fits(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) and len(item) <= SUMMARY_TEXT_MAX for item in value)
    return not isinstance(value, dict) and len(str(value)) <= SUMMARY_TEXT_MAX


def attachment_answer(row: Any) -> dict[str, Any]:
    """An attachment as answers list it."""
    said = {name: getattr(row, name) for name in ("digest", "name", "media_type", "size", "title", "doc_no")}
    kept = {name: value for name, value in said.items() if value is not None}
    return kept | {"recorded_at": recorded(row.recorded_at)}
