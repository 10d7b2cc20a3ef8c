"""What officers keep beside the records, under attack: comments, drafts and filters, each as one request that is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.hostile.fort import Fort

API, OFFICER, JSON = "/api/v1", "W01", "application/json"


def remark(_: Fort) -> dict[str, Any]:
    """Somebody rang the party up."""
    return {"text": "已电话联系，下周复查。"}


def draft(_: Fort) -> dict[str, Any]:
    """A form that was left half filled."""
    return {
        "triggers": ["add_facts"],
        "expected_version": 1,
        "typed": {"facts_summary": ["凉菜间……"], "officers": ["W01", "W02"]},
    }


def view(_: Fort) -> dict[str, Any]:
    """What is due in food."""
    return {"name": "食品待复查", "query": "domain=food&sort=due"}


DESKS: tuple[tuple[Any, ...], ...] = (
    ("GET", f"{API}/findings/{{id}}/comments", OFFICER),
    ("POST", f"{API}/findings/{{id}}/comments", OFFICER, remark, True),
    *(
        operation
        for place in ("findings", "inspections")
        for operation in (
            ("GET", f"{API}/{place}/{{id}}/drafts", OFFICER),
            ("PUT", f"{API}/{place}/{{id}}/drafts", OFFICER, draft),
            ("DELETE", f"{API}/{place}/{{id}}/drafts", OFFICER, None, False, JSON, 204),
        )
    ),
    ("GET", f"{API}/work/views", OFFICER),
    ("PUT", f"{API}/work/views", OFFICER, view),
    ("DELETE", f"{API}/work/views", OFFICER, None, False, JSON, 204),
)
"""The arguments of each operation."""
