"""The matrix of rights: each kind of principal before each route, with own, foreign, closed and confidential records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from tests.builders import Town, item
from tests.hostile.fort import Fort
from tests.hostile.operations import BY_NAME, NOBODY, Operation
from tests.hostile.wire import Answer, named
from tests.incoming.senders import PUBLISHED, closed
from tests.referral_walk import FILED, led, opened
from web.pages import attach_pages


def _named(said: Any) -> Any:
    """The oracle with places in paths as routes name them: `:id` is `{id}`, which YAML reads otherwise."""
    if isinstance(said, str):
        return re.sub(r"/:(\w+)", r"/{\1}", said)
    if isinstance(said, list):
        return [_named(one) for one in said]
    return {_named(name): _named(one) for name, one in said.items()} if isinstance(said, dict) else said


ORACLE: dict[str, Any] = _named(
    yaml.safe_load(Path(__file__).with_name("oracle.yaml").read_text(encoding="utf-8"))
)
NOBODY_SIGNED_IN = "nobody"
MORE = (
    ("W03", "market_regulation", ("inspector",)),
    ("F03", "fire_rescue", ("duty_clerk",)),
    ("B01", "lead_office", ("security_admin",)),
    ("X01", "market_regulation", ("inspector",)),
)
RECORDS = {
    "own": "finding",
    "closed": "closed",
    "fined": "fined",
    "foreign": "hidden",
    "own inspection": "inspection",
    "foreign inspection": "hidden_inspection",
    "own party": "party",
    "foreign party": "hidden_party",
    "own deadline": "deadline",
    "foreign deadline": "hidden_deadline",
    "own matter": "matter",
    "confidential matter": "hidden_matter",
    "referral": "referral",
    "own message": "message",
    "own delegation": "delegation",
    "own job": "job",
    "run": "run",
    "edition": "edition",
    "never": "never",
}
"""The records of the oracle, and as what the town knows them."""
OF_THE_BRIGADE = ("hidden", "hidden_inspection", "hidden_party", "hidden_deadline")
OF_THE_BUREAU = ("finding", "closed", "fined", "inspection", "party", "deadline")


def people(names: list[str]) -> set[str]:
    """The logins of these groups."""
    told: set[str] = set()
    for name in names:
        inner = ORACLE.get(name) if name in ("everybody", "cases") else ORACLE["groups"].get(name)
        told |= {name} if inner is None else people(inner) if name in ("everybody", "cases") else set(inner)
    return told


EVERYBODY = tuple(sorted(people(["everybody"])))
ASKING = (*EVERYBODY, NOBODY_SIGNED_IN)


@dataclass(frozen=True, slots=True)
class Expected:
    """Who is answered, who is told that it is not theirs; whoever is neither finds nothing."""

    open: frozenset[str]
    refused: frozenset[str]
    shut: frozenset[str] = frozenset()
    """Who may, and is told what stands in the way."""

    @classmethod
    def of(cls, said: Mapping[str, list[str]] | None) -> Expected:
        """What a line of the oracle says; what it does not say is hidden."""
        said = said or {}
        opened, shut = people(said.get("open", [])), people(said.get("shut", []))
        refused = people(said.get("refused", [])) - opened - shut
        return cls(frozenset(opened), frozenset(refused), frozenset(shut))

    def verdict(self, who: str) -> str:
        """open, shut, refused, hidden, or sign for whoever is not signed in."""
        if who in self.open:
            return "open"
        if who == NOBODY_SIGNED_IN:
            return "sign"
        return "shut" if who in self.shut else "refused" if who in self.refused else "hidden"


def verdict_of(answer: Answer) -> str:
    """The same, told from an answer."""
    place = answer.header("location") or ""
    if answer.status == 401 or (answer.status == 303 and place.startswith("/login?next=")):
        return "sign"
    known = {403: "refused", 404: "hidden", 409: "shut", 422: "shut"}
    return known.get(answer.status, "open" if answer.status < 400 else f"{answer.status}")


def settle(town: Town, fort: Fort) -> None:
    """Records of every kind: two departments', one closed, one with a criminal referral that the police filed."""
    attach_pages(fort.app)
    fort.settle()
    inspected = town.inspect(item(town), publication=PUBLISHED)
    [fort.ids["closed"]] = town.findings_of(inspected)
    closed(town, fort.ids["closed"])
    fort.ids["fined"] = town.add_finding(fort.ids["inspection"], item="另一事项")
    fort.ids["referral"] = opened(town, fort.ids["fined"])
    led(town, fort.ids["referral"], *FILED)
    fort.ids["never"] = NOBODY


def questions() -> Iterator[tuple[str, str, Expected]]:
    """Every path of the oracle with the records it speaks of, and with what is confidential and what never was."""
    for line in ORACLE["records"]:
        named = [*(name for name in line if name != "asks"), "confidential matter", "referral", "never"]
        for path in line["asks"]:
            for record in dict.fromkeys(named if path.startswith("/api/") else [*named[:-3], "referral"]):
                yield path, record, Expected.of(line.get(record))
    for line in ORACLE["lists"]:
        for path in line["asks"]:
            yield path, "", Expected.of(line)


def ask(fort: Fort, who: str, path: str) -> Answer:
    """What the person is answered there."""
    return fort.wire.send("GET", path, named({} if who == NOBODY_SIGNED_IN else fort.signed(who, "GET")))


def told_too_much(fort: Fort, who: str, asked: str, body: bytes) -> list[str]:
    """The records that the body names, the path that was asked does not, and the person may not know of."""
    groups = ORACLE["groups"]
    hidden = ("referral", "hidden_matter") if who not in groups["listed"] else ()
    if who in groups["bureau"]:
        hidden += OF_THE_BRIGADE
    elif who in groups["brigade"]:
        hidden += OF_THE_BUREAU
    elif who not in groups["overseers"]:
        hidden += OF_THE_BRIGADE + OF_THE_BUREAU
    return [name for name in hidden if fort.ids[name].encode() in body and fort.ids[name] not in asked]


def sent(fort: Fort, name: str, who: str, record: str) -> Answer:
    """The answer to that operation, sent by somebody else than usual, perhaps about somebody else's record."""
    operation: Operation = replace(BY_NAME[name], who="anonymous" if who == NOBODY_SIGNED_IN else who)
    target = operation.target(fort)
    if record == "foreign":
        for own, other in FOREIGN.items():
            target = target.replace(fort.ids[own], fort.ids[other])
    return operation.send(fort, target=target)


FOREIGN = {
    "finding": "hidden",
    "served": "hidden",
    "old": "hidden",
    "sent": "hidden",
    "inspection": "hidden_inspection",
    "matter": "hidden_matter",
    "message": "never",
    "delegation": "never",
}
