"""The form in which an officer enters a receipt that came back on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import Text60, Text2000, check_form, check_instants, check_texts
from engine.core.refusals import Faults

CODE_LENGTH_MAX, SIGNER_LENGTH_MAX, NUMBER_LENGTH_MAX, REASON_LENGTH_MAX = 60, 100, 60, 2000


class PaperReceiptForm(BaseModel):
    """The code on the paper, who signed when, and what else stands on it; the scan by its digest, handed in before."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: Text60
    received_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    signer: Annotated[str, Field(min_length=1, max_length=SIGNER_LENGTH_MAX)]
    receipt_no: Text60 | None = None
    case_no: Text60 | None = None
    late_reason: Text2000 | None = None
    document: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What an officer types: the code, who signed when, and, as far as the paper says so, numbers."""

    code: str
    received_at: datetime
    signer: str
    receipt_no: str | None = None
    case_no: str | None = None
    late_reason: str | None = None
    document: str | None = None
    """The digest of a scan that was handed in with the record before."""


def read_paper(body: Mapping[str, Any]) -> OnPaper:
    """What was typed; raises `facts_invalid` with every fault at once."""
    faults = Faults()
    check_form(PaperReceiptForm, body, faults)
    check_instants(body, ("received_at",), "", faults)
    check_texts(body, "", faults)
    faults.refuse()
    return OnPaper(**{**body, "received_at": datetime.fromisoformat(body["received_at"])})
