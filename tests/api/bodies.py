"""Bodies that requests carry, whole and right; tests change what they are about."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from tests.builders import OFFICERS, PARTY

FINISHED = "2024-04-26T10:55:00+08:00"


def finding(**given: Any) -> dict[str, Any]:
    """A finding as it comes in with its inspection."""
    return {
        "domain": "food",
        "violation": "food_item_failed",
        "item": "加工制作过程",
        "facts_summary": "凉菜间紫外线灯损坏。",
        "discovered_at": "2024-04-26T10:05:00+08:00",
        **given,
    }


def inspection(*findings: dict[str, Any], **given: Any) -> dict[str, Any]:
    """An inspection as it comes in."""
    return {
        "task_no": "YP2024-001",
        "check_type": "internal",
        "department": "market_regulation",
        "party": PARTY,
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": FINISHED,
        "officers": OFFICERS,
        "recusal_told": True,
        "findings": list(findings or (finding(),)),
        **given,
    }


def packed(**members: bytes) -> bytes:
    """A package of these members; `__` in a name stands for a slash, `_dot_` for a point."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return kept.getvalue()


def docx(**more: bytes) -> bytes:
    """The smallest package that is a DOCX."""
    types = b'<Types><Override PartName="/word/document.xml" ContentType="main+xml"/></Types>'
    kept = io.BytesIO(packed(word__document_dot_xml=b"<w/>", **more))
    with zipfile.ZipFile(kept, "a") as package:
        package.writestr("[Content_Types].xml", types)
    return kept.getvalue()
