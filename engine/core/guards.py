"""Guards: each says yes, or why a row is shut. No two guards share a sentence; their words are in the dictionary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.basis import basis_of
from engine.core.chart import CRIMINAL, Guard
from engine.core.credit_guards import CREDIT_JUDGES, removal_conditions
from engine.core.criminal_guards import CRIMINAL_JUDGES
from engine.core.deadlines import overdue
from engine.core.lawbook import Lawbook
from engine.core.penalty_guards import PENALTY_JUDGES
from engine.core.refusals import Reason
from engine.core.scene import Judge, Scene, Verdict
from engine.core.snapshot import CRIMINAL_ROUTE, Record, Snapshot

EXCLUSIVE_RESULTS = frozenset({"NO_PROBLEM"})
LEDGER_RESULTS = frozenset(
    {"UNDISCLOSED", "FALSE_DISCLOSURE", "UNREACHABLE", "CORRECTED", "UNCOOPERATIVE", "PENDING_FOLLOWUP"}
)
DECIDED_RESULTS = frozenset({"penalised", "no_penalty"})


def _proposers(scene: Scene) -> set[str]:
    """Who made a proposal that this row answers and that no earlier answer has settled."""
    acts, actors = scene.record.acts, scene.record.actors
    siblings = [row for row in scene.law.charts[scene.row.chart].rows if row.answers == scene.row.answers]
    answered = max((acts[row.trigger].sequence for row in siblings if row.trigger in acts), default=-1)
    proposed = [pair for name in scene.row.answers for pair in actors.get(name, {}).items()]
    return {login for login, sequence in proposed if sequence > answered}


def _approver_is_not_proposer(scene: Scene, _: str | None) -> Verdict:
    """Nor may a delegate approve what was proposed by, or for, somebody they stand in for."""
    persons, record = scene.principal.persons, scene.record
    if scene.row.trigger == "add_route" and any(
        not persons.isdisjoint(record.hands(name)) for name in scene.row.answers
    ):
        return False
    return persons.isdisjoint(login.casefold() for login in _proposers(scene))


def _verifier_is_not_handler(scene: Scene, _: str | None) -> Verdict:
    handler = scene.snapshot.registers.get("handler")
    who = scene.principal
    if handler is None:
        proceedings = scene.snapshot.proceedings.values()
        handled = (people for record in proceedings for people in record.actors.values())
        return all(who.persons.isdisjoint(login.casefold() for login in people) for people in handled)
    return not who.is_among((handler,))


def _proposal_on_record(scene: Scene, _: str | None) -> Verdict:
    return bool(_proposers(scene))


def _kind_in_approved_routes(scene: Scene, kind: str | None) -> Verdict:
    if kind == CRIMINAL:
        return bool(scene.snapshot.registers.get(CRIMINAL_ROUTE))
    return kind in scene.snapshot.registers.get("approved_routes", ())


def all_proceedings_done(snapshot: Snapshot, law: Lawbook) -> bool:
    """True when every approved route has a proceeding of this round and none is open."""
    opened = all_routes_opened(snapshot.registers, snapshot.proceedings.values())
    return opened and not a_proceeding_is_open(snapshot, law)


def all_routes_opened(registers: Mapping[str, Any], proceedings: Iterable[Record]) -> bool:
    """True when every approved route that can be opened has a proceeding of this round."""
    held = list(proceedings)
    opened = {
        record.chart
        for record in held
        if record.opened_sequence > registers.get("round_from", -1) or record.carried
    }
    wanted = set(registers.get("approved_routes", ()))
    if _flag_waits_for_the_court(held):
        wanted.discard("credit_flag")
    return wanted <= opened


def _flag_waits_for_the_court(proceedings: Iterable[Record]) -> bool:
    """A flag rests on a decision; while the penalty waits with the judicial organs, there is none to rest on."""
    return any(record.chart == "penalty" and record.state == "with_judiciary" for record in proceedings)


def a_proceeding_is_open(snapshot: Snapshot, law: Lawbook) -> bool:
    """True while some proceeding is neither settled nor ended."""
    return any(
        law.charts[record.chart].states[record.state].kind == "open"
        for record in snapshot.proceedings.values()
    )


def _published_or_withheld(scene: Scene) -> bool:
    return scene.snapshot.inspection_state in ("published", "withheld", "taken_down")


def _credit_dealt_with(scene: Scene, _: str | None) -> Verdict:
    if "credit_flag" in scene.snapshot.registers.get("approved_routes", ()):
        held = list(scene.snapshot.proceedings.values())
        if not any(one.chart == "credit_flag" for one in held) and not _flag_waits_for_the_court(held):
            return False
    if scene.row.trigger == "propose_close":
        return True  # the form asks for credit_result; an empty one is a fault of the form
    return bool(scene.record.facts.get("credit_result"))


def _before_expiry(scene: Scene, term: str | None) -> Verdict:
    running = scene.running(str(term))
    if not running:
        return False
    if not scene.row.at_once and scene.facts is None:
        return True  # judged on the date of the act once that is known
    at = scene.occurred_at or scene.now
    return not any(overdue(deadline.dates, at) for deadline in running)


def _term_expired(scene: Scene, term: str | None) -> Verdict:
    running = scene.running(str(term))
    if any(overdue(deadline.dates, scene.now) for deadline in running):
        return True
    return running[0].dates.due_effective if running else False


def _not_filed_by_target(scene: Scene, _: str | None) -> Verdict:
    target = scene.fact.get("target_department")
    return not any(
        record.facts.get("return_ground") == "already_filed"
        and record.facts.get("target_department") == target
        for record in scene.snapshot.proceedings.values()
        if record.chart == "transfer" and target is not None
    )


def _reply_complete(scene: Scene, _: str | None) -> Verdict:
    facts = scene.record.facts
    if not facts.get("result_text"):
        return False
    papers = (facts.get("receipt_document"), facts.get("feedback_letter"), scene.fact.get("feedback_letter"))
    return facts.get("receipt_result") not in DECIDED_RESULTS or any(papers)


def _order_specific(scene: Scene, _: str | None) -> Verdict:
    if scene.facts is None or scene.fact.get("deadline_type") == "immediate":
        return True
    return bool(scene.fact.get("period_length")) and bool(scene.fact.get("period_unit"))


def _two_officers(scene: Scene, _: str | None) -> Verdict:
    """Named in this step; where it names none, those assigned to the case before."""
    asked = "officers" in (*scene.row.requires, *scene.row.optional)
    if asked and scene.facts is None:
        return True
    named = scene.fact.get("officers") if asked else scene.record.facts.get("officers")
    return scene.principal.register.count(named) >= 2


def _checked(*names: str) -> Judge:
    def judge(scene: Scene, _: str | None) -> Verdict:
        return scene.facts is None or all(scene.fact.get(name) is True for name in names)

    return judge


def _result_consistent(scene: Scene, _: str | None) -> Verdict:
    codes = set(scene.fact.get("result_codes") or ())
    return not (codes & EXCLUSIVE_RESULTS and len(codes) > 1)


def _result_needs_ledger(scene: Scene, _: str | None) -> Verdict:
    codes = scene.fact.get("result_codes") or scene.record.facts.get("result_codes") or ()
    return scene.facts is None or bool(set(codes) & LEDGER_RESULTS)


def _reopening_event(scene: Scene, _: str | None) -> Verdict:
    return a_proceeding_is_open(scene.snapshot, scene.law) or not _published_or_withheld(scene)


def _not_counted(scene: Scene, _: str | None) -> Verdict:
    """Only an import enters old records, and it corrects none but those it entered."""
    return scene.principal.kind == "importer" and (scene.row.source is None or scene.record.carried)


def _present_state_is(scene: Scene, state: str | None) -> Verdict:
    return scene.facts is None or scene.fact.get("present_state") == state


JUDGES: dict[str, Judge] = {
    "approver_is_not_proposer": _approver_is_not_proposer,
    "verifier_is_not_handler": _verifier_is_not_handler,
    "proposal_on_record": _proposal_on_record,
    "kind_in_approved_routes": _kind_in_approved_routes,
    "all_proceedings_done": lambda scene, _: all_proceedings_done(scene.snapshot, scene.law),
    "inspection_published_or_withheld": lambda scene, _: _published_or_withheld(scene),
    "credit_dealt_with": _credit_dealt_with,
    "before_expiry": _before_expiry,
    "term_expired": _term_expired,
    "not_filed_by_target": _not_filed_by_target,
    "receiver_may_not_retransfer": lambda scene, _: (
        scene.record.facts.get("receiver_kind") != "market_bureau"
    ),
    "reply_was_needed": lambda scene, _: scene.record.facts.get("reply_needed") is True,
    "no_reply_needed": lambda scene, _: scene.record.facts.get("reply_needed") is not True,
    "reply_complete": _reply_complete,
    "own_power": lambda scene, _: scene.snapshot.own_power,
    "reopening_event": _reopening_event,
    "two_officers": _two_officers,
    "recusal_told": _checked("recusal_told"),
    "jurisdiction_and_limitation_checked": _checked("jurisdiction_checked", "limitation_checked"),
    "result_consistent": _result_consistent,
    "result_needs_ledger": _result_needs_ledger,
    "urgent_or_on_the_spot": lambda scene, _: scene.facts is None or bool(scene.fact.get("urgent_ground")),
    "order_specific": _order_specific,
    "removal_conditions": removal_conditions,
    "present_state_is": _present_state_is,
    "not_counted_in_statistics": _not_counted,
    **PENALTY_JUDGES,
    **CREDIT_JUDGES,
    **CRIMINAL_JUDGES,
}
OF_THE_DATE = frozenset({"hearing_notice_in_time", "judgment_effective"})
"""Guards that read the date of their own step, and nothing that the step has changed."""
OF_PERSONS = frozenset({"approver_is_not_proposer", "verifier_is_not_handler"})


def shut_by(scene: Scene, guards: tuple[Guard, ...]) -> list[Reason]:
    """The reasons of all guards that shut the row, in the row's order; empty when it is open."""
    reasons = []
    for guard in guards:
        verdict = JUDGES[guard.name](scene, guard.argument)
        if verdict is not True:
            reasons.append(reason_of(scene.law, guard.name, verdict))
    return reasons


def reason_of(law: Lawbook, name: str, verdict: Verdict = False) -> Reason:
    """The guard's sentence with its basis and what opens it."""
    words = law.guards[name]
    not_before = None if isinstance(verdict, bool) else verdict
    return Reason(
        name,
        words["zh"],
        words["en"],
        basis_of(words["basis"], words["mark"]),
        opens_when=words.get("opens_when"),
        not_before=not_before,
    )
