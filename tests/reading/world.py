"""Rows of an invented office, put into the tables directly so that reading is tested by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table

from engine.core.audit import GENESIS, chained, commitment
from models import records, referral_reading

OFFICE = "yuanping"
CIVIL = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=CIVIL)
CLOSED = "closed"


def civil(day: date, clock: time = time()) -> datetime:
    """The instant of that clock time in Asia/Shanghai."""
    return datetime.combine(day, clock, CIVIL)


def instants(due: date) -> dict[str, datetime]:
    """When the lights of a day term due then begin."""
    return {
        "yellow_at": civil(due - timedelta(days=3)),
        "red_at": civil(due),
        "overdue_at": civil(due + timedelta(days=1)),
        "severe_at": civil(due + timedelta(days=15)),
    }


@dataclass
class World:
    """Rows to be inserted, by table; ids are counted so that they sort by age."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    count: int = 0

    def put(self, table: Table, row: dict[str, Any]) -> str:
        """One more row; its id."""
        self.rows.setdefault(table.name, []).append(row)
        return str(row.get("id", ""))

    def new_id(self, kind: str) -> str:
        """An id that no other row has."""
        self.count += 1
        return f"{self.count:08d}-{kind}"

    def insert(self, connection: Connection) -> None:
        """The rows stand in the tables, and the world is empty again."""
        for table in (
            records.PARTY,
            records.INSPECTION,
            records.FINDING,
            records.PROCEEDING,
            records.DEADLINE,
            records.ENTRY,
            records.PAYLOAD,
            records.DOCUMENT,
            records.ATTACHMENT,
            referral_reading.REFERRAL,
            referral_reading.REFERRAL_DEADLINE,
        ):
            rows = self.rows.pop(table.name, [])
            for start in range(0, len(rows), 1000):
                records.add(connection, table, rows[start : start + 1000])

    def party(self, name: str = "原平市甲店", **more: Any) -> str:
        """A party."""
        id = self.new_id("party")
        detail = {
            "kind": more.pop("kind", "enterprise"),
            "name": name,
            "identifiers": more.pop("identifiers", [{"scheme": "uscc", "value": "92140981MA0L3Q8T17"}]),
        } | more
        row = {"id": id, "office_id": OFFICE, "identity": id, "name": name, "detail": detail}
        return self.put(records.PARTY, row)

    def inspection(self, party: str, department: str = "market_regulation", **more: Any) -> str:
        """An inspection, recorded and not yet published."""
        id = self.new_id("inspection")
        finished = more.pop("finished_at", NOW - timedelta(days=3))
        intake = {
            "task_no": "T-1",
            "check_type": "internal",
            "department": department,
            "party": {"kind": "enterprise", "name": "原平市甲店", "identifiers": []},
            "officers": [{"name": "弓晓燕", "certificate_no": "晋H0981-0127", "login": "W01"}],
            "result_codes": ["PENDING_FOLLOWUP"],
            "finished_at": finished.isoformat(),
        } | more.pop("intake", {})
        row = {
            "id": id,
            "office_id": OFFICE,
            "department": department,
            "party_id": party,
            "reference": None,
            "digest": None,
            "carried": False,
            "state": "recorded",
            "version": 1,
            "sequence": 1,
            "intake": intake,
            "record": {"facts": {}, "acts": {}, "last": None, "carried": False},
            "result_text": ",".join(intake["result_codes"]),
            "plan_no": None,
            "task_no": intake["task_no"],
            "finished_at": finished,
            "publication_due_on": (finished + timedelta(days=28)).date(),
            "published_on": None,
            "recorded_at": finished + timedelta(minutes=5),
            "head": GENESIS,
        }
        return self.put(records.INSPECTION, row | more)

    def finding(
        self,
        inspection: str,
        party: str,
        state: str = "in_progress",
        department: str = "market_regulation",
        dues: Sequence[date] = (),
        **more: Any,
    ) -> str:
        """A finding with a running deadline DL14 due on each of these days, and the entry that created it."""
        id = self.new_id("finding")
        discovered = more.pop("discovered_at", NOW - timedelta(days=3))
        terms = more.pop("terms", ["DL14"] * len(dues))
        counted = more.pop("counted", True)
        begun = [instants(due) for due in dues]
        earliest = {
            name: min((each[name] for each in begun), default=None)
            for name in ("yellow_at", "red_at", "overdue_at", "severe_at")
        }
        row = {
            "id": id,
            "office_id": OFFICE,
            "inspection_id": inspection,
            "party_id": party,
            "department": department,
            "handler": None,
            "reference": None,
            "digest": None,
            "carried": False,
            "ledger_no": f"原台〔2026〕{self.count:04d}",
            "state": state,
            "closed": state == CLOSED,
            "owner_role": None,
            "version": 1,
            "sequence": 1,
            "domain": "food",
            "violation": "food_item_failed",
            "item": "加工制作过程",
            "intake": {"facts_summary": "凉菜间紫外线灯损坏。", "clause": "食品安全法第五十五条第二款"},
            "record": {"facts": {}, "acts": {}, "last": None, "carried": False, "registers": {}},
            "rulings": [],
            "supervised": False,
            "search_text": "",
            "discovered_at": discovered,
            "occurred_at": discovered,
            "recorded_at": discovered,
            "due_effective": min((due.isoformat() for due in dues), default=None),
            **earliest,
            "head": GENESIS,
        } | more
        self.put(records.FINDING, row)
        for due, term in zip(dues, terms, strict=True):
            self.deadline(inspection, due, finding=id, department=department, term=term, counted=counted)
        self.entry(id, 1, "finding", "record_finding", "found", discovered)
        return id

    def proceeding(
        self, finding: str, kind: str = "rectification", state: str = "correcting", **more: Any
    ) -> str:
        """An open proceeding of a finding."""
        row = {
            "id": self.new_id("proceeding"),
            "office_id": OFFICE,
            "finding_id": finding,
            "ordinal": 1,
            "kind": kind,
            "state": state,
            "open": True,
            "record": {"facts": {}, "acts": {}, "last": None, "carried": False},
            "opened_at": NOW - timedelta(days=2),
            "opened_sequence": 2,
            "target_department": None,
        }
        return self.put(records.PROCEEDING, row | more)

    def deadline(self, inspection: str, due: date, finding: str | None = None, **more: Any) -> str:
        """A running deadline due on that day."""
        start = due - timedelta(days=5)
        written, points = due.isoformat(), instants(due)
        spec: dict[str, Any] = {
            "start": start.isoformat(),
            **dict.fromkeys(("due_raw", "due_rolled", "due_effective", "due_conservative"), written),
            "yellow_on": points["yellow_at"].date().isoformat(),
            "red_on": written,
            "severe_on": points["severe_at"].date().isoformat(),
            "length": 5,
            "unit": "working_day",
            "excluded": [],
            "fixed_due": None,
        }
        opened = {
            "what": "opened",
            "occurred_at": civil(start).isoformat(),
            "recorded_at": civil(start).isoformat(),
            "sequence": 1,
            "due_effective": written,
        }
        row = {
            "id": self.new_id("deadline"),
            "office_id": OFFICE,
            "department": "market_regulation",
            "inspection_id": inspection,
            "finding_id": finding,
            "proceeding_id": None,
            "term": "DL14",
            "nature": "internal",
            "counted": True,
            "state": "running",
            "spec": spec,
            "history": [opened],
            "due_effective": written,
            "provisional": False,
            **points,
            "settled_at": None,
            "told_stage": 0,
        }
        return self.put(records.DEADLINE, row | more)

    def entry(
        self,
        record: str,
        sequence: int,
        chart: str,
        trigger: str,
        state: str,
        at: datetime,
        previous: str = GENESIS,
        facts: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> str:
        """An entry of a record with its payload; its hash."""
        body = json.dumps(
            {"documents": [], "facts": dict(facts or {})},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        salt = f"{sequence:032x}"
        said = {
            "record_id": record,
            "sequence": sequence,
            "version": sequence,
            "chart": chart,
            "trigger": trigger,
            "proceeding_id": None,
            "state": state,
            "by": "W01",
            "role": "inspector",
            "occurred_at": at.isoformat(),
            "recorded_at": at.isoformat(),
            "late": False,
            "commitment": commitment(salt, body),
        } | more
        hashed = chained(previous, said)
        row = said | {
            "office_id": OFFICE,
            "occurred_at": at,
            "recorded_at": at,
            "previous": previous,
            "hash": hashed,
        }
        self.put(records.ENTRY, row)
        payload = {"record_id": record, "sequence": sequence, "office_id": OFFICE, "salt": salt, "body": body}
        self.put(records.PAYLOAD, payload)
        return hashed


def ids(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The ids of list items, in their order."""
    return [item["id"] for item in items]
