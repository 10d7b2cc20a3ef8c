"""The form by which a message that was delivered on paper is entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import Text200, check_dates, check_form, check_texts
from engine.core.refusals import Faults

How = Literal["handed_over", "posted", "confidential_exchange", "other"]
HOW: tuple[str, ...] = get_args(How)
"""Handed over against signature, by post, by the confidential exchange of official papers (机要交换). PRACTICE."""
NOTE_LENGTH = 200


class PaperForm(BaseModel):
    """How and on which civil date the letter reached the receiver on paper."""

    model_config = ConfigDict(extra="forbid", strict=True)

    how: How
    delivered_on: Annotated[str, Field(json_schema_extra={"format": "date"})]
    note: Text200 | None = None


def read_paper(body: Mapping[str, Any], recorded_on: date, today: date) -> dict[str, Any]:
    """What is entered; raises `facts_invalid` with every fault at once. Nothing arrives before it was written, or tomorrow."""
    faults = Faults()
    check_form(PaperForm, body, faults)
    check_dates(body, ("delivered_on",), "", faults)
    check_texts(body, "", faults)
    faults.refuse()
    on = date.fromisoformat(body["delivered_on"])
    if on > today:
        faults.add("/delivered_on", "range", "不得晚于今天", "must not lie in the future")
    if on < recorded_on:
        faults.add("/delivered_on", "range", "不得早于报文形成之日", "must not lie before the message")
    note = (body.get("note") or "").strip() or None
    if body["how"] == "other" and note is None:
        faults.add("/note", "missing", "方式为“其他”的，写明情况", "say what it is where the way is another")
    faults.refuse()
    return {"how": body["how"], "delivered_on": body["delivered_on"], **({"note": note} if note else {})}
