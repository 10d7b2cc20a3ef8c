"""The table of operations is whole and honest: each is in it, and each request of it is answered."""

from __future__ import annotations

import json

from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, OPERATIONS, PDF, upload
from tests.hostile.test_referral_requests import OF_REFERRALS


def test_every_operation_of_the_interface_is_attacked(fort: Fort) -> None:
    served = {
        f"{method.upper()} {path}"
        for path, methods in fort.app.openapi()["paths"].items()
        for method in methods
    }
    assert served == set(BY_NAME) | OF_REFERRALS


def test_the_requests_that_attacks_start_from_are_answered(empty_fort: Fort) -> None:
    empty_fort.settle()
    announce_a_paper(empty_fort)
    for operation in sorted(OPERATIONS, key=lambda one: one.name == "DELETE /api/v1/session"):
        answer = operation.send(empty_fort)
        assert answer.status == operation.status, (operation.name, answer.body)
        empty_fort.careful(answer)


def announce_a_paper(fort: Fort) -> None:
    """A receipt that names a paper, so that the paper may follow."""
    from hashlib import sha256

    receipts = BY_NAME["POST /api/v1/exchange/{system}/receipts"]
    event = json.loads(receipts.raw(fort))
    digest = f"sha256:{sha256(PDF).hexdigest()}"
    event["data"]["document"] = {
        "digest": digest,
        "name": "回执.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
    }
    assert receipts.send(fort, json.dumps(event).encode()).status == 200
    fort.ids["receipt"] = event["id"]
    handed = BY_NAME["POST /api/v1/findings/{id}/attachments"]
    assert handed.send(fort, upload(b"%PDF-1.7\nother\n")).status == 201
