"""The schema that the contract names for what an operation answers (docs/contract/http.md, 4 and 6)."""

from __future__ import annotations

API = "/api/v1"
FINDING, REFERRAL, EXCHANGE = f"{API}/findings", f"{API}/referrals", f"{API}/exchange/{{system}}"
SCHEMA_OF = {
    f"POST {API}/inspections": "inspection_answer",
    f"POST {API}/inspections/{{id}}/steps": "inspection_answer",
    f"POST {FINDING}": "finding_answer",
    f"GET {FINDING}/{{id}}": "finding_answer",
    f"POST {FINDING}/{{id}}/steps": "finding_answer",
    f"POST {FINDING}/{{id}}/corrections": "finding_answer",
    f"POST {FINDING}/{{id}}/withdrawals": "finding_answer",
    f"POST {FINDING}/{{id}}/attachments": "attachment_answer",
    f"POST {REFERRAL}/{{id}}/attachments": "attachment_answer",
    f"GET {API}/ledger": "ledger_answer",
    f"GET {API}/deadlines": "deadline_answer",
    f"POST {API}/rulings": "ruling_answer",
    f"GET {EXCHANGE}/messages": "pull_answer",
    f"POST {EXCHANGE}/receipts": "receipt_answer",
}
"""Operation → schema, held to every answer beside the OpenAPI document."""
