"""The house of one running program: its rooms, and what they do together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.account_reader import AccountReader
from engine.accounts import Accounts
from engine.archive.room import Archive
from engine.calendar_reader import CalendarReader
from engine.calendars import CalendarInForce
from engine.clock import Clock
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.lawbook import Lawbook
from engine.correction_reader import CorrectionReader
from engine.delegation_reader import DelegationReader
from engine.delegations import Delegations
from engine.desk import Desk
from engine.documents import DocumentPress
from engine.duties import HandingIn
from engine.duty_bell import DutyBell
from engine.duty_reader import DutyReader
from engine.editions import Editions
from engine.exchange import Exchange
from engine.exchange_reader import ExchangeReader
from engine.identity.step_up import StepUp
from engine.in_use import InUse
from engine.incoming.room import IncomingRoom
from engine.ladder_bell import LadderBell
from engine.law_of_the_act import LawOfTheAct
from engine.publicity_reader import PublicityReader
from engine.reader import Reader
from engine.recounting import AT_A_RING, Recounting
from engine.recusal_reader import RecusalReader
from engine.recusals import Recusals
from engine.reminders import Reminders
from engine.rulebook_in_force import RulebookInForce
from engine.sandbox import is_sandbox
from engine.settings import Settings
from engine.shadow import Shadow
from engine.stuck_reader import StuckReader
from engine.sweep import Sweep, Swept
from engine.system_reader import SystemReader
from engine.systems import Systems
from engine.templates import Templates
from engine.time_guard import TimeGuard
from engine.witness.guard import Witness
from engine.writer import Writer
from models import restoring
from models.database import Database
from models.lease import lease
from rules.arbiter import Arbiter
from rules.facts import FactDictionary
from rules.offices import Office
from rules.rulebook import Rulebook

if TYPE_CHECKING:
    from engine.single_sign_on import SingleSignOn


@dataclass(slots=True)
class House:
    """All rooms of one running program."""

    settings: Settings
    clock: Clock
    office: Office
    law: Lawbook
    in_force: RulebookInForce
    facts: FactDictionary
    database: Database
    writer: Writer
    desk: Desk
    sweep: Sweep
    ladder_bell: LadderBell
    reminders: Reminders
    reader: Reader
    accounts: Accounts
    step_up: StepUp
    single_sign_on: SingleSignOn | None
    templates: Templates
    exchange: Exchange
    editions: Editions
    shadow: Shadow
    law_of_the_act: LawOfTheAct
    time_guard: TimeGuard
    duties: HandingIn
    delegations: Delegations
    delegation_reader: DelegationReader
    archive: Archive
    recusals: Recusals
    recusal_reader: RecusalReader
    duty_reader: DutyReader
    stuck_reader: StuckReader
    account_reader: AccountReader
    system_reader: SystemReader
    exchange_reader: ExchangeReader
    correction_reader: CorrectionReader
    publicity_reader: PublicityReader
    duty_bell: DutyBell
    calendars: CalendarInForce
    calendar_reader: CalendarReader
    recounting: Recounting
    incoming: IncomingRoom
    witness: Witness
    sandbox: bool = False
    """Nothing that is made in this ledger ever leaves it."""
    serves: bool = False
    """People and programs are served over HTTP by this house."""
    in_use: InUse | None = None
    """The lock that keeps the database from being replaced; None where nobody asked for it."""

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that stands at this moment."""
        return self.in_force.rulebook

    @property
    def arbiter(self) -> Arbiter:
        """What rules at this moment."""
        return self.in_force.arbiter

    @property
    def charts(self) -> Charts:
        """The charts of the house."""
        return self.law.charts

    @property
    def press(self) -> DocumentPress:
        """Prints papers with the templates they were issued with."""
        return self.templates.press

    @property
    def systems(self) -> Systems:
        """The register of linked systems."""
        return self.exchange.systems

    def ring(self, limit: int | None = None) -> Swept:
        """The bell: the rulebook of the day and the calendar stand, what is due is done and told, reports are asked for.

        All that is due, or at most `limit`. Nothing while time has leapt or the log is doubted, and nothing counts as due
        before every deadline has the dates of the calendar that stands: a long recount goes on at the next bells. Of
        several nodes one works at a time; under a test clock the others wait for it, so that what comes next finds
        everything done.
        """
        if self.time_guard.look() is not None or not self.witness.glance():
            return Swept()
        self.accounts.prover.write_failures()
        self.desk.attempts.write_counted()
        self.in_force.keep_up(civil_date(self.clock.now()))
        with lease(self.database, f"bell {self.office.office_id}", wait=self.clock.is_test) as mine:
            if not mine or not self.recounting.run(AT_A_RING).finished:
                return Swept()
            swept = self.sweep.catch_up() if limit is None else self.sweep.run(limit)
            self.ladder_bell.ring()
            self.duty_bell.ring()
            self.incoming.bell.ring()
            return swept

    def bring(self) -> int:
        """Messages that are due were brought to the systems that are called; how many. Of a sandbox none, ever.

        Another node may have made a sandbox of the ledger since this one opened it; and after a restoration messages
        wait for a person's word.
        """
        with self.database.read() as connection:
            if self.sandbox or self.witness.doubted or is_sandbox(connection):
                return 0
        if self.holds_messages():
            return 0
        return self.exchange.courier.run_once(self.clock.real_now())

    def holds_messages(self) -> bool:
        """True while what is to be brought waits for a person's word, after a restoration."""
        with self.database.read() as connection:
            return restoring.holding(connection) is not None

    def close(self) -> None:
        """Queued commands are done, workers and connections are gone."""
        self.writer.close()
        self.in_force.close()
        self.database.dispose()
