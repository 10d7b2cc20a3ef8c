"""Rooms of the house that take more than their parts to make."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from engine.account_reader import AccountReader, roles_offered
from engine.accounts import Accounts
from engine.calendars import CalendarInForce
from engine.clock import Clock
from engine.core.chart import Charts
from engine.core.lawbook import Lawbook
from engine.cursor import Cursors
from engine.publications import Publications
from engine.rulebook_in_force import RulebookInForce
from engine.settings import Settings
from models import duty_reading, incoming_reading, records
from models.database import Database
from rules.calendars import CalendarShelf
from rules.offices import Office

if TYPE_CHECKING:
    from engine.single_sign_on import SingleSignOn


def single_sign_on(settings: Settings, accounts: Accounts, clock: Clock) -> SingleSignOn | None:
    """The provider where people sign in; its library is read only where there is one."""
    if settings.single_sign_on is None:
        return None
    from engine.single_sign_on import SingleSignOn

    return SingleSignOn(settings.single_sign_on, accounts.prover.factors.sealer, clock)


def calendar_in_force(
    office: Office, database: Database, law: Lawbook, shelf: CalendarShelf
) -> tuple[CalendarInForce, Lawbook]:
    """The calendar of this house, which learns what is loaded, and the law with it."""
    calendars = CalendarInForce(office.office_id, database, shelf, office.calendar)
    calendars.keep_up()
    return calendars, replace(law, calendar=calendars.calendar)


def publications(office: Office, law: Lawbook, in_force: RulebookInForce) -> Publications:
    """What publications say, in the words of the vocabularies."""
    kinds = {one["code"]: one["zh"] for one in law.charts.dictionary["vocabularies"]["penalty_kind"]}
    facts = in_force.rulebook.facts
    violations = {code: word.zh for code, word in facts.vocabulary.every_violation().items()}
    return Publications(office, in_force, facts, violations, kinds)


def account_reader(cursors: Cursors, accounts: Accounts, charts: Charts) -> AccountReader:
    """Who reads the accounts and the administrative record for administrators."""
    known = accounts.sessions
    return AccountReader(
        known.database, known.office, known.clock, cursors, accounts.tokens, roles_offered(charts.dictionary)
    )


def last_recorded_at(database: Database) -> datetime | None:
    """When anything was recorded last; None in a house without records."""
    with database.read() as connection:
        latest = (
            records.last_recorded_at(connection),
            duty_reading.last_handed_in_at(connection),
            incoming_reading.last_recorded_at(connection),
        )
    return max((one for one in latest if one is not None), default=None)
