"""Sends a first transfer through a house with the demonstration's accounts, so that a linked system has something to answer.

python docs/examples/first_transfer.py http://127.0.0.1:8000 PASSWORD [DEPARTMENT]

Four people act, as the law has it: W01 finds, C01 proposes, H01 approves, D01 sends. It prints the finding's page.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from datetime import datetime, timedelta, timezone
from http.cookiejar import CookieJar
from typing import Any
from uuid import uuid4

CHINA = timezone(timedelta(hours=8))


class Person:
    """Somebody who has signed in at the house."""

    def __init__(self, house: str, login: str, password: str) -> None:
        self.house, self.cookies = house, CookieJar()
        direct = urllib.request.ProxyHandler({})
        self.browser = urllib.request.build_opener(direct, urllib.request.HTTPCookieProcessor(self.cookies))
        self.send("session", {"login": login, "password": password})

    def read(self, path: str) -> Any:
        """What stands there."""
        with self.browser.open(self.house + path) as answer:
            return json.loads(answer.read())

    def send(self, path: str, body: Any) -> Any:
        """The answer to a command under a fresh key."""
        csrf = next((one.value for one in self.cookies if one.name == "bihuan_csrf"), "")
        headers = {
            "content-type": "application/json",
            "idempotency-key": str(uuid4()),
            "x-csrf-token": csrf or "",
        }
        url = f"{self.house}/api/v1/{path}"
        asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with self.browser.open(asked) as answer:
                raw = answer.read()
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{path}: {refusal.code} {refusal.read().decode()}")
        return json.loads(raw) if raw else None


def main(house: str, password: str, department: str = "fire_rescue") -> None:
    """A transfer to the department is on its way."""
    people = {login: Person(house, login, password) for login in ("W01", "C01", "H01", "D01")}
    now = datetime.now(CHINA).replace(microsecond=0)
    inspection = people["W01"].send("inspections", inspected(now))
    finding = people["W01"].read(inspection["findings"][0]["href"])

    def step(login: str, trigger: str, proceeding: str | None = None, **facts: Any) -> Any:
        body = {"trigger": trigger, "expected_version": finding["version"], "facts": facts}
        if proceeding:
            body["proceeding"] = proceeding
        return people[login].send(f"findings/{finding['id']}/steps", body)

    finding = step("C01", "open_transfer", urgent_ground="danger", legal_ground="消防法")
    transfer = finding["proceedings"][-1]["id"]
    finding = step(
        "C01",
        "propose_transfer",
        transfer,
        target_department=department,
        receiver_kind="vertical",
        legal_ground="《消防法》第五十四条、第六十条",
        competence_basis="权责清单",
        facts_summary="安全出口堆放啤酒箱约四十箱。",
        evidence_list="现场照片",
        seized_items_included=False,
    )
    finding = step("H01", "approve_transfer", transfer)
    finding = step("D01", "send", transfer, sent_on=now.date().isoformat())
    print(f"{house}/findings/{finding['id']}")


def inspected(now: datetime) -> dict[str, Any]:
    """An inspection that found a fire exit blocked, ended at that instant."""
    return {
        "task_no": f"联调-{now:%Y%m%d%H%M%S}",
        "check_type": "internal",
        "department": "market_regulation",
        "party": {
            "kind": "individual_business",
            "name": "原平市前进西街滏香火锅店",
            "identifiers": [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}],
            "address": "山西省忻州市原平市前进西街218号",
        },
        "items": "餐饮服务食品安全",
        "result_codes": ["PENDING_FOLLOWUP"],
        "finished_at": now.isoformat(),
        "officers": ["W01", "W02"],
        "recusal_told": True,
        "findings": [
            {
                "domain": "fire",
                "violation": "fire_exit_blocked",
                "item": "安全出口",
                "facts_summary": "安全出口堆放啤酒箱约四十箱。",
                "discovered_at": now.isoformat(),
            }
        ],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
