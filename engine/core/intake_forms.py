"""The forms in which inspections and findings come in; names are those of the public schemas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from engine.core.fact_types import CONTROL, INTEGER_MAX, escaped, read_date, read_instant
from engine.core.refusals import Faults

FINDINGS_MAX = 200
LETTERS_MAX = 50

Text60 = Annotated[str, Field(min_length=1, max_length=60)]
Text200 = Annotated[str, Field(min_length=1, max_length=200)]
Text2000 = Annotated[str, Field(min_length=1, max_length=2000)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Reference = Annotated[str, Field(min_length=1, max_length=64)]
Fen = Annotated[int, Field(ge=0, le=INTEGER_MAX)]
ResultCode = Literal[
    "NO_PROBLEM",
    "UNDISCLOSED",
    "FALSE_DISCLOSURE",
    "UNREACHABLE",
    "CORRECTED",
    "UNCOOPERATIVE",
    "NO_ACTIVITY",
    "PENDING_FOLLOWUP",
]


def _truly(value: Any) -> Any:
    """The value, unless it is the number that Python takes for true."""
    return value if isinstance(value, bool) else str(value)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Identifier(_Strict):
    """A number by which a party is known, in one of the schemes."""

    scheme: Literal[
        "uscc", "registration_no", "resident_id", "passport", "foreign_permit", "source_id", "unidentified"
    ]
    value: Annotated[str, Field(max_length=64)]
    source: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class PartyForm(_Strict):
    """Who is inspected."""

    kind: Literal["natural_person", "individual_business", "enterprise", "other_org"]
    name: Text200
    identifiers: Annotated[list[Identifier], Field(min_length=1, max_length=20)]
    address: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    legal_representative: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    phone: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    industry: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    registered_region: Annotated[str, Field(pattern=r"^[0-9]{6}$")] | None = None


class Letter(_Strict):
    """A letter posted to the party."""

    posted_on: Day
    mail_no: Text60 | None = None
    returned_on: Day | None = None
    signed: bool | None = None


class FindingForm(_Strict):
    """One violated item, as it comes within an inspection."""

    domain: str
    violation: str
    item: Text200
    facts_summary: Text2000
    discovered_at: str
    clause: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    evidence_list: Text2000 | None = None
    level: Literal["slight", "ordinary", "serious"] | None = None
    act_started_on: Day | None = None
    act_ended_on: Day | None = None
    continuing: bool | None = None
    facts: dict[str, Any] | None = None
    tax_due_fen: Fen | None = None
    letters: Annotated[list[Letter], Field(max_length=LETTERS_MAX)] | None = None
    reference: Reference | None = None
    handler: Any = None


class LoneFindingForm(FindingForm):
    """One finding of an inspection that is already recorded."""

    inspection: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")]
    officers: Annotated[list[Any], Field(min_length=2, max_length=50)] | None = None


class PublicationForm(_Strict):
    """Where the result has been published already."""

    published_on: Day
    publication_url: Annotated[str, Field(min_length=1, max_length=500)]
    channel: Literal["necips", "government_site", "both"] | None = None


class InspectionForm(_Strict):
    """One inspection of one party with its findings."""

    task_no: Text60
    check_type: Literal["internal", "joint"]
    department: str
    party: PartyForm
    items: Text2000
    result_codes: Annotated[list[ResultCode], Field(min_length=1)]
    finished_at: str
    officers: Annotated[list[Any], Field(min_length=2, max_length=50)]
    recusal_told: Annotated[Literal[True], BeforeValidator(_truly)]
    plan_no: Text60 | None = None
    plan_name: Text200 | None = None
    task_name: Text200 | None = None
    method: Literal["onsite", "documentary", "online"] | None = None
    sampling_mode: Literal["targeted", "untargeted"] | None = None
    lead_department: str | None = None
    participating: list[str] | None = None
    started_at: str | None = None
    risk_class: Literal["A", "B", "C", "D"] | None = None
    risk_class_used: bool | None = None
    evidence_list: Text2000 | None = None
    remarks: Text2000 | None = None
    publication: PublicationForm | None = None
    findings: Annotated[list[FindingForm], Field(max_length=FINDINGS_MAX)] | None = None
    reference: Reference | None = None


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "vocabulary",
    "string_too_short": "missing",
    "string_too_long": "range",
    "string_pattern_mismatch": "format",
    "greater_than_equal": "range",
    "less_than_equal": "range",
    "too_short": "too_few",
    "too_long": "too_many",
}


def check_form(form: type[BaseModel], body: Mapping[str, Any], faults: Faults) -> None:
    """Every fault of the body against the form goes to `faults`, by pointer."""
    try:
        form.model_validate(body)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False, include_input=False):
            pointer = "".join(f"/{escaped(str(part))}" for part in fault["loc"])
            faults.add(pointer, _CODES.get(fault["type"], "type"))


def check_dates(body: Mapping[str, Any], names: tuple[str, ...], prefix: str, faults: Faults) -> None:
    """Dates that look like dates but name no day of the calendar are faults."""
    for name in names:
        if isinstance(body.get(name), str):
            read_date(body[name], f"{prefix}/{name}", faults)


def check_instants(body: Mapping[str, Any], names: tuple[str, ...], prefix: str, faults: Faults) -> None:
    """Instants without an offset, or that name no moment, are faults."""
    for name in names:
        if isinstance(body.get(name), str):
            read_instant(body[name], f"{prefix}/{name}", faults)


def check_texts(value: Any, pointer: str, faults: Faults) -> None:
    """Control characters anywhere in the body, and texts of blanks only, are faults."""
    if isinstance(value, str):
        if CONTROL.search(value):
            faults.add(pointer, "format", "含有不可见控制字符", "contains control characters")
        elif value and not value.strip():
            faults.add(pointer, "missing")
    elif isinstance(value, Mapping):
        for name, member in value.items():
            check_texts(member, f"{pointer}/{escaped(name)}", faults)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            check_texts(member, f"{pointer}/{index}", faults)
