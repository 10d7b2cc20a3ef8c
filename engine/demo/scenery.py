"""What the stories are told with: people, linked systems, parties, matters and sentences, all invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.data_file import Fields, read_as

MATTER_FILES = ("matters_own.yaml", "matters_others.yaml")
Person = str | Mapping[str, str]
"""A login, or the name and certificate number of somebody without an account."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the demonstration office."""

    login: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SystemLink:
    """A linked system that pulls, and the kinds of messages it takes."""

    id: str
    department: str
    kinds: tuple[str, ...]


PARTS = ("verifier", "unit_head", "head", "principal", "clerk", "supervisor", "reviewer")


@dataclass(frozen=True, slots=True)
class Company:
    """Who plays which part in the stories of a department; of several, the stories take turns."""

    inspectors: tuple[tuple[Person, ...], ...]
    officers: tuple[str, ...]
    handlers: tuple[Person, ...]
    parts: Mapping[str, str]
    """The parts that one person plays always, by login."""


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business with the words its shop signs end in."""

    code: str
    kind: str
    industry: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matter:
    """What may be found at businesses of some trades; `said` are the members that steps quote."""

    group: str
    trades: tuple[str, ...]
    domain: str
    violation: str
    item: str
    level: str
    summaries: tuple[str, ...]
    facts: Mapping[str, Any]
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signboards:
    """What the names, addresses and numbers of parties are put together from."""

    city: str
    region: str
    """A division code that there is not, so that no code made with it is anybody's."""
    registered_region: str
    streets: tuple[str, ...]
    brands: tuple[str, ...]
    trades: Mapping[str, Trade]


@dataclass(frozen=True, slots=True)
class Wording:
    """Sentences that steps share, and what inspections say of themselves."""

    publication_site: str
    signers: tuple[str, ...]
    plans: tuple[Mapping[str, str], ...]
    items: tuple[str, ...]
    remarks: str
    texts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Scenery:
    """All of it."""

    accounts: tuple[Account, ...]
    systems: tuple[SystemLink, ...]
    companies: Mapping[str, Company]
    signboards: Signboards
    matters: tuple[Matter, ...]
    wording: Wording


def load_scenery(folder: Path) -> Scenery:
    """The scenery of that folder; raises DataFault."""
    accounts, systems, companies = read_as(folder / "people.yaml", _people)
    matters = tuple(matter for name in MATTER_FILES for matter in read_as(folder / name, _matters))
    return Scenery(
        accounts,
        systems,
        companies,
        read_as(folder / "parties.yaml", _signboards),
        matters,
        read_as(folder / "texts.yaml", _wording),
    )


def _entries(fields: Fields, name: str) -> list[Fields]:
    return [Fields(one, f"/{name}/{place}") for place, one in enumerate(fields.items(name))]


def _people(data: Any) -> tuple[tuple[Account, ...], tuple[SystemLink, ...], dict[str, Company]]:
    fields = Fields(data)
    accounts = tuple(_account(one) for one in _entries(fields, "accounts"))
    systems = tuple(_system(one) for one in _entries(fields, "systems"))
    companies = dict(_company(one) for one in _entries(fields, "casts"))
    fields.done()
    return accounts, systems, companies


def _account(fields: Fields) -> Account:
    detail: dict[str, Any] = {name: fields.text(name) for name in ("login", "name", "department")}
    detail["roles"] = list(fields.codes("roles"))
    for name in ("unit", "certificate_no", "title", "phone"):
        detail[name] = fields.text_or_none(name)
    fields.done()
    return Account(detail["login"], detail)


def _system(fields: Fields) -> SystemLink:
    link = SystemLink(fields.text("id"), fields.text("department"), fields.codes("kinds"))
    fields.done()
    return link


def _company(fields: Fields) -> tuple[str, Company]:
    department = fields.text("department")
    company = Company(
        inspectors=tuple(tuple(pair) for pair in fields.items("inspectors")),
        officers=fields.codes("officers"),
        handlers=tuple(fields.items("handlers")),
        parts={name: fields.text(name) for name in PARTS},
    )
    fields.done()
    return department, company


def _signboards(data: Any) -> Signboards:
    fields = Fields(data)
    trades = [_trade(one) for one in _entries(fields, "trades")]
    signboards = Signboards(
        city=fields.text("city"),
        region=fields.text("region"),
        registered_region=fields.text("registered_region"),
        streets=fields.codes("streets"),
        brands=fields.codes("brands"),
        trades={trade.code: trade for trade in trades},
    )
    fields.done()
    return signboards


def _trade(fields: Fields) -> Trade:
    trade = Trade(fields.text("code"), fields.text("kind"), fields.text("industry"), fields.codes("words"))
    fields.done()
    return trade


def _matters(data: Any) -> list[Matter]:
    fields = Fields(data)
    matters = [_matter(one) for one in _entries(fields, "matters")]
    fields.done()
    return matters


def _matter(fields: Fields) -> Matter:
    fields.text("matter")
    said = ("clause", "requirement", "legal_ground", "receiver_kind", "purpose", "target", "competence")
    matter = Matter(
        group=fields.text("group"),
        trades=fields.codes("trades"),
        domain=fields.text("domain"),
        violation=fields.text("violation"),
        item=fields.text("item"),
        level=fields.text("level"),
        summaries=fields.codes("summaries"),
        facts=dict(fields.take("facts")),
        said={name: text for name in said if (text := fields.text_or_none(name)) is not None},
    )
    fields.done()
    return matter


def _wording(data: Any) -> Wording:
    fields = Fields(data)
    texts = Fields(fields.take("texts"), "/texts")
    wording = Wording(
        publication_site=fields.text("publication_site"),
        signers=fields.codes("signers"),
        plans=tuple(dict(plan) for plan in fields.items("plans")),
        items=fields.codes("items"),
        remarks=fields.text("remarks"),
        texts={name: texts.codes(name) for name in data["texts"]},
    )
    texts.done()
    fields.done()
    return wording
