"""Pages under attack: whatever is asked or typed, a page or a redirect comes back, and nothing changes."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from api.app import create_app
from tests.hostile.fort import Fort
from tests.hostile.operations import NOBODY, upload
from tests.hostile.page_paths import POSTED, READ
from tests.hostile.wire import Answer, Wire, named
from web.pages import attach_pages

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def pages(one_fort: Fort) -> Iterator[Wire]:
    """The application with its pages."""
    app = create_app(one_fort.town.house)
    attach_pages(app)
    wire = Wire(app)
    yield wire
    wire.close()


def asked(wire: Wire, fort: Fort, path: str, login: str | None = "W01", **headers: str) -> Answer:
    """What the path shows to that person."""
    told = fort.signed(login, "GET") if login else {}
    return wire.send(
        "GET", path, named(told | {name.replace("_", "-"): value for name, value in headers.items()})
    )


def posted(wire: Wire, fort: Fort, path: str, body: bytes | dict[str, str], **headers: str) -> Answer:
    """What a form of that person answers; a dict is a form with the session's own value."""
    told = fort.signed("W01")
    raw = body if isinstance(body, bytes) else urlencode({"csrf": told["x-csrf-token"], **body}).encode()
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return wire.send("POST", path, named({"cookie": told["cookie"], "content-type": FORM} | more), [raw])


def no_harm(fort: Fort, answer: Answer) -> Answer:
    """The answer, after what holds of every one: no failure, careful headers, nothing given away."""
    assert answer.status < 500, (answer.status, fort.journal.faults())
    policy = answer.header("content-security-policy") or ""
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert answer.header("x-content-type-options") == "nosniff"
    assert not any(b"\r" in value or b"\n" in value for _, value in answer.headers)
    assert b"Traceback" not in answer.body
    assert fort.journal.faults() == []
    place = answer.header("location")
    assert place is None or (place.startswith("/") and not place.startswith("//"))
    return answer


NEXT = (
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "//[",
    "/%0d%0aX: y",
    "javascript:alert(1)",
    "/work\r\nX: y",
    "///[::1",
    "http://[",
    "",
    "/login?next=//evil.example",
    "/" + "a" * 5000,
    "\x00",
)


@pytest.mark.parametrize("next", NEXT)
def test_signing_in_leads_nowhere_else(fort: Fort, pages: Wire, next: str) -> None:
    told = no_harm(fort, asked(pages, fort, f"/login?next={quote(next, safe='')}", None))
    assert told.status == 200
    form = urlencode({"login": "nobody", "password": "wrong", "next": next}).encode()
    no_harm(fort, posted(pages, fort, "/login", form))
    for referer in (next, f"http://127.0.0.1{next}", "http://[", "\xff"):
        answer = pages.send(
            "POST", "/logout", named({"referer": referer, "host": "127.0.0.1", "content-type": FORM})
        )
        no_harm(fort, answer)


def test_nobody_reads_or_posts_without_signing_in(fort: Fort, pages: Wire) -> None:
    with fort.unchanged():
        for path in (one.format(**fort.ids) for one in READ if one != "/login"):
            told = no_harm(fort, asked(pages, fort, path, None))
            assert (
                told.status,
                told.header(
                    "location",
                )[:12],
            ) == (303, "/login?next=")
        for path in (one.format(**fort.ids) for one in POSTED):
            told = no_harm(fort, pages.send("POST", path, named({"content-type": FORM}), [b"csrf=x"]))
            assert told.status == 303


@pytest.mark.parametrize("value", ["", "x", "\xff", "x" * 10_000])
def test_a_form_of_another_site_does_nothing(fort: Fort, pages: Wire, value: str) -> None:
    with fort.unchanged():
        for path in (one.format(**fort.ids) for one in POSTED):
            for raw, type in (
                (urlencode({"csrf": value}).encode(), FORM),
                (upload(), "multipart/form-data; boundary=lines"),
                (b'{"csrf": "x"}', "application/json"),
                (b"", "text/plain"),
            ):
                told = no_harm(fort, posted(pages, fort, path, raw, content_type=type))
                assert told.status in (403, 400, 415), path


STRANGE = (
    "csrf&csrf=&=&==&%",
    "a=%00%ff%ed%a0%80&%00=b",
    "&".join(f"findings.{n}.item=x" for n in range(300)),
    "findings.99999999999999999999.item=x&add=findings",
    "findings." + "9" * 5000 + ".item=x&add=findings",
    "remove=findings." + "9" * 5000,
    "remove=findings.%C2%B2",
    "remove=__class__.0&add=__init__",
    "party.identifiers.0.value=x&party.identifiers.x.value=y&party=z&party.name.x=1",
    "finished_at=0001-01-01T00:00%2B23:59&started_at=9999-12-31T23:59-23:59",
    "finished_at=2024-02-30T10:00&discovered_at=x",
    "officers=%7B%22a%22:" + quote('{"a":' * 3000 + "1" + "}" * 3000) + "%7D",
    "officers=%7B%22name%22:1e999,%22certificate_no%22:NaN%7D",
    "officers=%5B%5D&officers=%7B&handler=%7B%22login%22:7%7D",
    "expected_version=%C2%B2&expected_version=-1&triggers=register",
    "triggers=register&expected_version=99999999999999999&idempotency_key=k",
    "triggers=nothing+at+all&proceeding=x",
    "triggers=" + "register+" * 3000,
    "triggers=register&proceeding=" + "x" * 5000,
    "tax_due_fen_yuan=1e400&findings.0.tax_due_fen_yuan=9999999999999999.999",
    "period_length=99999999999999999999&new_due_on=9999-12-31",
    "idempotency_key=%0d%0a&back=//evil.example",
    "finding=%00&finding=x&one=%00&version.x=%C2%B2",
    "back=//[&triggers=register",
)


@pytest.mark.parametrize("number", range(len(STRANGE)))
def test_no_form_breaks_any_page(fort: Fort, pages: Wire, number: int) -> None:
    """Each form at every third page; the next form at the next ones."""
    csrf = fort.signed("W01")["x-csrf-token"]
    for path in [one.format(**fort.ids) for one in POSTED if one != "/logout"][number % 3 :: 3]:
        told = no_harm(fort, posted(pages, fort, path, f"csrf={csrf}&{STRANGE[number]}".encode()))
        assert told.status in (200, 303, 400, 403, 404, 409, 422), path


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined", "unicode_escape", "utf-7", "utf-16"])
def test_no_alphabet_of_a_form_breaks_any_page(fort: Fort, pages: Wire, charset: str) -> None:
    csrf = fort.signed("W01")["x-csrf-token"]
    type = f"multipart/form-data; boundary=lines; charset={charset}"
    parts = {
        "csrf": csrf,
        "triggers": "register",
        "department": "\\ud800",
        "ledger_no": "\\ud800\\x00",
        "xn--\x80": ".",
    }
    raw = b"".join(
        f'--lines\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in parts.items()
    )
    for path in (one.format(**fort.ids) for one in POSTED if one != "/logout"):
        no_harm(fort, posted(pages, fort, path, raw + b"--lines--\r\n", content_type=type))
        no_harm(fort, posted(pages, fort, path, raw, content_type=type))
        no_harm(fort, posted(pages, fort, path, b"--lines\r\n\x00", content_type=type))
        no_harm(fort, posted(pages, fort, path, b"", content_type="multipart/form-data"))


EVIL = '"><script>alert(1)</script><!--'


@pytest.mark.parametrize("path", READ)
def test_what_is_asked_is_never_shown_as_markup(fort: Fort, pages: Wire, path: str) -> None:
    names = (
        "q",
        "flash",
        "did",
        "step",
        "of",
        "lang",
        "on",
        "officer",
        "cursor",
        "group",
        "next",
        "state",
        "earlier",
        "domain",
        "sales_fen_yuan",
    )
    for name in names:
        told = no_harm(fort, asked(pages, fort, f"{path.format(**fort.ids)}?{name}={quote(EVIL)}"))
        assert b"<script>alert" not in told.body
        no_harm(fort, asked(pages, fort, f"{path.format(**fort.ids)}?{name}=%00%ff&{name}=2&lang=en"))


def test_what_is_recorded_is_never_shown_as_markup(fort: Fort, pages: Wire) -> None:
    shown = fort.get("W01", f"/api/v1/findings/{fort.ids['finding']}").json
    facts = {"legal_ground": EVIL, "urgent_ground": "on_the_spot"}
    body = {"trigger": "open_rectification", "facts": facts, "expected_version": shown["version"]}
    assert fort.post("W01", f"/api/v1/findings/{fort.ids['finding']}/steps", body).status == 200
    for path in READ:
        told = no_harm(fort, asked(pages, fort, path.format(**fort.ids)))
        assert b"<script>alert" not in told.body


@pytest.mark.parametrize("kind", ["finding", "inspection", "party"])
def test_a_page_that_is_hidden_is_the_page_of_what_never_was(fort: Fort, pages: Wire, kind: str) -> None:
    hidden = fort.ids["hidden" if kind == "finding" else f"hidden_{kind}"]
    place = {"party": "parties"}.get(kind, f"{kind}s")
    with fort.unchanged():
        told, nobodys = (no_harm(fort, asked(pages, fort, f"/{place}/{id}")) for id in (hidden, NOBODY))
        assert told.status == nobodys.status == 404
        assert told.body.replace(hidden.encode(), NOBODY.encode()) == nobodys.body
        for id in ("%00", "x", "..%2f..", "a%00b" + "c" * 8, "x" * 9000, "%ff%fe"):
            assert no_harm(fort, asked(pages, fort, f"/{place}/{id}")).status == 404


def test_no_page_asks_postgresql_for_what_it_cannot_hold(postgres_fort: Fort) -> None:
    app = create_app(postgres_fort.town.house)
    attach_pages(app)
    wire = Wire(app)
    postgres_fort.journal.lines.clear()
    try:
        for place in (
            *(f"/{kind}/a%00bcccccccc" for kind in ("findings", "inspections", "parties")),
            "/ledger?q=%00",
        ):
            no_harm(postgres_fort, asked(wire, postgres_fort, place))
        for path in (one.format(**postgres_fort.ids) for one in POSTED if one != "/logout"):
            for turn in range(2):
                nul = path.replace(postgres_fort.ids["finding"], "a%00bcccccccc") if turn else path
                form = {
                    "finding": "\x00",
                    "one": "\x00",
                    "officers": "\x00",
                    "proceeding": "\x00",
                    "triggers": "register",
                }
                no_harm(
                    postgres_fort, posted(wire, postgres_fort, nul, form | {"idempotency_key": f"p{turn}"})
                )
    finally:
        wire.close()


@pytest.mark.parametrize(
    "path",
    [
        "..%2f..%2fapi%2fapp.py",
        "%2e%2e/%2e%2e/pyproject.toml",
        "%00",
        "/etc/passwd",
        "x" * 5000,
        "..%5c..%5cx",
        "%ff",
    ],
)
def test_no_file_but_those_of_pages_is_served(fort: Fort, pages: Wire, path: str) -> None:
    told = no_harm(fort, pages.send("GET", f"/static/{path}"))
    assert told.status in (404, 400)
    assert b"def " not in told.body and b"root:" not in told.body
