"""What the post room knows of penalties and credit flags when it writes about them: decisions, papers, publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.casefile import CaseFile
from engine.core.calendar import civil_date
from engine.core.credit_guards import REPAIR_RULE_FROM
from engine.core.decided_penalty import (
    DecidedPenalty,
    decided_penalty,
    flags_of,
    on_serious_list,
    penalty_behind,
    undoing,
)
from engine.core.effects import Taken
from engine.core.lawbook import Lawbook
from engine.core.penalty_guards import SHOWN
from engine.core.snapshot import Record
from engine.papers import Papers
from models import exchange_reading, records
from rules.derive import fine_level
from rules.offices import Office
from rules.publicity import NOT_PUBLISHED, Publicity

PENALTY_PUBLICITY, ABNORMAL_LIST, SERIOUS_LIST = "penalty_publicity", "abnormal_list", "serious_list"
PUBLISHING = ("credit_flag", "penalty_publication")
"""Kinds of messages by which a flag is made public."""
REPAIR_OF = {ABNORMAL_LIST: "DL42"}
"""The term in which a listing is taken away again, where it does not depend on the rule of the day."""
AS_PUBLISHED = {
    "publish_penalty_low": ("three_months", 3, 3),
    "publish_penalty": ("three_years", 36, 36),
    "publish_penalty_ban": ("three_years_fixed", 36, 36),
    "republish_changed": ("three_years", 36, 36),
}
"""What the officer's own row says of the length, where no class of the rules has a publication."""
NOBODY_ELSE = {"zh": "请书面告知实名举报人", "en": "tell the informant in writing"}
HIGHER_COURT = {
    "zh": "上一级法院没有联网系统，请以纸质递交",
    "en": "no link to the higher court: hand in on paper",
}


@dataclass(frozen=True, slots=True)
class Publications:
    """Collects, for one message about a penalty or a flag, everything it says that its own step does not."""

    office: Office
    papers: Papers
    law: Lawbook
    publicity: Publicity
    violations: Mapping[str, str]
    """The Chinese name of each violation."""

    def content(
        self, connection: Connection, file: CaseFile, taken: Taken, name: str, now: datetime
    ) -> dict[str, Any] | None:
        """What the message of that name says beside its step; None where there is nothing to write about."""
        collect = _COLLECTORS.get(name)
        if collect is None:
            return {}
        record = file.snapshot.record(taken.proceeding) or file.snapshot.main
        return collect(self, _Asked(connection, file, taken, record, now))

    def on_paper(self, taken: Taken, name: str) -> Mapping[str, str] | None:
        """The words of the task, for what goes to nobody's system; else None."""
        if name == "informant_notice":
            return NOBODY_ELSE
        return HIGHER_COURT if taken.row.trigger == "apply_higher_court" else None

    # --- publications

    def _penalty_publication(self, asked: _Asked) -> dict[str, Any] | None:
        penalty = penalty_behind(asked.file.snapshot, asked.record)
        decided = decided_penalty(penalty or asked.record)
        own = asked.record.id
        again = asked.taken.row.trigger == "republish_changed"
        return {
            "penalty": self._spoken(decided),
            "paper": self._paper(asked, decided.proceeding, decided.papers),
            "violation_zh": self.violations.get(str(asked.file.finding.get("violation"))),
            "organ": self.office.departments[asked.file.snapshot.department].zh,
            "publicity": self._publicity(asked, decided),
            "masked": self.publicity.masked,
            "due_on": (asked.due(own, "DL39") if again else None)
            or asked.due(own, "DL38.publish")
            or asked.due(decided.proceeding, "DL37")
            or asked.due(own, "DL37"),
        }

    def _publicity(self, asked: _Asked, decided: DecidedPenalty) -> dict[str, Any]:
        """Class and months on the day of publication."""
        on = date.fromisoformat(asked.fact("published_on") or asked.today)
        party_kind = str(asked.file.party.get("kind"))
        facts: dict[str, bool | int | str] = {
            "penalty_procedure": decided.procedure,
            "penalty_heaviest": decided.heaviest(self.publicity.heaviness),
            "fine_level": fine_level(decided.fine_fen, party_kind, self.office),
            "serious_listed": on_serious_list(asked.file.snapshot.proceedings.values()),
        }
        found = self.publicity.class_of(facts, on)
        if found is None or found.publicity_class == NOT_PUBLISHED:
            name, least, most = AS_PUBLISHED[asked.taken.row.trigger]
        else:
            name = found.publicity_class
            least, most = found.lasting(asked.file.snapshot.domain, _ban_months(asked, decided))
        return {"publicity_class": name, "months_min": least, "months_max": most}

    def _listing(self, asked: _Asked) -> dict[str, Any]:
        flag = str(asked.record.facts.get("flag_kind"))
        told = asked.record.acts.get("notify_party")
        applied = civil_date(asked.now)
        consent = self._paper(asked, asked.record.id, ("consent_reply",)) or {}
        return {
            "flag": flag,
            "paper": self._paper(asked, asked.record.id, ("listing_decision",)),
            "prior_notice_served_on": civil_date(told.occurred_at).isoformat() if told else None,
            "due_on": asked.due(asked.record.id, "DL44") if flag == SERIOUS_LIST else None,
            "repair_term": REPAIR_OF.get(flag) or self.publicity.repair_term(applied),
            "consent_doc_no": consent.get("doc_no"),
        }

    # --- what takes them back

    def _withdrawal(self, asked: _Asked) -> dict[str, Any] | None:
        """Nothing where nothing was made public: what no system shows, none can take back."""
        snapshot, record = asked.file.snapshot, asked.record
        of_penalty = record.chart == "penalty"
        flags = flags_of(snapshot, record) if of_penalty else [record]
        publication = self._published(asked, flags)
        if publication is None:
            return None
        penalty = record if of_penalty else penalty_behind(snapshot, record)
        undone = undoing(penalty) if penalty else None
        due = asked.due(record.id, "DL39") or (asked.due(penalty.id, "DL39") if penalty else None)
        paper = self._paper(asked, penalty.id, undone.papers) if penalty and undone else None
        return {
            "publication": publication,
            "doc_no": undone.doc_no if undone else None,
            "paper": paper,
            "ground": undone.ground if undone else "revoked",
            "reason": asked.taken.facts.get("reason") or (undone.text if undone else None),
            "decided_on": undone.decided_on if undone else None,
            "due_on": due,
        }

    def _published(self, asked: _Asked, flags: Sequence[Record]) -> str | None:
        """The latest message that made one of the flags public; an old flag that was shown stands for its own."""
        ids = [flag.id for flag in flags]
        sent = exchange_reading.last_publication(asked.connection, ids, PUBLISHING) if ids else None
        carried = [flag.id for flag in flags if flag.carried and flag.state in SHOWN | {"withdrawn"}]
        return sent or next(iter(carried), None)

    def _removal(self, asked: _Asked) -> dict[str, Any]:
        record = asked.record
        expired = asked.taken.row.by_clock_only
        paper = None if expired else self._paper(asked, record.id, ("removal_decision",))
        return {
            "flag": str(record.facts.get("flag_kind")),
            "publication": self._published(asked, [record]) or record.id,
            "ground": "expired" if expired else record.facts.get("removal_ground") or "withdrawn",
            "decided_on": asked.today if expired else asked.fact("decided_on"),
            "paper": paper or {"title": asked.taken.row.zh if expired else None},
            "also_withdraw": self._results(asked),
        }

    def _takedown(self, asked: _Asked) -> dict[str, Any] | None:
        """The result of the inspection is taken down, for itself or with the flag that is linked to it."""
        with_flag = asked.record.chart == "credit_flag"
        results = exchange_reading.result_publications(asked.connection, asked.file.inspection_id)
        if with_flag and not self._results(asked):
            return None
        return {
            "publication": results[-1] if results else asked.file.inspection_id,
            "ground": "linked_flag_removed" if with_flag else "repaired",
            "reason": asked.fact("reason"),
            "decided_on": asked.fact("decided_on") if with_flag else asked.today,
            "due_on": None,
            "paper": self._paper(asked, asked.taken.proceeding, ("removal_decision",)),
        }

    def _results(self, asked: _Asked) -> list[str]:
        """The publications of the inspection's result that go when the flag goes; before the rule of 2025 they stay."""
        if civil_date(asked.now) < REPAIR_RULE_FROM or asked.file.snapshot.inspection_state != "published":
            return []
        results = exchange_reading.result_publications(asked.connection, asked.file.inspection_id)
        return results or [asked.file.inspection_id]

    # --- letters

    def _push(self, asked: _Asked) -> dict[str, Any]:
        flag = str(asked.record.facts.get("flag_kind"))
        if flag == SERIOUS_LIST:
            paper = self._paper(asked, asked.record.id, ("listing_decision",))
            return {"flag": flag, "paper": paper, "attachments": _enclosed(paper)}
        penalty = penalty_behind(asked.file.snapshot, asked.record)
        decided = decided_penalty(penalty or asked.record)
        paper = self._paper(asked, decided.proceeding, decided.papers)
        return {
            "flag": flag,
            "penalty": self._spoken(decided),
            "paper": paper,
            "attachments": _enclosed(paper),
        }

    def _application(self, asked: _Asked) -> dict[str, Any]:
        return {"penalty": self._spoken(decided_penalty(asked.record)), "row_zh": asked.taken.row.zh}

    def _informed(self, asked: _Asked) -> dict[str, Any]:
        filed, refused = "approve_filing", "approve_not_filing"
        last = max((filed, refused), key=asked.record.last)
        act = asked.record.acts.get(last)
        decision = "立案" if last == filed else "不予立案"
        known = {"decision": decision, "on": civil_date(act.occurred_at).isoformat()} if act else {}
        return {"informed": known}

    # --- parts

    def _spoken(self, decided: DecidedPenalty) -> dict[str, Any]:
        listed = self.law.charts.dictionary["vocabularies"]["penalty_kind"]
        words = {str(one["code"]): str(one["zh"]) for one in listed}
        said = [words[kind] + (_yuan(decided.fine_fen) if kind == "fine" else "") for kind in decided.kinds]
        if decided.confiscation_fen:
            said.append(f"没收金额{_yuan(decided.confiscation_fen)}")
        return {**asdict(decided), "text": "；".join(said) + "。"}

    def _paper(self, asked: _Asked, proceeding: str | None, kinds: Sequence[str]) -> dict[str, Any] | None:
        """The latest paper of the first of these kinds that the proceeding has; without a file it has no digest."""
        for kind in kinds:
            rows = [
                row
                for row in records.documents_of(asked.connection, asked.file.record_id, kind)
                if row.proceeding_id == proceeding and row.status != "missing"
            ]
            if rows and rows[-1].status == "issued":
                return self.papers.letter(asked.connection, asked.file, proceeding, kind)
            if rows:
                title = str(self.law.charts.dictionary["documents"][kind]["zh"])
                known = {"digest": rows[-1].digest, "title": title, "doc_no": rows[-1].doc_no}
                return {name: value for name, value in known.items() if value}
        return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """The step that a message comes from."""

    connection: Connection
    file: CaseFile
    taken: Taken
    record: Record
    now: datetime

    @property
    def today(self) -> str:
        return civil_date(self.taken.occurred_at).isoformat()

    def fact(self, name: str) -> Any:
        return {**self.record.facts, **self.taken.facts}.get(name)

    def due(self, proceeding: str | None, term: str) -> str | None:
        """The day of the latest such deadline, settled or not: the step may settle it itself."""
        found = [
            one
            for one in self.file.snapshot.deadlines
            if one.term == term and one.proceeding == proceeding and one.state != "cancelled"
        ]
        return found[-1].dates.due_effective.isoformat() if found else None


def _yuan(fen: int) -> str:
    """The sum as decisions write it: 200000元, 12.5元."""
    yuan, rest = divmod(fen, 100)
    return f"{yuan}{f'.{rest:02d}'.rstrip('0') if rest else ''}元"


def _ban_months(asked: _Asked, decided: DecidedPenalty) -> int:
    """How long the ban from trade lasts, by the end that the flag states; 0 where none is stated."""
    end, begun = asked.fact("end_date"), decided.decided_on
    if "trade_ban" not in decided.kinds or not end or not begun:
        return 0
    last, first = date.fromisoformat(end), date.fromisoformat(begun)
    return (last.year - first.year) * 12 + last.month - first.month


def _enclosed(paper: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The paper as an attachment, where the house has its file."""
    return [paper] if paper and paper.get("name") else []


_Collector = Callable[[Publications, _Asked], dict[str, Any] | None]
_COLLECTORS: Mapping[str, _Collector] = {
    "penalty_publicity": Publications._penalty_publication,
    "abnormal_listing": Publications._listing,
    "serious_listing": Publications._listing,
    "publicity_withdrawal": Publications._withdrawal,
    "flag_removal": Publications._removal,
    "inspection_takedown": Publications._takedown,
    "cross_province_push": Publications._push,
    "enforcement_application": Publications._application,
    "informant_notice": Publications._informed,
}
