"""The form of a report that a member department hands in."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from engine.core.intake_forms import Text60, Text200, Text2000, check_form, check_texts
from engine.core.refusals import Faults


class ReportForm(BaseModel):
    """The report by its title, its document number where it has one, and what it says in short."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Text200
    doc_no: Text60 | None = None
    summary: Text2000


def read_report(body: Any) -> dict[str, str | None]:
    """The members of the report, without blanks around them; raises `facts_invalid` with every fault at once."""
    faults = Faults()
    check_form(ReportForm, body, faults)
    check_texts(body, "", faults)
    faults.refuse()
    return {name: (body.get(name) or "").strip() or None for name in ReportForm.model_fields}
