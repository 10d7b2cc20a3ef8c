"""A comment on a finding: plain text by somebody who works on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from engine.core.intake_forms import Text2000, check_form, check_texts
from engine.core.refusals import Faults


class CommentForm(BaseModel):
    """What is said, as plain text."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Text2000


def read_comment(body: Mapping[str, Any]) -> str:
    """The text without blanks around it; raises `facts_invalid`."""
    faults = Faults()
    check_form(CommentForm, body, faults)
    check_texts(body, "", faults)
    faults.refuse()
    return str(body["text"]).strip()
