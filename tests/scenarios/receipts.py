"""What a linked system answers where a scenario says that it acted: which system, to which message, in which words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.scenarios.player import SOME_TEXT

Facts = dict[str, Any]
HANDLER = {"name": "赵某", "department": "fire_rescue"}
CASE_NO = "原消移〔2024〕3号"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """The system that answers for a chart, and the kind and queue of the message that it answers."""

    system: str
    department: str
    kind: str
    queue: str = "ordinary"


CORRESPONDENTS = {
    "transfer": Correspondent("yuanping-fire", "fire_rescue", "department_transfer"),
    "copy_notice": Correspondent("yuanping-fire", "fire_rescue", "copy_notice"),
    "criminal_referral": Correspondent(
        "yuanping-psb", "public_security", "criminal_referral", queue="criminal"
    ),
}


def _signed_for(facts: Facts, at: str) -> Facts:
    return {"received_at": f"{at}:00+08:00", "signer": "赵某"}


def _returned(facts: Facts, at: str) -> Facts:
    return {"reasons": SOME_TEXT, "returned_on": facts["received_on"], "missing": ["现场照片"]}


def _accepted(facts: Facts, at: str) -> Facts:
    return {"case_no": CASE_NO, "accepted_on": facts["received_on"], "handler": HANDLER}


def _concluded(facts: Facts, at: str) -> Facts:
    told = {"case_no": CASE_NO, "result": "rectified", "text": SOME_TEXT}
    return told | {"concluded_on": facts["ended_on"]}


def _fed_back(facts: Facts, at: str) -> Facts:
    return {"feedback_on": facts["received_on"], "text": SOME_TEXT}


def _filed(facts: Facts, at: str) -> Facts:
    received = facts["notice_received_on"]
    told = {"doc_no": facts["notice_no"], "crime": SOME_TEXT}
    return told | {"filed_on": received, "received_on": received}


def _fined_by_the_court(facts: Facts, at: str) -> Facts:
    told = {"case_no": facts["judgment_no"], "result": "judged", "text": SOME_TEXT}
    when = {"concluded_on": facts["judgment_effective_on"]}
    return told | when | {"criminal_fine_fen": facts["court_fine_fen"]}


RECEIPTS: dict[str, tuple[str, Callable[[Facts, str], Facts]]] = {
    "receive": ("signed_for", _signed_for),
    "return_transfer": ("returned", _returned),
    "accept": ("accepted", _accepted),
    "conclude": ("concluded", _concluded),
    "feed_back": ("feedback", _fed_back),
    "psb_file": ("filed", _filed),
    "record_court_fine": ("concluded", _fined_by_the_court),
}
"""Trigger → the kind of the receipt and its data; a trigger that is missing here comes on paper."""
