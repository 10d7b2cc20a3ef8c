"""The papers of a record as pages list them."""

from __future__ import annotations

from typing import Any

from web.asking import Asking
from web.records import Folder


def papers_of(folder: Folder) -> list[dict[str, Any]]:
    """The papers that belong to the steps of the timeline, oldest first."""
    return [
        {**paper, "recorded_at": entry["recorded_at"], "by_hand": by_hand_of(folder.asking, paper["kind"])}
        for entry in folder.timeline
        for paper in entry["documents"]
    ]


def by_hand_of(asking: Asking, kind: str) -> str:
    """What an officer writes on a paper of that kind before it is served, as one text; empty where it says everything."""
    words = asking.words
    return words.comma.join(words.of(one) for one in asking.house.press.by_hand(kind))
