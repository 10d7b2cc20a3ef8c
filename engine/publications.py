"""What the post room knows of penalties and credit flags when it writes about them: decisions, papers, publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from engine.core.calendar import civil_date
from engine.core.decided_penalty import DecidedPenalty, decided_penalty, on_serious_list, penalty_behind
from engine.core.effects import Taken
from engine.rulebook_in_force import RulebookInForce
from engine.step_in_hand import StepInHand
from engine.withdrawals import removal, takedown, withdrawal
from rules.credit import Credit
from rules.derive import fine_level
from rules.facts import FactDictionary
from rules.offices import Office

NOT_PUBLISHED = "not_published"
ABNORMAL_LIST, SERIOUS_LIST = "abnormal_list", "serious_list"
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
    in_force: RulebookInForce
    facts: FactDictionary
    violations: Mapping[str, str]
    """The Chinese name of each violation."""
    penalty_kinds: Mapping[str, str]
    """The Chinese name of each kind of penalty."""

    @property
    def _credit(self) -> Credit:
        return self.in_force.rulebook.credit

    def content(self, step: StepInHand, name: str) -> dict[str, Any] | None:
        """What the message of that name says beside its step; None where there is nothing to write about."""
        if name in _TAKING_BACK:
            return _TAKING_BACK[name](step)
        return _COLLECTORS[name](self, step) if name in _COLLECTORS else {}

    def on_paper(self, taken: Taken, name: str) -> Mapping[str, str] | None:
        """The words of the task, for what goes to nobody's system; else None."""
        if name == "informant_notice":
            return NOBODY_ELSE
        return HIGHER_COURT if taken.row.trigger == "apply_higher_court" else None

    def _penalty_publication(self, step: StepInHand) -> dict[str, Any]:
        penalty = penalty_behind(step.file.snapshot, step.record)
        decided = decided_penalty(penalty or step.record)
        own = step.record.id
        again = step.taken.row.trigger == "republish_changed"
        return {
            "penalty": self._spoken(decided),
            "paper": step.paper(decided.proceeding, decided.papers),
            "violation_zh": self.violations.get(str(step.file.finding.get("violation"))),
            "organ": self.office.departments[step.file.snapshot.department].zh,
            "publicity": self._publicity(step, decided),
            "masked": self._credit.masked,
            "due_on": (step.due(own, "DL39") if again else None)
            or step.due(own, "DL38.publish")
            or step.due(decided.proceeding, "DL37")
            or step.due(own, "DL37"),
        }

    def _publicity(self, step: StepInHand, decided: DecidedPenalty) -> dict[str, Any]:
        """Class and months on the day of publication."""
        on = date.fromisoformat(step.fact("published_on") or step.day)
        party_kind = str(step.file.party.get("kind"))
        order = [*self.facts.by_name["penalty_heaviest"].vocabulary]
        facts: dict[str, bool | int | str] = {
            **self.facts.defaults(),
            "domain": str(step.file.snapshot.domain),
            "trade_ban_months": _ban_months(step, decided),
            "penalty_procedure": decided.procedure,
            "penalty_heaviest": decided.heaviest(order),
            "fine_level": fine_level(decided.fine_fen, party_kind, self.office),
            "serious_listed": on_serious_list(step.file.snapshot.proceedings.values()),
        }
        found = self._credit.class_of(facts, on)
        if found is None or found.publicity_class == NOT_PUBLISHED:
            name, least, most = AS_PUBLISHED[step.taken.row.trigger]
        else:
            name = found.publicity_class
            least, most = found.months(facts)
        return {"publicity_class": name, "months_min": least, "months_max": most}

    def _listing(self, step: StepInHand) -> dict[str, Any]:
        flag = str(step.record.facts.get("flag_kind"))
        told = step.record.acts.get("notify_party")
        applied = date.fromisoformat(step.day)
        consent = step.paper(step.record.id, ("consent_reply",)) or {}
        return {
            "flag": flag,
            "paper": step.paper(step.record.id, ("listing_decision",)),
            "prior_notice_served_on": civil_date(told.occurred_at).isoformat() if told else None,
            "due_on": step.due(step.record.id, "DL44") if flag == SERIOUS_LIST else None,
            "repair_term": REPAIR_OF.get(flag) or self._credit.repair_term(applied),
            "consent_doc_no": consent.get("doc_no"),
        }

    # --- letters

    def _push(self, step: StepInHand) -> dict[str, Any]:
        flag = str(step.record.facts.get("flag_kind"))
        if flag == SERIOUS_LIST:
            paper = step.paper(step.record.id, ("listing_decision",))
            return {"flag": flag, "paper": paper, "attachments": _enclosed(paper)}
        penalty = penalty_behind(step.file.snapshot, step.record)
        decided = decided_penalty(penalty or step.record)
        paper = step.paper(decided.proceeding, decided.papers)
        return {
            "flag": flag,
            "penalty": self._spoken(decided),
            "paper": paper,
            "attachments": _enclosed(paper),
        }

    def _application(self, step: StepInHand) -> dict[str, Any]:
        return {"penalty": self._spoken(decided_penalty(step.record)), "row_zh": step.taken.row.zh}

    def _informed(self, step: StepInHand) -> dict[str, Any]:
        filed, refused = "approve_filing", "approve_not_filing"
        last = max((filed, refused), key=step.record.last)
        act = step.record.acts.get(last)
        decision = "立案" if last == filed else "不予立案"
        known = {"decision": decision, "on": civil_date(act.occurred_at).isoformat()} if act else {}
        return {"informed": known}

    def _spoken(self, decided: DecidedPenalty) -> dict[str, Any]:
        said = [
            self.penalty_kinds[kind] + (_yuan(decided.fine_fen) if kind == "fine" else "")
            for kind in decided.kinds
        ]
        if decided.confiscation_fen:
            said.append(f"没收金额{_yuan(decided.confiscation_fen)}")
        return {**asdict(decided), "text": "；".join(said) + "。"}


def _yuan(fen: int) -> str:
    """The sum as decisions write it: 200000元, 12.5元."""
    yuan, rest = divmod(fen, 100)
    return f"{yuan}{f'.{rest:02d}'.rstrip('0') if rest else ''}元"


def _ban_months(step: StepInHand, decided: DecidedPenalty) -> int:
    """How long the ban from trade lasts, by the end that the flag states; 0 where none is stated."""
    end, begun = step.fact("end_date"), decided.decided_on
    if "trade_ban" not in decided.kinds or not end or not begun:
        return 0
    last, first = date.fromisoformat(end), date.fromisoformat(begun)
    return (last.year - first.year) * 12 + last.month - first.month


def _enclosed(paper: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The paper as an attachment, where the house has its file."""
    return [paper] if paper and paper.get("name") else []


_TAKING_BACK: Mapping[str, Callable[[StepInHand], dict[str, Any] | None]] = {
    "publicity_withdrawal": withdrawal,
    "flag_removal": removal,
    "inspection_takedown": takedown,
}
_COLLECTORS: Mapping[str, Callable[[Publications, StepInHand], dict[str, Any]]] = {
    "penalty_publicity": Publications._penalty_publication,
    "abnormal_listing": Publications._listing,
    "serious_listing": Publications._listing,
    "cross_province_push": Publications._push,
    "enforcement_application": Publications._application,
    "informant_notice": Publications._informed,
}
