"""One HTTP request as the handlers see it: who calls, with which body, and the way of a command through the desk.

The order of checks is the contract's: who calls, size, JSON, key; the desk does the rest.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import rfc8785
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.answers import answer
from api.attempts import SAFE_METHODS, known_to
from engine.core.commands import Asked, Command, Outcome, Principal
from engine.core.intake_forms import check_form
from engine.core.refusals import Faults, FieldError, Refusal
from engine.core.strict_json import Malformed, parsed
from engine.house import House
from engine.identity.scopes import check_scope
from engine.identity.visit import Visit
from engine.projections.asked import Asked as Parameters

SESSION_COOKIE = "bihuan_session"
CSRF_COOKIE = "bihuan_csrf"
BROWSER_COOKIE = "bihuan_browser"
"""By which a browser is known from which somebody has signed in before; it opens nothing."""
CSRF_HEADER = "x-csrf-token"
KEY_HEADER = "idempotency-key"
KEY = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)
ID = re.compile(r"[0-9A-Za-z_-]{8,64}", re.ASCII)
DEPTH_MAX = 64
LENGTH_DIGITS = 18
"""More digits than this announce more than anybody may send; they are not read."""
NO_SESSION = "令牌不能办理账号事务，请登录后办理。 · A token does not manage accounts: sign in."


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was read; nothing of it is checked before a handler asks."""

    request: Request
    house: House
    raw: bytes | None
    """The body, None when it was larger than allowed."""

    def visit(self) -> Visit:
        """Who calls and how; raises `authentication_required`, `session_check_failed` or `not_yours`."""
        return visit_of(self.request, self.house)

    def session_visit(self) -> Visit:
        """Who calls by session; raises the same."""
        visit = self.visit()
        if visit.csrf is None:
            raise Refusal("not_yours", detail=NO_SESSION)
        return visit

    @property
    def who(self) -> Principal:
        """The principal who calls."""
        return self.visit().principal

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The query parameters, each with all its values."""
        return query_of(self.request)

    def body(self) -> Any:
        """The JSON of the body; raises `body_too_large`, `media_type_unsupported` or `body_malformed`."""
        raw = whole(self.raw)
        check_media_type(self.request)
        try:
            value = parsed(raw)
        except Malformed as fault:
            raise Refusal("body_malformed") from fault
        if _depth(value) > DEPTH_MAX:
            raise Refusal("body_malformed")
        return value

    def checked(self, form: type[BaseModel]) -> dict[str, Any]:
        """The JSON of the body, which has that form; raises the same, or `facts_invalid` with all that is wrong."""
        body, faults = self.body(), Faults()
        check_form(form, body, faults)
        faults.refuse()
        return dict(body)

    def command(
        self, make: Callable[[Any], Asked], handle: Callable[[Command], Outcome] | None = None
    ) -> tuple[Principal, Outcome]:
        """The command that the body asks for was carried out, or answered from its key; by the desk unless named."""
        visit = self.visit()
        who = visit.principal
        no_query(self.request)
        body = self.body()
        key = self.request.headers.get(KEY_HEADER, "")
        if not KEY.fullmatch(key):
            raise Refusal("key_missing")
        digest = digest_of(self.request.method, self.request.scope["path"], body)
        try:
            asked = make(body)
        except Refusal:
            self.house.desk.check_unbound(who, key, digest)  # told before what is wrong with another body
            raise
        self.house.step_up.check(visit, asked)
        handle = handle or self.house.desk.handle
        return who, handle(Command(who, key, digest, asked))

    def finding(self, make: Callable[[Any], Asked]) -> Response:
        """The command on a finding was carried out; answered is the finding as it is now, with the decision."""
        who, outcome = self.command(make)
        return finding_answered(self.house, who, outcome)

    def referral(self, make: Callable[[Any], Asked]) -> Response:
        """The command on a criminal referral was carried out; answered is the referral as it is now."""
        who, outcome = self.command(make)
        shown = self.house.reader.referrals.referral(who, outcome.id)
        place = f"/api/v1/referrals/{outcome.id}"
        return answered(shown | {"decision": dict(outcome.decision)}, outcome, place, etag_of(shown))

    def inspection(self, make: Callable[[Any], Asked]) -> Response:
        """The command on an inspection was carried out; answered is the inspection as it is now."""
        who, outcome = self.command(make)
        shown = self.house.reader.inspection(who, outcome.id)
        told = {name: shown[name] for name in shown if name not in READ_ONLY_MEMBERS}
        return answered(told, outcome, f"/api/v1/inspections/{outcome.id}", {})


READ_ONLY_MEMBERS = frozenset({"steps", "version", "sequence", "state"})
"""What reading an inspection tells beside the inspection_answer that commands give."""


async def received(request: Request) -> Call:
    """The request with its body, which is read no further than allowed."""
    house: House = request.app.state.house
    raw = await read_body(request, house.settings.json_bytes_max)
    return Call(request, house, raw)


Received = Annotated[Call, Depends(received)]


async def read_body(request: Request, bytes_max: int) -> bytes | None:
    """The body, None when it is larger; a length that is announced too large is not read at all."""
    if announced_length(request) > bytes_max:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > bytes_max:
            return None
        parts.append(part)
    return b"".join(parts)


def only_head(request: Request) -> bool:
    """True when no body is carried out: HEAD is answered as GET is (api/envelope.py), and nothing of it taken along."""
    return bool(request.state.head)


def announced_length(request: Request) -> int:
    """How many bytes the request says it has; 0 when it says no number."""
    said = request.headers.get("content-length", "")
    return int(said[:LENGTH_DIGITS]) if said.isascii() and said.isdigit() else 0


def visit_of(request: Request, house: House) -> Visit:
    """Who calls, by bearer token or session, asked once for each request: rights are those of this moment.

    An unsafe request of a session must carry the session's CSRF value.
    """
    known: Visit | None = getattr(request.state, "visit", None)
    if known is None:
        known = request.state.visit = _identified(request, house)
    return known


def _identified(request: Request, house: House) -> Visit:
    """Who shows a token or a session that counts, and for an unsafe request the session's CSRF value."""
    authorization = request.headers.get("authorization")
    unsafe = request.method not in SAFE_METHODS
    if authorization is not None:
        scheme, _, token = authorization.partition(" ")
        visit = house.accounts.by_token(token.strip()) if scheme.lower() == "bearer" else None
        if visit is None:
            raise Refusal("authentication_required")
        known_to(request, visit.principal)
        check_scope(visit, request.method, request.scope["path"])
        return visit
    visit = house.accounts.by_session(request.cookies.get(SESSION_COOKIE, ""))
    if visit is None:
        raise Refusal("authentication_required")
    if unsafe and not same_secret(request.headers.get(CSRF_HEADER, ""), visit.csrf):
        raise Refusal("session_check_failed")
    known_to(request, visit.principal)
    return visit


def same_secret(given: str, kept: str | None) -> bool:
    """True when both are the same, told in constant time; nothing equals what is not there."""
    return bool(kept) and secrets.compare_digest(given.encode(), str(kept).encode())


def query_of(request: Request) -> dict[str, list[str]]:
    """The query parameters, each with all its values in order."""
    said: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        said.setdefault(name, []).append(value)
    return said


def no_query(request: Request) -> None:
    """Returns when the request has no query parameters; a resource without any refuses them all."""
    Parameters(query_of(request), ()).done()


def an_id(text: str) -> str:
    """The id from a path; what cannot be one is answered like one that never was."""
    if not ID.fullmatch(text):
        raise Refusal("not_found")
    return text


def whole(body: bytes | None) -> bytes:
    """The body as it was read; raises `body_too_large` when it was not read to its end."""
    if body is None:
        raise Refusal("body_too_large")
    return body


def check_empty(raw: bytes) -> None:
    """Returns when the body says nothing: it is empty or {}; raises `body_malformed` or `facts_invalid`."""
    try:
        said = parsed(raw) if raw else {}
    except Malformed as fault:
        raise Refusal("body_malformed") from fault
    if said != {}:
        words = "正文应为空", "no body expected"
        raise Refusal("facts_invalid", errors=[FieldError("", "unknown_field", *words)])


def check_media_type(request: Request) -> None:
    """Returns when the body is announced as JSON in UTF-8 without compression."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    plain = request.headers.get("content-encoding", "identity").strip().lower() == "identity"
    if kind.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8") or not plain:
        raise Refusal("media_type_unsupported")


def digest_of(method: str, path: str, body: Any) -> str:
    """SHA-256 (hex) of method, path and the body canonicalised by RFC 8785.

    Raises `body_malformed` for ±2^53 themselves, which the contract takes and RFC 8785 does not.
    """
    try:
        spoken = f"{method} {path}\n".encode() + rfc8785.dumps(body)
    except rfc8785.CanonicalizationError as fault:
        raise Refusal("body_malformed") from fault
    return hashlib.sha256(spoken).hexdigest()


def etag_of(finding: Mapping[str, Any]) -> dict[str, str]:
    """The ETag of a finding or referral: its version and sequence."""
    return {"ETag": f'"{finding["version"]}.{finding["sequence"]}"'}


def finding_answered(house: House, who: Principal, outcome: Outcome) -> Response:
    """The finding after a command, with the decision."""
    shown = house.reader.finding(who, outcome.id)
    place = f"/api/v1/findings/{outcome.id}"
    return answered(shown | {"decision": dict(outcome.decision)}, outcome, place, etag_of(shown))


def answered(body: Any, outcome: Outcome, place: str, headers: Mapping[str, str]) -> Response:
    """The answer to a command: what was made has its place, what was done before says so."""
    told = dict(headers)
    if outcome.status == "created":
        told["Location"] = place
    if outcome.decision.get("replayed"):
        told["Idempotent-Replay"] = "true"
    return answer(body, 201 if outcome.status == "created" else 200, told)


def _depth(value: Any) -> int:
    """How deep objects and lists lie in one another."""
    depth, level = 0, [value]
    while level := [
        member
        for one in level
        if isinstance(one, dict | list)
        for member in (one.values() if isinstance(one, dict) else one)
    ]:
        depth += 1
    return depth
