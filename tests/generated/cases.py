"""Generated requests that lead somewhere: records that are there, and members of a request that is known to be answered.

A request made from nothing but a schema names records that never were, and says facts that no case has. So what is
valid is brought near what is there; what was generated to be wrong stays as it is.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from schemathesis.transport.serialization import Binary

from tests.hostile.filled import filled
from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, MULTIPART, NOBODY, PDF, Operation, upload
from tests.hostile.recusals import application

WITHIN_REFERRAL = "/api/v1/referrals/{id}"
ON_LIST, HEAD = "C02", "P01"
AS_IT_IS = 0.4
"""Of the requests of an operation, the share that is sent as it is known to be answered."""
NEAR = 0.7
"""Of those that were generated valid, the share that is brought near what is there."""
LARGEST = 2**53 - 1
KEY = "idempotency-key"
ELSEWHERE = 0.15
"""Of the places in paths brought near, the share that is another record than the one that fits."""
KEPT = 0.25
"""Of the members that were generated, the share that stays in a request brought near."""


def referral_step(fort: Fort) -> dict[str, Any]:
    """The step by which items are handed to the police, on the referral's present version."""
    shown = fort.get(ON_LIST, f"/api/v1/referrals/{fort.ids['referral']}").json
    facts = {"items_list": "底料26千克。", "handed_on": "2024-04-26", "psb": "原平市公安局"}
    return {"trigger": "handover_items", "facts": facts, "expected_version": shown["version"]}


def referral_correction(fort: Fort) -> dict[str, Any]:
    """The police signed half an hour earlier."""
    return {**referral_withdrawal(fort), "date": "2024-04-26T17:30:00+08:00"}


def referral_withdrawal(fort: Fort) -> dict[str, Any]:
    """The police have not signed: the last step of the second referral did not happen."""
    shown = fort.get(HEAD, f"/api/v1/referrals/{fort.ids['signed']}").json
    entries = fort.get(HEAD, f"/api/v1/referrals/{fort.ids['signed']}/timeline").json["items"]
    sequence = next(one["sequence"] for one in entries if one["trigger"] == "sign_receipt")
    return {"expected_version": shown["version"], "sequence": sequence, "reason": "误录。"}


def referral_decision(_: Fort) -> dict[str, Any]:
    """The head sees no ground."""
    return {"outcome": "refused", "reason": "经核实不存在应当回避的情形。"}


def _of_referral(
    method: str, path: str, who: str, body: Any = None, keyed: bool = False, **more: Any
) -> Operation:
    return Operation(method, WITHIN_REFERRAL + path, who, body, keyed, **more)


REFERRALS = (
    _of_referral("POST", "/steps", ON_LIST, referral_step, True),
    _of_referral("POST", "/corrections", HEAD, referral_correction, True),
    _of_referral("POST", "/withdrawals", HEAD, referral_withdrawal, True),
    _of_referral("POST", "/attachments", ON_LIST, lambda _: upload(), media_type=MULTIPART),
    _of_referral("POST", "/recusals/{rid}/decision", HEAD, referral_decision, True),
    _of_referral("POST", "/recusals", ON_LIST, application, True),
)
DIGEST = f"sha256:{hashlib.sha256(PDF).hexdigest()}"
ON_PAPER_INSTEAD = "POST /api/v1/messages/{id}/paper"
"""It ends the message that is asked for, so another than the one that is sent again."""
KNOWN = {**BY_NAME, **{one.name: one for one in REFERRALS}}


@dataclass(slots=True)
class Brought:
    """Brings cases near the records of a fort; what it draws depends on the seed and the order of requests alone."""

    fort: Fort
    who: str
    random: Random
    pages: dict[str, tuple[dict[str, Any], str]]
    """Path of a list → a query and the cursor that it was answered with."""

    def bring(self, case: Any, known_first: bool) -> None:
        """The case is as it was generated, near what is there, or as it is known to be answered."""
        unlike = case.method.upper() != case.operation.method.upper()
        if case.meta is None or case.meta.generation.mode.is_negative or unlike:
            return
        known = KNOWN.get(f"{case.method.upper()} {case.path}")
        as_it_is = known_first or self.random.random() < AS_IT_IS
        self._turn(case)
        if as_it_is or self.random.random() < NEAR:
            self._place(case, known)
            if as_it_is:
                case.query = {}
                self._key(case)
            if known is not None and known.body is not None:
                case.body = self._body(case, known, as_it_is)
        case.body = spoken(case.body)
        if case.media_type == "multipart/form-data":
            case._record_starting_state()  # it stays known as valid, which a schema cannot tell of bytes

    def _turn(self, case: Any) -> None:
        """A cursor is one that was told, with the filter that it was told for; any other is rightly refused."""
        case.query.pop("cursor", None)
        if case.path in self.pages and case.method.upper() == "GET" and self.random.random() < KEPT:
            query, cursor = self.pages[case.path]
            case.query = {**query, "cursor": cursor}

    def _key(self, case: Any) -> None:
        """The command has a key of its own; the generator gives many the same, which all but the first are refused for."""
        for name in case.headers:
            if name.casefold() == KEY:
                case.headers[name] = f"generated-{self.random.getrandbits(64):016x}"

    def _place(self, case: Any, known: Operation | None) -> None:
        """The path names records that are there, mostly those that the operation is known to be answered for."""
        if not case.path_parameters:
            return
        ids, told = self.fort.ids, places(case.path, known, self.fort)
        for name in case.path_parameters:
            others = [ids[one] for one in sorted(ids)] if name in ("id", "rid", "doc", "key") else []
            likely = told.get(name)
            if likely is None or (others and self.random.random() < ELSEWHERE):
                likely = self.random.choice(others or [NOBODY])
            case.path_parameters[name] = likely

    def _body(self, case: Any, known: Operation, as_it_is: bool) -> Any:
        """The body that is known to be answered, with some members of the one that was generated."""
        assert known.body is not None
        if known.media_type == MULTIPART:
            return {**case.body, "file": Binary(PDF)} if isinstance(case.body, Mapping) else case.body
        if not as_it_is and case.path.endswith("/steps") and self.random.random() < AS_IT_IS:
            step = self._open_step(case)
            if step is not None:
                return step
        good = copy.deepcopy(known.body(self.fort))
        good = json.loads(good) if isinstance(good, bytes) else dict(good)
        if as_it_is or not isinstance(case.body, Mapping):
            return good
        for name in sorted(case.body):
            if self.random.random() < KEPT:
                good[name] = case.body[name]
        return good

    def _open_step(self, case: Any) -> dict[str, Any] | None:
        """A step that the record says is open to the caller, its form filled in; None where there is none."""
        if self.who not in self.fort.town.people:
            return None
        place = case.path.removesuffix("/steps").replace("{id}", str(case.path_parameters["id"]))
        shown = self.fort.get(self.who, place).json
        steps = [one for one in shown.get("steps", ()) if one["open"] and one.get("form")]
        if not steps:
            return None
        one = self.random.choice(steps)
        told = {"trigger": one["trigger"], "proceeding": one["proceeding"], "facts": filled(one["form"])}
        return {**told, "expected_version": shown["version"]}


def spoken(value: Any) -> Any:
    """The value in the numbers of the contract: integers in digits, none beyond ±2^53.

    A JSON Schema cannot say that 7.0 is none, so the generator takes it for one; the suite has the refusals of such numbers
    elsewhere (tests/api/test_bodies.py).
    """
    if isinstance(value, list):
        return [spoken(one) for one in value]
    if isinstance(value, Mapping):
        return {name: spoken(one) for name, one in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        return max(-LARGEST, min(LARGEST, int(value)))
    return value


def example_of(name: str, fort: Fort) -> dict[str, Any]:
    """What is known of the operation as examples: its path's members by name, and its body."""
    known, path = KNOWN.get(name), name.partition(" ")[2]
    told: dict[str, Any] = dict(places(path, known, fort))
    if known is not None and known.body is not None and known.media_type != MULTIPART:
        good = known.body(fort)
        told["body"] = json.loads(good) if isinstance(good, bytes) else dict(good)
    return told


def places(path: str, known: Operation | None, fort: Fort) -> dict[str, str]:
    """The members of a path that the operation is known to be answered for."""
    ids = fort.ids
    if path.startswith(WITHIN_REFERRAL):
        last = path.endswith(("/corrections", "/withdrawals"))
        told = {"id": ids["signed" if last else "referral"], "rid": ids["referral_recusal"]}
        return {**told, "doc": ids["referral_document"], "digest": DIGEST}
    if known is None:
        return {}
    told = {}
    for said, given in zip(path.split("/"), known.target(fort).partition("?")[0].split("/"), strict=True):
        name, _, ending = said.partition("}")
        if name.startswith("{"):
            told[name[1:]] = given.removesuffix(ending)
    return {**told, "id": ids["handed"]} if known.name == ON_PAPER_INSTEAD else told
