"""Background jobs over the interface."""

from __future__ import annotations

from engine.jobs.runner import Runner
from tests.api.conftest import Office


def test_programs_ask_look_cancel_and_fetch(office: Office) -> None:
    office.town.finding()
    browser = office.visit("C02")
    answer = browser.post("/api/v1/jobs", {"kind": "ledger_sheet", "parameters": {"form": "csv"}})
    assert answer.status_code == 202
    path = answer.headers["location"]
    assert browser.get(f"{path}/result").status_code == 404
    Runner(office.town.house).run()
    assert browser.get(path).json()["state"] == "done"
    fetched_now = browser.get(f"{path}/result")
    assert fetched_now.status_code == 200 and "序号" in fetched_now.text
    assert "attachment" in fetched_now.headers["content-disposition"]
    assert [job["id"] for job in browser.get("/api/v1/jobs").json()["items"]] == [path.rpartition("/")[2]]
