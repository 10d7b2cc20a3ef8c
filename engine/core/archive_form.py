"""The forms of the archive: a legal hold and its release, an erasure and its decision."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.core.intake_forms import Text200

PAPERS_MAX = 200
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class HoldForm(BaseModel):
    """What is to be kept, the finding or all of its party, and why."""

    model_config = ConfigDict(extra="forbid", strict=True)

    on: Literal["finding", "party"]
    reason: Text200


class ReleaseForm(BaseModel):
    """The first `release` proposes it, another person's carries it out; `keep` lets the hold stand."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Literal["release", "keep"]
    reason: Text200


class ErasureForm(BaseModel):
    """By which law what the finding says is to be erased, and why; `papers` are all that were handed in unless named."""

    model_config = ConfigDict(extra="forbid", strict=True)

    basis: Text200
    reason: Text200
    papers: Annotated[list[Digest], Field(max_length=PAPERS_MAX)] | None = None


class ErasureDecisionForm(BaseModel):
    """What becomes of it, with reasons."""

    model_config = ConfigDict(extra="forbid", strict=True)

    outcome: Literal["carried_out", "refused", "withdrawn"]
    reason: Text200
