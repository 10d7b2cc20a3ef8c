"""Linked systems on pages: how each fares, forms that propose, a button that confirms, and what nobody is told."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser

from engine.carrier.envelope import new_keys
from engine.house import House
from engine.system_checks import NewSystem
from models import linked_reading
from tests.builders import Town
from tests.exchange.linked import Linked
from tests.exchange.test_sealed_referrals import key_of, police, refer
from tests.partner import SealingKey
from tests.web.conftest import Pages, Served, give_passwords
from tests.web.test_pages_in_the_browser import complaints_about
from tests.web.visitor import PageForm, Visitor

ROW = re.compile(r'data-system="([^"]+)" data-state="(\w+)"')
ONCE = re.compile(r'data-once="(\w+)">([^<]+)<')
FIRE = {"id": "yuanping-fire", "department": "fire_rescue", "kinds": ["all"], "scheme": "hmac"}


@pytest.fixture
def real(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> Pages:
    """A bureau where two system administrators are needed, as in real time."""
    monkeypatch.setattr("engine.administration.Administration.acts_directly", lambda _: False)
    pages.town.add_person("A02", "market_regulation", ("system_admin",))
    give_passwords(pages.town)
    return pages


def form_of(visitor: Visitor, act: str) -> PageForm:
    """The form of the last page that proposes that act."""
    return next(
        one
        for one in visitor.read().forms
        if one.values.get("act") == [act] or (act == "system.add" and "scheme" in one.values)
    )


def confirm(visitor: Visitor, path: str) -> str:
    """The page after the first proposal was confirmed by this person."""
    visitor.get(path)
    button = next(one for one in visitor.read().forms if one.action.startswith("/admin/proposals/"))
    answer = visitor.send(button)
    return visitor.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text


def test_one_links_a_system_and_another_confirms_and_is_shown_the_secret_once(real: Pages) -> None:
    first, second = real.visit("A01"), real.visit("A02")
    first.get("/systems")
    answer = first.send(form_of(first, "system.add"), **FIRE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/systems?flash=created")
    text = first.get("/systems").text
    assert "消防" in text and 'action="/admin/proposals/' not in text and ROW.findall(text) == []
    [(name, secret)] = ONCE.findall(confirm(second, "/systems"))
    assert name == "secret" and secret.startswith("whsec_")
    for visitor in (first, second):
        for path in ("/systems", "/systems/yuanping-fire", "/admin"):
            assert secret not in visitor.get(path).text
    assert ROW.findall(second.get("/systems").text) == [("yuanping-fire", "in_use")]
    text = second.get("/systems/yuanping-fire").text
    assert "登记系统" in text and "姓名A02" in text and "提出人 姓名A01" in text


def test_a_change_waits_for_the_second_person_who_sees_what_stood_before(real: Pages) -> None:
    house = real.town.house
    house.systems.add(
        NewSystem("yuanping-fire", "fire_rescue", ["all"], "hmac", url="https://old.example/hook")
    )
    first, second = real.visit("A01"), real.visit("A02")
    path = "/systems/yuanping-fire"
    first.get(path)
    changed = {"url": "https://new.example/hook", "kinds": ["all", "reminder"]}
    assert first.send(form_of(first, "system.change"), **changed).status_code == 303
    assert address(house) == "https://old.example/hook"
    text = second.get(path).text
    assert "https://old.example/hook → https://new.example/hook" in text and "全部种类 → 全部种类、" in text
    assert 'data-flash="recorded"' in confirm(second, path)
    assert address(house) == "https://new.example/hook"
    assert "变更登记" in second.get(path).text


def test_where_a_system_may_be_called_and_one_without_a_network_are_proposed_too(real: Pages) -> None:
    house, first, second = real.town.house, real.visit("A01"), real.visit("A02")
    first.get("/systems")
    carried = {**FIRE, "url": "", "carrier": "true", "encryption_key": new_keys()[1]}
    assert first.send(form_of(first, "system.add"), **carried).status_code == 303
    confirm(second, "/systems")
    path = "/systems/yuanping-fire"
    assert "携带送达（无网络）" in second.get(path).text
    [system] = house.systems.list()
    assert (system["carrier"], system["pull"], len(system["encryption_keys"])) == (True, False, 1)
    first.get(path)
    refused = first.send(form_of(first, "system.change"), url="https://fire.example/", kinds=["all"])
    assert refused.status_code == 422
    first.get(path)
    assert first.send(form_of(first, "system.allow"), allowed="不是 10.1.0.0/16").status_code == 422
    first.get(path)
    assert first.send(form_of(first, "system.allow"), allowed="A.example\n10.1.0.0/16").status_code == 303
    assert "A.example、10.1.0.0/16" in second.get(path).text
    confirm(second, path)
    assert house.systems.list()[0]["allowed"] == ["a.example", "10.1.0.0/16"]


def address(house: House) -> str:
    """Where the fire brigade's system is called."""
    return str(house.systems.list()[0]["url"])


def test_a_private_key_is_refused_and_not_written_back(real: Pages) -> None:
    house, key = real.town.house, SealingKey()
    house.systems.add(NewSystem("yuanping-psb", "public_security", ["all"], "hmac"))
    visitor, path = real.visit("A01"), "/systems/yuanping-psb"
    visitor.get(path)
    answer = visitor.send(form_of(visitor, "system.encryption_key"), encryption_key=json.dumps(key.private))
    assert (answer.status_code, visitor.problem) == (422, "facts_invalid")
    assert visitor.read().wrong == ["encryption_key"] and "这是私钥" in answer.text
    assert key.private["d"] not in answer.text
    with house.database.read() as connection:
        said = str(connection.exec_driver_sql("SELECT detail FROM proposal").all())
    assert key.private["d"] not in said and key.public["x"] not in said
    answer = visitor.send(form_of(visitor, "system.encryption_key"), encryption_key=json.dumps(key.public))
    assert answer.status_code == 303
    text = confirm(real.visit("A02"), path)
    assert "data-kid=" in text and "登记加密密钥" in text


def test_a_refused_form_comes_back_with_what_was_typed(real: Pages) -> None:
    visitor = real.visit("A01")
    visitor.get("/systems")
    answer = visitor.send(
        form_of(visitor, "system.add"), id="系统", url="ftp://x", kinds=["all"], scheme="hmac"
    )
    assert answer.status_code == 422 and visitor.read().wrong == ["id", "department", "url"]
    assert form_of(visitor, "system.add").values["id"] == ["系统"]
    for odd in ({"overlap_hours": "many"}, {"overlap_hours": "-1"}, {"overlap_hours": "99999"}):
        real.town.house.systems.add(NewSystem(f"s{abs(hash(str(odd)))}", "fire_rescue", ["all"], "hmac"))
        id = real.town.house.systems.list()[-1]["id"]
        visitor.get(f"/systems/{id}")
        assert visitor.send(form_of(visitor, "system.rotate_key"), **odd).status_code == 422
        assert visitor.read().wrong == ["overlap_hours"]


def test_who_reads_has_no_form_and_others_no_page(real: Pages) -> None:
    real.town.house.systems.add(NewSystem("yuanping-fire", "fire_rescue", ["all"], "hmac"))
    form = PageForm("/systems/yuanping-fire/proposals", "", {"act": ["system.disable"]})
    ping = PageForm("/systems/yuanping-fire/ping", "")
    for login in ("D01", "S01", "P01"):
        visitor = real.visit(login)
        text = visitor.get("/systems").text + visitor.get("/systems/yuanping-fire").text
        assert "yuanping-fire" in text and "data-form=" not in text and "/ping" not in text
        csrf = visitor.client.cookies["bihuan_csrf"]
        assert visitor.send(form, csrf=csrf).status_code == 403
        assert visitor.send(ping, csrf=csrf).status_code == 403
    for login in ("W01", "E01"):
        assert real.visit(login).get("/systems").status_code == 403
    assert real.visit("A01").get("/systems/nobody").status_code == 404
    assert real.visit("A01").get("/systems/%27%3B").status_code == 404
    assert 'href="/systems"' in real.visit("D01").get("/exchange").text
    assert 'href="/systems"' in real.visit("A01").get("/admin").text


def test_no_figure_tells_of_the_criminal_queue(pages: Pages) -> None:
    """Law 9: whatever waits, was brought or answered on that queue, the pages are the same."""
    linked = Linked(pages.town, pages.town.house.exchange)
    police(linked)
    linked.link("yuanping-fire", "fire_rescue")
    linked.sent()
    visitors = [pages.visit(login) for login in ("A01", "D01")]

    def seen() -> list[str]:
        texts = [one.get(path).text for one in visitors for path in ("/systems", "/systems/yuanping-psb")]
        return [re.sub(r'name="csrf" value="[^"]*"', "", text) for text in texts]

    before = seen()
    id = refer(linked)
    assert seen() == before
    house = pages.town.house
    with house.database.read() as connection:
        row = linked_reading.system_row(connection, "yuanping-psb")
    house.exchange.outbox.acknowledge(row, id)
    assert seen() == before
    assert 'data-number="waiting">1<' in visitors[0].get("/systems/yuanping-fire").text


def test_the_list_is_filtered_and_goes_on(pages: Pages) -> None:
    systems = pages.town.house.systems
    for number in range(3):
        systems.add(NewSystem(f"fire-{number}", "fire_rescue", ["all"], "hmac"))
    systems.add(NewSystem("tax", "taxation", ["all"], "hmac"))
    pages.town.house.writer.submit(lambda connection: systems.suspend_within(connection, "fire-1"))
    visitor = pages.visit("D01")
    text = visitor.get("/systems?department=fire_rescue&limit=2").text
    assert ROW.findall(text) == [("fire-0", "in_use"), ("fire-1", "suspended")]
    following = re.search(r'href="([^"]+)" rel="next"', text)
    assert following is not None
    rest = visitor.get(following.group(1).replace("&amp;", "&")).text
    assert ROW.findall(rest) == [("fire-2", "in_use")]
    assert ROW.findall(visitor.get("/systems?state=suspended").text) == [("fire-1", "suspended")]
    answer = visitor.get("/systems?state=asleep")
    assert (answer.status_code, "data-problem" in answer.text) == (400, True)


def test_the_pages_are_accessible_and_fit(served: Served, browser: Browser) -> None:
    town: Town = served.town
    linked = Linked(town, town.house.exchange)
    key = SealingKey(kid="psb-2024")
    linked.link(
        "yuanping-psb", "public_security", url="https://receiver.example/hook", encryption_key=key_of(key)
    )
    pages = ["/systems", "/systems/yuanping-psb"]
    assert complaints_about(browser, served.base, {"A01": pages}) == []
