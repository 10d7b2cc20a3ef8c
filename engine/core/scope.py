"""What one decision is given beside the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.commands import Principal
from engine.core.lawbook import Lawbook


@dataclass(frozen=True, slots=True)
class Scope:
    """What one decision is given beside the snapshot; `people` finds an account, `new_id` makes an id."""

    law: Lawbook
    principal: Principal
    now: datetime
    people: Callable[[str], Mapping[str, Any] | None]
    new_id: Callable[[], str]
