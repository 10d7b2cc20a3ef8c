"""A finding with everything an answer can hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models import records
from tests.reading.world import NOW, OFFICE, World

TODAY = NOW.date()
RESIDENT = {"scheme": "resident_id", "value": "140981199001010018"}
RULING = {
    "on": "2026-11-20",
    "rulebook_version": "yuanping-2026.1",
    "fired": ["R01"],
    "suppressed": [],
    "open": [],
    "routes": ["rectification", "criminal_referral"],
    "flags": ["abnormal_list"],
    "shut": ["fine"],
    "to": [],
    "notes": [],
    "urgent": False,
    "rectify_first": "required",
    "rules": [],
    "agreed": True,
    "pending_check": [],
    "credit": None,
}


def case(world: World, **more: Any) -> tuple[str, str]:
    """A finding with a rectification under way and everything an answer can hold; its inspection."""
    party = world.party(
        "原平市樊志远小吃店", kind="natural_person", identifiers=[RESIDENT], phone="0350-5550117"
    )
    inspection = world.inspection(party)
    record = {
        "facts": {"facts_summary": "补充：操作人员未更换工作服。"},
        "rule_facts": {"domain": "food", "item_class": "general", "criminal_outcome": "none"},
        "registers": {"handler": {"name": "弓晓燕", "certificate_no": "晋H0981-0127", "login": "W01"}},
    }
    finding = world.finding(
        inspection,
        party,
        record=record,
        rulings=[RULING],
        dues=[TODAY - timedelta(days=1)],
        supervised=True,
        **more,
    )
    order = {
        "facts": {
            "length": 10,
            "unit": "working_day",
            "served_on": "2026-11-20",
            "reason": "略",
            "officers": [],
        }
    }
    proceeding = world.proceeding(finding, state="reported", record=order)
    due = TODAY + timedelta(days=9)
    world.deadline(
        inspection, due, finding=finding, proceeding_id=proceeding, term="DL10", nature="statutory"
    )
    world.deadline(inspection, TODAY + timedelta(days=25), term="DL01", nature="statutory")
    world.put(
        records.ATTACHMENT,
        {
            "finding_id": finding,
            "digest": "sha256:" + "ab" * 32,
            "office_id": OFFICE,
            "name": "整改照片.jpg",
            "media_type": "image/jpeg",
            "size": 4,
            "title": "整改照片",
            "doc_no": None,
            "recorded_at": NOW,
            "recorded_by": "W01",
            "content": b"\xff\xd8\xff\xe0",
        },
    )
    return finding, inspection
