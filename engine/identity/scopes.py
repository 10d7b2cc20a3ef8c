"""What a token is for. `read` and `write` are the contract's; finer scopes restrict further, and are data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.refusals import Refusal
from engine.identity.visit import Visit

READ, WRITE = "read", "write"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SEND = frozenset({"POST"})
ANY_SEGMENT, REST = "*", "**"
READ_ONLY = "这个令牌只读。 · This token may only read."
NOT_FOR_THIS = "这个令牌不用于此：{scopes}。 · This token is not for this: {scopes}."


@dataclass(frozen=True, slots=True)
class Scope:
    """A use of the interface: methods, and paths under /api/v1 in which `*` is one segment and `**` the rest, if any."""

    methods: frozenset[str]
    paths: tuple[str, ...]

    def covers(self, method: str, path: str) -> bool:
        """True when a request of that method at that path is of this use."""
        return method in self.methods and any(_matches(pattern, path) for pattern in self.paths)


_FINDINGS = (
    "/inspections",
    "/inspections/*",
    "/findings",
    "/findings/*",
    "/findings/*/timeline",
    "/parties/*",
)
_TAKING = ("/inspections", "/findings")
_PAPERS = ("/findings/*/documents/*", "/findings/*/attachments/*", "/audit/*")
_SHEETS = tuple(f"/ledger/sheet.{form}" for form in ("xlsx", "csv", "json"))
_ALWAYS = Scope(SAFE, ("/session",))
"""A program may ask whose token it has."""
FINER: dict[str, Scope] = {
    "read:findings": Scope(SAFE, (*_FINDINGS, "/deadlines", "/deadlines/**", "/charts")),
    "write:findings": Scope(
        SAFE | SEND,
        (
            *(*_FINDINGS, "/deadlines", "/deadlines/**", "/charts", "/inspections/*/steps"),
            *(f"/findings/*/{part}" for part in ("steps", "attachments", "corrections", "withdrawals")),
        ),
    ),
    "read:figures": Scope(SAFE, ("/ledger", "/publicity", "/stuck", "/duties", "/deadlines", "/reports/*/*")),
    "read:incoming": Scope(SAFE, ("/incoming", "/incoming/*")),
    "write:incoming": Scope(SAFE | SEND, ("/incoming", "/incoming/**")),
    "read:referrals": Scope(SAFE, ("/referrals/**",)),
    "import": Scope(SEND, _TAKING),
    "export": Scope(SAFE, (*_FINDINGS, *_PAPERS, "/deadlines", "/ledger", *_SHEETS)),
}
"""Every finer scope. Whatever none of a token's covers is shut: criminal referrals are in none but their own."""
NAMES = (READ, WRITE, *FINER)


def coarse(scopes: Iterable[str]) -> str:
    """`write` when any of the scopes may write, else `read`; no scope at all is the contract's default, `write`."""
    named = list(scopes)
    writes = WRITE in named or any(FINER[name].methods & SEND for name in named if name in FINER)
    return WRITE if writes or not named else READ


def check_scope(visit: Visit, method: str, path: str) -> None:
    """Returns when the visitor may send such a request at all; raises `not_yours` for a token that is not for it."""
    if visit.scope != WRITE and method not in SAFE:
        raise Refusal("not_yours", detail=READ_ONLY)
    if visit.scopes is None:
        return
    asked = path.removeprefix("/api/v1")
    if not any(scope.covers(method, asked) for scope in (_ALWAYS, *(FINER[name] for name in visit.scopes))):
        raise Refusal("not_yours", detail=NOT_FOR_THIS.format(scopes=", ".join(visit.scopes)))


def _matches(pattern: str, path: str) -> bool:
    wanted, given = pattern.split("/"), path.split("/")
    if wanted[-1] == REST:
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(
        one == two or (one == ANY_SEGMENT and two != "") for one, two in zip(wanted, given, strict=True)
    )
