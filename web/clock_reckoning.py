"""How each clock of a page was counted, as the page tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.late_payment import LatePayment
from engine.core.on_record import OnRecord
from engine.core.standing_still import GROUNDS
from rules.late_fine_teller import LateFineTeller
from rules.reckoning_teller import Line, ReckoningTeller
from web.asking import Asking
from web.people import People
from web.records import Folder

TOLD_EVENTS = ("extended", "excluded", "suspended", "recomputed")
"""What of the history of a clock has a part in how it is counted."""


@dataclass(frozen=True, slots=True)
class ToldReckoning:
    """What is left, the stretches of days with their kind, the events with papers and persons, and the notes."""

    title: str
    left: str
    lines: Sequence[tuple[str, Line]]
    events: Sequence[str]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReckoningPage:
    """Tells the reckonings of one page."""

    asking: Asking
    people: People
    now: datetime
    counted: Mapping[str, OnRecord]
    by: Mapping[tuple[str, int], str]
    """(clock, entry) → who entered it, for the clocks of the record whose timeline the page shows."""
    late_payments: Mapping[str, LatePayment]
    """Penalty → its additional fine."""

    def told(self, deadline: Mapping[str, Any]) -> ToldReckoning | None:
        """The reckoning of that clock; None where it has none to show."""
        counted = self.counted.get(deadline["id"])
        if counted is None:
            return None
        teller = ReckoningTeller(self.asking.words.language)
        reckoning = counted.reckoning
        lines = teller.lines(reckoning)
        return ToldReckoning(
            title=teller.title(),
            left=self._left(teller, counted),
            lines=[(one.kind, line) for one, line in zip(reckoning.stretches, lines, strict=True)],
            events=[
                self._event(deadline["id"], one) for one in deadline["history"] if one["what"] in TOLD_EVENTS
            ],
            notes=[*self._differs(deadline, counted), *teller.notes(reckoning)],
        )

    def told_on_top(self, proceeding: Mapping[str, Any]) -> ToldReckoning | None:
        """How the additional fine of that penalty was counted; None where none has come on top or is on record."""
        payment = self.late_payments.get(proceeding["id"])
        if payment is None:
            return None
        fine = payment.late_fine
        if not fine.sum_fen and "late_fine_fen" not in proceeding["summary"]:
            return None
        teller = LateFineTeller(self.asking.words.language)
        lines = zip((one.kind for one in fine.stretches), teller.lines(fine), strict=True)
        return ToldReckoning(
            title=teller.title(),
            left=teller.status(payment),
            lines=list(lines),
            events=teller.events(payment),
            notes=teller.notes(fine, payment),
        )

    def _left(self, teller: ReckoningTeller, counted: OnRecord) -> str:
        still = counted.deadline.suspended
        if counted.deadline.state == "suspended" and still:
            return teller.still([(GROUNDS[by], since) for by, since in still.items()])
        return (counted.left and teller.left(counted.reckoning, counted.left, self.now)) or ""

    def _differs(self, deadline: Mapping[str, Any], counted: OnRecord) -> Iterator[str]:
        if not counted.as_recorded:
            yield self.asking.words("clock.not_as_recorded", due=deadline["due_effective"])

    def _event(self, id: str, happened: Mapping[str, Any]) -> str:
        """What happened, when, until when it runs since, why, on which paper, and who entered it."""
        words = self.asking.words
        paper = happened.get("document") or {}
        span = f"{happened['from']}–{happened['to']}" if "from" in happened else ""
        document = " ".join(paper[name] for name in ("title", "doc_no") if paper.get(name))
        person = self.by.get((id, happened["sequence"]))
        parts = [
            words(f"clock.what_{happened['what']}"),
            span,
            str(happened.get("reason") or ""),
            document,
            words("clock.new_due", due=happened["due_effective"]),
            words("clock.entered_by", who=self.people.name(person)) if person else "",
        ]
        return f"{happened['occurred_at'][:10]} " + words.semicolon.join(part for part in parts if part)


def reckoning_page(
    folder: Folder, others: Sequence[Mapping[str, Any]] = (), referral: Mapping[str, Any] | None = None
) -> ReckoningPage:
    """The reckonings of the clocks of the page's own record, of `others`, and of the referral where it is shown."""
    asking, record = folder.asking, folder.referral or folder.finding or folder.inspection
    reader, own = asking.house.reader.reckonings, record["deadlines"]
    counted: dict[str, OnRecord] = {}
    if not folder.referral:
        counted |= reader.of(asking.who, [one["id"] for one in (*own, *others)])
    if referral is not None:
        counted |= reader.of_referral(asking.who, referral["id"])
    entered = {one["sequence"]: one["by"] for one in folder.timeline}
    by = {
        (one["id"], happened["sequence"]): entered[happened["sequence"]]
        for one in own
        for happened in one["history"]
        if happened["sequence"] in entered
    }
    late = {} if folder.referral else reader.late_payments(asking.who, record["id"])
    return ReckoningPage(asking, folder.people, folder.now, counted, by, late)
