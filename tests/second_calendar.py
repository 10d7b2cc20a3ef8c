"""A region that does not exist, whose calendar follows the one of the country."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rules.calendars import RULES

# An invented region: no such days off are known of.
REGION = """zh: 虚构州
en: Made-up Prefecture
source: 虚构州假日办法
mark: PRACTICE
follows: china
yearly: [{zh: 虚构节, en: Made-up Day, month: 7, day: 3, since: 2020}]
moving: [{zh: 虚构春会, en: Made-up Fair, from: 2025-03-12, to: 2025-03-13}]
"""
NOTICE = """calendar: made_up
year: 2024
source: 虚构州2024年放假通知
document_no: null
mark: PRACTICE
holidays: [{zh: 虚构春会, en: Made-up Fair, from: 2024-05-13, to: 2024-05-15}]
working_days: [2024-06-10]
working_weekends: [2024-05-18]
"""
NOTICE_DATA: dict[str, Any] = {
    "calendar": "made_up",
    "year": 2024,
    "source": "虚构州2024年放假通知（更正）",
    "document_no": None,
    "mark": "PRACTICE",
    "holidays": [{"zh": "虚构春会", "en": "Made-up Fair", "from": "2024-05-13", "to": "2024-05-15"}],
    "working_weekends": ["2024-05-18"],
}


def rules_beside(folder: Path) -> Path:
    """A copy of the calendars of the rules in that folder, with the one of the region beside them."""
    rules = folder / "rules"
    shutil.copytree(RULES / "calendars", rules / "calendars")
    write(rules, "made_up", REGION)
    write(rules, "made_up-2024", NOTICE)
    return rules


def write(rules: Path, name: str, text: str) -> None:
    """The file of that name says this."""
    (rules / "calendars" / f"{name}.yaml").write_text(text, encoding="utf-8")
