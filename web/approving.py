"""Approvals in bulk: every finding is decided for itself, and every one says what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.calls import an_id
from engine.core.delegation import may_take
from engine.core.refusals import Refusal
from web.asking import Asking
from web.commanding import fresh_key, step_body, take_steps
from web.fields import Typed
from web.prefill import prefilled
from web.problems import told
from web.records import open_finding
from web.steps import Offer, act_book

AT_ONCE_MAX = 200
"""As many as a page of the list shows."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one finding of a bulk approval."""

    finding: str
    ledger_no: str
    item: str
    ok: bool
    sentence: str


def may_approve(asking: Asking) -> bool:
    """True when some approval is this person's to give."""
    charts = asking.house.charts
    return any(
        may_take(asking.who, row)
        for name in act_book().approvals
        for row in charts[name.partition(".")[0]].rows
        if row.trigger == name.partition(".")[2]
    )


def waiting_approval(asking: Asking, item: dict[str, Any]) -> str:
    """The trigger of the approval that the finding's own state waits for, if it is this person's to give."""
    charts, state = asking.house.charts, item["state"]
    for name in sorted(act_book().approvals):
        chart, _, trigger = name.partition(".")
        if chart == "finding":
            for row in charts[chart].rows_from(state, trigger):
                if may_take(asking.who, row):
                    return trigger
    return ""


def approve_all(asking: Asking, typed: Typed) -> list[Result]:
    """Every finding that was ticked, or whose own button was pressed, is approved or says why not."""
    one = typed.first("one")
    wanted = [one] if one else list(dict.fromkeys(typed.all("finding")))[:AT_ONCE_MAX]
    return [_approve(asking, finding, typed) for finding in wanted]


def _approve(asking: Asking, id: str, typed: Typed) -> Result:
    words = asking.words
    try:
        folder = open_finding(asking, an_id(id))
    except Refusal as refusal:
        return Result(id, "", "", False, told(refusal, words).title)
    finding = folder.finding
    label = (finding["id"], finding["ledger_no"] or "", finding["item"])
    offer = _the_approval(folder.offers)
    if offer is None:
        return Result(*label, False, words("work.nothing_to_approve"))
    form = folder.maker.of(offer)
    stated = prefilled(form, offer, folder.known)
    version = typed.first(f"version.{id}")
    stated["expected_version"] = [version or str(finding["version"])]
    try:
        take_steps(asking, "finding", id, step_body(asking, offer, form, stated), _key(typed, id))
    except Refusal as refusal:
        said = told(refusal, words)
        reasons = [words.of(reason) for reason in said.reasons]
        sentence = (
            words("work.needs_page")
            if said.code == "facts_invalid"
            else words.semicolon.join([said.title, *reasons])
        )
        return Result(*label, False, sentence)
    return Result(*label, True, words.of(offer))


def _the_approval(offers: Sequence[Offer]) -> Offer | None:
    """The approval that a proposal waits for, the finding's own before a proceeding's; of several none is chosen."""
    book = act_book()
    waiting = [
        offer
        for offer in _singles(offers)
        if offer.first and f"{offer.chart}.{offer.triggers}" in book.approvals
    ]
    own = [offer for offer in waiting if offer.proceeding is None] or waiting
    return own[0] if len(own) == 1 else None


def _singles(offers: Iterable[Offer]) -> Iterable[Offer]:
    return (offer for offer in offers if len(offer.steps) == 1)


def _key(typed: Typed, id: str) -> str:
    """A key of this form for this finding, so that a form sent twice decides once."""
    given = typed.first("idempotency_key")
    return f"{given}.{id}"[:128] if given else fresh_key()
