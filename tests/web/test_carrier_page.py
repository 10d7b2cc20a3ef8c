"""The pages of the carrier: packed and taken in with a click, a code typed off the paper; of a referral for its readers."""

from __future__ import annotations

import re

from httpx import Response

from tests.carrier.carried import PDF, Office, without_network
from tests.exchange.linked import SIGNED, Linked
from tests.referral_walk import led, opened
from tests.web.conftest import Pages
from tests.web.visitor import Visitor


def carried(pages: Pages, id: str = "fire-carried", department: str = "fire_rescue", **given: bool) -> Office:
    """A department that the town reaches by carrier."""
    return without_network(Linked(pages.town, pages.town.house.exchange), id, department, **given)


def handed_in(visitor: Visitor, path: str, name: str, content: bytes, **typed: str) -> Response:
    """What a form with a file is answered with, its token taken from the page."""
    csrf = visitor.read().forms[-1].values["csrf"][0]
    visitor.last = visitor.client.post(path, data={"csrf": csrf, **typed}, files={"file": (name, content)})
    return visitor.last


def test_a_clerk_packs_copies_and_takes_in(pages: Pages) -> None:
    fire = carried(pages, keyed=False)
    Linked(pages.town, pages.town.house.exchange).sent()
    visitor = pages.visit("D01")
    assert "/exchange/bundles" in visitor.get("/exchange").text
    assert "待装封 1 件" in visitor.get("/exchange/bundles").text
    pack = next(one for one in visitor.read().forms if "system" in one.values)
    file = visitor.send(pack)
    assert re.fullmatch(
        r'attachment; filename="fire-carried-0001-.{6}\.bhc"', file.headers["content-disposition"]
    )
    text = visitor.get("/exchange/bundles").text
    assert (
        "随携带件送出" in text and "carried, no receipt yet" in visitor.get("/exchange/bundles?lang=en").text
    )
    passphrase = re.search(r"<code>([0-9A-Z-]{29})</code>", text)
    assert passphrase
    from engine.carrier.reading import opened as open_file

    bundle = open_file(file.content, fire.keys, passphrase[1])
    visitor.get("/exchange/bundles")
    again = next(one for one in visitor.read().forms if "number" in one.values)
    assert open_file(visitor.send(again).content, fire.keys, passphrase[1]).manifest.copy_no == 1

    answer = fire.answer(bundle, fire.receipt(bundle, "signed_for", **SIGNED))
    visitor.get("/exchange/bundles")
    told = handed_in(visitor, "/exchange/bundles/attachments", "RECEIPTS.bhr", answer)
    assert 'data-receipt="recorded"' in told.text and 'data-confirmed="yes"' in told.text
    told = handed_in(visitor, "/exchange/bundles/attachments", "RECEIPTS.bhr", answer)
    assert 'data-taken="again"' in told.text and 'data-receipt="duplicate"' in told.text
    told = handed_in(visitor, "/exchange/bundles/attachments", "RECEIPTS.bhr", answer[:-1])
    assert told.status_code == 422 and "not an answer to a bundle" in told.text


def test_a_code_is_typed_with_its_scan(pages: Pages) -> None:
    fire = carried(pages)
    linked = Linked(pages.town, pages.town.house.exchange)
    finding, _ = linked.sent()
    code = fire.open(fire.pack()).manifest.messages[0].codes["signed_for"]
    visitor = pages.visit("D01")
    visitor.get("/exchange/codes")
    said = {"code": code, "received_at": "2024-04-26T17:00", "signer": "值班员"}
    wrong = handed_in(visitor, "/exchange/codes/attachments", "回执.pdf", PDF, **{**said, "code": code[:-1]})
    assert wrong.status_code == 422 and "签收码有误" in wrong.text and "值班员" in wrong.text
    assert "请附纸质回执的扫描件" in handed_in(visitor, "/exchange/codes/attachments", "", b"", **said).text
    entered = handed_in(visitor, "/exchange/codes/attachments", "回执.pdf", PDF, **said)
    assert entered.status_code == 303 and linked.state(finding) == "received"
    shown = visitor.get(entered.headers["location"]).text
    assert "回执已登记" in shown and code in shown and "凭码登记纸质回执" in shown
    assert pages.visit("W01").get("/exchange/codes").status_code == 403


def test_what_is_of_a_referral_is_for_its_readers(pages: Pages) -> None:
    carried(pages, "psb-carried", "public_security", keyed=False)
    town = pages.town
    referral = opened(town, town.finding())
    led(town, referral, "form_team", "submit_report", "approve_referral", "hand_over")
    path = f"/referrals/{referral}/carrier"
    reader, clerk = pages.visit("C02"), pages.visit("F01")
    assert path in reader.get(f"/referrals/{referral}").text
    reader.get(path)
    pack = next(one for one in reader.read().forms if "system" in one.values)
    assert reader.send(pack).headers["content-type"] == "application/octet-stream"
    assert "第1号" in reader.get(path).text
    nobody = referral[:-4] + "0000"
    assert clerk.get(path).text == clerk.get(path.replace(referral, nobody)).text.replace(nobody, referral)
    ordinary = pages.visit("D01").get("/exchange/bundles").text
    assert "<tr data-bundle" not in ordinary and "待装封 0 件" in ordinary
