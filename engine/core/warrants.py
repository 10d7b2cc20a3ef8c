"""What stands because the administrative record says so: accounts, what people show, linked systems, delegations.

Each is a plain row, which the program asks and anybody with the database could write. So the entry of every act that
changes one states how it stands from then on (`stands`), and what stands is held against the last statement.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine.core.audit import canonical, utc_text

ACCOUNT, PASSWORD, FACTOR = "account", "password", "second_factor"
TOKEN, SYSTEM, DELEGATION, SESSION = "token", "system", "delegation", "session"
KINDS = (ACCOUNT, PASSWORD, FACTOR, TOKEN, SYSTEM, DELEGATION, SESSION)
SIGNED_IN = ("session.open", "session.step_up")
"""The entries that begin a session."""
ALIVE = timedelta(hours=13)
"""Longer than any session lasts; what is older opens nothing, and is not compared."""
STANDS, LISTS = "stands", "lists"
"""Members of an entry's detail: what stands; and, where two persons accepted a database, lists that they took as they were."""
BEGUN, ACCEPTED, BOOTSTRAP = "record.begun", "audit_accept", "bootstrap"
"""The entries that state everything at once: what stood when comparing began, and what two persons accepted."""
MAY_GO = frozenset({TOKEN, SESSION})
"""What may be gone without an entry: what opens nothing any more gives nobody anything."""
Value = Mapping[str, Any]
Standing = Mapping[str, Mapping[str, Value]]
"""For each kind, by its key, how it stands."""


def digest(value: Any) -> str:
    """SHA-256 (hex) of what is long and random, such as a salted hash or a sealed secret: it tells nothing of it."""
    content = value if isinstance(value, bytes) else canonical(value).encode()
    return hashlib.sha256(content).hexdigest()


def account(row: Any) -> Value:
    """Who the account is of, and what it may do."""
    named = ("login", "name", "department", "unit", "certificate_no", "person")
    return {
        **{name: getattr(row, name) for name in named},
        "roles": list(row.roles),
        "disabled": row.disabled,
    }


def password(row: Any) -> Value:
    """The password of the account, by a digest of its salted hash."""
    return {"digest": digest(row.password_hash), "must_change": row.must_change}


def second_factor(row: Any) -> Value:
    """A second factor in use, by a digest of its sealed secret."""
    return {"digest": digest(bytes(row.secret))}


def token(row: Any) -> Value:
    """A bearer token that counts: whose it is, what it may do and until when."""
    said = {"login": row.login_key, "scope": row.scope, "scopes": row.scopes}
    return {**said, "expires": utc_text(row.expires_at), "digest": digest(row.token_digest)}


def system(row: Any) -> Value:
    """A linked system: what it is told and where, and its keys by digests."""
    named = ("department", "kinds", "url", "allow_private", "scheme", "carrier", "suspended", "allowed")
    keys = {"keys": digest(row.secrets), "sealing": digest(row.encryption_keys)}
    return {**{name: getattr(row, name) for name in named}, **keys}


def delegation(row: Any) -> Value:
    """Roles that are lent, and whether that ended early."""
    days = {"from": row.first_on.isoformat(), "to": row.last_on.isoformat()}
    people = {"delegator": row.delegator, "delegate": row.delegate, "roles": list(row.roles)}
    return {**people, **days, "ended": row.ended_at is not None}


def session(row: Any) -> Value:
    """Whose open session it is."""
    return {"login": row.login_key}


def first_id_at(instant: datetime) -> str:
    """What no id that was given at the instant or later stands before."""
    told = f"{int(instant.timestamp() * 1000):012x}"
    return f"{told[:8]}-{told[8:]}"


FORMS: dict[str, Callable[[Any], Value]] = {
    ACCOUNT: account,
    PASSWORD: password,
    FACTOR: second_factor,
    TOKEN: token,
    SYSTEM: system,
    DELEGATION: delegation,
    SESSION: session,
}
"""How a row of each kind is stated."""


def done(detail: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says was done, without what it states for the comparison."""
    return {name: value for name, value in detail.items() if name not in (STANDS, LISTS)}


@dataclass(frozen=True, slots=True)
class Said:
    """An administrative entry as it is read for what it states."""

    action: str
    by: str
    detail: Mapping[str, Any]
    at: datetime

    @property
    def act(self) -> str:
        """What was done; an entry of the first days names it in its detail."""
        return str(self.detail.get("act", "")) if self.action == BOOTSTRAP else self.action

    def stated(self) -> Iterator[tuple[str, str, Value | None]]:
        """(kind, key, how it stands; None where it does not any more) of whatever the entry states."""
        stands = self.detail.get(STANDS)
        for kind, known in stands.items() if isinstance(stands, Mapping) else ():
            for key, value in known.items() if isinstance(known, Mapping) else ():
                if value is None or isinstance(value, Mapping):
                    yield kind, key, value


@dataclass(slots=True)
class Warranted:
    """What must stand as the entries say, and which of them said so last."""

    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    """Digests of lists of records that were taken as they were."""
    accepted: set[datetime] = field(default_factory=set)
    """When checkpoints were signed with which two persons accepted the database: each vouches for one entry of that instant."""
    taken_at: datetime | None = None
    """When everything that stood was last taken as it stood; None where an act stated each of it."""

    def take(self, entry: Said) -> None:
        """What the entry states counts from now on, as far as such an act can bring it about."""
        if entry.action == BEGUN:
            if self.said:  # comparing begins once; whoever writes another one begins nothing
                return
        elif entry.action == ACCEPTED:
            if entry.at not in self.accepted or not isinstance(entry.detail.get(STANDS), Mapping):
                return  # no checkpoint says that anybody accepted it, or it is older than this comparing
            self.accepted.discard(entry.at)
            self.values.clear()
            self.said.clear()
        if entry.action in (BEGUN, ACCEPTED):
            lists = entry.detail.get(LISTS)
            self.taken_at, self.lists = (
                entry.at,
                frozenset(map(str, lists) if isinstance(lists, list) else ()),
            )
        for kind, key, value in entry.stated():
            place = (kind, key)
            if entry.action not in (BEGUN, ACCEPTED) and not _can(
                entry, place, self.values.get(place), value
            ):
                continue
            self.said[place] = entry
            if value is None:
                self.values.pop(place, None)
            else:
                self.values[place] = value


def warranted(entries: Iterable[Said], accepted: Iterable[datetime] = ()) -> Warranted:
    """What must stand after these entries, oldest first; `accepted`: when acceptances of two persons were signed."""
    known = Warranted(accepted={*accepted})
    for entry in entries:
        known.take(entry)
    return known


def differing(known: Warranted, standing: Standing) -> Iterator[tuple[str, str, Value | None, Value | None]]:
    """(kind, key, how it stands, what the record says) wherever the two differ; None where there is none."""
    now = {(kind, key): value for kind, held in standing.items() for key, value in held.items()}
    for place in sorted(now.keys() | known.values.keys()):
        stands, said = now.get(place), known.values.get(place)
        if stands != said and not (stands is None and place[0] in MAY_GO):
            yield *place, stands, said


# --- what an act can bring about


def _can(entry: Said, place: tuple[str, str], before: Value | None, after: Value | None) -> bool:
    """True where the act of the entry can make of this what it states; else the statement counts for nothing.

    So an entry that reads as if it were harmless gives nobody a role, and what somebody slipped into a row is not taken up
    by the next lawful change of it.
    """
    kind, key = place
    named = entry.detail.get("id") if kind == SYSTEM else str(entry.detail.get("login", "")).casefold()
    can = _BY_ACT.get((kind, entry.act), _never)
    return can(entry.detail, key == named, before or {}, after or {})


def _never(_: Value, __: bool, ___: Value, ____: Value) -> bool:
    return False


def _new(detail: Value, own: bool, before: Value, after: Value) -> bool:
    told = all(after.get(name) == detail.get(name) for name in ("roles", "department"))
    return own and not before and told and not after.get("disabled")


def _first(_: Value, __: bool, before: Value, ___: Value) -> bool:
    return not before


def _own(_: Value, own: bool, __: Value, ___: Value) -> bool:
    return own


def _changed(detail: Value, own: bool, before: Value, after: Value) -> bool:
    changed = _others(before, after) - {"person"}
    as_told = all(name in detail and after.get(name) == detail[name] for name in changed)
    return bool(before) and (not changed or (own and as_told))


def _only(*names: str) -> Callable[[Value, bool, Value, Value], bool]:
    return lambda _, __, before, after: bool(before) and _others(before, after) <= {*names}


def _issued(detail: Value, _: bool, before: Value, after: Value) -> bool:
    return not before and after.get("login") == str(detail.get("login", "")).casefold()


def _taken_away(_: Value, __: bool, ___: Value, after: Value) -> bool:
    return not after


def _others(before: Value, after: Value) -> set[str]:
    """The names of what differs."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


_BY_ACT: dict[tuple[str, str], Callable[[Value, bool, Value, Value], bool]] = {
    (ACCOUNT, "user.add"): _new,
    (ACCOUNT, "user.change"): _changed,
    (ACCOUNT, "user.same_person"): _only("person"),
    (ACCOUNT, "user.disable"): _only("disabled"),
    (PASSWORD, "user.add"): _own,
    (PASSWORD, "user.passwd"): _own,
    (PASSWORD, "password.change"): _own,
    (FACTOR, "second_factor.on"): _own,
    (FACTOR, "second_factor.off"): _own,
    (FACTOR, "user.reset_second_factor"): _own,
    (TOKEN, "token.issue"): _issued,
    **{(SESSION, act): _issued for act in SIGNED_IN},
    (TOKEN, "token.revoke"): _taken_away,
    (DELEGATION, "delegation.add"): _first,
    (DELEGATION, "delegation.end"): _only("ended"),
    **{
        (SYSTEM, f"system.{act}"): _own
        for act in ("add", "change", "allow", "disable", "enable", "rotate_key", "encryption_key")
    },
    **{(kind, "demo"): _first for kind in (ACCOUNT, PASSWORD, SYSTEM)},
}
"""For each kind and act: whether, by the detail, the named account or system, and what stood before, it comes to this."""
