"""Every operation of the interface with one request that is answered; what is hostile changes one thing of it."""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tests.hostile.archived import ARCHIVED
from tests.hostile.desks import DESKS
from tests.hostile.fort import PASSWORD, Fort
from tests.hostile.identities import LENT, OWN_ACCOUNT
from tests.hostile.matters import MATTERS
from tests.hostile.recusals import RECUSALS
from tests.hostile.sheets import SHEETS
from tests.hostile.wire import Answer, named
from tests.schemas import example

NOBODY = "01921dbe-2475-7c6c-8fa0-64652fff9bed"
"""An id that never was."""
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
ON_THE_SPOT = {
    "trigger": "open_rectification",
    "facts": {"legal_ground": "行政处罚法第二十八条", "urgent_ground": "on_the_spot"},
    "expected_version": 1,
}
SELDOM = {
    "handler": "W01",
    "tax_due_fen": 100,
    "act_started_on": "2024-04-01",
    "act_ended_on": "2024-04-26",
    "letters": [{"posted_on": "2024-04-01", "mail_no": "XA1", "returned_on": "2024-04-20", "signed": False}],
}
"""What may come with a finding and seldom does."""
ON_PAPER = {"how": "posted", "delivered_on": "2024-04-26"}
ANONYMOUS, OFFICER, LEGAL, CLERK, HEAD, SYSTEM = "anonymous", "W01", "L01", "D01", "H01", "yuanping-fire"
REPORT = {"title": "上半年工作总结", "doc_no": "原市监〔2024〕9号", "summary": "完成联合抽查 12 户次。"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path; `body` is JSON, or bytes with their own media type."""

    method: str
    path: str
    who: str
    body: Callable[[Fort], Any] | None = None
    keyed: bool = False
    media_type: str = "application/json"
    status: int = 200

    @property
    def name(self) -> str:
        """As OpenAPI names it."""
        return f"{self.method} {self.path}"

    def target(self, fort: Fort) -> str:
        """The path with ids of records that this caller may see."""
        special = {"/documents/{doc}": "sent", "/corrections": "served", "/withdrawals": "served"}
        special |= {"/erasures/{eid}": "finding", "/erasures": "old"}
        finding = fort.ids[next((id for part, id in special.items() if part in self.path), "finding")]
        named_alike = ("deadline", "inspection", "message", "delegation", "job")
        subject = {f"{one}s": fort.ids[one] for one in named_alike} | {
            "parties": fort.ids["party"],
            "receipts": fort.ids.get("receipt", NOBODY),
            "backtests": fort.ids["run"],
            "incoming": fort.ids["arrival" if "/exchange/" in self.path else "matter"],
        }
        kind = self.path.split("/{id}")[0].rpartition("/")[2]
        named = {
            "{id}": subject.get(kind, finding),
            "{digest}": "sha256:" + hashlib.sha256(PDF).hexdigest(),
            "{doc}": fort.ids["document"],
            "{system}": SYSTEM,
            "{duty}": "half_year_summary",
            "{report}": "half_year",
            "{period}": "2024-H1",
            "{rid}": fort.ids["recusal"],
            "{hid}": fort.ids["hold"],
            "{eid}": fort.ids["erasure"],
            "{key}": fort.ids["reminder"],
        }
        place = self.path
        for name, value in named.items():
            place = place.replace(name, value)
        return place

    def raw(self, fort: Fort) -> bytes:
        """The body as it is sent."""
        if self.body is None:
            return b""
        body = self.body(fort)
        return body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()

    def headers(self, fort: Fort, raw: bytes, target: str) -> dict[str, str]:
        """Who calls, what is sent, and under which key."""
        told = {"content-type": self.media_type} if self.body is not None else {}
        if self.keyed:
            told["idempotency-key"] = fort.fresh_key()
        if self.who == SYSTEM:
            return told | signed(fort, self, raw, target)
        return told if self.who == ANONYMOUS else told | fort.signed(self.who, self.method)

    def send(self, fort: Fort, raw: bytes | None = None, target: str | None = None, **more: str) -> Answer:
        """The answer, with headers added, changed, or left out where they are empty."""
        raw = self.raw(fort) if raw is None else raw
        target = self.target(fort) if target is None else target
        given = {name.replace("_", "-"): value for name, value in more.items()}
        told = {
            name: value for name, value in (self.headers(fort, raw, target) | given).items() if value != ""
        }
        return fort.wire.send(self.method, target, named(told), [raw])


def signed(fort: Fort, operation: Operation, raw: bytes, target: str) -> dict[str, str]:
    """The headers by which the linked system is known."""
    assert fort.partner is not None
    id, said, told = str(uuid4()), str(int(fort.partner.now())), {}
    signs = raw
    if operation.method == "GET" or (operation.path.endswith("/ack") and not raw):
        signs = f"{operation.method} {target}".encode()
    if operation.path.endswith(("/receipts", "/incoming")):
        id = _id_of(raw) or id
    if operation.path.endswith("/documents"):
        digest = hashlib.sha256(raw).hexdigest()
        signs, told = digest.encode(), {"webhook-body-digest": f"sha256:{digest}"}
    signature = fort.partner.key.sign(f"{id}.{said}.".encode() + signs)
    return told | {"webhook-id": id, "webhook-timestamp": said, "webhook-signature": signature}


def _id_of(raw: bytes) -> str | None:
    try:
        named = json.loads(raw)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return named if isinstance(named, str) and named.isascii() and named.isalnum() else None


def upload(content: bytes = PDF, name: str = "证据.pdf", boundary: str = "lines") -> bytes:
    """A multipart body of one file."""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return (
        head.encode()
        + b"Content-Type: application/pdf\r\n\r\n"
        + content
        + f"\r\n--{boundary}--\r\n".encode()
    )


MULTIPART = "multipart/form-data; boundary=lines"


def inspection(_: Fort) -> dict[str, Any]:
    """The contract's inspection, as one that was not there before."""
    body: dict[str, Any] = copy.deepcopy(example("inspection_intake"))
    body["reference"] = f"H-{time.time_ns()}"
    body["findings"] = body["findings"][:1]
    for finding in body["findings"]:
        finding.pop("reference")
        finding.update(copy.deepcopy(SELDOM))
    body["publication"] = {"published_on": "2024-04-26", "publication_url": "https://example.gov.cn/1"}
    return body


def finding(fort: Fort) -> dict[str, Any]:
    """The contract's finding, of an inspection that is there."""
    more = {"inspection": fort.ids["inspection"], "officers": ["W01", "W02"], **copy.deepcopy(SELDOM)}
    return {**copy.deepcopy(example("finding_intake")), **more}


def finding_step(fort: Fort) -> dict[str, Any]:
    """The step that opens a rectification, on the finding's present version."""
    version = fort.town.row(fort.ids["finding"]).version
    return {**copy.deepcopy(ON_THE_SPOT), "expected_version": version}


def correction(fort: Fort) -> dict[str, Any]:
    """The day of the clue, corrected."""
    return {**withdrawal(fort), "sequence": 2, "date": "2024-04-26"}


def withdrawal(fort: Fort) -> dict[str, Any]:
    """The service, the last step of its finding, which did not happen."""
    version = fort.town.row(fort.ids["served"]).version
    return {"expected_version": version, "sequence": 5, "reason": "误录。"}


def inspection_step(fort: Fort) -> dict[str, Any]:
    """The step that publishes the result, on the inspection's present version."""
    shown = fort.get(OFFICER, f"/api/v1/inspections/{fort.ids['inspection']}").json
    facts = {"published_on": "2024-04-26", "publication_url": "https://example.gov.cn/1"}
    return {"trigger": "publish_result", "facts": facts, "expected_version": shown["version"]}


def receipt(fort: Fort) -> Mapping[str, Any]:
    """The receipt that signs for the letter."""
    assert fort.partner is not None
    letter = json.loads(fort.linked.messages(fort.ids["sent"])[-1].body)
    event = fort.partner.event("signed_for", letter, received_at="2024-04-26T17:00:00+08:00", signer="值班员")
    return {**event, "id": uuid4().hex}


def on_paper(fort: Fort) -> dict[str, Any]:
    """The receipt that came back on paper, with the code of its bundle."""
    said = {"received_at": "2024-04-26T17:00:00+08:00", "signer": "值班员", "receipt_no": "回1号"}
    return {"code": fort.ids["code"], "document": fort.ids["scan"], **said}


API = "/api/v1"
PAPERS = ("attachments/{digest}", "documents/{doc}.pdf", "documents/{doc}.docx", "file.pdf")
OPERATIONS = (
    Operation("GET", f"{API}/session", OFFICER),
    Operation(
        "POST", f"{API}/session", ANONYMOUS, lambda _: {"login": OFFICER, "password": PASSWORD}, status=204
    ),
    Operation("DELETE", f"{API}/session", OFFICER, status=204),
    Operation("POST", f"{API}/inspections", OFFICER, inspection, True, status=201),
    Operation("GET", f"{API}/inspections", OFFICER),
    Operation("GET", f"{API}/inspections/{{id}}", OFFICER),
    Operation("POST", f"{API}/inspections/{{id}}/steps", OFFICER, inspection_step, True),
    Operation(
        "POST", f"{API}/findings/{{id}}/attachments", OFFICER, lambda _: upload(), False, MULTIPART, 201
    ),
    *(Operation("GET", f"{API}/findings/{{id}}/{one}", OFFICER) for one in PAPERS),
    Operation("POST", f"{API}/findings", OFFICER, finding, True, status=201),
    Operation("GET", f"{API}/findings", OFFICER),
    Operation("GET", f"{API}/findings/{{id}}", OFFICER),
    Operation("POST", f"{API}/findings/{{id}}/steps", OFFICER, finding_step, True),
    Operation("GET", f"{API}/findings/{{id}}/corrections", OFFICER),
    Operation("POST", f"{API}/findings/{{id}}/corrections", HEAD, correction, True),
    Operation("POST", f"{API}/findings/{{id}}/withdrawals", HEAD, withdrawal, True),
    Operation("GET", f"{API}/findings/{{id}}/timeline", OFFICER),
    Operation("GET", f"{API}/ledger", OFFICER),
    Operation("GET", f"{API}/publicity", OFFICER),
    Operation("GET", f"{API}/deadlines", OFFICER),
    Operation("GET", f"{API}/deadlines/{{id}}/reckoning", OFFICER),
    Operation("GET", f"{API}/duties", OFFICER),
    Operation("GET", f"{API}/duties/{{duty}}/{{period}}/reports", OFFICER),
    Operation(
        "POST", f"{API}/duties/{{duty}}/{{period}}/reports", CLERK, lambda _: dict(REPORT), True, status=201
    ),
    Operation("GET", f"{API}/delegations", OFFICER),
    Operation("GET", f"{API}/delegations/{{id}}", OFFICER),
    Operation("POST", f"{API}/delegations", HEAD, lambda _: dict(LENT), True, status=201),
    Operation("POST", f"{API}/delegations/{{id}}/end", HEAD, lambda _: {}, True),
    Operation("GET", f"{API}/messages/{{id}}", HEAD),
    Operation("POST", f"{API}/messages/{{id}}/resend", HEAD, lambda _: {}, True),
    Operation("POST", f"{API}/messages/{{id}}/paper", HEAD, lambda _: dict(ON_PAPER), True),
    Operation("GET", f"{API}/stuck", OFFICER),
    Operation("GET", f"{API}/parties/{{id}}", OFFICER),
    Operation("GET", f"{API}/audit/{{id}}", OFFICER),
    Operation("GET", f"{API}/reminders", OFFICER),
    Operation("POST", f"{API}/reminders/{{key}}/seen", OFFICER),
    Operation("GET", f"{API}/charts", OFFICER),
    Operation("GET", f"{API}/rulebook", OFFICER),
    Operation("GET", f"{API}/rulebook/backtests", LEGAL),
    Operation("GET", f"{API}/rulebook/backtests/{{id}}/changes", LEGAL),
    Operation("POST", f"{API}/rulings", OFFICER, lambda _: example("ruling_request")),
    Operation("GET", f"{API}/exchange/{{system}}/messages", SYSTEM),
    Operation("POST", f"{API}/exchange/{{system}}/messages/{{id}}/ack", SYSTEM, status=204),
    Operation(
        "POST",
        f"{API}/exchange/{{system}}/receipts",
        SYSTEM,
        receipt,
        media_type="application/cloudevents+json",
    ),
    Operation(
        "POST",
        f"{API}/exchange/{{system}}/receipts/{{id}}/documents",
        SYSTEM,
        lambda _: upload(),
        False,
        MULTIPART,
        201,
    ),
    Operation("POST", f"{API}/receipt-codes", CLERK, on_paper),
    *(Operation(*one) for one in (*MATTERS, *OWN_ACCOUNT, *RECUSALS, *SHEETS, *ARCHIVED, *DESKS)),
    *(Operation("GET", path, ANONYMOUS) for path in ("/healthz", "/readyz", "/metrics")),
)
BY_NAME = {one.name: one for one in OPERATIONS}
WRITING = [one for one in OPERATIONS if one.method in ("POST", "PUT")]
JSON_BODIES = [one for one in WRITING if one.body is not None and one.media_type != MULTIPART]
OPEN_TO_ALL = [one for one in OPERATIONS if one.who == ANONYMOUS]
PERSONAL = [one for one in OPERATIONS if one.who not in (ANONYMOUS, SYSTEM)]
EXCHANGE = [one for one in OPERATIONS if one.who == SYSTEM]
COMMANDS = [one for one in OPERATIONS if one.keyed]
