"""The form in which somebody asks for long work in the background."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from engine.core.intake_forms import Text60


class JobForm(BaseModel):
    """Which work, and its parameters: for a sheet the filters of a list and `form`, for a report what its path says."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Text60
    parameters: dict[str, Any]
