"""The parameters of each list, read into its filter."""

from __future__ import annotations

from engine.projections.asked import Asked, Query
from engine.projections.sources import Sources
from models.reading.deadlines import DeadlineFilter
from models.reading.findings import NO_ROUTE, OPEN, FindingFilter
from models.reading.inspections import PUBLICATIONS, InspectionFilter
from models.reading.lights import ALL, LIGHTS

PAGING = ("cursor", "limit")
PERIOD = ("from", "to")
FINDINGS = (
    "state",
    "route",
    "light",
    "department",
    "party",
    "domain",
    "violation",
    "officer",
    "q",
    "due_before",
    "reference",
    "handler",
    "proceeding",
    "closed_from",
    "closed_to",
    *PERIOD,
    *PAGING,
)
INSPECTIONS = ("department", "party", "plan", "task", "result", "publication", "state", *PERIOD, *PAGING)
DEADLINES = ("light", "before", "department", "term", "nature", *PAGING)
LEDGER = ("department", *PERIOD)
ROUTES = (
    "rectification",
    "penalty",
    "transfer",
    "copy_notice",
    "credit_flag",
    "criminal_referral",
    "ledger_only",
)
NATURES = ("statutory", "internal")


def finding_filter(sources: Sources, query: Query) -> tuple[Asked, FindingFilter]:
    """What a list of findings was asked for; raises `parameter_invalid`."""
    asked = Asked(query, FINDINGS)
    words = (asked.text("q") or "").casefold().split()
    violations = {code for listed in sources.domains.values() for code in listed}
    found = FindingFilter(
        states=asked.many("state", (OPEN, *sources.charts["finding"].states)),
        routes=asked.many("route", (*ROUTES, NO_ROUTE)),
        lights=asked.many("light", ALL),
        department=asked.code("department", sources.departments),
        party=asked.text("party"),
        domain=asked.code("domain", sources.domains),
        violation=asked.code("violation", violations),
        officer=asked.text("officer"),
        words=tuple(dict.fromkeys(words)),
        due_before=asked.day("due_before"),
        reference=asked.text("reference"),
        discovered_from=asked.since("from"),
        discovered_before=asked.until("to"),
        handler=asked.text("handler"),
        proceedings=_places(sources, asked),
        closed_from=asked.since("closed_from"),
        closed_before=asked.until("closed_to"),
    )
    return asked, found


def _places(sources: Sources, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Kinds of proceeding and their states, written `penalty.investigating`."""
    places = [(kind, state) for kind in sources.charts.kinds for state in sources.charts[kind].states]
    named = asked.many("proceeding", [".".join(place) for place in places])
    return tuple(place for place in places if ".".join(place) in named)


def inspection_filter(sources: Sources, query: Query) -> tuple[Asked, InspectionFilter]:
    """What a list of inspections was asked for; raises `parameter_invalid`."""
    asked = Asked(query, INSPECTIONS)
    found = InspectionFilter(
        department=asked.code("department", sources.departments),
        party=asked.text("party"),
        plan=asked.text("plan"),
        task=asked.text("task"),
        result=asked.code("result", sources.result_codes),
        publication=asked.code("publication", PUBLICATIONS),
        state=asked.code("state", sources.charts["inspection"].states),
        finished_from=asked.since("from"),
        finished_before=asked.until("to"),
    )
    return asked, found


def deadline_filter(sources: Sources, query: Query) -> tuple[Asked, DeadlineFilter]:
    """What a list of deadlines was asked for; raises `parameter_invalid`."""
    asked = Asked(query, DEADLINES)
    found = DeadlineFilter(
        lights=asked.many("light", LIGHTS),
        before=asked.day("before"),
        department=asked.code("department", sources.departments),
        term=asked.code("term", sources.terms),
        nature=asked.code("nature", NATURES),
    )
    return asked, found


def ledger_filter(sources: Sources, query: Query) -> tuple[Asked, FindingFilter, InspectionFilter]:
    """The period and department of the ledger, for findings and inspections; raises `parameter_invalid`."""
    asked = Asked(query, LEDGER)
    department = asked.code("department", sources.departments)
    since, until = asked.since("from"), asked.until("to")
    findings = FindingFilter(department=department, discovered_from=since, discovered_before=until)
    inspections = InspectionFilter(department=department, finished_from=since, finished_before=until)
    return asked, findings, inspections
