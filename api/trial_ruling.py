"""A ruling on facts to try out, for HTTP and the command line alike; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import check_dates, check_form
from engine.core.refusals import Faults, FieldError, Refusal
from rules.arbiter import Arbiter, Undecided
from rules.facts import FactsInvalid


class RulingForm(BaseModel):
    """Facts to be ruled upon, derived ones included, and the day whose law is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)
    facts: dict[str, Any]
    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


def ruled(arbiter: Arbiter, body: Any) -> Mapping[str, Any]:
    """The ruling on the facts of a request; raises `facts_invalid` with every fault, or `undecided`."""
    faults = Faults()
    check_form(RulingForm, body, faults)
    if isinstance(body, Mapping):
        check_dates(body, ("on",), "", faults)
    faults.refuse()
    try:
        return arbiter.rule(body["facts"], date.fromisoformat(body["on"]))
    except FactsInvalid as invalid:
        raise Refusal("facts_invalid", errors=[_told(error) for error in invalid.errors]) from invalid
    except Undecided as undecided:
        raise Refusal("undecided", trace=undecided.trace) from undecided


def _told(error: Mapping[str, str]) -> FieldError:
    return FieldError(error["pointer"], error["code"], error.get("zh", ""), error.get("en", ""))
