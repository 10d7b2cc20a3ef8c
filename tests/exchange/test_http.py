"""The exchange over real HTTP: pull, acknowledge, answer, hand in a paper; nothing before the signature holds."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request

import pytest

from tests.exchange.linked import ACCEPTED, CONCLUDED, FEEDBACK, RETURNED, SIGNED, Linked
from tests.partner import Ed25519Key, Partner
from tests.schemas import faults

PAPER = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@pytest.fixture
def fire(served: Linked) -> Partner:
    """The fire brigade's system, which pulls."""
    return served.link("yuanping-fire", "fire_rescue")


def test_s06_the_letter_goes_out_comes_back_goes_out_again_and_the_loop_closes(served, fire):
    town = served.town
    finding, transfer = served.sent()
    [first] = fire.pull()["items"]
    assert faults("message", first) == []
    assert fire.acknowledge(first["id"]) == 204
    town.at("2024-04-30T17:00")
    assert (
        fire.receipt("signed_for", first, received_at="2024-04-30T16:40:00+08:00", signer="值班员")[0] == 200
    )
    town.at("2024-05-08T17:00")
    assert fire.receipt("returned", first, **{**RETURNED, "returned_on": "2024-05-08"})[0] == 200
    assert served.state(finding) == "returned"
    town.at("2024-05-09T17:00")
    town.step("D01", finding, "resend", transfer, sent_on="2024-05-09", corrections="补充现场照片")
    reminder, second = fire.pull()["items"]
    assert reminder["data"] | {"term": "DL51", "number": 1, "about_message": first["id"]} == reminder["data"]
    assert faults("message", reminder) == []
    assert second["data"]["resend_of"] == first["id"]
    assert (
        fire.receipt("signed_for", second, received_at="2024-05-09T16:59:00+08:00", signer="值班员")[0] == 200
    )
    town.at("2024-05-10T17:00")
    assert fire.receipt("accepted", second, **{**ACCEPTED, "accepted_on": "2024-05-10"})[0] == 200
    town.at("2024-05-24T10:00")
    assert fire.receipt("concluded", second, **{**CONCLUDED, "concluded_on": "2024-05-24"})[0] == 200
    town.at("2024-05-24T10:05")
    assert fire.receipt("feedback", second, **{**FEEDBACK, "feedback_on": "2024-05-24"})[0] == 200
    town.at("2024-05-27T17:00")
    town.step("C01", finding, "close", transfer)
    assert served.state(finding) == "closed"
    dues = {
        (one.term, one.spec["due_effective"])
        for one in town.deadlines(finding)
        if one.proceeding_id == transfer
    }
    assert {("DL52", "2024-05-10"), ("DL56a", "2024-05-23"), ("DL56b", "2024-06-07")} <= dues


def test_the_bell_rings_before_a_receipt_on_a_later_day(served, fire):
    finding, transfer = served.sent()
    [letter] = fire.pull()["items"]
    served.town.at("2024-05-24T10:00")
    fire.receipt("signed_for", letter, received_at="2024-05-24T09:59:00+08:00", signer="值班员")
    record = next(one for one in served.town.proceedings(finding) if one.id == transfer).record
    assert record["acts"]["escalate_silence"][1] < record["acts"]["receive"][1]


def test_ed25519_serves_both_directions(sqlite_served):
    key = Ed25519Key()
    fire = sqlite_served.link("yuanping-fire", "fire_rescue", key=key)
    finding, _ = sqlite_served.sent()
    [letter] = fire.pull()["items"]
    assert fire.receipt("signed_for", letter, **SIGNED)[0] == 200
    fire.key = Ed25519Key()
    assert fire.receipt("accepted", letter, **ACCEPTED)[0] == 401
    assert sqlite_served.state(finding) == "received"


def test_the_feed_is_in_order_and_getting_is_not_delivery(served, fire):
    for _ in range(3):
        served.sent()
    page = fire.pull("limit=2")
    assert faults("pull_answer", page) == []
    assert [one["sequence"] for one in page["items"]] == [f"{1:020d}", f"{2:020d}"]
    assert (page["next"], page["more"]) == (f"{2:020d}", True)
    rest = fire.pull(f"after={page['next']}&queue=ordinary")
    assert ([one["sequence"] for one in rest["items"]], rest["more"]) == ([f"{3:020d}"], False)
    assert fire.pull("limit=2") == page
    assert fire.pull("queue=criminal") == {"items": [], "next": None, "more": False}


def test_what_is_not_acknowledged_stays_in_the_feed(served, fire):
    for _ in range(3):
        served.sent()
    first, second, third = fire.pull()["items"]
    assert [fire.acknowledge(second["id"]), fire.acknowledge(second["id"])] == [204, 204]
    assert fire.pull()["items"][0]["id"] == first["id"]
    fire.acknowledge(first["id"])
    assert [one["id"] for one in fire.pull()["items"]] == [third["id"]]
    fire.acknowledge(third["id"])
    assert fire.pull()["items"] == []
    assert [one["id"] for one in fire.pull("after=0")["items"]] == [first["id"], second["id"], third["id"]]


def test_nobody_acknowledges_for_another(served, fire):
    served.sent()
    tax = served.link("yuanping-tax", "taxation")
    [letter] = fire.pull()["items"]
    assert tax.acknowledge(letter["id"]) == 404
    assert tax.acknowledge("01921dbe-2475-7c6c-8fa0-64652fff9bed") == 404
    assert tax.pull()["items"] == []
    assert [one["id"] for one in fire.pull()["items"]] == [letter["id"]]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("after=x", "/?after"),
        ("after=-1", "/?after"),
        ("after=" + "9" * 21, "/?after"),
        ("limit=0", "/?limit"),
        ("limit=201", "/?limit"),
        ("limit=%D9%A3", "/?limit"),
        ("queue=urgent", "/?queue"),
        ("limit=1&limit=2", "/?limit"),
        ("page=2", "/?page"),
    ],
)
def test_parameters_that_are_not_the_feeds_are_refused(sqlite_served, query, pointer):
    fire = sqlite_served.link("yuanping-fire", "fire_rescue")
    problem = fire.pull(query)
    assert problem["code"] == "parameter_invalid"
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert faults("problem", problem) == []


def test_answers_to_receipts_obey_their_schema(served, fire):
    served.sent()
    [letter] = fire.pull()["items"]
    early = fire.event("accepted", letter, **ACCEPTED)
    parked, again = fire.send(early), fire.send(early)
    recorded = fire.receipt("signed_for", letter, **SIGNED)
    assert [parked[0], again[0], recorded[0]] == [202, 200, 200]
    assert [one[1]["code"] for one in (parked, again, recorded)] == ["parked", "duplicate", "recorded"]
    assert parked[1]["waiting_for"] == "transfer.receive"
    assert [faults("receipt_answer", one[1]) for one in (parked, again, recorded)] == [[], [], []]


def test_refusals_are_problems_of_the_contract(served, fire):
    finding, _ = served.sent()
    [letter] = fire.pull()["items"]
    event = fire.event("signed_for", letter, **SIGNED)
    unknown = fire.event("signed_for", {**letter, "id": "01921dbe-2475-7c6c-8fa0-64652fff9bed"}, **SIGNED)
    lacking = fire.event("signed_for", letter, signer="值班员")
    late = str(int(fire.now()) - 400)
    answers = {
        "signature_invalid": fire.send(event, webhook_signature="v1,AAAA"),
        "signature_expired": fire.send(event, timestamp=late),
        "message_unknown": fire.send(unknown),
        "facts_invalid": fire.send(lacking),
        "body_malformed": fire.send(event, b'{"id":1,"id":2}'),
        "media_type_unsupported": fire.send(event, content_type="text/plain"),
    }
    statuses = {code: status for code, (status, _) in answers.items()}
    assert statuses == {
        "signature_invalid": 401,
        "signature_expired": 401,
        "message_unknown": 422,
        "facts_invalid": 422,
        "body_malformed": 400,
        "media_type_unsupported": 415,
    }
    for code, (_, problem) in answers.items():
        assert problem["code"] == code
        assert faults("problem", problem) == []
    assert [error["pointer"] for error in answers["facts_invalid"][1]["errors"]] == ["/data/received_at"]
    assert served.receipts(finding) == []
    assert fire.send(event)[0] == 200
    assert fire.send(event, json.dumps(event, indent=1).encode())[1]["code"] == "key_reused"


def test_nothing_is_told_without_a_signature(sqlite_served):
    sqlite_served.link("yuanping-fire", "fire_rescue")
    for method, rest in (("GET", "messages"), ("POST", "receipts"), ("POST", "messages/none/ack")):
        answers = []
        for system in ("yuanping-fire", "yuanping-nobody"):
            url = f"{sqlite_served.base}/api/v1/exchange/{system}/{rest}"
            with pytest.raises(urllib.error.HTTPError) as refusal:
                urllib.request.urlopen(urllib.request.Request(url, data=b"", method=method))
            problem = json.loads(refusal.value.read())
            answers.append((refusal.value.code, {**problem, "instance": None}))
        assert answers[0] == answers[1]
        assert answers[0][0] == 401


def test_a_signature_for_one_path_is_none_for_another(sqlite_served):
    fire = sqlite_served.link("yuanping-fire", "fire_rescue")
    sqlite_served.sent()
    path = "/api/v1/exchange/yuanping-fire/messages"
    assert fire._call("GET", path, f"GET {path}".encode(), None)[0] == 200
    assert fire._call("GET", f"{path}?limit=1", f"GET {path}".encode(), None)[0] == 401
    assert fire._call("GET", path, f"POST {path}".encode(), None)[0] == 401


def test_an_ack_may_carry_an_empty_object_and_nothing_else(sqlite_served):
    fire = sqlite_served.link("yuanping-fire", "fire_rescue")
    sqlite_served.sent()
    [letter] = fire.pull()["items"]
    path = f"/api/v1/exchange/yuanping-fire/messages/{letter['id']}/ack"
    assert fire._call("POST", path, b'{"a":1}', b'{"a":1}')[0] == 422
    assert fire._call("POST", path, b"{", b"{")[0] == 400
    assert fire._call("POST", path, b"{}", b"{}")[0] == 204


def test_the_paper_of_a_receipt_is_kept_with_the_finding_and_lets_it_close(served, fire):
    finding, transfer = served.sent()
    [letter] = fire.pull()["items"]
    digest = "sha256:" + hashlib.sha256(PAPER).hexdigest()
    paper = {"digest": digest, "name": "决定书.pdf", "media_type": "application/pdf", "size": len(PAPER)}
    decided = {
        "result": "penalised",
        "document": {**paper, "title": "行政处罚决定书", "doc_no": "原消罚〔2024〕11号"},
    }
    fire.receipt("signed_for", letter, **SIGNED)
    fire.receipt("accepted", letter, **ACCEPTED)
    fire.receipt("concluded", letter, **{**CONCLUDED, **decided})
    _, told = fire.receipt("feedback", letter, **{**FEEDBACK, **decided})
    status, answer = fire.hand_in(told["receipt"], "x.pdf", PAPER)
    assert (status, answer["attachments"][0]["digest"]) == (201, digest)
    assert answer["attachments"][0]["title"] == "行政处罚决定书"
    assert fire.hand_in(told["receipt"], "x.pdf", PAPER)[0] == 200
    served.town.step("C01", finding, "close", transfer)
    assert served.state(finding) == "closed"


def test_only_the_announced_paper_of_an_own_receipt_is_taken(sqlite_served):
    fire = sqlite_served.link("yuanping-fire", "fire_rescue")
    tax = sqlite_served.link("yuanping-tax", "taxation")
    sqlite_served.sent()
    [letter] = fire.pull()["items"]
    digest = "sha256:" + hashlib.sha256(PAPER).hexdigest()
    paper = {"digest": digest, "name": "回执.pdf", "media_type": "application/pdf", "size": len(PAPER)}
    _, told = fire.receipt("signed_for", letter, **SIGNED, document=paper)
    assert fire.hand_in(told["receipt"], "x.pdf", PAPER + b"\n")[1]["code"] == "facts_invalid"
    assert tax.hand_in(told["receipt"], "x.pdf", PAPER)[0] == 404
    assert fire.hand_in("01921dbe-2475-7c6c-8fa0-64652fff9bed", "x.pdf", PAPER)[0] == 404
    fire.key, right = tax.key, fire.key
    assert fire.hand_in(told["receipt"], "x.pdf", PAPER)[0] == 401
    fire.key = right
    assert fire.hand_in(told["receipt"], "x.pdf", PAPER)[0] == 201
