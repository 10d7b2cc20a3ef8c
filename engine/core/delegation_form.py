"""The form in which roles are lent to a colleague during leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import Text60, Text200, check_dates, check_form, check_texts
from engine.core.refusals import Faults

REASONS = ("leave", "business_trip", "other")


class DelegationForm(BaseModel):
    """Who lends what to whom, from which day to which, and why; without `delegator` one's own, without `roles` all."""

    model_config = ConfigDict(extra="forbid", strict=True)

    delegate: Text60
    first_on: Annotated[str, Field(alias="from", json_schema_extra={"format": "date"})]
    last_on: Annotated[str, Field(alias="to", json_schema_extra={"format": "date"})]
    reason: Literal["leave", "business_trip", "other"]
    note: Text200 | None = None
    delegator: Text60 | None = None
    roles: Annotated[list[Text60], Field(min_length=1, max_length=20)] | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A delegation as it was asked for; logins as they were written."""

    delegator: str
    delegate: str
    roles: tuple[str, ...] | None
    """None for all that may be lent."""
    first_on: date
    last_on: date
    reason: str
    note: str | None


def read_delegation(body: Mapping[str, Any], own: str, today: date, days_max: int) -> Wanted:
    """The delegation asked for by `own` as of that civil date; raises `facts_invalid` with every fault at once."""
    faults = Faults()
    check_form(DelegationForm, body, faults)
    check_dates(body, ("from", "to"), "", faults)
    check_texts(body, "", faults)
    faults.refuse()
    first, last = date.fromisoformat(body["from"]), date.fromisoformat(body["to"])
    if first < today:
        faults.add("/from", "range", "不得早于今天", "must not lie in the past")
    if last < first:
        faults.add("/to", "range", "不得早于开始日期", "must not lie before the first day")
    elif (last - first).days >= days_max:
        faults.add("/to", "range", f"一次最多{days_max}日", f"at most {days_max} days at once")
    note = (body.get("note") or "").strip() or None
    if body["reason"] == "other" and note is None:
        faults.add(
            "/note", "missing", "原因为“其他”的，写明情况", "say what it is where the reason is another"
        )
    faults.refuse()
    roles = body.get("roles")
    return Wanted(
        delegator=body.get("delegator") or own,
        delegate=body["delegate"],
        roles=None if roles is None else tuple(dict.fromkeys(roles)),
        first_on=first,
        last_on=last,
        reason=body["reason"],
        note=note,
    )
