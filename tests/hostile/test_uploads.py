"""Papers that are none: refused by what they hold, whatever they say; of a refused upload nothing is kept."""

from __future__ import annotations

import hashlib
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile.files import HARMLESS_NAMES, JPEG, REFUSED, object_stream, package, pdf
from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, PDF, upload

UPLOADS = [one for name, one in BY_NAME.items() if name.endswith("/attachments") and one.method == "POST"]
[ATTACH] = UPLOADS
PAPER_OF_RECEIPT = BY_NAME["POST /api/v1/exchange/{system}/receipts/{id}/documents"]
FRESH = count()


def fresh_pdf() -> bytes:
    """A paper that was never handed in."""
    return pdf(b"%% %d" % next(FRESH))


def part(name: str, content: bytes, **more: str) -> bytes:
    """One part of an upload."""
    said = "".join(f"; {key}={value}" for key, value in more.items())
    return (
        f'--lines\r\nContent-Disposition: form-data; name="{name}"{said}\r\n\r\n'.encode() + content + b"\r\n"
    )


END = b"--lines--\r\n"


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_may_hide_something_is_refused(fort: Fort, kind: str) -> None:
    with fort.unchanged():
        for name in ("照片.jpg", "report.pdf", "a.exe"):
            problem = fort.refused(ATTACH.send(fort, upload(REFUSED[kind], name)), "upload_refused")
            assert problem["errors"][0]["pointer"] == "/file/0"
            if len(REFUSED[kind]) > 100_000:
                break


def test_one_bad_file_takes_all_others_with_it(fort: Fort) -> None:
    good = part("file", PDF, filename='"a.pdf"') + part("file", JPEG, filename='"b.jpg"')
    with fort.unchanged():
        for bad in (b"MZ", b"", REFUSED["a document with macros"]):
            told = ATTACH.send(fort, good + part("file", bad, filename='"c.pdf"') + END)
            assert fort.refused(told, "upload_refused")["errors"][0]["pointer"] == "/file/2"


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no part": END,
    "only the end": b"--lines--",
    "another boundary": upload(boundary="other"),
    "no end": upload()[:-12],
    "half a head": b"--lines\r\nContent-Disposition: form-data; na",
    "no disposition": b"--lines\r\nX-A: b\r\n\r\n%PDF-\r\n" + END,
    "no name": b'--lines\r\nContent-Disposition: form-data; filename="a.pdf"\r\n\r\n%PDF-\r\n' + END,
    "a disposition in latin-1": b'--lines\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\nx\r\n'
    + END,
    "a head of 100,000 lines": b"--lines\r\n" + b"X-A: b\r\n" * 100_000 + b"\r\nx\r\n" + END,
    "an endless head": b"--lines\r\nX-A: " + b"b" * 200_000 + b"\r\n\r\nx\r\n" + END,
    "300 files": b"".join(part("file", b"%PDF-1", filename='"a"') for _ in range(300)) + END,
    "300 fields": b"".join(part("title", b"x") for _ in range(300)) + part("file", PDF, filename='"a"') + END,
    "a field of 5,000 bytes": part("title", b"x" * 5000) + part("file", PDF, filename='"a"') + END,
    "a field nobody knows": part("color", b"red") + part("file", PDF, filename='"a"') + END,
    "a field named with control characters": part("a\x01\x1b[2J", b"x") + END,
    "a field named endlessly": part("n" * 5000, b"x") + END,
    "a file that is no file": part("file", PDF) + END,
    "a file as its title": part("title", PDF, filename='"a.pdf"') + END,
    "a title of control characters": part("title", b"a\x00\x1b") + part("file", PDF, filename='"a"') + END,
    "an endless title": part("title", "长".encode() * 201) + part("file", PDF, filename='"a"') + END,
    "an endless number": part("doc_no", "号".encode() * 61) + part("file", PDF, filename='"a"') + END,
    "JSON": b'{"file": "x"}',
    "line feeds only": upload().replace(b"\r\n", b"\n"),
    "rubbish before": b"\x00\xff" * 500 + upload(),
    "a part in a part": part("file", b"x", filename='"a"').replace(
        b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    )
    + END,
}


@pytest.mark.parametrize("body", BODIES)
def test_an_upload_that_is_none_is_refused(fort: Fort, body: str) -> None:
    with fort.unchanged():
        told = ATTACH.send(fort, BODIES[body])
        fort.refused(told, "body_malformed", "upload_refused", "facts_invalid")


TYPES = (
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary=""',
    "multipart/form-data; boundary=" + "b" * 5000,
    "multipart/form-data; boundary=\xff\xe9",
    "multipart/form-data; boundary=a b; boundary=c",
    "multipart/mixed; boundary=lines",
    "application/json",
    "",
)
CHARSETS = (
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "utf-7",
    "utf-16",
    "utf-32",
    "hex",
    "zlib",
    "rot13",
    "mbcs",
    "x" * 500,
    "\xff",
)


@pytest.mark.parametrize("type", TYPES)
def test_an_upload_without_a_proper_boundary_is_refused(fort: Fort, type: str) -> None:
    with fort.unchanged():
        fort.refused(
            ATTACH.send(fort, content_type=type), "body_malformed", "media_type_unsupported", "upload_refused"
        )


@pytest.mark.parametrize("charset", CHARSETS)
def test_no_alphabet_of_an_upload_breaks_anything(fort: Fort, charset: str) -> None:
    type = f"multipart/form-data; boundary=lines; charset={charset}"
    strange = b"\\ud800\\x00+2AA-xn--\xff"
    with fort.unchanged():
        for name in (b"a", strange, b".." * 40, b"xn--" + b"\x80" * 70):
            body = (
                b'--lines\r\nContent-Disposition: form-data; name="'
                + name
                + b'"\r\n\r\n'
                + strange
                + b"\r\n"
                + END
            )
            fort.refused(
                ATTACH.send(fort, body, content_type=type),
                "body_malformed",
                "facts_invalid",
                "upload_refused",
            )


@pytest.mark.parametrize(("name", "kept"), HARMLESS_NAMES)
def test_a_file_name_is_kept_as_a_name_and_nothing_else(fort: Fort, name: str, kept: str | None) -> None:
    content = fresh_pdf()
    told = ATTACH.send(fort, upload(content, name))
    assert told.status == 201, told.body
    [one] = told.json["attachments"]
    assert kept is None or one["name"] == kept
    assert "\r" not in one["name"] and "/" not in one["name"]
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    fetched = fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}/attachments/{digest}")
    assert fetched.body == content
    fort.careful(fetched)
    disposition = fetched.header("content-disposition") or ""
    assert disposition.startswith("attachment; filename=")
    assert disposition.isascii() and disposition.isprintable()
    assert disposition.count('"') == 2


def test_a_file_is_given_back_as_what_it_holds_and_never_as_a_page(fort: Fort) -> None:
    content = JPEG + b"<script>alert(document.cookie)</script>"
    assert ATTACH.send(fort, upload(content, "x.html")).status == 201
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    fetched = fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}/attachments/{digest}")
    assert fetched.header("content-type") == "image/jpeg"
    assert fetched.header("x-content-type-options") == "nosniff"
    assert (fetched.header("content-disposition") or "").startswith("attachment")


def test_a_paper_that_unpacks_without_end_is_refused(fort: Fort) -> None:
    swollen = pdf(b"".join(object_stream(b"\x00" * 20_000_000) for _ in range(6)))
    assert len(swollen) < 200_000
    with fort.unchanged():
        fort.refused(ATTACH.send(fort, upload(swollen)), "upload_refused")


def test_an_upload_larger_than_it_says_is_read_no_further_than_allowed(fort: Fort) -> None:
    target = ATTACH.target(fort)
    headers = [(n.encode(), v.encode()) for n, v in ATTACH.headers(fort, b"", target).items()]
    head = upload().partition(b"\r\n\r\n")[0] + b"\r\n\r\n%PDF-"
    mebibyte = b"\x00" * (1024 * 1024)
    with fort.unchanged():
        for said in ([], [(b"content-length", b"10")]):
            told = fort.wire.send("POST", target, headers + said, [head] + [mebibyte] * 21 + [b"\r\n" + END])
            fort.refused(told, "body_too_large")
        announced = [(b"content-length", str(60 * len(mebibyte)).encode())]
        fort.refused(fort.wire.send("POST", target, headers + announced, [head]), "body_too_large")


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_file_breaks_anything(fort: Fort, data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([package({"word/a.xml": b"<a/>" * 20}), pdf(object_stream(b"<< /A 1 >>")), JPEG])
    )
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    told = ATTACH.send(fort, upload(bytes(broken)))
    if told.status >= 300:
        fort.refused(told, "upload_refused", "body_malformed")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_an_upload_breaks_anything(fort: Fort, data: st.DataObject) -> None:
    broken = bytearray(part("title", "标题".encode()) + part("file", PDF, filename='"a.pdf"') + END)
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    told = ATTACH.send(fort, bytes(broken))
    if told.status >= 300:
        fort.refused(told)


def test_the_paper_of_a_receipt_needs_its_digest_in_the_signature(fort: Fort) -> None:
    with fort.unchanged():
        for digest in ("", "sha256:", "sha256:" + "0" * 64, "sha256:" + "Z" * 64, "md5:" + "0" * 32, "\xff"):
            told = PAPER_OF_RECEIPT.send(fort, webhook_body_digest=digest)
            fort.refused(told, "signature_invalid")
        for body in (upload(), b"", b"rubbish", upload(b"MZ")):
            fort.refused(PAPER_OF_RECEIPT.send(fort, body), "not_found", "body_malformed", "upload_refused")
