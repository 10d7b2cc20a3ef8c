"""Papers are handed in with a finding, and papers are fetched: attachments and documents of the house."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.answers import answer, file
from api.calls import Received, an_id, announced_length, no_query, query_of, visit_of
from engine.attachments import Attachments
from engine.core.commands import Principal
from engine.core.refusals import FieldError, Refusal
from engine.documents import DocumentUnknown
from engine.dossier import Dossiers, of_findings, of_referrals
from engine.house import House
from engine.projections.asked import Asked
from engine.projections.instants import recorded
from engine.settings import Settings
from engine.uploads import HandedIn, inspected

router = APIRouter(prefix="/api/v1/findings", tags=["papers"])
referral_router = APIRouter(prefix="/api/v1/referrals", tags=["referrals"])
FILES_MAX = 50
FIELD_BYTES_MAX = 4000
ENVELOPE_BYTES_MAX = 256 * 1024
"""What boundaries and part headers may add to the files of an upload."""
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "title": {"type": "string"},
                        "doc_no": {"type": "string"},
                        "file": {"type": "string", "format": "binary"},
                    },
                    "required": ["file"],
                }
            }
        },
    }
}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.post("/{id}/attachments", status_code=201, openapi_extra=UPLOAD)
async def hand_in(request: Request, id: str) -> Response:
    """Files are kept with the finding, all or none; each may be preceded by its title and doc_no."""
    return await _handed_in(request, id, "finding")


@referral_router.post("/{id}/attachments", status_code=201, openapi_extra=UPLOAD)
async def hand_in_with_referral(request: Request, id: str) -> Response:
    """Files are kept with the criminal referral, which has papers of its own."""
    return await _handed_in(request, id, "referral")


async def _handed_in(request: Request, id: str, subject: str) -> Response:
    house: House = request.app.state.house
    who = await run_in_threadpool(_may_see, request, house, id, subject)
    parts = await read_upload(request, house.settings)
    return await run_in_threadpool(_take, house, who, id, parts, subject)


@router.get("/{id}/attachments/{digest}")
def attachment(call: Received, id: str, digest: str) -> Response:
    """The bytes of an attachment."""
    who = call.who
    no_query(call.request)
    return file(*call.house.reader.attachment(who, an_id(id), digest[:100].replace("\x00", "")))


@referral_router.get("/{id}/attachments/{digest}")
def attachment_of_referral(call: Received, id: str, digest: str) -> Response:
    """The bytes of an attachment of a criminal referral."""
    who = call.who
    no_query(call.request)
    return file(*call.house.reader.referrals.attachment(who, an_id(id), digest[:100].replace("\x00", "")))


@referral_router.get("/{id}/documents/{doc}.pdf")
def document_of_referral_pdf(call: Received, id: str, doc: str) -> Response:
    """A document of a criminal referral as PDF."""
    return _printed(call, id, doc, "pdf", call.house.reader.referrals.document)


@referral_router.get("/{id}/documents/{doc}.docx")
def document_of_referral_docx(call: Received, id: str, doc: str) -> Response:
    """A document of a criminal referral as an editable DOCX."""
    return _printed(call, id, doc, "docx", call.house.reader.referrals.document)


@router.get("/{id}/documents/{doc}.pdf")
def document_pdf(call: Received, id: str, doc: str) -> Response:
    """A document of the house as PDF."""
    return _printed(call, id, doc, "pdf", call.house.reader.document)


@router.get("/{id}/documents/{doc}.docx")
def document_docx(call: Received, id: str, doc: str) -> Response:
    """A document of the house as an editable DOCX."""
    return _printed(call, id, doc, "docx", call.house.reader.document)


@router.get("/{id}/file.pdf")
def whole_file(call: Received, id: str) -> Response:
    """The file of the finding (卷宗): cover, index, every paper and attachment with leaves numbered through."""
    return _bound(call, id, of_findings(call.house))


@referral_router.get("/{id}/file.pdf")
def whole_file_of_referral(call: Received, id: str) -> Response:
    """The file of the criminal referral likewise, for whoever is on its list; one reading of the whole is noted."""
    return _bound(call, id, of_referrals(call.house))


def _bound(call: Received, id: str, dossiers: Dossiers) -> Response:
    who = call.who
    no_query(call.request)
    name, made = dossiers.bound(who, an_id(id))
    return file(made, name, "application/pdf")


def _printed(
    call: Received, id: str, doc: str, form: str, found: Callable[[Principal, str, str], Any]
) -> Response:
    who = call.who
    no_query(call.request)
    row = found(who, an_id(id), an_id(doc))
    name = f"{call.house.charts.dictionary['documents'][row.kind]['zh']}.{form}"
    try:
        if form == "pdf":
            return file(
                call.house.press.pdf(row.kind, row.content, issued_on=row.issued_on), name, "application/pdf"
            )
        return file(call.house.press.docx(row.kind, row.content, issued_on=row.issued_on), name, DOCX)
    except DocumentUnknown as unknown:
        raise Refusal("not_found") from unknown


def _may_see(request: Request, house: House, id: str, subject: str) -> Principal:
    """Who calls, when the record is theirs to see; told before anything of the upload is read."""
    who = visit_of(request, house).principal
    Asked(query_of(request), ()).done()
    see = house.reader.referrals.see if subject == "referral" else house.reader.party_of
    see(who, an_id(id))
    return who


def _take(house: House, who: Principal, id: str, parts: list[HandedIn], subject: str) -> Response:
    new, kept = Attachments(house.desk).take(who, id, inspected(parts), subject)
    told = [{**one, "recorded_at": recorded(one["recorded_at"])} for one in kept]
    return answer({"attachments": told}, 201 if new else 200)


async def read_upload(request: Request, settings: Settings) -> list[HandedIn]:
    """The files of a multipart body in their order, each with the title and doc_no before it.

    Raises `media_type_unsupported`, `body_too_large`, `body_malformed`, or `facts_invalid` for other parts.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Refusal("media_type_unsupported")
    bytes_max = settings.upload_bytes_max + ENVELOPE_BYTES_MAX
    if announced_length(request) > bytes_max:
        raise Refusal("body_too_large")
    parser = MultiPartParser(
        request.headers,
        _bounded(request, bytes_max),
        max_files=FILES_MAX,
        max_fields=2 * FILES_MAX,
        max_part_size=FIELD_BYTES_MAX,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeError) as fault:
        raise Refusal("body_malformed") from fault
    try:
        return await _parts(form.multi_items(), settings)
    finally:
        await form.close()


async def _bounded(request: Request, bytes_max: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > bytes_max:
            raise Refusal("body_too_large")
        yield part


async def _parts(items: list[tuple[str, Any]], settings: Settings) -> list[HandedIn]:
    parts: list[HandedIn] = []
    said: dict[str, str] = {}
    total = 0
    for name, value in items:
        if name in ("title", "doc_no") and isinstance(value, str):
            said[name] = value.strip()
        elif name == "file" and isinstance(value, UploadFile):
            size = value.size or 0
            total += size
            if size > settings.attachment_bytes_max or total > settings.upload_bytes_max:
                raise Refusal("body_too_large")
            content = await value.read()
            parts.append(
                HandedIn(value.filename or "", content, said.get("title") or None, said.get("doc_no") or None)
            )
            said = {}
        elif name != "csrf":
            raise Refusal("facts_invalid", errors=[FieldError(f"/{name[:60]}", "unknown_field")])
    return parts
