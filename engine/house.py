"""The composition root: everything is built here once, and handed to where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.account_reader import AccountReader
from engine.accounts import Accounts, open_accounts
from engine.archive.room import Archive
from engine.calendar_reader import CalendarReader
from engine.calendars import CalendarInForce
from engine.clock import Clock, Machine
from engine.core.calendar import civil_date
from engine.core.chart import Charts
from engine.core.intake_check import IntakeCheck
from engine.core.lawbook import Lawbook
from engine.correction_reader import CorrectionReader
from engine.delegation_reader import DelegationReader
from engine.delegations import Delegations
from engine.desk import Desk
from engine.documents import DocumentPress
from engine.duties import HandingIn
from engine.duty_bell import DutyBell
from engine.duty_book import DutyBook
from engine.duty_reader import DutyReader
from engine.edition_shelf import EditionShelf
from engine.editions import Editions
from engine.exchange import Exchange, open_exchange
from engine.exchange_reader import ExchangeReader
from engine.house_key import HouseKey
from engine.identity.step_up import StepUp
from engine.in_use import InUse
from engine.incoming.room import IncomingRoom, open_incoming
from engine.judging import ruled_triggers
from engine.ladder_bell import LadderBell
from engine.law_of_the_act import LawOfTheAct
from engine.lawbook_of_the_house import RULES, load_lawbook
from engine.papers import Papers
from engine.post import Post
from engine.publicity_reader import PublicityReader
from engine.reader import Reader, open_reader
from engine.reception import Reception
from engine.recounting import AT_A_RING, Recounting
from engine.recusal_reader import RecusalReader
from engine.recusals import Recusals
from engine.referral_sealing import make_and_seal
from engine.referral_vault import ReferralVault
from engine.referrals import Referrals
from engine.reminder_post import ReminderPost
from engine.reminder_words import ReminderWords
from engine.reminders import Reminders
from engine.rooms import account_reader, calendar_in_force, last_recorded_at, publications, single_sign_on
from engine.rulebook_in_force import RulebookInForce
from engine.sandbox import PREFIX, SANDBOX, entered, is_sandbox
from engine.scribe import Scribe
from engine.settings import Settings
from engine.shadow import Shadow
from engine.stuck_reader import StuckReader
from engine.sweep import Sweep, Swept
from engine.system_reader import SystemReader
from engine.systems import Systems
from engine.templates import Templates, open_templates
from engine.time_guard import TimeGuard
from engine.witness.guard import Witness
from engine.writer import Writer
from models import restoring
from models.database import Database
from models.lease import lease
from models.migrate import migrate
from rules.arbiter import Arbiter
from rules.calendars import load_shelf
from rules.facts import FactDictionary
from rules.offices import Office, load_office
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


def open_house(settings: Settings, machine: Machine | None = None) -> House:
    """The house over the database of the settings, brought to its present shape; raises DatabaseUnsafe.

    `machine` tells the time where there is no test clock; None for this one.
    """
    clock = Clock(settings.test_clock, machine or Machine())
    office = load_office(RULES / "offices" / "yuanping.yaml")
    notices = load_shelf(RULES)
    law = load_lawbook(office, notices)
    database = Database(settings.database_url)
    vault = database.seals = ReferralVault(settings.referral_key_file)
    migrate(database)
    writer = Writer(database)
    time_guard = TimeGuard(clock, database, writer, office.office_id)
    time_guard.look()
    try:
        sandbox = entered(database, writer, clock, settings)
        calendars, law = calendar_in_force(office, database, law, notices)
        shelf = EditionShelf(database, office.office_id, HouseKey(settings.key_file), settings.shelf, clock)
        in_force = RulebookInForce(office, shelf, civil_date(clock.now()))
    except Exception:
        writer.close()
        database.dispose()
        raise
    facts = in_force.rulebook.facts
    templates = open_templates(office.office_id, database, writer, settings.templates, law.charts, clock)
    make_and_seal(vault, database, writer, clock.real_now())
    papers = Papers(law.charts, office, templates.press, vault)
    prefix = PREFIX if sandbox else ""
    scribe = Scribe(
        office.office_id,
        law,
        papers,
        Post(office, papers, law, publications(office, law, in_force), prefix),
        {SANDBOX: True} if sandbox else {},
    )
    check = IntakeCheck(
        facts=lambda given: facts.check(given, entered_only=True, pointer=""),
        violations=facts.violation_codes(),
        departments=frozenset(office.departments),
    )
    reception = Reception(office, database, check, in_force, ruled_triggers(law.charts))
    referrals = Referrals(office.office_id, law, scribe)
    desk = Desk(clock, office, law, database, writer, scribe, referrals, reception, calendars, vault)
    reader = open_reader(database, writer, law, office, facts, clock, referrals, vault)
    accounts = open_accounts(database, writer, clock, office, settings.identity_key_file)
    post = ReminderPost(office, law, ReminderWords(law.terms), vault, prefix)
    sweep = Sweep(clock, database, law, desk, post)
    book = DutyBook(office, law)
    desk.last_recorded_at = last_recorded_at(database)
    exchange = open_exchange(desk, settings.courier_parallel, sandbox)
    house = House(
        settings=settings,
        clock=clock,
        office=office,
        law=law,
        in_force=in_force,
        facts=facts,
        database=database,
        writer=writer,
        desk=desk,
        sweep=sweep,
        reminders=Reminders(database, writer, clock, office.office_id),
        ladder_bell=LadderBell(clock, database, writer, law, office.office_id, post),
        reader=reader,
        accounts=accounts,
        step_up=StepUp(clock, office, law.charts),
        single_sign_on=single_sign_on(settings, accounts, clock),
        templates=templates,
        exchange=exchange,
        incoming=open_incoming(desk, exchange.callers, reader.cursors),
        editions=Editions(office.office_id, database, writer, clock, in_force),
        shadow=Shadow(database, clock, in_force),
        law_of_the_act=LawOfTheAct(database, clock, in_force),
        time_guard=time_guard,
        duties=HandingIn(book, desk),
        delegations=Delegations(desk),
        archive=Archive(desk),
        recusals=(recusals := Recusals(desk)),
        recusal_reader=RecusalReader(recusals),
        delegation_reader=DelegationReader(database, office.office_id, clock, reader.cursors, law.charts),
        duty_reader=DutyReader(database, book, clock, reader.cursors),
        account_reader=account_reader(reader.cursors, accounts, law.charts),
        system_reader=SystemReader(database, office, clock, reader.cursors),
        exchange_reader=ExchangeReader(database, office, clock, reader.cursors, referrals),
        stuck_reader=StuckReader(database, reader.sources, clock, reader.cursors),
        correction_reader=CorrectionReader(desk),
        publicity_reader=PublicityReader(database, reader.sources, clock, reader.cursors),
        duty_bell=DutyBell(clock, database, writer, book),
        calendars=calendars,
        calendar_reader=CalendarReader(database, office.office_id, clock, notices.chain(office.calendar)),
        recounting=Recounting(clock, office, database, law, writer, scribe, calendars),
        sandbox=sandbox,
        witness=Witness(settings, clock, database, writer, office.office_id),
    )
    desk.bell = house.ring
    return house
