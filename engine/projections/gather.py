"""What the reader needs of the house, gathered once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from engine.core.chart import Chart
from engine.core.commands import Principal
from engine.core.lawbook import Lawbook
from engine.core.openings import openings
from engine.projections.sources import LIGHTS_FILE, NOTES_FILE, Sources, Steps, words
from engine.reminder_words import kinds_of_the_ladder
from engine.snapshots import load_finding, load_inspection
from rules.data_file import read_data
from rules.facts import FactDictionary
from rules.intake_lists import CODES
from rules.offices import Office


def gather_sources(law: Lawbook, office: Office, facts: FactDictionary) -> Sources:
    """The charts, terms, names and code lists that answers speak in; raises DataFault."""
    vocabulary = facts.vocabulary
    schemes = read_data(CODES)["party_schemes"]
    return Sources(
        office_id=office.office_id,
        charts=law.charts,
        terms=law.terms,
        calendar=law.calendar,
        departments={code: department.short for code, department in office.departments.items()},
        domains={
            domain: frozenset(codes) | {vocabulary.no_violation.code}
            for domain, codes in vocabulary.violations.items()
        },
        result_codes=[word["code"] for word in law.charts.dictionary["vocabularies"]["result_code"]],
        confidential=facts.confidential,
        half_open=law.half_open,
        personal=frozenset(scheme["code"] for scheme in schemes if scheme["personal"]),
        lights=words(LIGHTS_FILE),
        told_otherwise=kinds_of_the_ladder() if law.ladder.rungs else frozenset(),
        notes=words(NOTES_FILE),
    )


def steps_of(law: Lawbook, office: Office) -> Steps:
    """The `steps` of a finding or inspection: what the core says is open, and why the rest is not."""
    import_only = {
        (chart.name, trigger) for chart in law.charts.by_name.values() for trigger in _import_only(chart)
    }

    def steps(
        connection: Connection, subject: str, id: str, who: Principal, now: datetime
    ) -> list[dict[str, Any]]:
        file = (
            load_finding(connection, office, id) if subject == "finding" else load_inspection(connection, id)
        )
        listed = [] if file is None else openings(law, file.snapshot, who, now)
        return [step for step in listed if (step["chart"], step["trigger"]) not in import_only]

    return steps


def _import_only(chart: Chart) -> set[str]:
    """Triggers by which a later export corrects an old record; no request names them, no answer lists them."""
    return {
        trigger
        for trigger in chart.triggers
        if all(
            row.by == {"importer"} and row.source is not None for row in chart.rows if row.trigger == trigger
        )
    }
