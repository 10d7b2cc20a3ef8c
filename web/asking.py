"""One request for a page: who asks, in which language, and what was posted; refusals become pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from api.attempts import known_to
from api.calls import SESSION_COOKIE, query_of, read_body, same_secret
from engine.core.commands import Asked as Command
from engine.core.commands import Principal
from engine.core.refusals import Refusal
from engine.house import House
from engine.identity.visit import PASSWORD, SECOND_FACTOR, Visit
from web.fields import Typed, typed_from
from web.wording import LANGUAGES, Words

LANGUAGE_COOKIE = "bihuan_language"
FORM_PARTS_MAX = 20_000
UPLOADED_AT = "/attachments"
"""Where forms bring files; all others are no larger than JSON may be."""
ALPHABET = re.compile(r"charset\s*=\s*\"?(?!utf-?8\b)", re.IGNORECASE)
"""Forms of pages are UTF-8; some other alphabets can spell what is no text."""


class SignInNeeded(Exception):
    """Nobody is signed in; the page is shown after signing in."""


class SomethingOwed(Exception):
    """The person must do something else first, at `path`; the page is shown afterwards."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


class ProofNeeded(Exception):
    """The person must prove again who they are; what they sent is kept on the page that asks for it."""

    def __init__(self, asking: Asking) -> None:
        super().__init__()
        self.asking = asking


@dataclass(frozen=True, slots=True)
class Asking:
    """A page request by a signed-in person."""

    request: Request
    house: House
    visit: Visit
    words: Words

    @property
    def who(self) -> Principal:
        """The person who asks."""
        return self.visit.principal

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The query parameters that mean something to lists; those of the page itself are left out."""
        given = query_of(self.request)
        return {name: values for name, values in given.items() if name not in PAGE_PARAMETERS}

    def parameter(self, name: str) -> str:
        """A parameter of the page itself, empty when it is absent."""
        return str(self.request.query_params.get(name, ""))


PAGE_PARAMETERS = frozenset({"lang", "flash", "did", "step", "of", "earlier"})


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house: House = request.app.state.house
    return house


def language_of(request: Request, visit: Visit | None) -> str:
    """?lang= first, then what the browser's session or the account chose, then Accept-Language, else Chinese."""
    chosen = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    for language in chosen:
        if language in LANGUAGES:
            return str(language)
    accepted = request.headers.get("accept-language", "").lower()
    tags = [part.split(";")[0].strip()[:2] for part in accepted.split(",")]
    return next((tag for tag in tags if tag in LANGUAGES), "zh")


def asked_by(request: Request) -> Asking:
    """Who asks, looked up once for each request; raises SignInNeeded when nobody is signed in."""
    house = house_of(request)
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is None:
        visit = house.accounts.by_session(request.cookies.get(SESSION_COOKIE, ""))
    if visit is None:
        raise SignInNeeded
    request.state.visit = visit
    known_to(request, visit.principal)
    return Asking(request, house, visit, Words(language_of(request, visit)))


Asked = Annotated[Asking, Depends(asked_by)]
OWED_AT = {PASSWORD: "/password", SECOND_FACTOR: "/account"}


@dataclass(frozen=True, slots=True)
class Posted:
    """A submitted form: what was typed, and the files that came with it."""

    typed: Typed
    files: tuple[UploadFile, ...]


async def posted_form(request: Request) -> Posted:
    """The submitted form, read no further than allowed; raises `body_too_large`, `media_type_unsupported` or
    `body_malformed`."""
    settings = house_of(request).settings
    if ALPHABET.search(request.headers.get("content-type", "")):
        raise Refusal("media_type_unsupported")
    upload = request.url.path.endswith(UPLOADED_AT)
    raw = await read_body(request, settings.upload_bytes_max if upload else settings.json_bytes_max)
    if raw is None:
        raise Refusal("body_too_large")
    form = await _parsed(request, raw)
    request.state.sent = [
        (name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile)
    ]
    files = tuple(value for _, value in form.multi_items() if isinstance(value, UploadFile))
    return Posted(typed_from(form.multi_items()), files)


async def _parsed(request: Request, raw: bytes) -> FormData:
    async def again() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    try:
        return await Request(request.scope, again).form(max_fields=FORM_PARTS_MAX)
    except (HTTPException, UnicodeError) as fault:
        raise Refusal("body_malformed") from fault


Form = Annotated[Posted, Depends(posted_form)]


def prove(asking: Asking, asked: Command | str) -> None:
    """Returns when the person may go on with the command or the act of that name; else raises ProofNeeded."""
    if asking.house.step_up.owed(asking.visit, asked):
        raise ProofNeeded(asking)


def check_form_token(asking: Asking, posted: Posted) -> None:
    """Returns when the form carries this session's value; else refuses `session_check_failed`."""
    if not same_secret(posted.typed.first("csrf"), asking.visit.csrf):
        raise Refusal("session_check_failed")


def parts_of(url: str) -> SplitResult:
    """The parts of a URL; of what is none, all of them are empty."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def local_path(text: str) -> str:
    """A path of this site as given, or the work page for anything that might lead elsewhere."""
    parts = parts_of(text)
    plain = parts.path.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc
    if plain and not parts.scheme and all(" " < character != "\\" for character in text):
        return text
    return "/work"


def see(path: str) -> Response:
    """The browser goes on to that path with GET."""
    return RedirectResponse(path, status_code=303)


def wanted_after_signing_in(request: Request) -> str:
    """The page that was asked for, or the one on which the form stood that was sent."""
    if request.method == "GET":
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = parts_of(request.headers.get("referer", ""))
    same_site = came_from.netloc == request.headers.get("host")
    return local_path(came_from.path) if same_site else "/work"
