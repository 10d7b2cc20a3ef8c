"""What linked systems send: published schemas and examples hold, and whatever is forged, replayed or wrong is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator, Registry

from api.app import create_app
from api.incoming_schemas import incoming_schemas
from engine.core.calendar import SHANGHAI
from engine.core.refusals import Refusal
from rules.incoming import load_incoming
from tests.builders import refused
from tests.incoming.senders import NAME, PHONE, RETURNED, SAID, Senders, event_of, headers_for
from tests.partner import Ed25519Key
from tests.schemas import contract

DOCS = Path(__file__).parent.parent.parent / "docs"
SCHEMAS = incoming_schemas(load_incoming())
COMMON = contract("schemas/common.json")


def valid(name: str, event: Any) -> bool:
    """True when the event is as the published schema says."""
    registry = Registry([(COMMON["$id"], COMMON)])
    return bool(Draft202012Validator(SCHEMAS[name], registry=registry, validate_formats=True).is_valid(event))


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_the_published_schema_is_the_one_by_which_the_house_reads(senders: Senders, name: str) -> None:
    assert json.loads((DOCS / "schemas" / f"{name}.json").read_text()) == SCHEMAS[name]
    kind = name.removeprefix("incoming_")
    partner = senders.partner(kind)
    event = event_of(partner, kind)
    assert valid(name, event)
    for path, value in MUTATIONS:
        wrong = copy.deepcopy(event)
        _set(wrong, path, value)
        assert not valid(name, wrong), path
        assert refused(senders.send, partner, {**wrong, "id": event["id"]}).code == "facts_invalid", path


MUTATIONS = (
    (("specversion",), "0.3"),
    (("more",), 1),
    (("data", "more"), 1),
    (("data", "title"), ""),
    (("data", "title"), 7),
    (("data", "facts_summary"), None),
    (("data", "facts_summary"), "x" * 2001),
    (("time",), "2024-04-26 16:40"),
    (("datacontenttype",), "text/plain"),
    (("data", "by"), "消防员"),
    (("dataschema",), "https://elsewhere.example/x.json"),
)


def _set(event: Any, path: tuple[str, ...], value: Any) -> None:
    *outer, last = path
    for name in outer:
        event = event[name]
    event[last] = value


def test_the_examples_of_the_documentation_are_taken_in_over_http(senders: Senders) -> None:
    client = TestClient(create_app(senders.town.house), base_url="http://127.0.0.1")
    told = (DOCS / "integrating.md").read_text()
    for kind in SAID:
        raw = (DOCS / "examples" / "incoming" / f"incoming_{kind}.json").read_bytes()
        event = json.loads(raw)
        assert valid(f"incoming_{kind}", event)
        assert f"incoming_{kind}.json" in told
        partner = senders.partner(kind)
        path = f"/api/v1/exchange/{partner.system}/incoming"
        headers = headers_for(partner, event["id"], raw)
        first, again = (client.post(path, content=raw, headers=headers) for _ in range(2))
        assert (first.status_code, first.json()["code"]) == (200, "recorded"), first.text
        assert again.json() == {**first.json(), "code": "duplicate", **_words(again.json())}
        signs = f"GET {path}/{event['id']}".encode()
        became = client.get(f"{path}/{event['id']}", headers=headers_for(partner, "reading-1", signs))
        assert became.json()["incoming"] == first.json()["incoming"]
        assert became.json()["state"] == "received"
        assert NAME not in became.text and PHONE not in became.text


def _words(body: Any) -> dict[str, str]:
    return {name: body[name] for name in ("zh", "en")}


def test_a_system_reads_what_became_of_what_it_sent_and_of_nothing_else(senders: Senders) -> None:
    fire, hotline = senders.partner("department_transfer"), senders.partner("report")
    event = event_of(fire, "department_transfer")
    senders.send(fire, event)
    arriving = senders.town.house.incoming.arriving
    signs = b"GET /x"

    def told(partner: Any, id: str) -> dict[str, Any]:
        return arriving.told(partner.system, headers_for(partner, "read-1", signs), signs, id)

    assert told(fire, event["id"])["state"] == "received"
    assert refused(told, hotline, event["id"]).code == "not_found"
    assert refused(told, fire, "0190ffff0190ffff").code == "not_found"
    [row] = senders.listed("H01")["items"]
    senders.act("H01", row["id"], "return", **RETURNED)
    became = told(fire, event["id"])
    assert (became["state"], became["reason"], became["suggested_department"]) == (
        "returned",
        "no_power",
        "housing",
    )


def test_with_ed25519_as_with_hmac(senders: Senders) -> None:
    partner = senders.partner("department_transfer", Ed25519Key())
    assert senders.send(partner, event_of(partner, "department_transfer")).incoming == "来〔2024〕0001"


def test_what_is_forged_replayed_or_not_its_own_is_refused_and_keeps_nothing(senders: Senders) -> None:
    fire, psb = senders.partner("department_transfer"), senders.partner("police_return")
    event = event_of(fire, "department_transfer")
    raw = json.dumps(event, ensure_ascii=False).encode()
    good = headers_for(fire, event["id"], raw)
    now = int(fire.now())

    def code(raw: bytes = raw, system: str = fire.system, **changed: str) -> str:
        headers = {**good, **{name.replace("_", "-"): value for name, value in changed.items()}}
        try:
            told = senders.town.house.incoming.arriving.receive(system, headers, raw)
        except Refusal as refusal:
            return refusal.code
        return told.code

    assert code(raw + b" ") == "signature_invalid"
    assert code(webhook_id="another-id") == "signature_invalid"
    assert code(system="nobody") == "signature_invalid"
    assert code(system=psb.system) == "signature_invalid"
    assert code(webhook_signature="v1,AAAA") == "signature_invalid"
    old = headers_for(fire, event["id"], raw, now - 301)
    assert code(**{name.replace("-", "_"): value for name, value in old.items()}) == "signature_expired"
    assert code(content_type="application/json") == "media_type_unsupported"
    for wrong in (
        {**event, "id": "0190b7a2-other"},
        {**event, "sender": "taxation"},
        {**event, "source": "/systems/yuanping-psb"},
        {**event, "recipient": "fire_rescue"},
        {**event, "recipient": "taxation"},
        {**event, "recipient": "nowhere"},
        {**event, "type": "bihuan.receipt.accepted.v1"},
        {**event, "type": "bihuan.incoming.gift.v1"},
    ):
        body = json.dumps(wrong).encode()
        signed = headers_for(fire, event["id"], body)
        told = {name.replace("-", "_"): value for name, value in signed.items()}
        assert code(body, **told) == "facts_invalid", wrong
    for unread in (b"[]", b"{", b'{"a":1,"a":2}', b"\xff"):
        told = {n.replace("-", "_"): v for n, v in headers_for(fire, event["id"], unread).items()}
        assert code(unread, **told) in ("facts_invalid", "body_malformed")
    assert senders.listed("H01")["items"] == []
    assert (code(), code()) == ("recorded", "duplicate")
    other = json.dumps({**event, "subject": "另一件"}, ensure_ascii=False).encode()
    told = {n.replace("-", "_"): v for n, v in headers_for(fire, event["id"], other).items()}
    assert code(other, **told) == "key_reused"
    assert len(senders.listed("H01")["items"]) == 1


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("police_return", "report"),
        ("procuratorial_opinion", "police_return"),
        ("report", "procuratorial_opinion"),
    ],
)
def test_a_kind_that_the_department_may_not_send_is_told_so(senders: Senders, kind: str, by: str) -> None:
    partner = senders.partner(by)
    refusal = refused(senders.send, partner, event_of(partner, kind))
    assert refusal.code == "not_yours"
    assert "该单位不得发送" in str(refusal.detail)


def test_a_complaint_names_who_complains_and_an_answer_names_what_was_sent(senders: Senders) -> None:
    hotline, psb = senders.partner("complaint"), senders.partner("police_return")
    for informant in (None, {}, {"phone": PHONE}, {"name": "", "phone": PHONE}, {"name": NAME, "id": "1"}):
        event = event_of(hotline, "complaint", informant=informant)
        assert refused(senders.send, hotline, event).code == "facts_invalid"
    anonymous = event_of(hotline, "report", informant=None)
    senders.send(hotline, anonymous)
    assert senders.listed("H01")["items"][0]["informant"] == "anonymous"
    unknown = event_of(psb, "police_return", in_reply_to="0190ffff0190ffff")
    assert refused(senders.send, psb, unknown).code == "message_unknown"


def test_dates_ahead_and_too_far_back_are_refused(senders: Senders) -> None:
    now = senders.town.house.clock.now().astimezone(SHANGHAI)

    def entering(at: str, **more: Any) -> str:
        return refused(senders.entered, "D01", "report", received_at=at, **more).code

    assert entering(now.replace(hour=18).isoformat()) == "occurred_in_future"
    assert entering("2024-04-26T16:00") == "facts_invalid"
    assert entering("2024-04-01T09:00:00+08:00") == "too_late_entry"
    assert (
        refused(senders.entered, "H01", "report", received_at="2024-04-01T09:00:00+08:00").code
        == "facts_invalid"
    )
    late = {"received_at": "2024-04-01T09:00:00+08:00", "late_reason": "收发室漏登。"}
    matter = senders.entered("H01", "report", **late)
    assert senders.clocks(matter)["DL52"] == ("running", "2024-04-09")
    at = now.replace(hour=18)
    assert refused(senders.act, "D01", matter, "sign_for", at=at).code == "occurred_in_future"
    early = at.replace(month=3)
    assert refused(senders.act, "D01", matter, "sign_for", at=early).code == "occurred_too_early"
