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
from rules.proof.nearest import what_ifs
from rules.rulebook import Rulebook


class RulingForm(BaseModel):
    """Facts to be ruled upon, derived ones included, and the day whose law is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)
    facts: dict[str, Any]
    on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


def ruled(arbiter: Arbiter, body: Any) -> Mapping[str, Any]:
    """The ruling on the facts of a request; raises `facts_invalid` with every fault, or `undecided`."""
    facts, on = _asked(body)
    try:
        return arbiter.rule(facts, on)
    except FactsInvalid as invalid:
        raise _refused(invalid) from invalid
    except Undecided as undecided:
        raise Refusal("undecided", trace=undecided.trace) from undecided


def nearest(book: Rulebook, body: Any) -> dict[str, Any]:
    """For each route and flag the smallest change of the request's facts under which it would come or go."""
    given, on = _asked(body)
    try:
        facts = book.facts.complete(given)
    except FactsInvalid as invalid:
        raise _refused(invalid) from invalid
    return {"on": on.isoformat(), "nearest": [one.as_data() for one in what_ifs(book, facts, on)]}


def _asked(body: Any) -> tuple[Mapping[str, Any], date]:
    """The facts and the day of a request; raises `facts_invalid`."""
    faults = Faults()
    check_form(RulingForm, body, faults)
    if isinstance(body, Mapping):
        check_dates(body, ("on",), "", faults)
    faults.refuse()
    return body["facts"], date.fromisoformat(body["on"])


def _refused(invalid: FactsInvalid) -> Refusal:
    return Refusal("facts_invalid", errors=[_told(error) for error in invalid.errors])


def _told(error: Mapping[str, str]) -> FieldError:
    return FieldError(error["pointer"], error["code"], error.get("zh", ""), error.get("en", ""))
