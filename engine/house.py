"""The composition root: everything is built here once, and handed to where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.accounts import Accounts
from engine.clock import Clock
from engine.core.chart import Charts
from engine.core.forms import Forms
from engine.core.intake_check import IntakeCheck
from engine.core.lawbook import Lawbook
from engine.desk import Desk
from engine.documents import DocumentPress
from engine.exchange import Exchange, open_exchange
from engine.judging import Judging, ruled_triggers
from engine.papers import Papers
from engine.post import Post
from engine.publications import Publications
from engine.reader import Reader, open_reader
from engine.reception import Reception
from engine.referrals import Referrals
from engine.scribe import Scribe
from engine.settings import Settings
from engine.sweep import Sweep
from engine.systems import Systems
from engine.writer import Writer
from models import records
from models.database import Database
from models.migrate import migrate
from rules.arbiter import Arbiter
from rules.calendars import load_calendar
from rules.charts import load_charts
from rules.facts import FactDictionary
from rules.offices import Office, load_office
from rules.rulebook import Rulebook, load_rulebook
from rules.terms import load_terms, with_office

RULES = Path(__file__).parent.parent / "rules"


@dataclass(slots=True)
class House:
    """All rooms of one running program."""

    settings: Settings
    clock: Clock
    office: Office
    law: Lawbook
    rulebook: Rulebook
    facts: FactDictionary
    arbiter: Arbiter
    database: Database
    writer: Writer
    desk: Desk
    sweep: Sweep
    reader: Reader
    accounts: Accounts
    press: DocumentPress
    exchange: Exchange

    @property
    def charts(self) -> Charts:
        """The charts of the house."""
        return self.law.charts

    @property
    def systems(self) -> Systems:
        """The register of linked systems."""
        return self.exchange.systems

    def close(self) -> None:
        """Queued commands are done, workers and connections are gone."""
        self.writer.close()
        self.arbiter.close()
        self.database.dispose()


def load_lawbook(office: Office) -> Lawbook:
    """The law as the house holds it, with the office's own figures."""
    charts = load_charts()
    return Lawbook(
        charts=charts,
        forms=Forms(charts.dictionary),
        terms=with_office(load_terms(RULES), office.internal_terms),
        calendar=load_calendar(RULES),
        late_entry_days=office.threshold("late_entry_days"),
        severe_after=office.threshold("severe_after"),
        department_code=office.department_by_name,
        guards=charts.dictionary["guards"],
        figures={name: figure.value for name, figure in office.thresholds.items()},
    )


def open_house(settings: Settings) -> House:
    """The house over the database of the settings, brought to its present shape; raises DatabaseUnsafe."""
    clock = Clock(settings.test_clock)
    office = load_office(RULES / "offices" / "yuanping.yaml")
    law = load_lawbook(office)
    rulebook = load_rulebook()
    arbiter = Arbiter(rulebook, rulebook.facts, office, workers=2, spares=1)
    database = Database(settings.database_url)
    migrate(database)
    writer = Writer(database)
    press = DocumentPress(RULES / "documents")
    papers = Papers(law.charts, office, press)
    scribe = Scribe(
        office.office_id, law, papers, Post(office, papers, law, _publications(office, law, rulebook))
    )
    check = IntakeCheck(
        facts=lambda given: rulebook.facts.check(given, entered_only=True, pointer=""),
        violations=_violations(rulebook.facts),
        departments=frozenset(office.departments),
    )
    reception = Reception(office, database, check, Judging(office, arbiter), ruled_triggers(law.charts))
    referrals = Referrals(office.office_id, law, scribe)
    desk = Desk(clock, office, law, database, writer, scribe, referrals, reception)
    reader = open_reader(database, writer, law, office, rulebook.facts, clock, referrals)
    accounts = Accounts(database, writer, clock, office)
    sweep = Sweep(clock, database, law, desk)
    desk.bell = sweep.run
    with database.read() as connection:
        desk.last_recorded_at = records.last_recorded_at(connection)
    return House(
        settings=settings,
        clock=clock,
        office=office,
        law=law,
        rulebook=rulebook,
        facts=rulebook.facts,
        arbiter=arbiter,
        database=database,
        writer=writer,
        desk=desk,
        sweep=sweep,
        reader=reader,
        accounts=accounts,
        press=press,
        exchange=open_exchange(desk),
    )


def _publications(office: Office, law: Lawbook, rulebook: Rulebook) -> Publications:
    """What publications say, in the words of the vocabularies."""
    kinds = {one["code"]: one["zh"] for one in law.charts.dictionary["vocabularies"]["penalty_kind"]}
    violations = {code: word.zh for code, word in rulebook.facts.vocabulary.every_violation().items()}
    return Publications(office, rulebook.credit, rulebook.facts, violations, kinds)


def _violations(facts: FactDictionary) -> dict[str, frozenset[str]]:
    """The violation codes of each domain, with the code that says there is only a result."""
    vocabulary = facts.vocabulary
    return {
        domain: frozenset(codes) | {vocabulary.no_violation.code}
        for domain, codes in vocabulary.violations.items()
    }
