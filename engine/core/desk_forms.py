"""What an officer keeps beside the records: the body of a draft, and of a filter with a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import check_form
from engine.core.refusals import Faults

INPUTS_MAX, VALUES_MAX = 500, 200
TYPED_LENGTH_MAX = 100_000
"""Characters of all inputs together."""
NO_NOTHING = r"^[^\x00]*$"
"""No database keeps the character NUL."""
Input = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NOTHING)]
Value = Annotated[str, Field(pattern=NO_NOTHING)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DraftForm(_Strict):
    """What was typed into the form of these steps and not sent, by the names of its inputs."""

    triggers: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9_:]{1,60}$")]], Field(min_length=1, max_length=20)
    ]
    proceeding: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{8,64}$")] | None = None
    expected_version: Annotated[int, Field(ge=0, le=999_999_999)]
    typed: Annotated[
        dict[Input, Annotated[list[Value], Field(max_length=VALUES_MAX)]], Field(max_length=INPUTS_MAX)
    ]


class ViewForm(_Strict):
    """A filter of /work: its name, and the query of its address."""

    name: Annotated[str, Field(max_length=200, pattern=NO_NOTHING)]
    query: Annotated[str, Field(max_length=2000, pattern=NO_NOTHING)]


def read_draft(body: Mapping[str, Any]) -> DraftForm:
    """The draft; raises `facts_invalid` with all that is wrong."""
    faults = Faults()
    check_form(DraftForm, body, faults)
    faults.refuse()
    return DraftForm.model_validate(body)


def length_of(typed: Mapping[str, Any]) -> int:
    """How many characters names and values have together."""
    return sum(len(name) + sum(map(len, values)) for name, values in typed.items())
