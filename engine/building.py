"""Builds the house over a database: every room, with the rooms that it needs."""

from __future__ import annotations

from engine.accounts import open_accounts
from engine.archive.room import Archive
from engine.calendar_reader import CalendarReader
from engine.clock import Clock, Machine
from engine.core.calendar import civil_date
from engine.core.intake_check import IntakeCheck
from engine.correction_reader import CorrectionReader
from engine.delegation_reader import DelegationReader
from engine.delegations import Delegations
from engine.desk import Desk
from engine.duties import HandingIn
from engine.duty_bell import DutyBell
from engine.duty_book import DutyBook
from engine.duty_reader import DutyReader
from engine.edition_shelf import EditionShelf
from engine.editions import Editions
from engine.exchange import open_exchange
from engine.exchange_reader import ExchangeReader
from engine.house import House
from engine.house_key import HouseKey
from engine.identity.step_up import StepUp
from engine.incoming.room import open_incoming
from engine.judging import ruled_triggers
from engine.ladder_bell import LadderBell
from engine.law_of_the_act import LawOfTheAct
from engine.lawbook_of_the_house import RULES, load_lawbook
from engine.papers import Papers
from engine.post import Post
from engine.publicity_reader import PublicityReader
from engine.reader import open_reader
from engine.reception import Reception
from engine.recounting import Recounting
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
from engine.sandbox import PREFIX, SANDBOX, entered
from engine.scribe import Scribe
from engine.settings import Settings
from engine.shadow import Shadow
from engine.standing import salt_of
from engine.stuck_reader import StuckReader
from engine.sweep import Sweep
from engine.system_reader import SystemReader
from engine.templates import open_templates
from engine.time_guard import TimeGuard
from engine.witness.guard import Witness
from engine.writer import Writer
from models.database import Database
from models.migrate import migrate
from rules.calendars import load_shelf
from rules.offices import load_office


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
        salt_of(database, writer, clock),
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
