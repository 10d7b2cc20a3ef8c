"""From rules that fired to a ruling: precedence, holds and consequences, in the contract's thirteen steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.offices import Office
from rules.predicates import Facts, predicate
from rules.schema import CRIMINAL_REFERRAL, RECTIFY_FIRST, Rule
from rules.vocabulary import Vocabulary

PENDING_OUTCOMES = frozenset({"none", "pending"})
OPENING_OUTCOMES = frozenset(
    {"refused", "no_filing_final", "cancelled", "non_prosecuted", "acquitted", "exempted"}
)
"""Ends of a criminal case after which the administrative one must be decided (国令730 第十条)."""
HELD_FLAGS = frozenset({"penalty_publicity", "serious_list"})
"""Flags that rest on a penalty, and fall with it; abnormal_list rests on its own fact."""
NO_COMPETENCE = "no_competence"
SUSPECTED_CRIME, CRIMINAL_CASE_ENDED = "suspected_crime", "criminal_case_ended"
LIMITATION, NOT_PUNISHED = "limitation", "not_punished"


@dataclass(frozen=True, slots=True)
class SetAside:
    """A rule that fired, or a route or flag that it proposed, and why nothing came of it."""

    kind: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What follows for one finding; every tuple in the order of the answer."""

    fired: tuple[str, ...]
    suppressed: tuple[str, ...]
    routes: tuple[str, ...]
    flags: tuple[str, ...]
    shut: tuple[str, ...]
    to: tuple[str, ...]
    grounds: tuple[str, ...]
    notes: tuple[str, ...]
    urgent: bool
    rectify_first: str
    pending_check: tuple[str, ...]
    set_aside: tuple[SetAside, ...]


@dataclass(slots=True)
class _Draft:
    """The ruling while the steps work on it; dicts stand for ordered sets."""

    fired: tuple[Rule, ...]
    effective: tuple[Rule, ...]
    facts: Facts
    routes: dict[str, None] = field(default_factory=dict)
    flags: dict[str, None] = field(default_factory=dict)
    shut: dict[str, None] = field(default_factory=dict)
    to: dict[str, None] = field(default_factory=dict)
    grounds: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    set_aside: list[SetAside] = field(default_factory=list)
    penalty_reopened: bool = False

    def criminal(self) -> bool:
        """True when a rule of the criminal referral's record fired."""
        return any(rule.confidential for rule in self.fired)

    def proposing(self, route: str) -> list[Rule]:
        """The effective rules that propose the route."""
        return [rule for rule in self.effective if route in rule.routes]

    def drop_routes(self, routes: Iterable[str], reason: str) -> None:
        """The routes are proposed no longer."""
        self._drop(self.routes, "route", routes, reason)

    def drop_flags(self, flags: Iterable[str], reason: str) -> None:
        """The flags are proposed no longer."""
        self._drop(self.flags, "flag", flags, reason)

    def _drop(self, proposed: dict[str, None], kind: str, codes: Iterable[str], reason: str) -> None:
        for code in sorted(proposed.keys() & codes):
            del proposed[code]
            self.set_aside.append(SetAside(kind, code, reason))


def resolve(fired: tuple[Rule, ...], facts: Facts, office: Office, vocabulary: Vocabulary) -> Ruling:
    """The ruling that follows from the rules that fired for complete facts; pure."""
    draft = _united(fired, facts)
    _criminal_outcome(draft)
    _limitation(draft)
    _power(draft, office)
    _criminal_hold(draft)
    if "impose" in draft.shut:
        draft.drop_flags(HELD_FLAGS, NOT_PUNISHED)
    _rectify_first(draft)
    if draft.flags:
        draft.routes["credit_flag"] = None
    if not draft.routes:
        draft.routes["ledger_only"] = None
    return _ordered(draft, vocabulary)


def _united(fired: tuple[Rule, ...], facts: Facts) -> _Draft:
    """Steps 2 and 3: rules that yield to a crime are suppressed; the others' consequences are united."""
    criminal = any(rule.confidential for rule in fired)
    effective = tuple(rule for rule in fired if not (criminal and rule.yields_to_criminal))
    draft = _Draft(fired, effective, facts)
    draft.set_aside += [SetAside("rule", rule.id, SUSPECTED_CRIME) for rule in fired if rule not in effective]
    for rule in effective:
        draft.routes.update(dict.fromkeys(rule.routes))
        draft.to.update(dict.fromkeys(rule.to))
        draft.notes.update(dict.fromkeys(rule.notes))
        draft.shut.update(dict.fromkeys(rule.shut))
        if rule.ground is not None:
            draft.grounds[rule.ground] = None
        for flag in rule.flags:
            if flag.condition is None or predicate(flag.condition)(facts):
                draft.flags[flag.flag] = None
    return draft


def _criminal_outcome(draft: _Draft) -> None:
    """Step 4: a criminal case that has ended is not referred again; some ends call for the penalty."""
    outcome = draft.facts["criminal_outcome"]
    if not draft.criminal() or outcome in PENDING_OUTCOMES:
        return
    draft.drop_routes({CRIMINAL_REFERRAL}, CRIMINAL_CASE_ENDED)
    if outcome in OPENING_OUTCOMES:
        draft.routes["penalty"] = None
        draft.penalty_reopened = True


def _limitation(draft: _Draft) -> None:
    """Step 5: where a rule shuts the penalty (the act is too old), none is proposed, nor its flags."""
    if "penalty" in draft.shut:
        draft.drop_routes({"penalty"}, LIMITATION)
        draft.drop_flags(HELD_FLAGS, LIMITATION)


def _power(draft: _Draft, office: Office) -> None:
    """Step 6: without own power a case is never kept; it goes to the competent department."""
    if draft.facts["own_power"]:
        return
    draft.shut |= {"penalty": None, "rectification": None}
    kept = {"penalty", "rectification"} & draft.routes.keys()
    draft.drop_routes(kept, NO_COMPETENCE)
    draft.drop_flags([*draft.flags], NO_COMPETENCE)
    passed_on = {"transfer", "copy_notice", CRIMINAL_REFERRAL} & draft.routes.keys()
    domain, violation = str(draft.facts["domain"]), str(draft.facts["violation"])
    if kept or (violation != "none" and not passed_on):
        draft.routes["transfer"] = None
        draft.grounds[NO_COMPETENCE] = None
        draft.to.update(dict.fromkeys(office.competent(domain, violation)))


def _criminal_hold(draft: _Draft) -> None:
    """Step 7, law 2: while a crime is suspected a fine may not take its place, nor the case be closed."""
    if not draft.criminal():
        return
    outcome = draft.facts["criminal_outcome"]
    if outcome in PENDING_OUTCOMES:
        draft.shut |= {"fine": None, "close": None}
        draft.drop_flags(HELD_FLAGS, SUSPECTED_CRIME)
    elif outcome not in OPENING_OUTCOMES:
        draft.shut["fine"] = None


def _rectify_first(draft: _Draft) -> None:
    """Step 9: a fine waits for the order to correct where every rule that proposes a penalty says so."""
    proposing = draft.proposing("penalty")
    if "penalty" not in draft.routes or not proposing or draft.penalty_reopened:
        return
    if all(rule.rectify_first == "required" for rule in proposing):
        draft.shut["fine"] = None


def _ordered(draft: _Draft, vocabulary: Vocabulary) -> Ruling:
    """Steps 12 and 13: the order of the answer, urgency, and what a person must check."""
    urgent = any(_is_urgent(rule, draft.facts) for rule in draft.proposing("transfer"))
    severity: Mapping[str, int] = dict(vocabulary.severity)
    if urgent:
        severity = {**severity, "transfer": vocabulary.urgent_transfer_severity}
    proposing = draft.proposing("penalty") or draft.proposing("rectification")
    strictness = min((RECTIFY_FIRST.index(rule.rectify_first) for rule in proposing), default=0)
    return Ruling(
        fired=tuple(rule.id for rule in draft.fired),
        suppressed=tuple(rule.id for rule in draft.fired if rule not in draft.effective),
        routes=tuple(sorted(draft.routes, key=lambda route: -severity[route])),
        flags=tuple(flag for flag in vocabulary.flags if flag in draft.flags),
        shut=tuple(code for code in vocabulary.shut if code in draft.shut),
        to=tuple(draft.to),
        grounds=tuple(ground for ground in vocabulary.grounds if ground in draft.grounds),
        notes=tuple(note for note in vocabulary.notes if note in draft.notes),
        urgent=urgent,
        rectify_first=RECTIFY_FIRST[strictness],
        pending_check=tuple(rule.id for rule in draft.fired if not rule.verified),
        set_aside=tuple(draft.set_aside),
    )


def _is_urgent(rule: Rule, facts: Facts) -> bool:
    return rule.urgent if isinstance(rule.urgent, bool) else predicate(rule.urgent)(facts)


def ruling_as_data(ruling: Ruling, rules: tuple[Rule, ...]) -> dict[str, Any]:
    """The ruling and the law of the rules that fired, in the shape of the public contract."""
    return {
        "fired": list(ruling.fired),
        "suppressed": list(ruling.suppressed),
        "routes": list(ruling.routes),
        "flags": list(ruling.flags),
        "shut": list(ruling.shut),
        "to": list(ruling.to),
        "notes": list(ruling.notes),
        "urgent": ruling.urgent,
        "rectify_first": ruling.rectify_first,
        "rules": [
            {
                "rule": rule.id,
                "version": rule.version,
                "title": rule.title,
                "basis": [basis.as_data() for basis in rule.basis],
            }
            for rule in rules
        ],
        "pending_check": list(ruling.pending_check),
    }
