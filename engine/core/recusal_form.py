"""The forms of a recusal: who is to step back and why, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import Text60, Text200, check_form, check_texts
from engine.core.refusals import Faults


class RecusalForm(BaseModel):
    """Who is to step back and why; without `person` oneself."""

    model_config = ConfigDict(extra="forbid", strict=True)

    ground: Literal["direct_interest", "other_relation"]
    reason: Text200
    person: Text60 | None = None
    applicant: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The party or representative that applies (申请人), where it is not the officer who enters it."""


class RecusalDecisionForm(BaseModel):
    """What became of it, with reasons."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Literal["recused", "refused", "withdrawn"]
    reason: Text200


def read_form(form: type[BaseModel], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body, when it has the form; raises `facts_invalid` with every fault at once."""
    faults = Faults()
    check_form(form, body, faults)
    check_texts(body, "", faults)
    faults.refuse()
    if not str(body["reason"]).strip():
        faults.add("/reason", "missing")
    faults.refuse()
    return body
