"""Comments on a finding: entries that move nothing, by whoever works on it, in the chain and on the list of work."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import select

from models import records
from tests.engine.test_delegations import lend
from tests.web.conftest import Pages
from tests.web.town_at_work import put_to_work, registered_slight
from tests.web.visitor import PageForm, Visitor

SAID = "已电话催促，<i>周三</i>前交齐材料。"


def comment_form(visitor: Visitor, finding: str) -> PageForm:
    assert visitor.get(f"/findings/{finding}").status_code == 200
    return next(form for form in visitor.read().forms if form.action.endswith("/comments"))


def test_a_comment_stands_in_the_chain_and_raises_no_version(pages: Pages) -> None:
    town, finding = pages.town, put_to_work(pages.town).found
    before = town.row(finding)
    officer = pages.visit("C01")
    form = comment_form(officer, finding)

    empty = officer.send(form, text="  ")
    assert (empty.status_code, officer.read().wrong) == (422, ["text"])
    hidden = officer.send(form, text="a\u202eb\u0007")
    assert hidden.status_code == 422
    assert officer.send(form, text=SAID).status_code == 303
    assert officer.send(form, text=SAID).status_code == 303, "sent twice"

    after = town.row(finding)
    assert (after.version, after.sequence) == (before.version, before.sequence + 1)
    with town.house.database.read() as connection:
        asked = select(records.ENTRY.c.trigger, records.ENTRY.c.by, records.ENTRY.c.hash)
        last = connection.execute(asked.where(records.ENTRY.c.record_id == finding)).all()[-1]
    assert (last.trigger, last.by, last.hash) == ("comment", "C01", after.head)
    escaped = "已电话催促，&lt;i&gt;周三&lt;/i&gt;前交齐材料。"
    assert escaped in pages.visit("W01").get(f"/findings/{finding}").text
    assert escaped in pages.visit("W01").get("/work").text


def test_who_only_looks_on_or_sees_nothing_says_nothing(pages: Pages) -> None:
    finding = put_to_work(pages.town).found
    officer = pages.visit("C01")
    form = comment_form(officer, finding)
    for login, status in (("T01", 403), ("F01", 404)):
        visitor = pages.visit(login)
        visitor.get("/work")
        sent = visitor.send(form, csrf=visitor.client.cookies["bihuan_csrf"], text="路过")
        assert sent.status_code == status, login
    assert "路过" not in officer.get(f"/findings/{finding}").text


def test_the_page_says_who_handles_it_who_stands_in_and_how_it_is_handed_over(pages: Pages) -> None:
    town = pages.town
    finding = registered_slight(town)
    lend(town, "C01", "C02", date(2024, 4, 26), date(2024, 4, 27))
    text = pages.visit("W02").get(f"/findings/{finding}").text
    assert "<strong>姓名C01</strong>" in text and "姓名C02 代办，至 2024年4月27日" in text
    assert "data-handover" not in text and "交接由" in text
    head = pages.visit("H01")
    path = re.search(r'href="([^"]+)" data-handover', head.get(f"/findings/{finding}").text)
    assert path and head.get(path.group(1)).status_code == 200
    form = next(one for one in head.read().forms if one.triggers == "reassign")
    assert head.send(form, handler="C02", reason="工作调整。").status_code == 303
    assert "<strong>姓名C02</strong>" in head.get(f"/findings/{finding}").text
