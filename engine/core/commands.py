"""What somebody asks of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from engine.core.persons import NOBODY_TWICE, Persons

CLOCK_LOGIN = "clock"
IMPORTER_LOGIN = "importer"
HANDLERS_ROLE = "case_officer"
"""The role in which somebody handles findings (承办人).

What is told to it is told to the finding's handler first, whatever roles that person has.
"""


@dataclass(frozen=True, slots=True)
class Absentee:
    """A colleague on leave, with the roles lent from the first day to the last, both included (civil dates)."""

    login: str
    name: str
    certificate_no: str | None
    roles: frozenset[str]
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Principal:
    """Who acts, with the rights of this moment; `kind` is person, system, clock or importer.

    `roles` are the person's own. What colleagues on leave have lent stands apart, so that nothing takes it for a right
    of the person's own unless it asks for `all_roles`; which rows it reaches is for engine/core/delegation.py to say.
    """

    login: str
    name: str
    roles: frozenset[str]
    department: str | None = None
    unit: str | None = None
    certificate_no: str | None = None
    kind: str = "person"
    system_id: str | None = None
    language: str = "zh"
    acting_for: tuple[Absentee, ...] = ()
    set_aside: tuple[Absentee, ...] = ()
    """Of colleagues on leave those who are recused in the case at hand: nobody acts for them there."""
    register: Persons = field(default=NOBODY_TWICE, repr=False)
    """Which accounts are of one natural person, as known at this moment."""

    @property
    def all_roles(self) -> frozenset[str]:
        """The person's own roles and those lent to them."""
        return self.roles.union(*(one.roles for one in self.acting_for))

    @property
    def persons(self) -> frozenset[str]:
        """The logins, folded, of whom this is the hand: the person and everybody they act for, by every account of each."""
        hands = (self.login, *(one.login for one in self.acting_for))
        return frozenset[str]().union(*(self.register.logins_of(login) for login in hands))

    def is_among(self, officers: Iterable[Mapping[str, Any]]) -> bool:
        """True when the list names, by account or certificate, somebody whose hand this is."""
        persons, shown = self.persons, self._certificates
        return any(
            one["login"].casefold() in persons if one.get("login") else one.get("certificate_no") in shown
            for one in officers
        )

    @property
    def _certificates(self) -> frozenset[str]:
        own = {self.certificate_no, *(one.certificate_no for one in self.acting_for)} - {None}
        hands = (self.login, *(one.login for one in self.acting_for))
        return frozenset(filter(None, own)).union(*(self.register.certificates_of(login) for login in hands))

    @property
    def handles_for(self) -> tuple[str, ...]:
        """The logins whose findings this person handles: their own, and whoever lent them that role."""
        return (self.login, *(one.login for one in self.acting_for if HANDLERS_ROLE in one.roles))

    def on(self, day: date) -> Principal:
        """The person as on that civil date: what is lent on other days is not lent."""
        if all(one.first_on <= day <= one.last_on for one in self.acting_for):
            return self
        lent = tuple(one for one in self.acting_for if one.first_on <= day <= one.last_on)
        return replace(self, acting_for=lent)


CLOCK = Principal(CLOCK_LOGIN, "时钟", frozenset({"clock"}), kind="clock")
IMPORTER = Principal(IMPORTER_LOGIN, "迁移录入", frozenset({"importer"}), kind="importer")


@dataclass(frozen=True, slots=True)
class Step:
    """One trigger on one record: the finding or inspection itself (None), a proceeding, or "@n" of this command."""

    trigger: str
    proceeding: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    remembered: Mapping[str, Any] = field(default_factory=dict)
    """What the record knows from now on that no form asks for, and the guards of this step read already."""


@dataclass(frozen=True, slots=True)
class StepCommand:
    """Steps of one finding (inspection, criminal referral) that stand or fall together."""

    subject: str  # "finding" | "inspection" | "referral"
    id: str
    steps: tuple[Step, ...]
    expected_version: int | None = None
    several: bool = False
    """True when the request listed steps, so that errors point into /steps/n/…"""


@dataclass(frozen=True, slots=True)
class CorrectionCommand:
    """The step of that sequence has another date, or (`to` None) did not happen; see core.entry_correction."""

    subject: str  # "finding" | "referral"
    id: str
    sequence: int
    to: date | datetime | None
    reason: str
    expected_version: int


@dataclass(frozen=True, slots=True)
class InspectionCommand:
    """One inspection with its findings, all or none; `body` obeys schemas/inspection_intake."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FindingCommand:
    """One finding of a recorded inspection; `body` obeys schemas/finding_intake."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CarryCommand:
    """Old records in their present state (carry_over), or how a later export corrects them."""

    inspection: Any  # engine.intake.CarriedInspection: reference, digest, fields, findings
    source_name: str


@dataclass(frozen=True, slots=True)
class HandInCommand:
    """A report of the person's own department on a period, or the correction of one; see engine.duties."""

    duty: str
    period: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DelegateCommand:
    """Roles are lent to a colleague for some days; see engine.delegations."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EndDelegationCommand:
    """A delegation ends before its last day, or before its first."""

    id: str


@dataclass(frozen=True, slots=True)
class ResendCommand:
    """A message that has not arrived is sent again; see engine.message_acts."""

    id: str


@dataclass(frozen=True, slots=True)
class PaperCommand:
    """A message was delivered on paper."""

    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EnterIncomingCommand:
    """A matter that came on paper, by telephone or in person is entered; see engine.incoming."""

    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IncomingActCommand:
    """Something is done with an inbound matter: signed for, accepted, returned, fed back and the like."""

    id: str
    act: str
    facts: Mapping[str, Any]
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecuseCommand:
    """Somebody is to step back from the case; see engine.recusals."""

    subject: str  # "finding" | "referral"
    id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecideRecusalCommand:
    """A recusal is decided, or its application withdrawn."""

    subject: str  # "finding" | "referral"
    id: str
    recusal: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArchiveCommand:
    """A legal hold or an erasure of a finding is entered or decided; see engine.archive."""

    finding: str
    act: str  # "hold" | "release" | "erase" | "decide"
    of: str | None
    """The hold or erasure that is spoken of; None where it is entered."""
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommentCommand:
    """Something is said about a finding; see engine.comments."""

    id: str
    body: Mapping[str, Any]


Asked = (
    StepCommand
    | CorrectionCommand
    | InspectionCommand
    | FindingCommand
    | CarryCommand
    | HandInCommand
    | DelegateCommand
    | EndDelegationCommand
    | ResendCommand
    | PaperCommand
    | EnterIncomingCommand
    | IncomingActCommand
    | RecuseCommand
    | DecideRecusalCommand
    | ArchiveCommand
    | CommentCommand
)


@dataclass(frozen=True, slots=True)
class Command:
    """One request: who, under which key, what. `digest` is SHA-256 of what was sent (hex)."""

    principal: Principal
    key: str
    digest: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an accepted command did; kept under its key and given again when the command is repeated."""

    subject: str  # "finding" | "inspection" | "referral" | "duty_report" | "delegation" | "incoming"
    id: str
    status: str  # "created" | "recorded" | "unchanged" | "corrected"
    decision: Mapping[str, Any]
    """{"version", "triggers", "sequence_from", "sequence_to", "replayed"}"""
