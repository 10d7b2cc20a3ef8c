"""The law as this house holds it: charts, terms and calendar of the program with the figures of the office."""

from __future__ import annotations

from pathlib import Path

from engine.core.forms import Forms
from engine.core.ladder import Ladder
from engine.core.lawbook import Lawbook
from engine.reminder_words import silent_terms
from rules.calendars import CalendarShelf, load_shelf
from rules.charts import load_charts
from rules.duties import check_duty_terms
from rules.offices import Office
from rules.terms import load_terms, with_lights, with_office

RULES = Path(__file__).parent.parent / "rules"


def load_lawbook(office: Office, shelf: CalendarShelf | None = None) -> Lawbook:
    """The law as the house holds it, with the office's own figures, by its calendar on the shelf, else beside the program."""
    charts = load_charts()
    terms = with_lights(with_office(load_terms(RULES), office.internal_terms), office.lights)
    check_duty_terms(office.duties, terms)
    return Lawbook(
        charts=charts,
        forms=Forms(charts.dictionary),
        terms=terms,
        calendar=(shelf or load_shelf(RULES)).calendar(office.calendar),
        late_entry_days=office.threshold("late_entry_days"),
        severe_after=office.threshold("severe_after"),
        department_code=office.department_by_name,
        guards=charts.dictionary["guards"],
        half_open=office.half_open,
        figures={name: figure.value for name, figure in office.thresholds.items()},
        ladder=Ladder(office.escalation, silent_terms(terms)),
    )
