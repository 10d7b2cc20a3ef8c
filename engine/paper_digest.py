"""The digest by which an issued document stands on the audit trail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.core.audit import canonical


def paper_digest(row: Mapping[str, Any]) -> str:
    """`sha256:` and the hex digest of all that an issued document prints, the template it was issued with included.

    Of a criminal referral it is that of the sealed content, so that anybody can check it and nobody learns from it.
    """
    said = {name: row[name] for name in ("kind", "doc_no", "content")}
    body = canonical({**said, "issued_on": row["issued_on"].isoformat()})
    return "sha256:" + hashlib.sha256(body.encode()).hexdigest()
