"""Operations of one's own account, each by somebody whose session no other operation needs."""

from __future__ import annotations

from typing import Any

from tests.hostile.fort import PASSWORD

API = "/api/v1"
CHOSEN = "vier Worte, die niemand errät"
LENT = {
    "delegator": "H01",
    "delegate": "U01",
    "roles": ["department_head"],
    "from": "2024-05-06",
    "to": "2024-05-08",
    "reason": "other",
    "note": "参加培训",
}
"""Roles that a head lends."""
OWN_ACCOUNT: tuple[tuple[Any, ...], ...] = (
    ("GET", f"{API}/search", "W01"),
    (
        *("POST", f"{API}/session/step-up", "U01"),
        *(lambda _: {"password": PASSWORD}, False, "application/json", 204),
    ),
    (
        *("POST", f"{API}/session/password", "T01"),
        *(lambda _: {"password": PASSWORD, "new_password": CHOSEN}, False, "application/json", 204),
    ),
)
"""The arguments of each operation."""
