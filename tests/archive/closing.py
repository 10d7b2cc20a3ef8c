"""Closed cases with a party, papers and a house document, and the steps of the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.attachments import AttachmentFile, Attachments
from engine.core.commands import ArchiveCommand, Command, Outcome
from tests.builders import Town, item
from tests.incoming.senders import PUBLISHED, closed

PAPER = b"%PDF-1.4 " + "姓名王小明的询问笔录".encode()
SECRET = "凉菜间紫外线灯损坏，经营者王小明拒不说明。"
AFTER = "2030-06-03T09:00"
"""When the case, closed in April 2024, has been kept for five years."""


def set_period(town: Town, patch: pytest.MonkeyPatch, years: int | None = 5) -> None:
    """The office keeps findings without a proceeding so many years, by a limit of its own."""
    schedule = town.house.office.retention
    period = replace(schedule["no_action"], years=years, basis="本机关内部规定")
    patch.setitem(schedule, "no_action", period)  # type: ignore[arg-type]  # a dict, as it was read


def closed_case(town: Town, **given: Any) -> str:
    """A finding of an inspection of its own, closed, with a paper."""
    [finding] = town.findings_of(
        town.inspect(item(town, facts_summary=SECRET, **given), publication=PUBLISHED)
    )
    Attachments(town.house.desk).take(
        town.who("W01"), finding, [AttachmentFile("王小明.pdf", PAPER, "application/pdf", "王小明笔录")]
    )
    closed(town, finding)
    return finding


def handle(
    town: Town, login: str, finding: str, act: str, body: Mapping[str, Any], of: str | None = None
) -> Outcome:
    """What the person does in the archive."""
    key = f"archive-{next(town.keys)}"
    asked = ArchiveCommand(finding, act, of, dict(body))
    return town.house.archive.handle(Command(town.who(login), key, key, asked))


def hold(town: Town, login: str, finding: str, on: str = "finding") -> str:
    """The id of a hold just put on."""
    return handle(town, login, finding, "hold", {"on": on, "reason": "行政诉讼期间。"}).id


def release(town: Town, login: str, finding: str, id: str, outcome: str = "release") -> Outcome:
    """The release is proposed, carried out, or the hold stays."""
    return handle(town, login, finding, "release", {"outcome": outcome, "reason": "诉讼已结束。"}, id)


def propose(town: Town, login: str, finding: str, **more: Any) -> str:
    """The id of an erasure just proposed."""
    body = {"basis": "本机关内部规定第三条", "reason": "保存期满。", **more}
    return handle(town, login, finding, "erase", body).id


def decide(town: Town, login: str, finding: str, id: str, outcome: str = "carried_out") -> Outcome:
    """The erasure is decided."""
    return handle(town, login, finding, "decide", {"outcome": outcome, "reason": "经核实。"}, id)


def erased(town: Town, finding: str) -> None:
    """Two persons have erased what the finding says."""
    decide(town, "P01", finding, propose(town, "H01", finding))
