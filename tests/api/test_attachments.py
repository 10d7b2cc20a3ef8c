"""Papers handed in: known by their content, kept once, refused as a whole."""

from __future__ import annotations

import hashlib
import zlib
from typing import Any

import pytest

from engine.core.refusals import Refusal
from engine.screening.content import kind_of
from engine.settings import MIB
from engine.uploads import HandedIn, inspected, plain_name
from tests.api.bodies import docx, packed
from tests.api.conftest import Browser, Office
from tests.schemas import faults

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42"


def xlsx() -> bytes:
    """The smallest package that is an XLSX."""
    import io
    import zipfile

    kept = io.BytesIO(packed(xl__workbook_dot_xml=b"<x/>"))
    with zipfile.ZipFile(kept, "a") as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
    return kept.getvalue()


def encrypted() -> bytes:
    """A package whose first member says that it is encrypted."""
    content = bytearray(docx())
    content[6] |= 1
    directory = content.index(b"PK\x01\x02")
    content[directory + 8] |= 1
    return bytes(content)


def stream(inside: bytes) -> bytes:
    """A PDF that hides words in a packed object stream."""
    packed_inside = zlib.compress(inside)
    return (
        PDF
        + b"\n2 0 obj<</Type/ObjStm/Filter/FlateDecode>>stream\r\n"
        + packed_inside
        + b"\nendstream endobj"
    )


ALLOWED = {
    "application/pdf": PDF,
    "image/jpeg": JPEG,
    "image/png": PNG,
    "video/mp4": MP4,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": docx(),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": xlsx(),
    "application/ofd": packed(OFD_dot_xml=b"<o/>", Doc_0__Document_dot_xml=b"<d/>"),
}
REFUSED = {
    "an empty file": b"",
    "a program": b"MZ\x90\x00",
    "a script": b"#!/bin/sh\nrm -rf /",
    "a page": b"<html><script>1</script></html>",
    "an old office file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "an archive": packed(readme_dot_txt=b"hello"),
    "a photo of another kind": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
    "a package with macros": docx(word__vbaProject_dot_bin=b"macro"),
    "a package with an archive in it": docx(word__embeddings__a_dot_zip=packed(a=b"b")),
    "a package with an object in it": docx(word__embeddings__o_dot_bin=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "an encrypted package": encrypted(),
    "an encrypted PDF": PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"),
    "a PDF with a script": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"),
    "a PDF with a script under an escaped name": PDF.replace(b"/Catalog", b"/Catalog/#4aavaScript 3 0 R"),
    "a PDF with a script in a packed stream": stream(b"<</S/JavaScript/JS(x)>>"),
    "a PDF with files in it": PDF.replace(b"/Catalog", b"/Catalog/Names<</EmbeddedFiles 4 0 R>>"),
    "a photo with an archive behind it": JPEG + packed(a=b"b"),
}


@pytest.mark.parametrize(("media_type", "content"), ALLOWED.items(), ids=[name[-12:] for name in ALLOWED])
def test_each_allowed_kind_is_known_by_its_content(media_type: str, content: bytes) -> None:
    (file,) = inspected([HandedIn("照片.exe", content)])
    assert file.media_type == media_type
    assert file.digest == "sha256:" + hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_what_may_hide_something_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        inspected([HandedIn("通知.pdf", PDF), HandedIn("通知.pdf", content)])
    assert refused.value.code == "upload_refused"
    assert [error.pointer for error in refused.value.errors] == ["/file/1"]


def test_a_name_says_nothing_of_the_kind_and_loses_its_folder() -> None:
    assert kind_of(b"%PDF-1.4") == "pdf"
    assert plain_name("C:\\照片\\现场\r\n.jpg") == "现场.jpg"
    assert plain_name("../../etc/passwd") == "passwd"
    assert len(plain_name("长" * 300 + ".pdf")) == 200


def hand_in(browser: Browser, finding: str, *parts: tuple[str, Any]) -> Any:
    """What handing in these parts answers."""
    return browser.client.post(
        f"/api/v1/findings/{finding}/attachments", files=list(parts), headers=browser.csrf
    )


def test_a_paper_is_kept_with_what_was_said_of_it_and_fetched_again(each_office: Office) -> None:
    finding, browser = each_office.town.finding(), each_office.visit("W01")
    answer = hand_in(
        browser,
        finding,
        ("title", (None, "责令改正通知书")),
        ("doc_no", (None, "原市监责改〔2024〕31号")),
        ("file", ("通知.pdf", PDF)),
        ("file", ("照片.jpg", JPEG)),
    )
    assert answer.status_code == 201
    assert faults("attachment_answer", answer.json()) == []
    told = {one["name"]: one for one in answer.json()["attachments"]}
    assert told["通知.pdf"]["title"] == "责令改正通知书"
    assert "title" not in told["照片.jpg"]
    fetched = browser.get(f"/api/v1/findings/{finding}/attachments/{told['通知.pdf']['digest']}")
    assert (fetched.status_code, fetched.content) == (200, PDF)
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    assert "%E9%80%9A%E7%9F%A5.pdf" in fetched.headers["Content-Disposition"]


def test_the_same_paper_again_is_no_second_entry(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("W01")
    assert hand_in(browser, finding, ("file", ("a.pdf", PDF))).status_code == 201
    before = office.town.row(finding)
    again = hand_in(browser, finding, ("file", ("b.pdf", PDF)))
    assert again.status_code == 200
    after = office.town.row(finding)
    assert (after.version, after.sequence) == (before.version, before.sequence)


def test_a_paper_raises_the_sequence_and_not_the_version(office: Office) -> None:
    finding = office.town.finding()
    before = office.town.row(finding)
    hand_in(office.visit("W01"), finding, ("file", ("a.pdf", PDF)))
    after = office.town.row(finding)
    assert (after.version, after.sequence) == (before.version, before.sequence + 1)


def test_of_a_refused_upload_nothing_is_kept(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("W01")
    answer = hand_in(browser, finding, ("file", ("a.pdf", PDF)), ("file", ("b.pdf", b"MZ")))
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_refused")
    assert faults("problem", answer.json()) == []
    assert office.town.row(finding).sequence == 1


def test_a_paper_for_a_hidden_finding_is_answered_like_one_for_none(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("F01")
    hidden = hand_in(browser, finding, ("file", ("a.pdf", b"MZ")))
    absent = hand_in(browser, "01920ee4-2652-7850-83d5-833786ac7101", ("file", ("a.pdf", b"MZ")))
    assert (hidden.status_code, hidden.content) == (404, absent.content)


def test_who_may_take_no_step_hands_in_nothing(office: Office) -> None:
    answer = hand_in(office.visit("P01"), office.town.finding(), ("file", ("a.pdf", PDF)))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


def test_an_upload_in_another_shape_is_refused(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("W01")
    path = f"/api/v1/findings/{finding}/attachments"
    assert browser.send(path, b"{}").json()["code"] == "media_type_unsupported"
    broken = browser.send(path, b"--x\r\nnothing", Content_Type="multipart/form-data; boundary=x")
    assert broken.status_code in (400, 422)
    assert browser.send(path, b"", Content_Type="multipart/form-data").json()["code"] == "body_malformed"
    assert hand_in(browser, finding, ("title", (None, "x"))).json()["code"] == "upload_refused"
    assert hand_in(browser, finding, ("paper", ("a.pdf", PDF))).json()["code"] == "facts_invalid"


def test_a_paper_is_at_most_twenty_mebibytes(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("W01")
    largest = PDF + b" " * (20 * MIB - len(PDF))
    assert hand_in(browser, finding, ("file", ("a.pdf", largest))).status_code == 201
    answer = hand_in(browser, finding, ("file", ("a.pdf", largest + b" ")))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_an_upload_is_at_most_fifty_mebibytes(office: Office) -> None:
    large = PDF + b" " * (18 * MIB)
    answer = hand_in(office.visit("W01"), office.town.finding(), *[("file", ("a.pdf", large))] * 3)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_an_attachment_that_was_never_handed_in_is_not_found(office: Office) -> None:
    finding, browser = office.town.finding(), office.visit("W01")
    for digest in ("sha256:" + "0" * 64, "nothing", "%00"):
        assert browser.get(f"/api/v1/findings/{finding}/attachments/{digest}").status_code == 404
